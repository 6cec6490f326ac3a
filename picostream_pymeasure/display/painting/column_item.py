"""Paints a trace's columns exactly: each column of pixels from its own envelope."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from ..reading.frame import Columns
from .pixel_item import PixelItem
from .pixel_place import PixelPlace, Spans

#: Of what glows so much is left at the next frame: half a second at 20 frames a second.
_DECAY = 0.8

#: What only the band of a trace fills that swings faster than columns can show.
_BAND_OPACITY = 0.6

#: 8 MiB; what nobody writes to takes no memory.
_LARGE_PIXELS = 1 << 21

_versions = count()


class ColumnItem(PixelItem):
    """A trace that is painted as vertical spans of pixels, without smoothing.

    pyqtgraph's curves give the same picture; white noise over a whole screen takes them 7 ms, this
    item 1.5 ms. Between two frames, while the view is dragged, the columns are moved and stretched
    with the axes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._columns: Columns | None = None
        self._place = (0.0, 1.0, 0.0)
        #: Another number whenever its pixels are others, of no other item.
        self.version = next(_versions)
        self._colour = QtGui.QColor()
        self._is_density = self._persists = self._is_fresh = False
        self._glow = np.empty((0, 0), np.float32)
        self._brightness = np.empty(0, np.float32)
        self._glow_of: tuple[float, ...] = ()

    def set_columns(
        self, columns: Columns | None, origin_s: float, gain: float, shift_v: float
    ) -> None:
        """Show other columns.

        :param origin_s: the time that the axis calls zero.
        :param gain: volts of the axis are ``gain`` times the trace's and ``shift_v`` more.
        """
        place = (origin_s, gain, shift_v)
        is_fresh = columns is not self._columns
        if is_fresh or place != self._place:
            self.version = next(_versions)
        self._is_fresh |= is_fresh
        self._columns, self._place = columns, place
        self.update()

    def set_density(self, on: bool) -> None:
        """Paint columns the fainter the taller they are."""
        self._is_density = on
        self._glow_of = ()
        self.update()

    def set_persistence(self, on: bool) -> None:
        """Let earlier columns glow for a while, where density is painted."""
        self._persists = on

    @property
    def colour(self) -> QtGui.QColor:
        """What it is painted in."""
        return self._colour

    def set_colour(self, colour: str) -> None:
        """Paint it in ``#rrggbb``."""
        self._colour = QtGui.QColor(colour)
        self.version = next(_versions)
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the part in view."""
        place = PixelPlace.of(painter, view_px)
        if self.is_empty or place is None:
            return
        spans = self.spans(place, to_px)
        if not self._is_density:
            band = faint(self._colour, _BAND_OPACITY)
            place.paint_traces(painter, [spans], [self._colour], [self._colour], [band])
            return
        pixels = _canvas(place.height, place.width)
        self._paint_density(spans.rows[0], spans.rows[1], pixels, to_px)
        place.draw(painter, pixels, 0)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to paint."""
        return self._columns is None or not len(self._columns.values_v)

    def _paint_density(
        self,
        tops: NDArray[np.int32],
        bottoms: NDArray[np.int32],
        pixels: NDArray[np.uint32],
        transform: QtGui.QTransform,
    ) -> None:
        """Paint spans and what glows; a paint without new columns changes nothing."""
        from ...kernels.column_raster import find_densities, paint_density

        if self._glow.shape != pixels.shape:
            self._glow, self._glow_of = _rows(pixels.shape, np.float32), ()
            self._glow.fill(0)
            self._brightness = np.empty(pixels.shape[1], np.float32)
        place = (transform.m11(), transform.m22(), transform.dy(), *self._place[1:])
        is_moved = place != self._glow_of
        self._glow_of = place
        decay = 1.0
        if self._is_fresh or is_moved:
            decay = _DECAY if self._persists and not is_moved else 0.0
            find_densities(tops, bottoms, self._brightness)
        else:
            self._brightness[:] = 0
        self._is_fresh = False
        colour = self._colour.rgba()
        paint_density(tops, bottoms, self._brightness, decay, colour, self._glow, pixels)

    def spans(self, place: PixelPlace, transform: QtGui.QTransform) -> Spans:
        """Rows that it covers in each column of pixels."""
        from ...kernels.column_raster import find_spans, thicken  # loaded with the first columns
        from ...kernels.dense_columns import find_bands

        columns = self._columns
        assert columns is not None
        origin_s, gain, shift_v = self._place
        begin = transform.map(QtCore.QPointF(columns.begin_s - origin_s, shift_v))
        end = transform.map(QtCore.QPointF(columns.end_s - origin_s, shift_v + gain))
        ratio, height = place.ratio, place.height
        rows, bands = (np.empty((2, place.width), np.int32) for _ in range(2))
        pitch_px = (end.x() - begin.x()) * ratio / len(columns.values_v)
        if not (math.isfinite(pitch_px) and pitch_px > 0):
            rows[0], rows[1] = 1, 0
            return Spans(rows, rows, False)
        find_spans(
            columns.values_v,
            begin.x() * ratio - place.left,
            pitch_px,
            begin.y() * ratio - place.top,
            (end.y() - begin.y()) * ratio,
            height,
            rows[0],
            rows[1],
        )
        has_band = find_bands(rows, max(round(pitch_px), 1), bands) > 0
        thicken(rows[0], rows[1], place.line_px)
        if not has_band:
            return Spans(rows, rows, False)
        thicken(bands[0], bands[1], place.line_px)
        return Spans(rows, bands, True)


@lru_cache(maxsize=1)
def _canvas(height: int, width: int) -> NDArray[np.uint32]:
    """Pixels for one trace at a time: new memory costs more than painting it."""
    return _rows((height, width), np.uint32)


def _rows(shape: tuple[int, ...], kind: type[np.generic]) -> NDArray[Any]:
    """Rows of 4 bytes a pixel, where Linux has large pages: numpy asks for them from 4 MiB on."""
    n_pixels = math.prod(shape)
    return np.empty(max(n_pixels, _LARGE_PIXELS), kind)[:n_pixels].reshape(shape)


def faint(colour: QtGui.QColor, opacity: float) -> QtGui.QColor:
    """A colour through which what is below shines."""
    through = QtGui.QColor(colour)
    through.setAlphaF(opacity)
    return through
