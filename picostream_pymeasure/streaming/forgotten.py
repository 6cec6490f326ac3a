"""Streams that a program leaves running at its exit.

Python stops daemon threads wherever they are, also in the middle of a write and with a library's
lock held, which the exit may then wait for without end. So they are ended before, properly.
"""

from __future__ import annotations

import atexit
import os
import sys
import weakref
from contextlib import suppress
from typing import Protocol

from ..records import ABORTED, PROGRAM_ENDED, STOPPED

_TIMEOUT_S = 15.0


class Ending(Protocol):
    """What must be ended, such as a session."""

    def request_stop(self, ended_by: str, reason: str) -> None:
        """Ask for the end; the first call says why."""

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
        session.request_stop(ABORTED if _has_died() else STOPPED, PROGRAM_ENDED)
        with suppress(BaseException):  # nobody is left to be told; the file says how it ended
            session.stop(_TIMEOUT_S)


def _has_died() -> bool:
    """Whether an exception ends the program; of a session at a prompt it may be any earlier one."""
    return getattr(sys, "last_value", None) is not None and not hasattr(sys, "ps1")


def _leave_all() -> None:
    for session in list(_sessions):
        session.leave()
    _sessions.clear()


if hasattr(os, "register_at_fork"):  # the child of a fork has none of the threads to wait for
    os.register_at_fork(after_in_child=_leave_all)
