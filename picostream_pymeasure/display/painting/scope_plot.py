"""The screen: traces of all channels with their marks over one axis of time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import Frame, Lanes
from ..reading.recording_facts import RecordingState
from .channel_traces import ChannelTraces
from .comparison_traces import ComparisonTraces
from .event_lines import EventLines
from .gap_covers import GapCovers
from .kept_item import KeptItem
from .lanes_item import LANE_NAMES, LanesItem
from .marks import Marks
from .over_range_item import OverRangeItem
from .plot_axes import PlotAxes
from .scope_view_box import ScopeViewBox
from .theme import Theme, system_theme
from .trace_item import TraceItem
from .trigger_lines import TriggerLines
from .vertical_scales import Scale, VerticalScales
from .zero_markers import ZeroMarkers

_LOWEST_PX = 110
_ABOVE_TRACES = 22

#: From this height on there is room for a title of the axis of time.
_TITLED_PX = 340


class ScopePlot(pyqtgraph.PlotWidget):
    """Shows frames; says where the user wants to look.

    :param scales: which voltages the screen shows; changed by the mouse too.
    """

    #: Begin and end in seconds that the user dragged to.
    navigated = QtCore.Signal(float, float)
    #: Factor of the window's length, and the time that shall stay where it is.
    zoomed = QtCore.Signal(float, float)
    #: The user changed a vertical scale.
    rescaled = QtCore.Signal()
    #: The number of columns may have changed.
    resized = QtCore.Signal()

    def __init__(self, scales: VerticalScales) -> None:
        self._axes = PlotAxes(scales)
        self.time_axis = self._axes.time
        self._box = ScopeViewBox()
        self._lanes, self._lane_share = LanesItem(self._axes.left), 0.0
        self._hidden: set[str] = set()
        item = pyqtgraph.PlotItem(viewBox=self._box, axisItems=self._axes.by_side)
        self.comparisons = ComparisonTraces(item, scales)
        self._traces = ChannelTraces(item, scales, self.comparisons)
        super().__init__(plotItem=item)
        self.origin_s = 0.0
        self._shown: tuple[float, ...] = ()
        self._scales = scales
        self._shown_lanes: Mapping[str, Lanes] = {}
        self._lane_names: Mapping[str, Sequence[str]] = LANE_NAMES
        self._theme = system_theme()
        self._setup_ui()

    def _setup_ui(self) -> None:
        item = self.getPlotItem()
        self._axes.join(item)
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setClipToView(False)
        self._box.disableAutoRange()
        self.setMinimumHeight(_LOWEST_PX)
        self.setFocusPolicy(QtCore.Qt.NoFocus)  # keys belong to the whole display
        self._marks = Marks(item)
        self._over_range, self._covers = OverRangeItem(), GapCovers()
        self._kept = KeptItem(tells_rest=True)
        self._kept.setZValue(_ABOVE_TRACES)
        for part in (self._over_range, self._covers, self._kept, self._lanes):
            item.addItem(part, ignoreBounds=True)
        self.trigger_lines = TriggerLines(item, self._scales)
        self.event_lines = EventLines(item, self._scales)
        self.zero_markers = ZeroMarkers(item, self._scales, self.floor_v)
        self.zero_markers.moved.connect(self._take_zero)
        self._box.sigResized.connect(self.resized.emit)
        self._axes.chosen.connect(self._activate)
        self._box.dragged.connect(self._take_mouse)
        self._box.wheel_zoomed.connect(
            lambda factor, at_s: self.zoomed.emit(factor, at_s + self.origin_s)
        )

    @property
    def n_columns(self) -> int:
        """Width of the picture in pixels of the screen."""
        return int(max(round(self._box.width() * self.devicePixelRatioF()), 1))

    @property
    def traces(self) -> Mapping[str, TraceItem]:
        """By channel."""
        return self._traces.items

    def set_theme(self, theme: Theme) -> None:
        """Use its colours, also for channels that have none of their own."""
        theme.paint_plot(self)
        self._theme = theme
        self.comparisons.set_theme(theme)
        self._traces.set_ground(theme.background)
        self._lanes.set_looks(self._lane_names, self._traces.colours, theme)
        self._axes.set_theme(theme)
        self._update_axes()
        self.showGrid(x=True, y=True, alpha=theme.grid_alpha)
        self._marks.set_theme(theme)
        self._covers.set_colour(theme.background)
        self._kept.set_theme(theme)
        self._over_range.set_warning_colour(theme.warning)
        self.trigger_lines.set_theme(theme)
        self.event_lines.set_theme(theme)

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the channels; those that are not named keep theirs."""
        if any(self._traces.colours.get(name) != colour for name, colour in colours.items()):
            self._traces.set_colours(colours)
            self._lanes.set_looks(self._lane_names, self._traces.colours, self._theme)

    def set_lane_names(self, names: Mapping[str, Sequence[str]]) -> None:
        """Call the lanes of digital ports so, the lowest bit first."""
        self._lane_names = {**LANE_NAMES, **names}
        self._lanes.set_looks(self._lane_names, self._traces.colours, self._theme)

    def set_density(self, on: bool) -> None:
        """Draw by how often a place is passed, with what was there before fading."""
        self.comparisons.set_density(on)
        self._traces.set_density(on)

    def set_hidden(self, hidden: set[str]) -> None:
        """Hide these channels and show all others."""
        self._hidden = set(hidden)
        self._show_visible()

    def _show_visible(self) -> None:
        """Show what is not hidden; of a port its lanes, or its pattern where they have no room."""
        lanes = self._shown_lanes
        visible = {name: part for name, part in lanes.items() if name not in self._hidden}
        self._lanes.show_lanes(visible, self.origin_s)
        self._make_room()
        colours = self._traces.colours
        analogue = {n: colours[n] for n in self.traces if not self._scales.is_pattern(n)}
        self.zero_markers.show_channels(analogue, self._hidden)
        in_lanes = set(lanes) if self._lane_share else set()
        self._traces.set_visible(set(self.traces) - self._hidden - in_lanes)

    def show_frame(self, frame: Frame, origin_s: float) -> None:
        """Show a frame.

        :param origin_s: the time that the axis calls zero.
        """
        self.origin_s = origin_s
        self._traces.show(frame, origin_s)
        self._update_axes()
        self.comparisons.show(frame.comparisons, origin_s, self._hidden)
        facts = frame.facts
        is_armed = facts is not None and facts.state is RecordingState.ARMED
        self._axes.number(bool(frame.traces) or is_armed)
        self._shown_lanes = frame.lanes
        self._show_visible()
        self._marks.show(frame.gaps, frame.events, origin_s)
        self._covers.show_gaps(frame.gaps if self.comparisons.is_shown else (), origin_s)
        self._show_kept(frame)
        self._over_range.show_stretches(
            {name: part for name, part in frame.over_range.items() if name not in self._hidden},
            self._traces.colours,
            origin_s,
        )
        self._box.updateMatrix()  # in the middle of painting it would ask for another painting

    def _show_kept(self, frame: Frame) -> None:
        """Tell kept stretches from others, where there are others."""
        facts, kept_s, ends_s = frame.facts, np.empty((0, 2)), (0.0, 0.0)
        if facts is not None and facts.n_kept is not None and frame.traces:
            kept_s = frame.kept_s - self.origin_s
            ends_s = facts.begin_s - self.origin_s, facts.end_s - self.origin_s
        self._kept.show_stretches(kept_s, *ends_s)

    def show_stretch(self, begin_s: float, end_s: float, origin_s: float) -> None:
        """Show another stretch of time; what was drawn moves with it."""
        self.origin_s = origin_s
        self.time_axis.set_meaning("Time from edge" if origin_s else "Time")
        self._box.setXRange(begin_s - origin_s, end_s - origin_s, padding=0)
        self._shown = tuple(self._box.viewRange()[0])
        self._box.updateMatrix()  # in the middle of painting it would ask for another painting

    def floor_v(self) -> float:
        """Where the scale ends, in volts of the axis: the lanes are below it."""
        return self._axes.left.floor

    def extremes_v(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest voltage of each channel in view."""
        return self._traces.extremes_v(self._hidden)

    def apply_scales(self) -> None:
        """Show the voltages that the scales say."""
        self._show_scale()
        self._traces.apply_scales(self.origin_s)
        self.comparisons.apply_scales(self.origin_s)
        self._update_axes()
        self.zero_markers.apply_scales()
        self.trigger_lines.level.apply_scales()
        self.event_lines.apply_scales()

    def _show_scale(self) -> None:
        """Let the scale end above the lanes."""
        view = self._scales.view
        top_v = view.centre_v + view.span_v / 2
        self._axes.left.floor = top_v - view.span_v if self._lane_share else -math.inf
        self._box.setYRange(top_v - view.span_v / (1 - self._lane_share), top_v, padding=0)

    def _make_room(self) -> None:
        """Leave the lanes as much room as they take now."""
        share = self._lanes.share(self._box.height())
        if share != self._lane_share:
            self._lane_share = share
            self._axes.leave_lanes(share)
            self._show_scale()

    def _take_zero(self) -> None:
        self.apply_scales()
        self.rescaled.emit()

    def _activate(self, channel: str) -> None:
        self._scales.active = channel
        self._take_zero()

    def _take_mouse(self) -> None:
        (begin, end), (low_v, high_v) = self._box.viewRange()
        low_v += self._lane_share * (high_v - low_v)
        self._scales.set_scale(self._scales.active, Scale.between(low_v, high_v))
        self.apply_scales()
        self.rescaled.emit()
        if (begin, end) != self._shown:
            self.navigated.emit(begin + self.origin_s, end + self.origin_s)

    def _update_axes(self) -> None:
        self._axes.show_channels(self.traces, self._traces.colours, self._hidden, self.width())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> Any:  # noqa: N802 - Qt's name
        """Tell that another number of columns is needed."""
        result = super().resizeEvent(event)
        self._update_axes()
        self.time_axis.set_titled(self.height() >= _TITLED_PX)
        self._make_room()
        return result
