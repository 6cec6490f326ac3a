"""One channel's trace in a plot, as columns or as a line through its samples."""

from __future__ import annotations

import numpy as np
import pyqtgraph

from ..reading.frame import Columns, Samples, Trace
from .column_item import ColumnItem

#: Samples that lie that many pixels apart are shown as dots too.
_DOT_DISTANCE_PX = 7
_DOT_SIZE_PX = 4


class TraceItem:
    """Shows a trace of either kind.

    :param plot: where it is shown.
    """

    def __init__(self, plot: pyqtgraph.PlotItem) -> None:
        self._plot = plot
        self.columns = ColumnItem()
        self._line = pyqtgraph.PlotDataItem(
            connect="finite", antialias=False, symbolPen=None, symbolSize=_DOT_SIZE_PX
        )
        for item in (self.columns, self._line):
            plot.addItem(item, ignoreBounds=True)
        self.trace: Trace | None = None
        self._origin_s = 0.0
        self._is_visible, self._is_layered = True, False

    @property
    def is_seen(self) -> bool:
        """Whether it is visible, and reaches into the view."""
        begin_s, end_s = (edge + self._origin_s for edge in self._plot.viewRange()[0])
        return self._is_visible and self.trace is not None and _reaches(self.trace, begin_s, end_s)

    @property
    def colour(self) -> str:
        """What it is painted in, ``#rrggbb``."""
        return str(self.columns.colour.name())

    def remove(self) -> None:
        """Take it out of the plot."""
        for item in (self.columns, self._line):
            self._plot.removeItem(item)

    def set_colour(self, colour: str) -> None:
        """Paint it in ``#rrggbb``."""
        self.columns.set_colour(colour)
        self._line.setPen(colour)
        self._line.setSymbolBrush(colour)

    def set_opacity(self, opacity: float) -> None:
        """Let what is below shine through, from 0 (all) to 1 (nothing)."""
        for item in (self.columns, self._line):
            item.setOpacity(opacity)

    def set_persistence(self, on: bool) -> None:
        """Let earlier columns glow for a while, where density is drawn."""
        self.columns.set_persistence(on)

    def set_density(self, on: bool) -> None:
        """Draw columns by how often a place is passed."""
        self.columns.set_density(on)

    def set_visible(self, visible: bool) -> None:
        """Show or hide it."""
        self._is_visible = visible
        self._line.setVisible(visible)
        self.columns.setVisible(visible and not self._is_layered)

    def set_layered(self, on: bool) -> None:
        """Leave the columns to a :class:`.ColumnLayer`, or paint them here."""
        self._is_layered = on
        self.columns.setVisible(self._is_visible and not on)

    def set_order(self, order: int) -> None:
        """Paint it after those of a lower order."""
        self.columns.setZValue(order)
        self._line.setZValue(order)

    def show(self, trace: Trace | None, origin_s: float, gain: float, shift_v: float) -> None:
        """Show a trace; arguments as of :meth:`.ColumnItem.set_columns`."""
        self.trace, self._origin_s = trace, origin_s
        columns = trace if isinstance(trace, Columns) else None
        self.columns.set_columns(columns, origin_s, gain, shift_v)
        if isinstance(trace, Samples):
            dots = "o" if self._are_apart(trace) else None
            if dots != self._line.opts["symbol"]:
                self._line.setSymbol(dots)
                self._line.curve.opts["antialias"] = dots is not None
            self._line.setData(trace.times_s - origin_s, trace.values_v * gain + shift_v)
        elif self._line.xData is not None and len(self._line.xData):
            self._line.setData([], [])

    def _are_apart(self, samples: Samples) -> bool:
        box = self._plot.getViewBox()
        shown_s = box.viewRange()[0][1] - box.viewRange()[0][0]
        if samples.times_s.size < 2 or shown_s <= 0:
            return True
        between_s = (samples.times_s[-1] - samples.times_s[0]) / (samples.times_s.size - 1)
        return bool(between_s / shown_s * box.width() >= _DOT_DISTANCE_PX)


def _reaches(trace: Trace, begin_s: float, end_s: float) -> bool:
    """Whether something is drawn between two times; the line comes from the sample before."""
    if isinstance(trace, Samples):
        return bool(trace.times_s.size and trace.times_s[0] < end_s and trace.times_s[-1] > begin_s)
    return bool(np.isfinite(trace.values_v).any())
