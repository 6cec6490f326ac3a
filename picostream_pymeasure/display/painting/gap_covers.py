"""Gaps of a recording in one colour: such as hides others there, which would pass for it."""

from __future__ import annotations

from collections.abc import Sequence

from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import GapMark
from .pixel_item import PixelItem

_BELOW_CHANNELS = 5


class GapCovers(PixelItem):
    """Paints a colour over gaps, by default between the other recordings and the channels."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: Sequence[GapMark] = ()
        self._origin_s = 0.0
        self._colour = QtGui.QColor()
        self.setZValue(_BELOW_CHANNELS)

    def set_colour(self, colour: str) -> None:
        """Paint in ``#rrggbb``, or ``#aarrggbb`` that lets something through."""
        self._colour = QtGui.QColor(colour)
        self.update()

    def show_gaps(self, gaps: Sequence[GapMark], origin_s: float) -> None:
        """Cover these.

        :param origin_s: the time that the axis calls zero.
        """
        self._gaps, self._origin_s = gaps, origin_s
        self.setVisible(bool(gaps))
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint them."""
        for gap in self._gaps:
            begin_px, end_px = (
                round((time_s - self._origin_s) * to_px.m11() + to_px.dx())
                for time_s in (gap.begin_s, gap.end_s)
            )
            place = QtCore.QRectF(begin_px, view_px.top(), end_px - begin_px, view_px.height())
            painter.fillRect(place, self._colour)
