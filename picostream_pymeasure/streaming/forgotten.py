"""Streams that a program leaves running at its exit.

Python stops daemon threads wherever they are, also in the middle of a write and with a library's
lock held, which the exit may then wait for without end. So they are ended before, properly.
"""

from __future__ import annotations

import atexit
import os
import weakref
from contextlib import suppress
from typing import Protocol

_TIMEOUT_S = 15.0


class Ending(Protocol):
    """What must be ended, such as a session."""

    def stop(self, timeout_s: float) -> object:
        """End it, and wait for that."""

    def leave(self) -> None:
        """Forget it in the child of a fork, where its threads are not."""


_sessions: weakref.WeakSet[Ending] = weakref.WeakSet()


def end_at_exit(session: Ending) -> None:
    """End a session at the exit of the program, unless it has ended by then."""
    _sessions.add(session)
    # the last one registered comes first: before the exit of the libraries that the sink uses
    atexit.unregister(_end_all)
    atexit.register(_end_all)


def _end_all() -> None:
    for session in list(_sessions):
        with suppress(BaseException):  # nobody is left to be told; the file says how it ended
            session.stop(_TIMEOUT_S)


def _leave_all() -> None:
    for session in list(_sessions):
        session.leave()
    _sessions.clear()


if hasattr(os, "register_at_fork"):  # the child of a fork has none of the threads to wait for
    os.register_at_fork(after_in_child=_leave_all)
