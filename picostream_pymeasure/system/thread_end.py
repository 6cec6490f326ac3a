"""The end of threads, before that of the program.

Python leaves daemon threads alone while it ends: what they do then in Qt, in compiled code, or in a
library, they do in memory that is no more. Functions of ``atexit`` are too late to wait for them,
as libraries end in such functions too. So a thread waits here until all but daemons are over.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable

from . import compiling

#: A thread that hangs in a driver or in a dead disk is left to itself after this time.
_PATIENCE_S = 30.0

_LOOK_S = 0.5


_begun: weakref.WeakKeyDictionary[threading.Thread, Callable[[], object]]
_begun = weakref.WeakKeyDictionary()
_ends: dict[Callable[[], object], None] = {}
_watch = threading.Thread()


def begin_thread(
    work: Callable[[], None], name: str, end: Callable[[], object] = lambda: None
) -> threading.Thread:
    """Begin a thread that is over before the program ends.

    :param end: lets ``work`` return soon; called then, in any thread.
    """
    # a daemon, as Python itself would wait for a hanging one without end
    thread = threading.Thread(target=_do, args=(work,), name=name, daemon=True)
    _begun[thread] = end
    before_end(_end_begun)
    thread.start()
    return thread


def before_end(end: Callable[[], object]) -> None:
    """Call something, that does not raise, when all threads but daemons are over.

    Nothing is taken down by then. To be said as soon as there is something to end, by each process.
    """
    global _watch
    _ends[end] = None
    if not _watch.is_alive():
        _watch = threading.Thread(target=_wait_for_end, name="picostream end", daemon=False)
        _watch.start()


def mute() -> None:
    """Log nothing any more: what is left to itself would tell windows, which are no more soon."""
    logging.disable()


def _wait_for_end() -> None:
    while others := [each for each in threading.enumerate() if _is_waited_for(each)]:
        others[0].join()
    for end in list(_ends):
        end()


def _is_waited_for(thread: threading.Thread) -> bool:
    return thread.is_alive() and not thread.daemon and thread is not threading.current_thread()


def _do(work: Callable[[], None]) -> None:
    try:
        work()
    except RuntimeError:  # as when something shall begin a thread
        if threading.main_thread().is_alive():
            raise


def _end_begun() -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    for end in list(_begun.values()):
        end()
    for thread in list(_begun):
        while thread.is_alive() and time.monotonic() < deadline_s:
            compiling.refuse_daemons()  # again, as it may be importing the compiler
            thread.join(_LOOK_S)
        if thread.is_alive():
            mute()


if hasattr(os, "register_at_fork"):  # the child of a fork has none of the threads
    os.register_at_fork(after_in_child=_ends.clear)
    os.register_at_fork(after_in_child=_begun.clear)
