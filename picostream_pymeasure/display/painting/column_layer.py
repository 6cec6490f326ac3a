"""Paints the columns of several traces so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from .column_item import ColumnItem
from .pixel_item import PixelItem
from .pixel_place import PixelPlace, Raster

_BELOW_LINES = 9
_OPACITY = 0.5

#: Outlines of what lies below stand back as well.
_OUTLINE_OPACITY = 0.8

#: Traces that are outlined in one go: each more doubles the choices of those in one place.
_AT_ONCE = 6

_CLEAR = QtGui.QColor(0, 0, 0, 0)

Spans = tuple[NDArray[np.int32], NDArray[np.int32]]


class ColumnLayer(PixelItem):
    """What traces fill is pale; outlines, and lines as narrow as that, lie above all of it.

    In one picture for all of them, which takes less time than one for each.
    """

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[ColumnItem] = ()
        self._below: Sequence[ColumnItem] = ()
        self._ground = QtGui.QColor("white")
        self._raster: Raster | None = None
        self._raster_of: tuple[object, ...] = ()
        self.setZValue(_BELOW_LINES)

    def set_ground(self, colour: str) -> None:
        """What is filled is half of this, ``#rrggbb``, where something lies below it."""
        self._ground = QtGui.QColor(colour)

    def show_items(self, items: Sequence[ColumnItem], below: Sequence[ColumnItem] = ()) -> None:
        """Paint these, the lowest first; they need not be visible themselves.

        :param below: lie below and are painted there: what of them is covered has an outline.
        """
        self._items, self._below = items, below
        self.setVisible(bool(items))
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the part in view."""
        items = [item for item in self._items if not item.is_empty]
        place = PixelPlace.of(painter, view_px)
        if not items or place is None:
            return
        below = [item for item in self._below if not item.is_empty]
        if not below:
            self._paint_alone(painter, place, to_px, items)
            return
        tops, bottoms = _spans(items, place, to_px)
        colours = [item.colour for item in items]
        fillings = [_mixed(colour, self._ground) for colour in colours]
        place.paint_traces(painter, tops, bottoms, colours, fillings)
        self._outline(painter, place, to_px, below, (tops, bottoms))
        place.paint_traces(painter, tops, bottoms, colours, [_CLEAR] * len(items))

    def _paint_alone(
        self,
        painter: QtGui.QPainter,
        place: PixelPlace,
        to_px: QtGui.QTransform,
        items: Sequence[ColumnItem],
    ) -> None:
        """Paint what has nothing below it; often only what lies above it was moved."""
        painted = (place, QtGui.QTransform(to_px), [item.version for item in items])
        if painted != self._raster_of:
            colours = [item.colour for item in items]
            spans = _spans(items, place, to_px)
            self._raster = place.raster(*spans, colours, [_faint(c) for c in colours])
            self._raster_of = painted
        if self._raster is not None:
            place.draw(painter, *self._raster)

    @staticmethod
    def _outline(
        painter: QtGui.QPainter,
        place: PixelPlace,
        to_px: QtGui.QTransform,
        items: Sequence[ColumnItem],
        covering: Spans,
    ) -> None:
        """Outline what lies below, in the columns of pixels in which something of it is covered."""
        painter.setOpacity(_OUTLINE_OPACITY)
        for first in range(0, len(items), _AT_ONCE):
            part = items[first : first + _AT_ONCE]
            tops, bottoms = _spans(part, place, to_px)
            bottoms[~_touch((tops, bottoms), covering)] = -1
            colours = [item.colour for item in part]
            place.paint_traces(painter, tops, bottoms, colours, [_CLEAR] * len(part))
        painter.setOpacity(1.0)


def _touch(spans: Spans, others: Spans) -> NDArray[np.bool_]:
    """Where spans share a row with any of the others."""
    tops, bottoms = (rows[:, None] for rows in spans)
    touching: NDArray[np.bool_] = ((others[0] <= bottoms) & (others[1] >= tops)).max(axis=1)
    return touching


def _spans(items: Sequence[ColumnItem], place: PixelPlace, to_px: QtGui.QTransform) -> Spans:
    tops, bottoms = zip(*(item.spans(place, to_px) for item in items), strict=True)
    return np.array(tops), np.array(bottoms)


def _faint(colour: QtGui.QColor) -> QtGui.QColor:
    faint = QtGui.QColor(colour)
    faint.setAlphaF(_OPACITY)
    return faint


def _mixed(colour: QtGui.QColor, ground: QtGui.QColor) -> QtGui.QColor:
    """What a faint colour looks like on a ground."""
    parts = zip(colour.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QtGui.QColor(*(round(_OPACITY * one + (1 - _OPACITY) * other) for one, other in parts))
