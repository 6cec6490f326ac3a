"""``HDF5LivePlotter``: the newest stretch of a recording, read from its file again and again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..errors import PicoStreamError
from ..reader import PicoStreamReader

#: Colours of the scope's sockets.
CHANNEL_COLOURS = {"": "#3b82f6", "A": "#3b82f6", "B": "#ef4444", "C": "#22c55e", "D": "#eab308"}

_MIN_COLUMNS = 100


class HDF5LivePlotter(QtWidgets.QWidget):
    """Shows the last seconds of a recording that may be growing, finished, or not there yet.

    Each column of the picture is drawn from its first, smallest, largest and last sample, so that
    it equals a picture of all samples. The file is opened for each update only, so that whoever
    writes, replaces or deletes it is not hindered.

    :param hdf5_path: the recording; it need not exist yet.
    :param update_interval_ms: time between two looks at the file.
    :param display_window_seconds: length of the stretch that is shown.
    :param decimation_factor: samples a column at least, as long as ``max_display_points`` allows.
    :param max_display_points: columns at most.
    """

    def __init__(
        self,
        hdf5_path: str = "/tmp/data.hdf5",
        update_interval_ms: int = 50,
        display_window_seconds: float = 0.5,
        decimation_factor: int = 150,
        max_display_points: int = 4000,
        parent: QtWidgets.QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.hdf5_path = hdf5_path
        self.update_interval_ms = update_interval_ms
        self.display_window_seconds = display_window_seconds
        self.decimation_factor = decimation_factor
        self.max_display_points = max_display_points
        self._curves: dict[str, pyqtgraph.PlotDataItem] = {}
        self._setup_ui()
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._update)

    def _setup_ui(self) -> None:
        self.setWindowTitle("PicoStream")
        self.plot = pyqtgraph.PlotWidget()
        self.plot.setLabel("bottom", "Time", units="s")
        self.plot.setLabel("left", "Input", units="V")
        self.plot.showGrid(x=True, y=True, alpha=0.3)
        self.status = QtWidgets.QLabel(f"Waiting for {self.hdf5_path}")
        layout = QtWidgets.QVBoxLayout(self)
        layout.addWidget(self.plot)
        layout.addWidget(self.status)
        QtWidgets.QShortcut(QtGui.QKeySequence("S"), self, self.save_screenshot)

    def set_hdf5_path(self, hdf5_path: str) -> None:
        """Show another file from now on."""
        self.hdf5_path = hdf5_path
        self._clear()
        self.status.setText(f"Waiting for {hdf5_path}")

    def start_updates(self) -> None:
        """Begin to look at the file."""
        self._timer.start(self.update_interval_ms)

    def stop_updates(self) -> None:
        """Leave the picture as it is."""
        self._timer.stop()

    def save_screenshot(self) -> str:
        """Save the widget as a PNG beside the recording and return its path."""
        stamp = f"{datetime.now():%Y%m%d_%H%M%S_%f}"
        path = Path(self.hdf5_path).with_suffix(f".{stamp}.png")
        self.grab().save(str(path))
        self.status.setText(f"Saved {path}")
        return str(path)

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop looking at the file."""
        self.stop_updates()
        super().closeEvent(event)

    def _update(self) -> None:
        if not Path(self.hdf5_path).is_file():
            self.status.setText(f"Waiting for {self.hdf5_path}")
            return
        try:
            with PicoStreamReader(self.hdf5_path) as reader:
                self._show(reader)
        except PicoStreamError as error:
            self.status.setText(str(error))

    def _show(self, reader: PicoStreamReader) -> None:
        end_s = reader.duration_s
        begin_s = max(end_s - self.display_window_seconds, 0.0)
        for name in reader.channels if end_s > begin_s else ():
            columns = reader.window(begin_s, end_s, self._n_columns(reader, end_s - begin_s), name)
            self._draw(name, begin_s, end_s, columns / 1e3)
        self.status.setText(
            f"{reader.num_samples:,} samples per channel recorded, "
            f"{end_s - begin_s:g} s of {end_s:.2f} s shown, {len(reader.gaps)} gaps"
        )

    def _n_columns(self, reader: PicoStreamReader, shown_s: float) -> int:
        n_samples = shown_s * 1e9 / reader.sample_interval_ns
        wanted = int(n_samples / max(self.decimation_factor, 1))
        return max(min(wanted, self.max_display_points), _MIN_COLUMNS)

    def _draw(self, name: str, begin_s: float, end_s: float, columns: NDArray[np.float64]) -> None:
        edges_s = np.linspace(begin_s, end_s, len(columns), endpoint=False)
        if name not in self._curves:
            colour = CHANNEL_COLOURS[name]
            self._curves[name] = self.plot.plot(pen=colour, connect="finite", name=name)
        self._curves[name].setData(np.repeat(edges_s, columns.shape[1]), columns.ravel())
        self.plot.setXRange(begin_s, end_s, padding=0)

    def _clear(self) -> None:
        for curve in self._curves.values():
            self.plot.removeItem(curve)
        self._curves.clear()
