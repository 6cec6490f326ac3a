"""Lanes of digital inputs at the lower edge of a plot, as a logic analyser draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import Lanes
from .theme import Theme

BITS = 8

#: What the lanes of digital ports are called without names of their own.
LANE_NAMES: Mapping[str, Sequence[str]] = {
    f"PORT{port}": tuple(f"D{8 * port + bit}" for bit in range(BITS)) for port in (0, 1)
}

#: Height of a lane with the space above it, and of the space; less where the plot is low.
_PITCH_PX, _GAP_PX, _LOWEST_PX = 18, 6, 7

#: All lanes together take no more than this part of the plot.
_SHARE = 0.45

#: Height of a name; in lanes that are lower than the first number every second one has its name.
_NAME_PX = (10, 13)
_ABOVE_TRACES = 25
_LABEL_ALPHA = 200
_NO_COLOUR = "#808080"


class LanesItem(pyqtgraph.GraphicsObject):
    """Paints the lanes of all ports above each other, the first one at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes: Mapping[str, Lanes] = {}
        self._names: Mapping[str, Sequence[str]] = {}
        self._colours: Mapping[str, str] = {}
        self._readable: Mapping[str, str] = {}
        self._origin_s = 0.0
        self._ground = QtGui.QColor()
        self.setZValue(_ABOVE_TRACES)

    def show_lanes(self, lanes: Mapping[str, Lanes], origin_s: float) -> None:
        """Show these ports and no others.

        :param origin_s: the time that the axis calls zero.
        """
        self._lanes, self._origin_s = dict(lanes), origin_s
        self.update()

    def share(self, height_px: float) -> float:
        """The part of a plot of some height that they take, from its bottom."""
        lanes_px = self._pitch_px(height_px) * BITS * len(self._lanes)
        return lanes_px / height_px if lanes_px else 0.0

    def _pitch_px(self, height_px: float) -> int:
        """Height of a lane with the space above it; 0 where there is no room for any."""
        if not self._lanes:
            return 0
        pitch_px = int(min(_PITCH_PX, _SHARE * height_px / (BITS * len(self._lanes))))
        return pitch_px if pitch_px >= _LOWEST_PX else 0

    def set_looks(
        self, names: Mapping[str, Sequence[str]], colours: Mapping[str, str], theme: Theme
    ) -> None:
        """Use the names of the lanes by port, and colours as ``#rrggbb``."""
        self._names, self._colours = names, colours
        self._readable = {
            port: theme.contrast_colour(colours.get(port, _NO_COLOUR)) for port in names
        }
        self._ground = QtGui.QColor(theme.background)
        self._ground.setAlpha(_LABEL_ALPHA)
        self.update()

    def boundingRect(self) -> QtCore.QRectF:  # noqa: N802 - Qt's name
        """All that is in view."""
        return QtCore.QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """The bounding rectangle is another one."""
        self.prepareGeometryChange()

    def paint(self, painter: QtGui.QPainter, *_: Any) -> None:
        """Paint the part in view."""
        transform = painter.worldTransform()
        view = transform.mapRect(self.boundingRect())
        pitch_px = self._pitch_px(view.height())
        if not pitch_px:
            return
        painter.save()
        painter.setWorldTransform(QtGui.QTransform())
        bottom_px = view.bottom()
        for port, lanes in self._lanes.items():
            top_px = bottom_px - BITS * pitch_px
            begin_px = (lanes.begin_s - self._origin_s) * transform.m11() + transform.dx()
            end_px = (lanes.end_s - self._origin_s) * transform.m11() + transform.dx()
            place = QtCore.QRectF(begin_px, top_px, end_px - begin_px, BITS * pitch_px)
            colour = QtGui.QColor(self._colours.get(port, _NO_COLOUR))
            painter.drawImage(place, picture(lanes, pitch_px, colour.rgba()))
            self._write_names(painter, port, view.left(), top_px, pitch_px)
            bottom_px = top_px
        painter.restore()

    def _write_names(
        self,
        painter: QtGui.QPainter,
        port: str,
        left_px: float,
        top_px: float,
        pitch_px: int,
    ) -> None:
        every = 1 if pitch_px >= _NAME_PX[0] else 2
        room_px = every * pitch_px
        font = painter.font()
        font.setPixelSize(min(room_px - 1, _NAME_PX[1]))
        painter.setFont(font)
        metrics = QtGui.QFontMetrics(font)
        names = list(self._names.get(port, ()))
        for bit in range(0, len(names), every):
            name, bottom_px = names[bit], top_px + (BITS - bit) * pitch_px
            width_px = metrics.horizontalAdvance(name) + 6
            place = QtCore.QRectF(left_px + 2, bottom_px - room_px, width_px, room_px)
            painter.fillRect(place, self._ground)
            painter.setPen(QtGui.QColor(self._readable.get(port, _NO_COLOUR)))
            painter.drawText(place, QtCore.Qt.AlignCenter, name)


def picture(lanes: Lanes, pitch_px: int, colour: int) -> QtGui.QImage:
    """The lanes as an image of one pixel a column, bit 7 at the top."""
    pixels = np.zeros((BITS * pitch_px, len(lanes.ones)), np.uint32)
    for bit in range(BITS):
        high, low = ((mask >> bit & 1).astype(bool) for mask in (lanes.ones, lanes.zeros))
        top = (BITS - 1 - bit) * pitch_px + _GAP_PX * pitch_px // _PITCH_PX
        bottom = (BITS - bit) * pitch_px - 2
        pixels[top, high] = colour
        pixels[bottom, low] = colour
        pixels[top : bottom + 1, high & low | _edges(high, low)] = colour
    image = QtGui.QImage(
        pixels.data,
        pixels.shape[1],
        pixels.shape[0],
        4 * pixels.shape[1],
        QtGui.QImage.Format_ARGB32_Premultiplied,
    )
    return image.copy()  # the pixels belong to numpy


def _edges(high: NDArray[np.bool_], low: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns at whose begin the level changes."""
    found = np.zeros_like(high)
    found[1:] = high[:-1] & ~low[:-1] & low[1:] | low[:-1] & ~high[:-1] & high[1:]
    return found
