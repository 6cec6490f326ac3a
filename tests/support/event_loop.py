"""Qt's event loop, run by tests and benchmarks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .patience import PATIENCE_S

#: What no event tells is looked at that often; a loop that never rests would hold up the threads.
_BEAT_MS = 5


def wait(condition: Callable[[], Any], timeout_s: float = PATIENCE_S) -> None:
    """Run the event loop until something holds."""
    from pymeasure.display.Qt import QtCore, QtWidgets

    deadline_s = time.monotonic() + timeout_s
    beat = QtCore.QTimer()
    beat.start(_BEAT_MS)
    while not condition():
        assert time.monotonic() < deadline_s, "it never happened"
        QtWidgets.QApplication.processEvents(QtCore.QEventLoop.WaitForMoreEvents)


def live(seconds: float) -> None:
    """Run the event loop for a while."""
    end_s = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end_s, seconds + PATIENCE_S)
