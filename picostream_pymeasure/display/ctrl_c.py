"""Ctrl+C in a terminal ends the windows of a program as closing them does.

Qt's loop runs no Python, so that the signal would wait until something else does; and the exception
that Python answers it with aborts a program whose slot it hits.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

from pymeasure.display.Qt import QtCore

#: How often Qt's loop lets Python look for signals.
_LOOK_MS = 200


def end_windows_with_ctrl_c() -> None:
    """Let Ctrl+C quit Qt's loop, where the program has no answer of its own."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    signal.signal(signal.SIGINT, _quit_or_raise)
    timer = QtCore.QTimer(QtCore.QCoreApplication.instance())
    timer.timeout.connect(_let_python_run)
    timer.start(_LOOK_MS)


def _quit_or_raise(number: int, frame: FrameType | None) -> None:
    if QtCore.QThread.currentThread().loopLevel():
        QtCore.QCoreApplication.quit()
    else:
        signal.default_int_handler(number, frame)


def _let_python_run() -> None:
    pass
