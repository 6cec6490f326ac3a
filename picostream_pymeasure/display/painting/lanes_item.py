"""Lanes of digital inputs at the lower edge of a plot, as a logic analyser draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import Lanes
from .pixel_item import PixelItem
from .theme import Theme

BITS = 8

#: What the lanes of digital ports are called without names of their own.
LANE_NAMES: Mapping[str, Sequence[str]] = {
    f"PORT{port}": tuple(f"D{8 * port + bit}" for bit in range(BITS)) for port in (0, 1)
}

#: Height of a lane with the space above it, and of the space; less where the plot is low.
_PITCH_PX, _GAP_PX, _LOWEST_PX = 18, 6, 7

#: From the top of a lane's lower level to its lower edge.
_FOOT_PX = 2

#: All lanes together take no more than this part of the plot.
_SHARE = 0.35

#: Where they take less than this part of it they are higher, up to so much.
_ROOMY_SHARE, _HIGHEST_PX = 0.3, 30

#: Height of a name; in lanes that are lower than the first number every second one has its name.
_NAME_PX = (10, 13)
_ABOVE_TRACES = 25
_NAME_MARGIN_PX = 5

#: Columns to both sides that are looked at, and with so many of them that have edges a column is
#: among the edges that nobody could count, whether it has one or not.
_REACH, _CROWD = 4, 7

#: What has more edges than pixels is hatched: of so many pixels along a diagonal one is painted.
_HATCH_PX = 3

_NO_COLOUR = "#808080"


class LanesItem(PixelItem):
    """Paints the lanes of all ports above each other, the first one at the bottom.

    :param axis: left of the plot; it gets the names.
    """

    def __init__(self, axis: pyqtgraph.AxisItem) -> None:
        super().__init__()
        self._lanes: Mapping[str, Lanes] = {}
        self._pictures: dict[tuple[str, int, int, int], tuple[Lanes, QtGui.QImage]] = {}
        self._readable: Mapping[str, str] = {}
        self._origin_s = 0.0
        self._names = _LaneNames(axis)
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
        lane_px = height_px / (BITS * len(self._lanes))
        wanted_px = min(max(_PITCH_PX, _ROOMY_SHARE * lane_px), _HIGHEST_PX)
        pitch_px = int(min(wanted_px, _SHARE * lane_px))
        return pitch_px if pitch_px >= _LOWEST_PX else 0

    def set_looks(
        self, names: Mapping[str, Sequence[str]], colours: Mapping[str, str], theme: Theme
    ) -> None:
        """Use the names of the lanes by port, and colours as ``#rrggbb``."""
        self._readable = {
            port: theme.contrast_colour(colours.get(port, _NO_COLOUR)) for port in names
        }
        self._names.set_looks(names, self._readable)
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the part in view."""
        pitch_px = self._pitch_px(view_px.height())
        self._names.show_ports(tuple(self._lanes) if pitch_px else (), view_px.height(), pitch_px)
        if not pitch_px:
            return
        ratio = max(round(painter.device().devicePixelRatioF()), 1)
        bottom_px = view_px.bottom()
        for port, lanes in self._lanes.items():
            top_px = bottom_px - BITS * pitch_px
            begin_px = (lanes.begin_s - self._origin_s) * to_px.m11() + to_px.dx()
            end_px = (lanes.end_s - self._origin_s) * to_px.m11() + to_px.dx()
            place = QtCore.QRectF(begin_px, top_px, end_px - begin_px, BITS * pitch_px)
            painter.drawImage(place, self._picture(port, lanes, pitch_px, ratio))
            bottom_px = top_px

    def _picture(self, port: str, lanes: Lanes, pitch_px: int, ratio: int) -> QtGui.QImage:
        """The picture of a port, made once for all paints of the same lanes."""
        colour = QtGui.QColor(self._readable.get(port, _NO_COLOUR)).rgba()
        key = (port, pitch_px, ratio, colour)
        if key not in self._pictures or self._pictures[key][0] is not lanes:
            self._pictures = {k: v for k, v in self._pictures.items() if k[0] != port}
            self._pictures[key] = lanes, picture(lanes, pitch_px, colour, ratio)
        return self._pictures[key][1]


class _LaneNames(pyqtgraph.GraphicsObject):
    """Names of lanes on the axis beside them."""

    def __init__(self, axis: pyqtgraph.AxisItem) -> None:
        super().__init__()
        self._axis = axis
        self._names: Mapping[str, Sequence[str]] = {}
        self._colours: Mapping[str, str] = {}
        self._shown: tuple[tuple[str, ...], float, int] = ((), 0.0, 0)
        self.setParentItem(axis)

    def set_looks(self, names: Mapping[str, Sequence[str]], colours: Mapping[str, str]) -> None:
        """Use these names and colours."""
        self._names, self._colours = names, colours
        self.update()

    def show_ports(self, ports: tuple[str, ...], bottom_px: float, pitch_px: int) -> None:
        """Show the names of these ports, the first one at the bottom."""
        if (ports, bottom_px, pitch_px) != self._shown:
            self._shown = ports, bottom_px, pitch_px
            self.prepareGeometryChange()
            self.update()

    def boundingRect(self) -> QtCore.QRectF:  # noqa: N802 - Qt's name
        """Left of the plot."""
        _, bottom_px, pitch_px = self._shown
        return QtCore.QRectF(0, 0, self._axis.size().width(), bottom_px + pitch_px)

    def paint(self, painter: QtGui.QPainter, *_: Any) -> None:
        """Paint all names."""
        ports, bottom_px, pitch_px = self._shown
        for port in ports:
            self._write(painter, port, bottom_px, pitch_px)
            bottom_px -= BITS * pitch_px

    def _write(self, painter: QtGui.QPainter, port: str, bottom_px: float, pitch_px: int) -> None:
        every = 1 if pitch_px >= _NAME_PX[0] else 2
        room_px = every * pitch_px
        font = painter.font()
        font.setPixelSize(min(room_px - 1, _NAME_PX[1]))
        painter.setFont(font)
        painter.setPen(QtGui.QColor(self._colours.get(port, _NO_COLOUR)))
        metrics = QtGui.QFontMetrics(font)
        width_px = self._axis.size().width() - _NAME_MARGIN_PX
        names = list(self._names.get(port, ()))
        align = QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter
        middle_px = bottom_px - _middle_px(pitch_px)
        for bit in range(0, len(names), every):
            top_px = middle_px - bit * pitch_px - room_px / 2
            place = QtCore.QRectF(0, top_px, width_px, room_px)
            name = metrics.elidedText(names[bit], QtCore.Qt.ElideRight, int(width_px))
            painter.drawText(place, align, name)


def _middle_px(pitch_px: int) -> float:
    """From the lower edge of a lane to the middle between its levels."""
    top_px = _GAP_PX * pitch_px // _PITCH_PX
    return pitch_px - (top_px + pitch_px - _FOOT_PX + 1) / 2


def picture(lanes: Lanes, pitch_px: int, colour: int, ratio: int = 1) -> QtGui.QImage:
    """The lanes as an image of one pixel a column, bit 7 at the top.

    :param pitch_px: height of a lane with the space above it, in units of ``ratio`` pixels.
    :param colour: ARGB.
    """
    masks = np.stack((lanes.ones, lanes.zeros))[:, None]
    high, low = (masks >> np.arange(BITS - 1, -1, -1, dtype=np.uint8)[:, None] & 1).astype(bool)
    pitch_px *= ratio
    top, bottom = _GAP_PX * pitch_px // _PITCH_PX, pitch_px - _FOOT_PX * ratio
    is_painted = np.zeros((BITS, pitch_px, high.shape[1]), bool)
    is_painted[:, top : top + ratio] = high[:, None]
    is_painted[:, bottom : bottom + ratio] = low[:, None]
    both = high & low
    is_busy = _inner(both) | _crowded(both)
    rows, columns = np.arange(top, bottom + ratio)[:, None], np.arange(high.shape[1])
    hatch = (rows + columns) // ratio % _HATCH_PX == 0
    is_full = (both | _edges(high, low)) & ~is_busy
    is_painted[:, top : bottom + ratio] |= is_full[:, None] | (is_busy[:, None] & hatch)
    pixels = np.where(is_painted.reshape(BITS * pitch_px, -1), np.uint32(colour), np.uint32(0))
    image = QtGui.QImage(
        pixels.data,
        pixels.shape[1],
        pixels.shape[0],
        4 * pixels.shape[1],
        QtGui.QImage.Format_ARGB32_Premultiplied,
    )
    return image.copy()  # the pixels belong to numpy


def _inner(both: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns with edges between two others with edges: nobody could count them."""
    found = np.zeros_like(both)
    found[:, 1:-1] = both[:, :-2] & both[:, 1:-1] & both[:, 2:]
    return found


def _crowded(both: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns among such with edges: one about every pixel beats with them, which means nothing."""
    around = np.pad(both, ((0, 0), (_REACH, _REACH)), "edge")
    n_edges = np.lib.stride_tricks.sliding_window_view(around, 2 * _REACH + 1, axis=1).sum(axis=-1)
    return np.asarray(n_edges >= _CROWD)


def _edges(high: NDArray[np.bool_], low: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns at whose begin the level changes."""
    found = np.zeros_like(high)
    found[:, 1:] = (
        high[:, :-1] & ~low[:, :-1] & low[:, 1:] | low[:, :-1] & ~high[:, :-1] & high[:, 1:]
    )
    return found
