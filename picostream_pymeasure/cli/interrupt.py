"""Ctrl+C and termination as a wish, not as an exception in the middle of anything."""

from __future__ import annotations

import signal
import threading
from types import FrameType

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupt:
    """From now on to the end of the process SIGINT, SIGTERM and SIGHUP only set a flag."""

    def __init__(self) -> None:
        self._event = threading.Event()
        for name in _SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._event.set()

    @property
    def came(self) -> bool:
        """True once the user wants to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep until the user wants to end or the time is over; tell which."""
        return self._event.wait(seconds)

    def forget(self) -> None:
        """Take the wish as granted; the next one means something else."""
        self._event.clear()
