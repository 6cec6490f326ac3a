"""Gaps and events in a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph
from pymeasure.display.Qt import QtGui

from ...quantities import si
from ..reading.frame import EventMark, GapMark
from .label_rows import rows_of_labels
from .theme import Theme

_GAP_ALPHA = 60
_LABEL_ALPHA = 190
_MOST_ROWS = 6
_ABOVE_TRACES = 30


class Marks:
    """Shades gaps and draws a line at each event; items are made once and used again.

    :param plot: where they are shown.
    """

    def __init__(self, plot: pyqtgraph.PlotItem) -> None:
        self._plot = plot
        self._gaps: list[pyqtgraph.LinearRegionItem] = []
        self._events: list[pyqtgraph.InfiniteLine] = []
        self._theme: Theme | None = None

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        self._theme = theme
        for gap in self._gaps:
            _paint_gap(gap, theme)
        for event in self._events:
            _paint_event(event, theme)

    def show(self, gaps: Sequence[GapMark], events: Sequence[EventMark], origin_s: float) -> None:
        """Show these and no others.

        :param origin_s: the time that the axis calls zero.
        """
        while len(self._gaps) < len(gaps):
            self._gaps.append(self._make_gap())
        while len(self._events) < len(events):
            self._events.append(self._make_event())
        for number, item in enumerate(self._gaps):
            item.setVisible(number < len(gaps))
        for number, item in enumerate(self._events):
            item.setVisible(number < len(events))
        for item, gap in zip(self._gaps, gaps, strict=False):
            item.setRegion((gap.begin_s - origin_s, gap.end_s - origin_s))
            item.label.setFormat(gap_text(gap))
        for item, event in zip(self._events, events, strict=False):
            item.setPos(event.time_s - origin_s)
            item.label.setFormat(event_text(event))
        ends_s = [gap.end_s - origin_s for gap in gaps]
        self._place([item.label for item in self._gaps], ends_s, 0.04, 1)
        times_s = [event.time_s - origin_s for event in events]
        self._place([item.label for item in self._events], times_s, 0.97, -1)

    def _place(
        self,
        labels: Sequence[pyqtgraph.InfLineLabel],
        times_s: Sequence[float],
        first: float,
        up: int,
    ) -> None:
        """Put labels into rows so that none lies over another; those without room are not shown."""
        box = self._plot.getViewBox()
        begin_s, end_s = box.viewRange()[0]
        if not times_s or end_s <= begin_s or box.height() <= 0:
            return
        shown = labels[: len(times_s)]
        lefts_px = [(time_s - begin_s) / (end_s - begin_s) * box.width() for time_s in times_s]
        widths_px = [label.boundingRect().width() for label in shown]
        row_share = shown[0].boundingRect().height() / box.height()
        rows = rows_of_labels(lefts_px, widths_px, max(min(_MOST_ROWS, int(0.4 / row_share)), 1))
        for label, row in zip(shown, rows, strict=True):
            label.setVisible(row is not None)
            if row is not None:
                label.setPosition(first + up * row * row_share)

    def _make_gap(self) -> pyqtgraph.LinearRegionItem:
        gap = pyqtgraph.LinearRegionItem(movable=False)
        gap.setZValue(_ABOVE_TRACES)
        gap.label = pyqtgraph.InfLineLabel(
            gap.lines[1], "", position=0.04, anchors=[(0, 1), (0, 1)]
        )
        self._plot.addItem(gap, ignoreBounds=True)
        if self._theme is not None:
            _paint_gap(gap, self._theme)
        return gap

    def _make_event(self) -> pyqtgraph.InfiniteLine:
        event = pyqtgraph.InfiniteLine(
            angle=90, label="", labelOpts={"position": 0.97, "anchors": [(0, 0), (0, 0)]}
        )
        event.setZValue(_ABOVE_TRACES)
        self._plot.addItem(event, ignoreBounds=True)
        if self._theme is not None:
            _paint_event(event, self._theme)
        return event


def gap_text(gap: GapMark) -> str:
    """How long and why, in one line."""
    about = "" if gap.is_exact else "≈ "
    return f"gap {about}{si(gap.end_s - gap.begin_s, 's', 3)}: {gap.cause}"


def event_text(event: EventMark) -> str:
    """Label and value of an event in one line."""
    label = event.label.replace("{", "{{").replace("}", "}}") or "mark"
    return label if math.isnan(event.value) else f"{label} {event.value:g}"


def _paint_gap(gap: pyqtgraph.LinearRegionItem, theme: Theme) -> None:
    colour = QtGui.QColor(theme.gap)
    gap.label.setColor(colour)
    gap.label.fill = _label_brush(theme)
    for line in gap.lines:
        line.setPen(colour)
    colour.setAlpha(_GAP_ALPHA)
    gap.setBrush(colour)


def _paint_event(event: pyqtgraph.InfiniteLine, theme: Theme) -> None:
    event.setPen(pyqtgraph.mkPen(theme.event, style=pyqtgraph.QtCore.Qt.DashLine))
    event.label.setColor(theme.event)
    event.label.fill = _label_brush(theme)


def _label_brush(theme: Theme) -> QtGui.QBrush:
    colour = QtGui.QColor(theme.background)
    colour.setAlpha(_LABEL_ALPHA)
    return pyqtgraph.mkBrush(colour)
