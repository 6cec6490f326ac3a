"""A look at the file that a command is to read."""

from __future__ import annotations

from pathlib import Path


def look_at(path: Path) -> None:
    """Open a recording once: what is none is told before anything is compiled or opened.

    :raises StorageError: there is no such file, or it is no recording.
    """
    from ..storage import open_file

    open_file(path).close()
