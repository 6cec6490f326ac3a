"""Python's search for garbage, in pauses of the event loop instead of anywhere in between."""

from __future__ import annotations

import gc
from collections.abc import Callable

from pymeasure.display.Qt import QtCore

_LOOK_MS = 500
_ALL = 2


class IdleCollector(QtCore.QObject):
    """Collects garbage in the thread of the windows, where Qt's objects want to be destroyed.

    Python itself would search in any thread, while a picture or a run waits for it. What is young
    is searched as often as Python would do it; all of it, which takes as long as some pictures,
    only while nothing is recorded. What was there before, and what the first run has loaded and
    left, stays, and is never searched: a search through that would hold up several pictures.

    :param is_recording: says whether something is recorded now.
    """

    def __init__(self, is_recording: Callable[[], bool]) -> None:
        super().__init__()
        self._is_recording = is_recording
        self._has_begun = self._is_settled = False
        self._was_enabled = gc.isenabled()
        gc.freeze()
        gc.disable()
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_LOOK_MS)

    def look(self) -> None:
        """Collect what is due."""
        if self._is_recording():
            if self._has_begun:
                self._collect(_ALL - 1)
            else:
                self._has_begun = True
                gc.freeze()
        elif self._has_begun and not self._is_settled:
            self._is_settled = True
            gc.collect(_ALL - 1)
            gc.freeze()
        else:
            self._collect(_ALL)

    def stop(self) -> None:
        """Leave it to Python again, if it was before."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def _collect(self, oldest: int) -> None:
        """Search the oldest generation that is due, with all that are younger."""
        for generation in range(oldest, -1, -1):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return
