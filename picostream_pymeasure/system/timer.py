"""The resolution of sleeps.

Windows wakes sleeping threads every 15.6 ms unless a process asks for better; Linux and macOS
need no asking. The Windows form has not been run here.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_PERIOD_MS = 1


@contextmanager
def fine_sleep() -> Iterator[None]:
    """Let sleeps of this process end within a millisecond while entered."""
    if sys.platform != "win32":
        yield
        return
    multimedia = ctypes.WinDLL("winmm")
    multimedia.timeBeginPeriod(_PERIOD_MS)
    try:
        yield
    finally:
        multimedia.timeEndPeriod(_PERIOD_MS)
