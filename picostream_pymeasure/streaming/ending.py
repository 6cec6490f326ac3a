"""How a stream ends: what was asked for, what failed, and the words for it."""

from __future__ import annotations

import threading

from ..errors import DeviceLostError, DriverError, OverrunError, StorageError, sentence
from ..records import (
    ABORTED,
    DISK,
    FAILED,
    FINISHED,
    LOST_SCOPE,
    STOPPED,
    TARGET,
    UNTRIGGERED,
    interruption,
)


class Ending:
    """The end of one stream, told by any thread; of each kind the first word counts.

    ``error`` is the first exception of any thread; that samples were lost gives way to what the
    driver fails with then, for that is why they were.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: tuple[str, str] | None = None
        self.error: BaseException | None = None

    def ask(self, ended_by: str, reason: str) -> None:
        """Note that somebody wants the end.

        :param ended_by: one of :data:`~picostream_pymeasure.records.ENDINGS`.
        :param reason: one sentence.
        """
        with self._lock:
            if self._asked is None:
                self._asked = (ended_by, reason)

    def ask_for(self, error: BaseException) -> None:
        """Note that the end is wanted because of what happened in the caller's code."""
        if isinstance(error, Exception):
            self.ask(FAILED, sentence(error))
        else:
            self.ask(ABORTED, interruption(error))

    def fail(self, error: BaseException) -> None:
        """Note what went wrong in a thread of the stream."""
        with self._lock:
            if self.error is None or _explains(error, self.error):
                self.error = error

    def leave(self) -> None:
        """Be of use in the child of a fork: another thread may have held the lock."""
        self._lock = threading.Lock()

    def words(self, ended_by: str, reason: str, waits_for_trigger: bool) -> tuple[str, str]:
        """Get how it ended, and one sentence about it.

        :param ended_by: what made the producer end.
        :param reason: its sentence.
        :param waits_for_trigger: the trigger has not come.
        """
        if self.error is not None:
            return _ending_of(self.error), sentence(self.error)
        if ended_by == STOPPED and self._asked is not None:
            ended_by, reason = self._asked
        if waits_for_trigger and ended_by in (STOPPED, FINISHED, TARGET):
            return ABORTED, UNTRIGGERED
        return ended_by, reason


def _explains(error: BaseException, loss: BaseException) -> bool:
    return isinstance(loss, OverrunError) and isinstance(error, DriverError)


def _ending_of(error: BaseException) -> str:
    if isinstance(error, StorageError):
        return DISK
    return LOST_SCOPE if isinstance(error, DeviceLostError) else FAILED
