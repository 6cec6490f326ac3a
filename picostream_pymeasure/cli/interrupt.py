"""Ctrl+C and termination as a wish, not as an exception in the middle of anything."""

from __future__ import annotations

import signal
import threading
from types import FrameType


class Interrupt:
    """While entered, SIGINT and SIGTERM only set a flag."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._previous: dict[int, object] = {}

    def __enter__(self) -> Interrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._event.set()

    @property
    def came(self) -> bool:
        """True once the user wants to end."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep until the user wants to end or the time is over; tell which."""
        return self._event.wait(seconds)
