"""Everything that a display is made of, laid out: picture, strip, knobs and panels."""

from __future__ import annotations

from collections.abc import Mapping

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..analysis.docks import AnalysisDocks
from ..painting.cursors import Cursors
from ..painting.empty_state import EmptyState
from ..painting.overview_strip import OverviewStrip
from ..painting.scope_plot import ScopePlot
from ..painting.theme import Theme
from ..painting.vertical_scales import VerticalScales
from ..reading.frame import Frame
from ..reading.recording_facts import RecordingState
from .actions import Actions
from .channel_bar import ChannelBar
from .choice_box import ChoiceBox
from .event_watch import EventWatch
from .icons import icon
from .number_field import NumberField
from .status_line import StatusLine
from .tool_bar import ToolBar
from .trigger_bar import TriggerBar

#: What a narrow window has no room for is behind a button that Qt draws black in each theme.
_MORE_BUTTON = "qt_toolbar_ext_button"


#: Where picture and strip together are lower, there is no strip.
_HIGH_PX = 270

#: ... and where they are lower than that it has no numbers.
_ROOMY_PX = 440


class Screen(QtWidgets.QMainWindow):
    """The parts of a display; a main window within a widget, for the sake of its docks.

    :param scales: which voltages are shown; changed by its knobs and the mouse.
    :param actions: give the tool bar.
    """

    def __init__(self, scales: VerticalScales, actions: Actions, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlags(QtCore.Qt.Widget)
        self._scales = scales
        self._was_armed = False
        # Qt moves no docks while it lays them out
        self._rearrangement = QtCore.QTimer(self, singleShot=True, interval=0)
        self._wants_overview = True
        self.plot = ScopePlot(scales)
        self.strip = OverviewStrip(scales)
        self.channel_bar = ChannelBar(scales)
        self.trigger_bar = TriggerBar()
        self.cursors = Cursors(self.plot.getPlotItem(), self.plot.floor_v)
        self.empty_state = EmptyState(self.plot)
        self.status = StatusLine()
        self.analysis = AnalysisDocks(self)
        self.events = EventWatch(self.analysis.events, self.plot.event_lines)
        self.tool_bar = ToolBar(actions)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self.addToolBar(self.tool_bar)
        self.addToolBarBreak()
        self.addToolBar(self.channel_bar)
        self.addToolBarBreak()
        self.addToolBar(self.trigger_bar)
        self.trigger_bar.hide()
        self.setContextMenuPolicy(QtCore.Qt.NoContextMenu)
        self._middle = QtWidgets.QWidget()
        self._middle.installEventFilter(self)
        layout = QtWidgets.QVBoxLayout(self._middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.cursors.label)
        layout.addWidget(self.strip)
        layout.addWidget(self.status)
        self.setCentralWidget(self._middle)

    def _connect(self) -> None:
        self.channel_bar.changed.connect(self.apply_scales)
        self.plot.rescaled.connect(self.channel_bar.refresh)
        self.plot.rescaled.connect(self.strip.apply_scales)
        self.plot.rescaled.connect(self._tell_unit)
        self.plot.resized.connect(self._place_empty_state)
        self._rearrangement.timeout.connect(self.analysis.arrange)
        self.trigger_bar.changed.connect(self._show_trigger)
        self.plot.trigger_lines.level.level_dragged.connect(self.trigger_bar.set_level)

    def show_overview(self, wanted: bool) -> None:
        """Show the strip with the whole recording, unless the display is low."""
        self._wants_overview = wanted
        self.strip.be_low(self._middle.height() < _ROOMY_PX)
        self.strip.setVisible(wanted and self._middle.height() >= _HIGH_PX)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Leave the strip away where the picture needs its room."""
        if watched is self._middle and event.type() == QtCore.QEvent.Resize:
            self.show_overview(self._wants_overview)
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have the panels beside or behind each other."""
        super().resizeEvent(event)
        self._rearrangement.start()

    def set_theme(self, theme: Theme) -> None:
        """Use its colours for everything but the channels."""
        parts = (self.plot, self.strip, self.status, self.empty_state, self.cursors, self.tool_bar)
        for part in parts:
            part.set_theme(theme)
        for button in self.findChildren(QtWidgets.QToolButton, _MORE_BUTTON):
            button.setIcon(icon("more", theme.foreground) or QtGui.QIcon())

    def meet_channels(self, frame: Frame) -> bool:
        """Make the knobs of a frame's channels, unless they are there; whether they were made."""
        if frame.facts is None:
            return False
        before = self._scales.view, dict(self._scales.shared), dict(self._scales.own)
        self._scales.meet(frame.facts.channels)
        are_new = self.channel_bar.show_channels(frame.facts.channels)
        self.trigger_bar.show_channels(frame.facts.channels)
        if (self._scales.view, self._scales.shared, self._scales.own) != before:
            self.apply_scales()
        return are_new

    def show_frame(self, frame: Frame, origin_s: float, colours: Mapping[str, str]) -> None:
        """Show a frame in all parts.

        :param origin_s: the time that the axis calls zero.
        :param colours: of the channels.
        """
        self.meet_channels(frame)
        self.set_colours(colours)
        self.plot.show_frame(frame, origin_s)
        self.channel_bar.show_comparisons(self.plot.comparisons.seen)
        self.strip.show_frame(frame)
        self.plot.trigger_lines.set_time(
            None if frame.trigger_s is None else frame.trigger_s - origin_s
        )
        self.events.show_frame(frame)
        channels = frame.facts.channels if frame.facts else {}
        self.cursors.show_where_samples_are(bool(frame.traces))
        self.cursors.show_values(
            {n: v for n, v in frame.values_v.items() if n not in self.channel_bar.hidden},
            {name: channel.unit for name, channel in channels.items()},
        )
        self.analysis.marks.show_marks(frame.marks)
        self.status.show_frame(frame, self.plot.n_columns)
        awaited = frame.path if frame.is_awaited else ""
        is_growing = frame.facts is not None and not frame.facts.is_finished
        message = "" if frame.traces else frame.message
        self.empty_state.show_message(
            message, awaited, is_growing or frame.is_starting, frame.is_opening
        )
        self._show_armed(frame)

    def _show_armed(self, frame: Frame) -> None:
        """Show the level that a recording waits for; nobody can change that any more."""
        facts = frame.facts
        is_armed = facts is not None and facts.state is RecordingState.ARMED
        self.plot.trigger_lines.level.setMovable(not is_armed)
        if is_armed and facts is not None and facts.trigger_level is not None:
            self.plot.trigger_lines.show_trigger(*facts.trigger_level)
        elif self._was_armed:
            self._show_trigger()
        self._was_armed = is_armed

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the channels."""
        self.plot.set_colours(colours)
        self.strip.set_colours(colours)
        for name, control in self.channel_bar.controls.items():
            if name in colours:
                control.set_colour(colours[name])

    def apply_scales(self) -> None:
        """Show what the scales and the knobs say now."""
        hidden = self.channel_bar.hidden
        self.plot.set_hidden(hidden)
        self.strip.set_hidden(hidden)
        self.events.set_hidden(hidden)
        self.plot.apply_scales()
        self.strip.apply_scales()
        self.channel_bar.refresh()
        self._tell_unit()

    def _tell_unit(self) -> None:
        self.cursors.count_levels_in(self._scales.view_unit)

    def focus_next_knob(self) -> bool:
        """Give the keyboard to the knob after the one that has it; False if that was the last."""
        knobs = [
            knob
            for bar in (self.tool_bar, self.channel_bar, self.trigger_bar)
            for knob in bar.findChildren(QtWidgets.QWidget)
            if isinstance(knob, NumberField | ChoiceBox) and knob.isVisible()
        ]
        focused = [index for index, knob in enumerate(knobs, 1) if knob.hasFocus()]
        rest = knobs[focused[0] if focused else 0 :]
        if rest:
            rest[0].setFocus(QtCore.Qt.ShortcutFocusReason)
        return bool(rest)

    def save_layout(self) -> str:
        """Where the panels are, as text."""
        return bytes(self.saveState().toBase64()).decode("ascii")

    def restore_layout(self, saved: str) -> None:
        """Put the panels where :meth:`save_layout` found them; bars are shown as is fit now.

        :raises ValueError: the text says nothing of the kind.
        """
        trigger = not self.trigger_bar.isHidden()
        if not self.restoreState(QtCore.QByteArray.fromBase64(saved.encode("ascii"))):
            raise ValueError("These are no places of panels.")
        self.analysis.forget_places()
        self._rearrangement.start()
        self.trigger_bar.setVisible(trigger)
        self.channel_bar.setVisible(bool(self.channel_bar.controls))

    def set_triggered(self, triggered: bool) -> None:
        """Show or hide the trigger's knobs and its level."""
        self.trigger_bar.setVisible(triggered)
        self._show_trigger()

    def _show_trigger(self) -> None:
        lines = self.plot.trigger_lines
        if self.trigger_bar.isHidden():
            lines.level.setVisible(False)
        else:
            lines.show_edge(self.trigger_bar.edge)

    def _place_empty_state(self) -> None:
        self.empty_state.setGeometry(self.plot.rect().adjusted(80, 20, -30, -60))
