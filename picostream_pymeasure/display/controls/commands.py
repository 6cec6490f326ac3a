"""What the actions of a display do."""

from __future__ import annotations

from pathlib import Path

from pymeasure.display.Qt import QtWidgets

from ..analysis.request import EVENTS, HISTOGRAM, MARKS, MEASUREMENTS, SPECTRUM
from ..captures.bar import Showing
from ..painting.lanes_item import LANE_NAMES
from ..painting.theme import DARK, LIGHT
from ..reading.frame import Frame
from ..reading.view_range import Mode
from .auto_set import AutoSet
from .copying import PICTURE_KINDS, capture_as_text, kept_place, values_as_text, with_suffix
from .display import Display
from .event_steps import EventSteps
from .export_task import ExportTask, unused_target
from .help_dialog import HelpDialog
from .scales_dialog import ScalesDialog

_EXPORT_KINDS = "CSV (*.csv);;NumPy (*.npy);;WAV (*.wav);;Parquet (*.parquet)"
_EXPORT_TITLE = "Export what is in view"
_NO_SAMPLES_YET = "Cursors appear when samples are shown."
_VOLT_STEP = 0.8
_PAN_STEP = 0.1


class Commands:
    """Connects the actions of a display with its parts.

    :param widget: the display as the parent of dialogs, and what pictures are taken of.
    """

    def __init__(self, display: Display, widget: QtWidgets.QWidget) -> None:
        self._widget = widget
        self._display = display
        self._parts = display.screen_parts
        self._actions = display.actions_by_name
        self._export = ExportTask(widget)
        self._export.finished.connect(display.status.say)
        display.updated.connect(self._let_go_of_waiting)
        self._actions["follow"].setChecked(True)
        self._actions["overview"].setChecked(True)
        self._auto = AutoSet(display)
        self._event_steps = EventSteps(display)
        self._parts.analysis.marks.chosen.connect(self._show_instant)
        self._actions["captures"].toggled.connect(self._show_captures)
        self._connect_time()
        self._connect_volts()
        self._connect_panels()
        self._actions.connect(
            open=self._open,
            screenshot=display.save_screenshot,
            picture=self._choose_picture,
            copy_picture=self._copy_picture,
            copy_values=self._copy_values,
            name_lanes=self._name_lanes,
            scales=self._choose_scales,
            export=self._choose_export,
            theme=self._switch_theme,
            knobs=self._focus_next_knob,
            help=lambda: HelpDialog(widget).exec_(),
        )

    def close(self) -> None:
        """Cancel what is under way."""
        self._export.close()
        self._auto.close()
        self._event_steps.close()

    def _connect_time(self) -> None:
        navigator = self._display.navigator
        navigator.changed.connect(self._show_follow)
        self._display.updated.connect(self._show_follow)
        self._actions.connect(
            follow=self._follow,
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
            event_back=lambda: self._event_steps.go(False),
            event_forth=lambda: self._event_steps.go(True),
        )

    def _follow(self, on: bool) -> None:
        navigator = self._display.navigator
        if self._actions["follow"].isEnabled():
            navigator.follow() if on else navigator.pause()

    def _show_captures(self, are_shown: bool) -> None:
        self._actions.show_captures(are_shown)
        self._show_follow()

    def _show_follow(self) -> None:
        """Of a recording that has ended there is nothing to follow."""
        action, frame = self._actions["follow"], self._display.frame
        is_over = frame is not None and frame.facts is not None and frame.facts.is_finished
        action.setEnabled(not is_over and not self._display.captures.are_shown)
        action.setChecked(self._display.navigator.is_following and not is_over)

    def _connect_volts(self) -> None:
        bar = self._parts.channel_bar
        self._actions.connect(
            auto=self._auto.find,
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
            events=lambda on: analysis.set_open(EVENTS, on),
            marks=lambda on: analysis.set_open(MARKS, on),
            overview=self._parts.show_overview,
            density=self._parts.plot.set_density,
        )
        field = analysis.events.rule_field
        self._actions["events"].triggered.connect(lambda on: on and field.setFocus())
        field.returnPressed.connect(self._leave_rule)
        for name, dock in analysis.docks.items():
            action = self._actions[name]  # it stays on behind another page of the window
            dock.visibilityChanged.connect(
                lambda _, dock=dock, action=action: action.setChecked(not dock.isHidden())
            )

    def _leave_rule(self) -> None:
        """Give the keyboard back to the picture, unless the rule is to be mended."""
        self._parts.analysis.events.take_rule()  # Qt 6 tells the end of editing after this
        if not self._parts.events.problem:
            self._widget.setFocus()

    def _undo(self) -> None:
        if not self._display.history.undo():
            self._display.status.say("Nothing was shown before.")

    def _set_triggered(self, triggered: bool) -> None:
        self._parts.set_triggered(triggered)
        self._display.navigator.set_triggered(triggered)

    def _show_cursors(self, visible: bool) -> None:
        """Cursors are placed in what is shown; on a rolling picture they would run away."""
        if visible and self._lacks_samples:
            self._display.status.say(_NO_SAMPLES_YET)
        if visible and self._display.navigator.view.mode is Mode.ROLL:
            self._display.navigator.pause()
        self._parts.cursors.visible = visible
        self._let_go_of_waiting()
        self._display.request_analysis()

    def _let_go_of_waiting(self) -> None:
        """Say no more that cursors wait for samples when they do not."""
        if not (self._parts.cursors.visible and self._lacks_samples):
            self._display.status.take_back(_NO_SAMPLES_YET)

    @property
    def _lacks_samples(self) -> bool:
        frame = self._display.frame
        return frame is None or not frame.traces

    def _bring_cursors(self) -> None:
        self._actions["cursors"].setChecked(True)
        self._parts.cursors.come_into_view()

    def _show_instant(self, time_s: float) -> None:
        half_s = self._display.navigator.view.window_s / 2
        self._display.navigator.show(time_s - half_s, time_s + half_s)

    def _choose_picture(self) -> None:
        proposed = str(kept_place(Path(self._display.hdf5_path).with_suffix(".svg")))
        if target := self._ask_target("Save the picture", proposed, PICTURE_KINDS):
            self._display.save_screenshot(target)

    def _ask_target(self, title: str, proposed: str, kinds: str) -> str:
        """Ask where to write, a suffix included; empty if nowhere.

        The dialog has asked about the name that was typed: no other one is replaced.
        """
        typed, kind = QtWidgets.QFileDialog.getSaveFileName(self._widget, title, proposed, kinds)
        if not typed:
            return ""
        if not Path(typed).name:
            self._display.status.say(f"{typed} is a folder; choose the name of a file.")
            return ""
        target = with_suffix(Path(typed), kind)
        if target != Path(typed) and target.exists():
            self._display.status.say(f"{target.name} exists; choose another name.")
            return ""
        return str(target)

    def _copy_picture(self) -> None:
        QtWidgets.QApplication.clipboard().setPixmap(self._widget.grab())
        self._display.status.say("The picture is in the clipboard.")

    def _copy_values(self) -> None:
        frame = self._display.frame
        if frame is None or not frame.traces:
            self._display.status.say("There are no values to copy yet.")
        elif text := self._values_as_text(frame):
            QtWidgets.QApplication.clipboard().setText(text)
            self._display.status.say(f"{text.count(chr(10)):,} rows are in the clipboard.")
        else:
            self._display.status.say("Show one capture or the mean of all: that is copied.")

    def _values_as_text(self, frame: Frame) -> str:
        """What is drawn; empty where that are the pixels of captures over each other."""
        captures = self._display.captures
        if not captures.are_shown:
            return values_as_text(frame, self._parts.channel_bar.hidden)
        picture = captures.view.picture
        if picture is None or captures.view.showing is Showing.ALL or frame.facts is None:
            return ""
        units = {name: of.unit for name, of in frame.facts.channels.items()}
        return capture_as_text(picture, units)

    def _name_lanes(self) -> None:
        facts = self._display.frame.facts if self._display.frame is not None else None
        ports = [name for name, of in facts.channels.items() if of.is_digital] if facts else []
        if not ports:
            self._display.status.say("This recording has no digital ports.")
        for port in ports:
            names = self._display.lane_names.get(port, LANE_NAMES[port])
            text, wanted = QtWidgets.QInputDialog.getText(
                self._widget,
                f"Lanes of {port}",
                "Names from the lowest bit on, with commas between them:",
                text=", ".join(names),
            )
            if wanted:
                self._set_lane_names(port, text.split(","))

    def _set_lane_names(self, port: str, names: list[str]) -> None:
        self._display.set_lane_names(port, names)
        n_lanes = len(LANE_NAMES[port])
        if len(names) > n_lanes:
            self._display.status.say(f"{port} has {n_lanes} lanes; the names behind them are left.")

    def _choose_scales(self) -> None:
        facts = self._display.frame.facts if self._display.frame is not None else None
        if facts is None or not facts.channels:
            self._display.status.say("There is no recording whose channels could have a scale.")
            return
        dialog = ScalesDialog(
            facts.channels, self._display.channel_scales, self._display.differences, self._widget
        )
        if dialog.exec_():
            self._display.set_channel_scales(dialog.scales())
            self._display.set_differences(dialog.differences())

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

    def _focus_next_knob(self) -> None:
        if not self._parts.focus_next_knob():
            self._widget.setFocus()

    def _switch_theme(self) -> None:
        other = LIGHT if self._display.theme is DARK else DARK
        self._display.set_theme(other.name)

    def _open(self) -> None:
        folder = str(Path(self._display.hdf5_path).parent)
        path, _ = QtWidgets.QFileDialog.getOpenFileName(
            self._widget, "Open a recording", folder, "Recordings (*.hdf5 *.h5);;All files (*)"
        )
        if path:
            self._display.set_hdf5_path(path)

    def _choose_export(self) -> None:
        frame = self._display.frame
        if frame is None or not frame.traces:
            self._display.status.say("There is nothing to export yet.")
            return
        proposed = str(unused_target(kept_place(Path(self._display.hdf5_path))))
        title = "Export all captures" if self._display.captures.are_shown else _EXPORT_TITLE
        if target := self._ask_target(title, proposed, _EXPORT_KINDS):
            self.export_view(target)

    def export_view(self, target: str) -> None:
        """Write the visible channels' samples in view into a file; its suffix says the format.

        Over captures these are all, whatever the time behind them would show.
        """
        frame = self._display.frame
        if frame is not None:
            hidden = self._parts.channel_bar.hidden
            channels = tuple(name for name in frame.traces if name not in hidden)
            scales = dict(self._display.channel_scales)
            stretch = frame.begin_s, frame.end_s
            if self._display.captures.are_shown and frame.facts is not None:
                stretch = frame.facts.begin_s, frame.facts.end_s
            self._export.start(frame.path, target, channels, *stretch, scales)
