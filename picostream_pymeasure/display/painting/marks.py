"""Gaps and events in a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph
from pymeasure.display.Qt import QtGui

from ...quantities import si
from ..reading.frame import EventMark, GapMark
from .theme import Theme

_GAP_ALPHA = 60
_LABEL_ALPHA = 190
_MOST_LABELS = 8
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
            item.label.setVisible(len(gaps) <= _MOST_LABELS)
            item.label.setFormat(gap_text(gap))
        for item, event in zip(self._events, events, strict=False):
            item.setPos(event.time_s - origin_s)
            item.label.setVisible(len(events) <= 2 * _MOST_LABELS)
            item.label.setFormat(event_text(event))

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
