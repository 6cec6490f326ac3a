"""What programs that derive from PicoStream's plotter override and use."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..errors import PicoStreamError

if TYPE_CHECKING:
    from .reading.frame import Frame

#: A file that nobody writes, is gone or not there yet is looked at no more often than this.
_RARELY_MS = 500


class PicoStreamHooks(QtWidgets.QWidget):
    """The part of :class:`~.live_plotter.HDF5LivePlotter` that has PicoStream's names."""

    update_interval_ms: Any
    hdf5_path: str
    frame: Frame | None
    plot: Any

    def __init__(self, parent: QtWidgets.QWidget | None) -> None:
        super().__init__(parent)
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(lambda: self.update_from_file())

    @property
    def timer(self) -> QtCore.QTimer:
        """The timer that looks at the file."""
        return self._timer

    @property
    def plot_widget(self) -> Any:
        """The plot as pyqtgraph knows it (``PlotWidget``)."""
        return self.plot

    def update_from_file(self) -> None:
        """Look at the file; called by the timer, and may be overridden."""
        self._request_frame()

    def update_display(self, data_window: NDArray[np.int16]) -> None:
        """Do more with what is shown: nothing here, the picture is drawn in any case.

        It is called, in the thread of the window, when a derived class overrides it.

        :param data_window: counts of the reader's first channel in the window that is shown, as
            PicoStream's plotter has them; in aggregate recordings min, max, min, max …
        """

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Close a window of its own with Q."""
        if event.key() == QtCore.Qt.Key.Key_Q and self.isWindow():
            self.close()
        else:
            super().keyPressEvent(event)

    def _request_frame(self) -> None:
        raise NotImplementedError

    def _tell_derived(self, frame: Frame) -> None:
        if type(self).update_display is PicoStreamHooks.update_display or not frame.traces:
            return
        from ..reader import PicoStreamReader  # loaded by the thread that has read the frame

        try:
            with PicoStreamReader(frame.path) as reader:
                first, stop = map(reader.index_at, (frame.begin_s, frame.end_s))
                counts = reader.read_counts(first, stop - first)
        except PicoStreamError:  # it is being replaced; the next look tells
            return
        self.update_display(counts.ravel())

    def _interval_ms(self) -> int:
        """Time until the next look."""
        facts = self.frame.facts if self.frame else None
        is_growing = facts is not None and facts.grows_at(time.time())
        wanted_ms = int(self.update_interval_ms)
        return wanted_ms if is_growing else max(wanted_ms, _RARELY_MS)

    def _keep_pace(self) -> None:
        if self._timer.interval() != self._interval_ms():
            self._timer.setInterval(self._interval_ms())
