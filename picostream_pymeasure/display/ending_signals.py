"""Ctrl+C in a terminal, its closing, or a wish of the system end windows as closing them does.

Qt's loop runs no Python, so that the signal would wait until something else does; and the exception
that Python answers Ctrl+C with aborts a program whose slot it hits. The others would kill it in the
middle of a recording.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from pymeasure.display.Qt import QtCore

#: How often Qt's loop lets Python look for signals.
_LOOK_MS = 200

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def end_windows_with_signals() -> None:
    """Let signals quit Qt's loop, each of which the program has no answer of its own to."""
    if threading.current_thread() is not threading.main_thread():
        return
    is_asked = False
    for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
        before = signal.getsignal(number)
        if before is signal.default_int_handler:
            signal.signal(number, _quit_or_raise)
        elif before is signal.SIG_DFL:
            signal.signal(number, _quit_or_die)
        else:
            continue
        is_asked = True
    if not is_asked:
        return
    timer = QtCore.QTimer(QtCore.QCoreApplication.instance())
    timer.timeout.connect(_let_python_run)
    timer.start(_LOOK_MS)


# exit() and not quit(), by which Qt 6 has each window ask whether it may be closed


def _quit_or_raise(number: int, frame: FrameType | None) -> None:
    if QtCore.QThread.currentThread().loopLevel():
        QtCore.QCoreApplication.exit(0)
    else:
        signal.default_int_handler(number, frame)


def _quit_or_die(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # the second one is not asked twice
    if QtCore.QThread.currentThread().loopLevel():
        QtCore.QCoreApplication.exit(0)
    else:
        os.kill(os.getpid(), number)


def _let_python_run() -> None:
    pass
