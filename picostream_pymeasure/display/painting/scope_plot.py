"""The screen: traces of all channels with their marks over one axis of time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import Frame, Lanes
from .axes import TimeAxis, VoltAxis
from .comparison_traces import ComparisonTraces
from .event_lines import EventLines
from .lanes_item import LANE_NAMES, LanesItem
from .marks import Marks
from .other_axis import OtherAxis
from .over_range_item import OverRangeItem
from .scope_view_box import ScopeViewBox
from .theme import Theme, system_theme
from .trace_item import TraceItem
from .trigger_lines import TriggerLines
from .vertical_scales import Scale, VerticalScales
from .zero_markers import ZeroMarkers

_LOWEST_PX = 110

#: From this height on there is room for a title of the axis of time.
_TITLED_PX = 330

_CHANNEL_ORDER, _ACTIVE_ORDER = 10, 20


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
        self.time_axis = TimeAxis()
        self._volt_axis = VoltAxis()
        self._other_axis = OtherAxis(self._volt_axis, scales)
        self._box = ScopeViewBox()
        self._lanes, self._lane_share = LanesItem(self._volt_axis), 0.0
        axes = {"bottom": self.time_axis, "left": self._volt_axis, "right": self._other_axis}
        super().__init__(viewBox=self._box, axisItems=axes)
        self.origin_s = 0.0
        self._shown: tuple[float, ...] = ()
        self._scales = scales
        self._traces: dict[str, TraceItem] = {}
        self._colours: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._is_density = False
        self._axis_looks: dict[VoltAxis, tuple[str, str, str, bool]] = {}
        self._shown_lanes: Mapping[str, Lanes] = {}
        self._lane_names: Mapping[str, Sequence[str]] = LANE_NAMES
        self._theme = system_theme()
        self._setup_ui()

    def _setup_ui(self) -> None:
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setClipToView(False)
        self._box.disableAutoRange()
        self.setMinimumHeight(_LOWEST_PX)
        self.setFocusPolicy(QtCore.Qt.NoFocus)  # keys belong to the whole display
        self.comparisons = ComparisonTraces(item, self._scales)
        self._marks = Marks(item)
        self._over_range = OverRangeItem()
        item.addItem(self._over_range, ignoreBounds=True)
        item.addItem(self._lanes, ignoreBounds=True)
        self.trigger_lines = TriggerLines(item, self._scales)
        self.event_lines = EventLines(item, self._scales)
        self.zero_markers = ZeroMarkers(item, self._scales)
        self.zero_markers.moved.connect(self._take_zero)
        self._box.sigResized.connect(self.resized.emit)
        self._other_axis.chosen.connect(self._activate)
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
        return self._traces

    def set_theme(self, theme: Theme) -> None:
        """Use its colours, also for channels that have none of their own."""
        theme.paint_plot(self)
        self._theme = theme
        self.comparisons.set_theme(theme)
        self._lanes.set_looks(self._lane_names, self._colours, theme)
        self._axis_looks.clear()
        self._update_axes()
        self.showGrid(x=True, y=True, alpha=theme.grid_alpha)
        self._marks.set_theme(theme)
        self._over_range.set_warning_colour(theme.warning)
        self.trigger_lines.set_theme(theme)
        self.event_lines.set_theme(theme)

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the channels; those that are not named keep theirs."""
        if any(self._colours.get(name) != colour for name, colour in colours.items()):
            self._colours.update(colours)
            for name, trace in self._traces.items():
                trace.set_colour(self._colours[name])
            self._lanes.set_looks(self._lane_names, self._colours, self._theme)

    def set_lane_names(self, names: Mapping[str, Sequence[str]]) -> None:
        """Call the lanes of digital ports so, the lowest bit first."""
        self._lane_names = {**LANE_NAMES, **names}
        self._lanes.set_looks(self._lane_names, self._colours, self._theme)

    def set_density(self, on: bool) -> None:
        """Draw by how often a place is passed, with what was there before fading."""
        self._is_density = on
        self.comparisons.set_density(on)
        for trace in self._traces.values():
            trace.set_density(on)

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
        analogue = {n: self._colours[n] for n in self._traces if not self._scales.is_pattern(n)}
        self.zero_markers.show_channels(analogue, self._hidden)
        for name, trace in self._traces.items():
            is_lane = name in lanes and self._lane_share > 0
            trace.set_visible(name not in self._hidden and not is_lane)

    def show_frame(self, frame: Frame, origin_s: float) -> None:
        """Show a frame.

        :param origin_s: the time that the axis calls zero.
        """
        self.origin_s = origin_s
        for name in set(self._traces) - set(frame.traces):
            self._traces.pop(name).remove()
        for name in frame.traces:
            if name not in self._traces:
                self._add_trace(name)
        self._show_traces(frame)
        self._update_axes()
        self.comparisons.show(frame.comparisons, origin_s, self._hidden)
        self._number_axes(bool(frame.traces))
        self._shown_lanes = frame.lanes
        self._show_visible()
        self._marks.show(frame.gaps, frame.events, origin_s)
        self._over_range.show_stretches(
            {name: part for name, part in frame.over_range.items() if name not in self._hidden},
            self._colours,
            origin_s,
        )
        self._box.updateMatrix()  # in the middle of painting it would ask for another painting

    def _number_axes(self, is_numbered: bool) -> None:
        """Numbers without samples would mean nothing."""
        for axis in (self.time_axis, self._volt_axis, self._other_axis):
            if axis.style["showValues"] != is_numbered:
                axis.setStyle(showValues=is_numbered)

    def show_stretch(self, begin_s: float, end_s: float, origin_s: float) -> None:
        """Show another stretch of time; what was drawn moves with it."""
        self.origin_s = origin_s
        self.time_axis.set_meaning("Time from trigger" if origin_s else "Time")
        self._box.setXRange(begin_s - origin_s, end_s - origin_s, padding=0)
        self._shown = tuple(self._box.viewRange()[0])
        self._box.updateMatrix()  # in the middle of painting it would ask for another painting

    def floor_v(self) -> float:
        """Where the scale ends, in volts of the axis: the lanes are below it."""
        return self._volt_axis.floor

    def extremes_v(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest voltage of each channel in view."""
        values = {
            name: item.trace.values_v
            for name, item in self._traces.items()
            if item.trace is not None and name not in self._hidden
        }
        return {
            name: (float(np.nanmin(part)), float(np.nanmax(part)))
            for name, part in values.items()
            if np.isfinite(part).any()
        }

    def apply_scales(self) -> None:
        """Show the voltages that the scales say."""
        self._show_scale()
        for name, item in self._traces.items():
            item.show(item.trace, self.origin_s, *self._scales.mapping(name))
            item.set_order(_ACTIVE_ORDER if name == self._scales.active else _CHANNEL_ORDER)
        self.comparisons.apply_scales(self.origin_s)
        self._update_axes()
        self.zero_markers.apply_scales()
        self.trigger_lines.level.apply_scales()
        self.event_lines.apply_scales()

    def _show_scale(self) -> None:
        """Let the scale end above the lanes."""
        view = self._scales.view
        top_v = view.centre_v + view.span_v / 2
        self._volt_axis.floor = top_v - view.span_v if self._lane_share else -math.inf
        self._box.setYRange(top_v - view.span_v / (1 - self._lane_share), top_v, padding=0)

    def _make_room(self) -> None:
        """Leave the lanes as much room as they take now."""
        share = self._lanes.share(self._box.height())
        if share != self._lane_share:
            self._lane_share = share
            self._show_scale()

    def _add_trace(self, name: str) -> None:
        trace = TraceItem(self.getPlotItem())
        trace.set_colour(self._colours[name])
        trace.set_density(self._is_density)
        trace.set_visible(name not in self._hidden)
        trace.set_order(_ACTIVE_ORDER if name == self._scales.active else _CHANNEL_ORDER)
        self._traces[name] = trace

    def _show_traces(self, frame: Frame) -> None:
        for name, trace in frame.traces.items():
            self._traces[name].set_persistence(frame.trigger_s is not None)
            self._traces[name].show(trace, self.origin_s, *self._scales.mapping(name))

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
        """Count the active channel at the left, and at the right what has another unit."""
        self._name_axis(self._volt_axis, self._scales.active)
        other = self._scales.other_channel(self._hidden) if self._traces else None
        self._other_axis.follow(other)
        if other is not None:
            self._name_axis(self._other_axis, other)
        if self._other_axis.isVisible() != (other is not None):
            self.showAxis("right", other is not None)

    def _name_axis(self, axis: VoltAxis, channel: str) -> None:
        is_shared = len(self._traces) > 1 and self._scales.is_shared(channel)
        neutral = self._theme.foreground
        colour = neutral if is_shared else self._colours.get(channel, neutral)
        is_pattern = self._scales.is_pattern(channel)
        name = f"{channel} (bit pattern)" if is_pattern else f"Channel {channel}".strip()
        looks = colour, "Input" if is_shared else name, self._scales.unit_of(channel), is_pattern
        if looks != self._axis_looks.get(axis):  # it takes long
            self._axis_looks[axis] = looks
            axis.setTextPen(colour)
            axis.name_channel(*looks[1:])

    def resizeEvent(self, event: QtGui.QResizeEvent) -> Any:  # noqa: N802 - Qt's name
        """Tell that another number of columns is needed."""
        result = super().resizeEvent(event)
        self.time_axis.set_titled(self.height() >= _TITLED_PX)
        self._make_room()
        return result
