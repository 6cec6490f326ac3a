"""Paints the columns of several traces so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pymeasure.display.Qt import QtCore, QtGui

from .column_item import ColumnItem
from .pixel_item import PixelItem
from .pixel_place import PixelPlace

_BELOW_LINES = 9
_OPACITY = 0.5


class ColumnLayer(PixelItem):
    """What traces fill is pale; outlines, and lines as narrow as that, lie above all of it.

    In one picture for all of them, which takes less time than one for each.
    """

    def __init__(self) -> None:
        super().__init__()
        self._items: Sequence[ColumnItem] = ()
        self.setZValue(_BELOW_LINES)

    def show_items(self, items: Sequence[ColumnItem]) -> None:
        """Paint these, the lowest first; they need not be visible themselves."""
        self._items = items
        self.setVisible(bool(items))
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the part in view."""
        items = [item for item in self._items if not item.is_empty]
        place = PixelPlace.of(painter, view_px)
        if items and place is not None:
            spans = [item.spans(place, to_px) for item in items]
            tops, bottoms = (np.array(rows) for rows in zip(*spans, strict=True))
            place.paint_traces(painter, tops, bottoms, [item.colour for item in items], _OPACITY)
