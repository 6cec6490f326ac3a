"""The whole recording in a strip, and in it what the plot shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import Columns, Frame, GapMark, Overview
from .axes import TimeAxis
from .column_item import ColumnItem
from .column_layer import ColumnLayer
from .gap_covers import GapCovers
from .kept_item import KeptItem
from .theme import Theme
from .vertical_scales import VerticalScales

_HEIGHT_PX, _LOW_PX = 48, 30
_LEFT_PX = 62
_ABOVE_TRACES = 20
_REGION_ALPHA = 60
_GAP_ALPHA = 90

#: Nobody sees that the region is off by less.
_SEEN_PX = 0.1

_HELP = (
    "The whole recording: drag the frame, or click. Bars along the lower edge: samples that were "
    "kept; between them only this picture is in the file"
)


class OverviewStrip(pyqtgraph.PlotWidget):
    """Shows all of a recording; the region in it can be dragged, or put somewhere with a click."""

    #: Begin and end in seconds that the user chose.
    navigated = QtCore.Signal(float, float)

    def __init__(self, scales: VerticalScales) -> None:
        super().__init__(axisItems={"bottom": TimeAxis(has_title=False)}, enableMenu=False)
        self._scales = scales
        self._traces: dict[str, ColumnItem] = {}
        self._shown: Overview | None = None
        self._stretch_s = np.zeros(2)
        self._columns: Mapping[str, Columns] = {}
        self._colours: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._is_told = False
        self._background = "#ffffff"
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.be_low(False)
        self.setFocusPolicy(QtCore.Qt.NoFocus)
        item = self.getPlotItem()
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.getViewBox().disableAutoRange()
        item.getAxis("left").setWidth(_LEFT_PX)
        item.getAxis("left").setStyle(showValues=False, tickLength=0)
        item.getAxis("bottom").setStyle(tickLength=-4)
        self._marks = pyqtgraph.VTickGroup(yrange=[0.0, 1.0])
        self._events = pyqtgraph.VTickGroup(yrange=[0.0, 1.0])
        self._kept, self._layer, self._gaps = KeptItem(), ColumnLayer(), GapCovers()
        item.addItem(self._layer, ignoreBounds=True)
        self._region = pyqtgraph.LinearRegionItem(swapMode="sort")
        self._region.hide()
        for part in (self._region, self._gaps, self._kept, self._marks, self._events):
            part.setZValue(_ABOVE_TRACES)
            item.addItem(part, ignoreBounds=True)
        self._region.sigRegionChanged.connect(self._take_region)

    def be_low(self, is_low: bool) -> None:
        """Leave its numbers away, or not."""
        self.getPlotItem().showAxis("bottom", not is_low)
        self.setFixedHeight(_LOW_PX if is_low else _HEIGHT_PX)

    @property
    def n_columns(self) -> int:
        """Width of the picture in pixels of the screen, 0 while it is hidden."""
        if self.isHidden():
            return 0
        return int(max(round(self.getViewBox().width() * self.devicePixelRatioF()), 1))

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        theme.paint_plot(self)
        self._background = theme.background
        self._paint_traces()
        for line in self._region.lines:
            line.setPen(pyqtgraph.mkPen(theme.foreground, width=2))
            line.setHoverPen(pyqtgraph.mkPen(theme.trigger, width=3))
        colour = QtGui.QColor(theme.selection)
        colour.setAlpha(_REGION_ALPHA)
        self._region.setBrush(colour)
        self._region.setHoverBrush(colour)
        self._marks.setPen(theme.gap)
        self._gaps.set_colour(f"#{_GAP_ALPHA:02x}{theme.gap[1:]}")
        self._events.setPen(theme.event)
        self._kept.set_theme(theme)

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Colours of the channels; those that are not named keep theirs."""
        if any(self._colours.get(name) != colour for name, colour in colours.items()):
            self._colours.update(colours)
            self._paint_traces()

    def _paint_traces(self) -> None:
        for name, trace in self._traces.items():
            trace.set_colour(self._paler(name))
        self._layer.update()

    def set_hidden(self, hidden: set[str]) -> None:
        """Hide these channels and show all others."""
        self._hidden = set(hidden)
        self._layer_traces()

    def _layer_traces(self) -> None:
        """Let no trace hide another, that of the active channel above the others."""
        names = sorted(
            set(self._traces) - self._hidden, key=lambda name: name == self._scales.active
        )
        is_layered = len(names) > 1
        self._layer.show_items([self._traces[name] for name in names] if is_layered else [])
        for name, trace in self._traces.items():
            trace.setVisible(name in names and not is_layered)

    def show_frame(self, frame: Frame) -> None:
        """Show what a frame says of the whole recording, and where its own stretch is."""
        facts, overview = frame.facts, frame.overview
        begin_s, end_s = overview.stretch_s if overview is not None else (0.0, 0.0)
        if facts is None or overview is None or end_s <= begin_s:
            self._show_nothing()
            return
        if overview is not self._shown:
            self._show_overview(overview)
        if not self._is_dragged:
            # what is newer than the strip lies at its end
            newer_s = max(min(frame.end_s, facts.end_s) - end_s, 0.0)
            stretch_s = frame.begin_s - newer_s, frame.end_s - newer_s
            self._move_region(np.clip(stretch_s, begin_s, end_s))
        self.getViewBox().updateMatrix()  # in the middle of painting it would ask for another one

    def _show_overview(self, overview: Overview) -> None:
        """Show another one; this takes longer than to move the region."""
        self._shown = overview
        self._number(True)
        self.getViewBox().setXRange(*overview.stretch_s, padding=0)
        for name in set(self._traces) - set(overview.traces):
            self.removeItem(self._traces.pop(name))
        for name in overview.traces:
            if name not in self._traces:
                self._add_trace(name)
        self._columns = overview.traces
        self.apply_scales()
        self._show_gaps(overview.gaps)
        self._events.setXVals(overview.event_times_s)
        self._show_kept(overview.kept_s)

    def _show_nothing(self) -> None:
        self._shown, self._columns = None, {}
        self._number(False)
        self.apply_scales()
        self._region.hide()
        self._show_gaps(())
        self._events.setXVals(())
        self._show_kept(np.empty((0, 2)))

    def _show_gaps(self, gaps: Sequence[GapMark]) -> None:
        """A line where each begins, as it may be shorter than a pixel."""
        self._marks.setXVals([gap.begin_s for gap in gaps])
        self._gaps.show_gaps(gaps, 0.0)

    def _number(self, is_numbered: bool) -> None:
        """Axes without samples would mean nothing."""
        for side in ("left", "bottom"):
            self.getPlotItem().getAxis(side).setOpacity(float(is_numbered))

    def _show_kept(self, stretches_s: NDArray[np.float64]) -> None:
        self._kept.show_stretches(stretches_s)
        self.setToolTip(_HELP if len(stretches_s) else "")

    def apply_scales(self) -> None:
        """Show the voltages that the scales say."""
        view = self._scales.view
        self.getViewBox().setYRange(
            view.centre_v - view.span_v / 2, view.centre_v + view.span_v / 2, padding=0
        )
        for name, trace in self._traces.items():
            trace.set_columns(self._columns.get(name), 0.0, *self._scales.mapping(name))
        self._layer_traces()

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> Any:  # noqa: N802 - Qt's name
        """Bring the region to where the mouse is, unless it is there."""
        self._place_region()  # it may be dragged from now on, and keeps its length exactly
        at_s = self.getViewBox().mapSceneToView(self.mapToScene(event.pos())).x()
        begin_s, end_s = self._region.getRegion()
        slack_s = 6 * self.getViewBox().viewPixelSize()[0]
        if event.button() == QtCore.Qt.LeftButton and not (
            begin_s - slack_s <= at_s <= end_s + slack_s
        ):
            half_s = (end_s - begin_s) / 2
            self.navigated.emit(at_s - half_s, at_s + half_s)
        return super().mousePressEvent(event)

    @property
    def _is_dragged(self) -> bool:
        return self._region.moving or any(line.moving for line in self._region.lines)

    def _move_region(self, stretch_s: NDArray[np.float64]) -> None:
        """Let it lie there, but do not paint again what would look the same."""
        self._stretch_s = stretch_s
        off_s = np.abs(stretch_s - self._region.getRegion()).max()
        if off_s > _SEEN_PX * self.getViewBox().viewPixelSize()[0] or not self._region.isVisible():
            self._place_region()

    def _place_region(self) -> None:
        if self._shown is None:
            return
        self._is_told = True
        self._region.show()
        self._region.setBounds(self._shown.stretch_s)
        self._region.setRegion(self._stretch_s)
        self._is_told = False

    def _add_trace(self, name: str) -> None:
        trace = ColumnItem()
        trace.set_colour(self._paler(name))
        self.addItem(trace, ignoreBounds=True)
        self._traces[name] = trace

    def _paler(self, name: str) -> str:
        """A channel's colour, nearer to the background: the region shall stand out."""
        colour, ground = QtGui.QColor(self._colours[name]), QtGui.QColor(self._background)
        channels = zip(colour.getRgb()[:3], ground.getRgb()[:3], strict=True)
        return str(QtGui.QColor(*(round((2 * a + b) / 3) for a, b in channels)).name())

    def _take_region(self) -> None:
        if not self._is_told:
            begin_s, end_s = self._region.getRegion()
            if end_s > begin_s:
                self.navigated.emit(begin_s, end_s)
