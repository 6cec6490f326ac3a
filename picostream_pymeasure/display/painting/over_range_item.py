"""Bars along the upper edge of a plot where an input was clipped."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from .pixel_item import PixelItem

_BAR_PX = 5
_SHORTEST_PX = 3.0
_ABOVE_TRACES = 50


class OverRangeItem(PixelItem):
    """Paints one row of bars a channel, in its colour within a frame of the warning colour."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[NDArray[np.float64], QtGui.QColor]] = []
        self._origin_s = 0.0
        self._warning = QtGui.QColor()
        self.setZValue(_ABOVE_TRACES)

    def set_warning_colour(self, colour: str) -> None:
        """Paint the frames in ``#rrggbb``."""
        self._warning = QtGui.QColor(colour)
        self.update()

    def show_stretches(
        self,
        stretches: Mapping[str, NDArray[np.float64]],
        colours: Mapping[str, str],
        origin_s: float,
    ) -> None:
        """Show the stretches of each channel: begins and ends, shape ``(n, 2)``."""
        self._rows = [
            (begins_and_ends, QtGui.QColor(colours[name]))
            for name, begins_and_ends in stretches.items()
            if len(begins_and_ends)
        ]
        self._origin_s = origin_s
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the bars in view."""
        for row, (stretches_s, colour) in enumerate(self._rows):
            edges_px = (stretches_s - self._origin_s) * to_px.m11() + to_px.dx()
            widths_px = np.maximum(edges_px[:, 1] - edges_px[:, 0], _SHORTEST_PX)
            top_px = view_px.top() + row * (_BAR_PX + 3)
            for left_px, width_px in zip(edges_px[:, 0], widths_px, strict=True):
                bar = QtCore.QRectF(left_px, top_px, width_px, _BAR_PX)
                painter.fillRect(bar.adjusted(-1, 0, 1, 2), self._warning)
                painter.fillRect(bar.adjusted(0, 1, 0, 0), colour)
