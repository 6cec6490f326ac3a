"""Closing the console on Windows: log-off, shutdown and the window's cross are no signals there.

Windows calls a handler in a thread of its own and ends the program when the handler returns, or
after some seconds. So the handler tells the program and waits until it is done.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Any

#: ``CTRL_CLOSE_EVENT``, ``CTRL_LOGOFF_EVENT``, ``CTRL_SHUTDOWN_EVENT``; Ctrl+C and Ctrl+Break are
#: signals in Python.
_ENDING = (2, 5, 6)

#: Longer than Windows waits.
_PATIENCE_S = 30.0


def handler(tell: Callable[[], None], done: threading.Event) -> Callable[[int], bool]:
    """Make what Windows calls with the number of an event.

    :param tell: asks the program to end.
    :param done: set when the program has nothing more to lose.
    """

    def handle(event: int) -> bool:
        if event not in _ENDING:
            return False
        tell()
        done.wait(_PATIENCE_S)
        return True

    return handle


if sys.platform == "win32":
    _HANDLER = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)
    _kept: list[Any] = []

    def on_close(tell: Callable[[], None], done: threading.Event) -> None:
        """Call ``tell`` when the console is closed, and hold the end off until ``done``."""
        _kept.append(_HANDLER(handler(tell, done)))  # ctypes forgets it, Windows does not
        ctypes.WinDLL("kernel32").SetConsoleCtrlHandler(_kept[-1], True)

else:

    def on_close(tell: Callable[[], None], done: threading.Event) -> None:
        """Do nothing: a closed terminal is a signal here."""
