"""Paints the columns of several traces so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pymeasure.display.Qt import QtCore, QtGui

from .column_item import ColumnItem, faint
from .pixel_item import PixelItem
from .pixel_place import PixelPlace, Raster, Spans

_BELOW_LINES = 9
_OPACITY, _BAND_OPACITY = 0.5, 0.35

#: Outlines of what lies below shine through what covers them.
_OUTLINE_OPACITY = 0.5

#: Traces that are outlined in one go: each more doubles the choices of those in one place.
_AT_ONCE = 6

_CLEAR = QtGui.QColor(0, 0, 0, 0)


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
        spans = [item.spans(place, to_px) for item in items]
        colours = [item.colour for item in items]
        looks = [
            [_mixed(colour, self._ground, opacity) for colour in colours]
            for opacity in (_OPACITY, _BAND_OPACITY)
        ]
        place.paint_traces(painter, spans, colours, *looks)
        self._outline(painter, place, [item.spans(place, to_px) for item in below], below, spans)
        clear = [_CLEAR] * len(items)
        place.paint_traces(painter, spans, colours, clear, clear)

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
            spans = [item.spans(place, to_px) for item in items]
            looks = [[faint(c, opacity) for c in colours] for opacity in (_OPACITY, _BAND_OPACITY)]
            self._raster = place.raster(spans, colours, *looks)
            self._raster_of = painted
        if self._raster is not None:
            place.draw(painter, *self._raster)

    @staticmethod
    def _outline(
        painter: QtGui.QPainter,
        place: PixelPlace,
        below: Sequence[Spans],
        items: Sequence[ColumnItem],
        covering: Sequence[Spans],
    ) -> None:
        """Outline what lies below, in the columns of pixels in which something of it is covered."""
        painter.setOpacity(_OUTLINE_OPACITY)
        for first in range(0, len(items), _AT_ONCE):
            spans = [_covered(each, covering) for each in below[first : first + _AT_ONCE]]
            colours = [item.colour for item in items[first : first + _AT_ONCE]]
            clear = [_CLEAR] * len(spans)
            place.paint_traces(painter, spans, colours, clear, clear)
        painter.setOpacity(1.0)


def _covered(spans: Spans, others: Sequence[Spans]) -> Spans:
    """What of spans shares a row with any of the others."""
    tops, bottoms = spans.bands
    touching = [(tops <= other.bands[1]) & (bottoms >= other.bands[0]) for other in others]
    covered = np.array((tops, np.where(np.any(touching, axis=0), bottoms, -1)))
    return Spans(covered, covered, False)


def _mixed(colour: QtGui.QColor, ground: QtGui.QColor, opacity: float) -> QtGui.QColor:
    """What a faint colour looks like on a ground."""
    parts = zip(colour.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QtGui.QColor(*(round(opacity * one + (1 - opacity) * other) for one, other in parts))
