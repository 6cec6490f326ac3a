"""Ctrl+C and termination as a wish, not as an exception in the middle of anything."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from ..errors import PicoStreamError
from ..system.console_close import on_close

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interrupt:
    """From now on to the end of the process signals that end programs are only counted.

    A hang-up that the parent lets the program ignore (``nohup``) stays ignored.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._count, self._granted = 0, 0
        self._numbers = [number for name in _SIGNALS if (number := _wanted(name)) is not None]
        for number in self._numbers:
            signal.signal(number, self._handle)
        self._is_done = threading.Event()
        on_close(self._handle, self._is_done)

    def _handle(self, number: int = 0, frame: FrameType | None = None) -> None:
        self._count += 1
        self._event.set()

    @property
    def came(self) -> bool:
        """True once the user wants to end."""
        return self._count > self._granted

    def wait(self, seconds: float) -> bool:
        """Sleep until the user wants to end or the time is over; tell which."""
        return self._event.wait(seconds)

    def refuse(self) -> None:
        """End here when the user wants to end before anything was recorded.

        :raises PicoStreamError: he does.
        """
        if self.came:
            raise PicoStreamError("Interrupted before the recording began.")

    def grant(self) -> None:
        """Take the first wish as granted; a second one stands and means something else."""
        self._granted = min(self._count, 1)

    def ignore(self) -> None:
        """Let nothing change the exit code any more, not even while Python ends."""
        for number in self._numbers:
            signal.signal(number, signal.SIG_IGN)
        self._is_done.set()


def _wanted(name: str) -> signal.Signals | None:
    number: signal.Signals | None = getattr(signal, name, None)
    is_hang_up = name == "SIGHUP"
    if number is None or (is_hang_up and signal.getsignal(number) is signal.SIG_IGN):
        return None
    return number
