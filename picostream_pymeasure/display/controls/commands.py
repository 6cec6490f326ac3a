"""What the actions of a display do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pymeasure.display.Qt import QtWidgets

from ..analysis.request import HISTOGRAM, MEASUREMENTS, SPECTRUM
from ..painting.theme import DARK, LIGHT
from ..reading.view_range import Mode
from .export_task import ExportTask, unused_target, why_not_to
from .help_dialog import HelpDialog

if TYPE_CHECKING:
    from ..live_plotter import HDF5LivePlotter

_EXPORT_KINDS = "CSV (*.csv);;NumPy (*.npy);;WAV (*.wav);;Parquet (*.parquet)"
_VOLT_STEP = 0.8
_PAN_STEP = 0.1


class Commands:
    """Connects the actions of a display with its parts."""

    def __init__(self, display: HDF5LivePlotter) -> None:
        self._display = display
        self._parts = display.screen_parts
        self._actions = display.actions_by_name
        self._export = ExportTask(display)
        self._export.finished.connect(display.status.say)
        self._actions["follow"].setChecked(True)
        self._actions["overview"].setChecked(True)
        self._connect_time()
        self._connect_volts()
        self._connect_panels()
        self._actions.connect(
            open=self._open,
            screenshot=display.save_screenshot,
            export=self._choose_export,
            theme=self._switch_theme,
            help=lambda: HelpDialog(display).exec_(),
        )

    def close(self) -> None:
        """Cancel what is under way."""
        self._export.close()

    def _connect_time(self) -> None:
        navigator = self._display.navigator
        self._actions.connect(
            follow=lambda on: navigator.follow() if on else navigator.pause(),
            trigger=self._set_triggered,
            newest=navigator.follow,
            all=navigator.show_all,
            undo=self._undo,
            zoom_in=lambda: navigator.zoom(0.5),
            zoom_out=lambda: navigator.zoom(2.0),
            back=lambda: self._go_sideways(-1),
            forth=lambda: self._go_sideways(1),
            page_back=lambda: navigator.pan(-1.0),
            page_forth=lambda: navigator.pan(1.0),
        )

    def _connect_volts(self) -> None:
        bar = self._parts.channel_bar
        self._actions.connect(
            fit=self._fit,
            ranges=self._show_ranges,
            taller=lambda: self._go_up(1),
            lower=lambda: self._go_up(-1),
            next_channel=self._activate_next,
            channel_1=lambda: bar.toggle(0),
            channel_2=lambda: bar.toggle(1),
            channel_3=lambda: bar.toggle(2),
            channel_4=lambda: bar.toggle(3),
        )

    def _connect_panels(self) -> None:
        analysis = self._parts.analysis
        self._actions.connect(
            cursors=self._show_cursors,
            bring_cursors=self._bring_cursors,
            measurements=lambda on: analysis.set_open(MEASUREMENTS, on),
            spectrum=lambda on: analysis.set_open(SPECTRUM, on),
            histogram=lambda on: analysis.set_open(HISTOGRAM, on),
            overview=self._parts.strip.setVisible,
        )
        for name, dock in analysis.docks.items():
            dock.toggleViewAction().toggled.connect(self._actions[name].setChecked)

    def _undo(self) -> None:
        if not self._display.history.undo():
            self._display.status.say("Nothing was shown before.")

    def _set_triggered(self, triggered: bool) -> None:
        self._parts.set_triggered(triggered)
        self._display.navigator.set_triggered(triggered)

    def _show_cursors(self, visible: bool) -> None:
        """Cursors are placed in what is shown; on a rolling picture they would run away."""
        if visible and self._display.navigator.view.mode is Mode.ROLL:
            self._display.navigator.pause()
        self._parts.cursors.visible = visible
        self._display.request_analysis()

    def _bring_cursors(self) -> None:
        self._actions["cursors"].setChecked(True)
        self._parts.cursors.come_into_view()

    def _fit(self) -> None:
        self._display.scales.fit(self._parts.plot.extremes_v())
        self._parts.apply_scales()

    def _show_ranges(self) -> None:
        frame = self._display.frame
        if frame is not None and frame.facts is not None:
            self._display.scales.show_ranges(frame.facts.channels)
            self._parts.apply_scales()

    def _go_sideways(self, direction: int) -> None:
        """Move the chosen cursor if it goes that way, or else the picture."""
        if not self._parts.cursors.nudge(direction, 0):
            self._display.navigator.pan(direction * _PAN_STEP)

    def _go_up(self, direction: int) -> None:
        """Move the chosen cursor if it goes that way, or else stretch the channel on the axis."""
        if not self._parts.cursors.nudge(0, direction):
            self._display.scales.stretch(_VOLT_STEP**direction)
            self._parts.apply_scales()

    def _activate_next(self) -> None:
        hidden = self._parts.channel_bar.hidden
        shown = [name for name in self._parts.channel_bar.controls if name not in hidden]
        self._display.scales.activate_next(shown)
        self._parts.apply_scales()

    def _switch_theme(self) -> None:
        other = LIGHT if self._display.theme is DARK else DARK
        self._display.set_theme(other.name)

    def _open(self) -> None:
        folder = str(Path(self._display.hdf5_path).parent)
        path, _ = QtWidgets.QFileDialog.getOpenFileName(
            self._display, "Open a recording", folder, "Recordings (*.hdf5 *.h5);;All files (*)"
        )
        if path:
            self._display.set_hdf5_path(path)

    def _choose_export(self) -> None:
        frame = self._display.frame
        if frame is None or not frame.traces:
            self._display.status.say("There is nothing to export yet.")
            return
        proposed = str(unused_target(Path(self._display.hdf5_path)))
        target, _ = QtWidgets.QFileDialog.getSaveFileName(
            self._display, "Export what is in view", proposed, _EXPORT_KINDS
        )
        if target:
            self.export_view(target)

    def export_view(self, target: str) -> None:
        """Write the visible channels' samples in view into a file; its suffix says the format."""
        frame = self._display.frame
        if refusal := why_not_to(Path(target)):
            self._display.status.say(refusal)
        elif frame is not None:
            hidden = self._parts.channel_bar.hidden
            channels = tuple(name for name in frame.traces if name not in hidden)
            self._export.start(frame.path, target, channels, frame.begin_s, frame.end_s)
