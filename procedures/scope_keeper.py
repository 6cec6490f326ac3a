"""The thread that owns a scope from its opening to its closing.

A PyMeasure run must end within a second whatever hangs: the opening of a scope, a driver call, a
disk. So its own thread never waits for these; it waits for this one, and may go on without it.
What is left behind still stores every sample, closes the file and frees the scope.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Protocol

from picostream_pymeasure.records import ABORTED, ON_REQUEST, PROGRAM_ENDED, STOPPED
from picostream_pymeasure.system.thread_end import before_end, mute

if TYPE_CHECKING:
    from picostream_pymeasure.records import Outcome, StreamDescription

log = logging.getLogger(__name__)

#: How long the end of the program waits for recordings that are still being written.
_EXIT_TIMEOUT_S = 30.0

_LOOK_S = 0.05


class KeptSession(Protocol):
    """What records: a stream, or captures."""

    description: StreamDescription | None

    @property
    def outcome(self) -> Outcome | None:
        """How it ended."""

    def start(self) -> None:
        """Begin to record."""

    def wait(self) -> object:
        """Return at the end of the recording, or raise what ended it."""

    def request_stop(self, ended_by: str, reason: str) -> None:
        """Ask for the end without waiting for it; the first says why."""

    def mark(self, label: str, value: float) -> None:
        """Put an event at the newest sample."""


class ScopeKeeper:
    """Opens a scope, keeps its recording until it is over, and closes the scope.

    :param scope: what the user calls the scope; a keeper waits for one that was left with the same.
    :param open_session: opens the scope and gives a session that is not started.
    :param close: closes whatever was opened; called last, and in any case. What it raises is kept
        as ``close_error``.
    """

    _active: ClassVar[list[ScopeKeeper]] = []

    def __init__(
        self, scope: str, open_session: Callable[[], KeptSession], close: Callable[[], None]
    ) -> None:
        self._scope = scope
        self._open_session = open_session
        self._close = close
        self._stop_requested = threading.Event()
        self._may_close = threading.Event()
        self._was_left = False
        self.session: KeptSession | None = None
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self.close_error: BaseException | None = None
        self.started = threading.Event()
        self.recording_ended = threading.Event()
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="picostream-keeper", daemon=True)

    def start(self) -> None:
        """Begin; ``started`` is set when samples flow, or when ``error`` says why they do not."""
        self._active.append(self)
        before_end(_wait_at_end)
        self._thread.start()

    def request_stop(self, ended_by: str = STOPPED, reason: str = ON_REQUEST) -> None:
        """Ask for the end of the stream at any time, without waiting for it; the first says why.

        :param ended_by: one of :data:`~picostream_pymeasure.records.ENDINGS`.
        :param reason: one sentence.
        """
        self._stop_requested.set()
        session = self.session
        if session is not None:
            session.request_stop(ended_by, reason)

    def end(self, timeout_s: float) -> bool:
        """End the stream, let everything be closed, and tell whether it was in time.

        If not, it goes on by itself.
        """
        self.request_stop()
        self._may_close.set()
        self._was_left = not self.ended.wait(timeout_s)
        return not self._was_left

    def _keep(self) -> None:
        try:
            self._wait_for_turn()
            self._stream()
        except BaseException as error:  # noqa: BLE001 - raised again in the run's own thread
            self.error = error
        # the pool is large, and PyMeasure keeps procedures for as long as it shows their results
        self.session = None
        self.started.set()
        self.recording_ended.set()
        self._may_close.wait()
        try:
            self._close()
        except BaseException as error:  # noqa: BLE001 - logged there
            self.close_error = error
        self._tell()
        self._active.remove(self)
        self.ended.set()

    def _wait_for_turn(self) -> None:
        """Wait for runs that are over but still keep this scope; not for one that goes on."""
        for other in list(self._active):
            if other._scope == self._scope and other._may_close.is_set() and other is not self:
                log.warning("Waiting until an earlier run has released the scope.")
                while not other.ended.wait(_LOOK_S) and not self._stop_requested.is_set():
                    pass

    def _stream(self) -> None:
        if self._stop_requested.is_set():
            return
        self.session = session = self._open_session()
        if self._stop_requested.is_set():
            return
        session.start()
        self.started.set()
        try:
            session.wait()
        finally:
            self.outcome = session.outcome

    def _tell(self) -> None:
        """Say how a stream ended whose run is over already."""
        if self._was_left and isinstance(self.error, Exception):
            log.error("The recording of the run that had ended failed: %s", self.error)
        elif self._was_left and self.outcome is not None:
            log.info("The recording of the run that had ended is complete now.")


def wait_for_all(timeout_s: float) -> bool:
    """End all streams and tell whether everything was stored and closed in time."""
    deadline = time.monotonic() + timeout_s
    keepers = list(ScopeKeeper._active)
    for keeper in keepers:
        keeper.request_stop(ABORTED, PROGRAM_ENDED)
    for keeper in keepers:
        keeper.end(max(deadline - time.monotonic(), 0))
    return all(keeper.ended.is_set() for keeper in keepers)


def _wait_at_end() -> None:
    if not wait_for_all(_EXIT_TIMEOUT_S):
        mute()


if hasattr(os, "register_at_fork"):  # the child of a fork has none of the threads to wait for
    os.register_at_fork(after_in_child=ScopeKeeper._active.clear)
