"""The resolution of sleeps.

Windows wakes sleeping threads every 15.6 ms unless a process asks for better, and Windows 11 does
not listen to one whose windows are all minimised or covered, unless that asks for it as well; Linux
and macOS need no asking. The Windows form has only been run with libraries that note the calls.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_PERIOD_MS = 1

_POWER_THROTTLING = 4  # ProcessPowerThrottling
_EXECUTION_SPEED, _IGNORE_TIMER_RESOLUTION = 1, 4


class _PowerThrottling(ctypes.Structure):
    """``PROCESS_POWER_THROTTLING_STATE``: what is decided here, and which of that is on."""

    _fields_ = (
        ("version", ctypes.c_uint32),
        ("control", ctypes.c_uint32),
        ("state", ctypes.c_uint32),
    )


@contextmanager
def fine_sleep() -> Iterator[None]:
    """Let sleeps of this process end within a millisecond while entered."""
    if sys.platform != "win32":
        yield
        return
    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    with fine_on_windows(ctypes.WinDLL("winmm"), kernel):
        yield


@contextmanager
def fine_on_windows(multimedia: Any, kernel: Any) -> Iterator[None]:
    """Ask Windows for it.

    :param multimedia: ``winmm``.
    :param kernel: ``kernel32``.
    """
    _refuse_throttling(kernel)
    multimedia.timeBeginPeriod(_PERIOD_MS)
    try:
        yield
    finally:
        multimedia.timeEndPeriod(_PERIOD_MS)


def _refuse_throttling(kernel: Any) -> None:
    """For the rest of the process, since another stream may still need it when this one ends."""
    for control in (_EXECUTION_SPEED | _IGNORE_TIMER_RESOLUTION, _EXECUTION_SPEED):
        wanted = _PowerThrottling(version=1, control=control, state=0)
        process = ctypes.c_void_p(kernel.GetCurrentProcess())
        size = ctypes.sizeof(wanted)
        if kernel.SetProcessInformation(process, _POWER_THROTTLING, ctypes.byref(wanted), size):
            return  # Windows 10 knows only the second one
