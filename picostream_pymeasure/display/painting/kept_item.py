"""A bar along the lower edge of a plot where samples were kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from .pixel_item import PixelItem

_BAR_PX = 4
_SHORTEST_PX = 1.0


class KeptItem(PixelItem):
    """Paints stretches of time; as many as there are columns of pixels at most."""

    def __init__(self) -> None:
        super().__init__()
        self._stretches_s = np.empty((0, 2))
        self._colour = QtGui.QColor()

    def set_colour(self, colour: str) -> None:
        """Paint them in ``#rrggbb``."""
        self._colour = QtGui.QColor(colour)
        self.update()

    def show_stretches(self, stretches_s: NDArray[np.float64]) -> None:
        """Show begins and ends, shape ``(n, 2)``."""
        self._stretches_s = stretches_s
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the bars."""
        bottom_px = round(view_px.bottom())
        # whole pixels: half of one would be paler
        begins_px, ends_px = np.rint(self._stretches_s * to_px.m11() + to_px.dx()).T
        widths_px = np.maximum(ends_px - begins_px, _SHORTEST_PX)
        for left_px, width_px in zip(begins_px.tolist(), widths_px.tolist(), strict=True):
            bar = QtCore.QRectF(left_px, bottom_px - _BAR_PX, width_px, _BAR_PX)
            painter.fillRect(bar, self._colour)
