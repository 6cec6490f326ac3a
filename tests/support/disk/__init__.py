"""A disk that is watched, fails when it is told to, and loses what was not synced.

A small library is loaded before the program (Linux, a C compiler): it keeps a log of every call
that changes a file, and makes any of them fail. From the log the files are built as a power cut at
any moment can leave them.
"""

from .log import Kind, Operation, read_log
from .preload import Preload
from .replay import Replay
from .sparse import SparseFile

__all__ = ["Kind", "Operation", "Preload", "Replay", "SparseFile", "read_log"]
