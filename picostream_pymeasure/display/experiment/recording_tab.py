"""The live plot as a tab of a PyMeasure window: one run in full, others laid over it."""

from __future__ import annotations

import html
import logging
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets
from pymeasure.display.widgets import TabWidget
from pymeasure.experiment import Results

from ...host import QUEUED, RUNNING
from ..live_plotter import HDF5LivePlotter
from .files import recording_of

log = logging.getLogger(__name__)

_LOOK_MS = 200

#: Letters of a run's name that are always seen, beside the titles of the pages.
_NAME_LETTERS = 12

_FIRST_STEP = "Set what to record at the left, then press <b>Queue</b>: the run is shown here.<br>"
_OBSTACLE = "Nothing can be recorded now: {}<br>"

#: Runs laid over the shown one at most: more cannot be told apart, and each costs reading time.
MAX_OVERLAYS = 8


@dataclass(eq=False)
class RecordingCurve:
    """What PyMeasure calls a curve: a run and the colour the browser gives it."""

    results: Results
    color: QtGui.QColor
    wdg: RecordingTab
    number: int
    _is_there: bool = False
    _looked_at: int | str | None = None

    @property
    def path(self) -> str:
        """Where its recording is or will be."""
        return str(recording_of(self.results))

    @property
    def is_there(self) -> bool:
        """Whether there is a recording of it, or will be soon; each picture asks this."""
        if self.status == RUNNING:
            return True
        if self._looked_at != self.status:  # once: a drive may be slow to say it
            self._looked_at, self._is_there = self.status, recording_of(self.results).exists()
        return self._is_there

    @property
    def status(self) -> int | str:
        """PyMeasure's status of the run."""
        status: int | str = self.results.procedure.status
        return status

    def update_data(self) -> None:
        """Look at the run again, as PyMeasure asks when it has ended."""
        self.wdg.refresh()


class RecordingTab(TabWidget, QtWidgets.QWidget):
    """Shows the running or newest of the checked runs, with the other checked runs over it.

    Works in every ``ManagedWindow``: put it into ``widget_list``. Recordings are found beside the
    CSV, with the same stem.

    :param name: title of the tab.
    :param is_preview: leave the choice of runs away, as in the open dialog.
    """

    def __init__(
        self, name: str, parent: QtWidgets.QWidget | None = None, is_preview: bool = False
    ) -> None:
        super().__init__(name, parent)
        self._is_preview = is_preview
        self._curves: list[RecordingCurve] = []
        self._overlaid: dict[str, str] = {}
        self._n_made = 0
        self._path: str | None = ""
        self._setup_ui()
        self._layout()
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.refresh)

    def _setup_ui(self) -> None:
        self.plotter = HDF5LivePlotter("", parent=self)
        self.setFocusProxy(self.plotter)
        self.plotter.actions_by_name["open"].setVisible(False)  # the window opens runs
        if not self._is_preview:
            self.plotter.screen_parts.empty_state.set_first_step(_FIRST_STEP)
        self.run_choice = QtWidgets.QComboBox(self)
        self.run_choice.setSizeAdjustPolicy(
            QtWidgets.QComboBox.AdjustToMinimumContentsLengthWithIcon
        )
        self.run_choice.setMinimumContentsLength(_NAME_LETTERS)
        self.run_choice.setToolTip("The run that is shown in full; the newest is the one that runs")
        self.run_choice.addItem("Newest run", None)
        self.run_choice.activated.connect(self._choose)
        self.overlay_box = QtWidgets.QCheckBox("Overlay other runs", self)
        self.overlay_box.setChecked(True)
        self.overlay_box.setToolTip(
            "Lay the other checked runs below it, pale and in the colours of the list;"
            f" {MAX_OVERLAYS} at most, and none over captures"
        )
        self.overlay_box.toggled.connect(self.refresh)
        self.plotter.actions_by_name["captures"].toggled.connect(self.overlay_box.setDisabled)

    def _layout(self) -> None:
        self.choices = QtWidgets.QWidget(self)
        choices = QtWidgets.QHBoxLayout(self.choices)
        choices.setContentsMargins(6, 4, 6, 0)
        choices.setSpacing(10)
        choices.addWidget(self.run_choice)
        choices.addWidget(self.overlay_box)
        choices.addStretch()
        self._offer_choices(False)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choices)
        layout.addWidget(self.plotter, 1)

    def _offer_choices(self, are_offered: bool) -> None:
        for choice in (self.run_choice, self.overlay_box):  # all of it would keep its room
            choice.setVisible(are_offered)

    # -- what PyMeasure calls

    def new_curve(
        self, results: Results, color: QtGui.QColor | None = None, **_: Any
    ) -> RecordingCurve:
        """Make the curve of a run; :meth:`load` shows it."""
        self._n_made += 1
        return RecordingCurve(results, QtGui.QColor(color or "#1f77b4"), self, self._n_made)

    def load(self, curve: RecordingCurve) -> None:
        """Show a run: it is checked."""
        if curve not in self._curves:
            self._curves.append(curve)
            self._curves.sort(key=lambda each: each.number)
            self._list_runs()
            self.refresh()

    def remove(self, curve: RecordingCurve) -> None:
        """Hide a run: it is unchecked or gone."""
        if curve in self._curves:
            self._curves.remove(curve)
            self._list_runs()
            self.refresh()
        if Path(curve.results.data_filename).exists():
            QtCore.QTimer.singleShot(0, partial(self._take_along, curve))

    def _take_along(self, curve: RecordingCurve) -> None:
        """Delete the recording of a run whose CSV PyMeasure's window deletes after it hides it."""
        recording = recording_of(curve.results)
        if Path(curve.results.data_filename).exists() or curve.status == RUNNING:
            return
        with suppress(OSError):  # there is none, or it is locked: then it stays
            recording.unlink()
            log.info("Deleted %s with its results.", recording)

    def set_color(self, curve: RecordingCurve, color: QtGui.QColor) -> None:
        """Give a run another colour."""
        curve.color = QtGui.QColor(color)
        self._list_runs()
        self.refresh()

    def preview_widget(self, parent: QtWidgets.QWidget | None = None) -> RecordingTab:
        """Make the widget that shows a file in the open dialog."""
        return RecordingTab("Recording preview", parent, is_preview=True)

    def clear_widget(self) -> None:
        """Show nothing."""
        self._curves.clear()
        self._list_runs()
        self.refresh()

    # -- what it shows

    def refresh(self) -> None:
        """Bring the plot to the runs that are checked and to what is running."""
        shown = self._shown_curve()
        path = shown.path if shown and shown.is_there else ""
        overlays = self._wanted_overlays(shown)
        for gone in self._overlaid.keys() - overlays.keys():
            self.plotter.remove_comparison(gone)
        if path != self._path:  # and not the plotter's: the user may have opened another file there
            self._path = path
            is_starting = shown is not None and shown.status == RUNNING
            self.plotter.set_hdf5_path(path, is_starting)
        for other, colour in overlays.items():
            if self._overlaid.get(other) != colour:
                self.plotter.add_comparison(other, colour)
        self._overlaid = overlays

    def show_obstacle(self, obstacle: str) -> None:
        """Say what keeps the next run from being possible, where nothing else is shown.

        :param obstacle: in a sentence; empty if nothing does.
        """
        step = _OBSTACLE.format(html.escape(obstacle)) if obstacle else _FIRST_STEP
        self.plotter.screen_parts.empty_state.set_first_step(step)

    def show_file(self, path: Path) -> None:
        """Show a recording that belongs to no run, until a run is chosen or begins."""
        self.plotter.set_hdf5_path(str(path))

    def _choose(self, _: int) -> None:
        self._path = None
        self.refresh()

    def _shown_curve(self) -> RecordingCurve | None:
        chosen: RecordingCurve | None = self.run_choice.currentData()
        if chosen in self._curves:
            return chosen
        begun = [curve for curve in self._curves if curve.status != QUEUED]
        running = [curve for curve in begun if curve.status == RUNNING]
        return next(reversed(running or begun), None)

    @property
    def left_out(self) -> frozenset[str]:
        """Recordings of checked runs that are not drawn all the same."""
        others = (curve.path for curve in self._others(self._shown_curve()))
        return frozenset(others) - self._overlaid.keys()

    def _wanted_overlays(self, shown: RecordingCurve | None) -> dict[str, str]:
        if not self.overlay_box.isChecked():
            return {}
        return {curve.path: curve.color.name() for curve in self._others(shown)[-MAX_OVERLAYS:]}

    def _others(self, shown: RecordingCurve | None) -> list[RecordingCurve]:
        return [
            curve
            for curve in self._curves
            if curve is not shown and curve.status != QUEUED and curve.is_there
        ]

    def _list_runs(self) -> None:
        chosen: RecordingCurve | None = self.run_choice.currentData()
        self._offer_choices(not self._is_preview and len(self._curves) > 1)
        while self.run_choice.count() > 1:
            self.run_choice.removeItem(1)
        for curve in self._curves:
            swatch = QtGui.QPixmap(12, 12)
            swatch.fill(curve.color)
            name = recording_of(curve.results).stem
            self.run_choice.addItem(QtGui.QIcon(swatch), name, curve)
        self.run_choice.setCurrentIndex(
            1 + self._curves.index(chosen) if chosen in self._curves else 0
        )

    # -- only what can be seen is kept up to date

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to follow the runs."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()
        self.plotter.start_updates()

    def hideEvent(self, event: QtGui.QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Stop to follow the runs."""
        super().hideEvent(event)
        self._timer.stop()
        self.plotter.stop_updates()

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go of the files."""
        self._timer.stop()
        self.plotter.close()
        super().closeEvent(event)

    # -- between starts

    def save_state(self) -> dict[str, Any]:
        """Get the settings of the plot as JSON takes them."""
        return {"overlay": self.overlay_box.isChecked(), "plot": self.plotter.save_state()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Bring back what :meth:`save_state` gave."""
        self.overlay_box.setChecked(state["overlay"])
        self.plotter.restore_state(state["plot"])
