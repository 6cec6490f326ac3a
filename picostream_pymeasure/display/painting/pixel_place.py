"""The pixels of a screen that a plot fills, and traces in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

#: From one stripe of a trace to its next, shared by all that are there, and widths of a line each.
_STRIPE_STEPS, _STEP_LINES = 6, 2


#: Rows of premultiplied ARGB, uint32 of shape ``(n, width)``, and which is the first.
Raster = tuple[NDArray[np.uint32], int]


class Spans(NamedTuple):
    """Rows of pixels that a trace covers in each column of them.

    :param rows: int32, shape ``(2, width)``: the first and the last; where nothing is, the first
        lies below the last.
    :param bands: likewise, with all that a trace fills that swings faster than columns can show.
    :param has_band: whether there is more in these.
    """

    rows: NDArray[np.int32]
    bands: NDArray[np.int32]
    has_band: bool


@dataclass(frozen=True)
class PixelPlace:
    """Where they are, in pixels of the screen.

    :param ratio: of these to a widget's own pixels.
    """

    left: int
    top: int
    width: int
    height: int
    ratio: float

    @classmethod
    def of(cls, painter: QtGui.QPainter, view_px: QtCore.QRectF) -> PixelPlace | None:
        """What is to be painted, or None where there is no pixel."""
        ratio = painter.device().devicePixelRatioF()
        sides = (view_px.left(), view_px.top(), view_px.width(), view_px.height())
        left, top, width, height = (round(side * ratio) for side in sides)
        return cls(left, top, width, height, ratio) if width >= 1 and height >= 1 else None

    @property
    def line_px(self) -> int:
        """Width of a line."""
        return max(round(self.ratio), 1)

    def paint_traces(
        self,
        painter: QtGui.QPainter,
        traces: Sequence[Spans],
        outlines: Sequence[QtGui.QColor],
        fillings: Sequence[QtGui.QColor],
        pale: Sequence[QtGui.QColor],
    ) -> None:
        """Paint traces; arguments as of :meth:`raster`."""
        if (raster := self.raster(traces, outlines, fillings, pale)) is not None:
            self.draw(painter, *raster)

    def raster(
        self,
        traces: Sequence[Spans],
        outlines: Sequence[QtGui.QColor],
        fillings: Sequence[QtGui.QColor],
        pale: Sequence[QtGui.QColor],
    ) -> Raster | None:
        """Make the pixels of traces, striped where several are, their outlines above all of them.

        :param fillings: colours of what each fills …
        :param pale: … and of what only its band fills.
        :returns: None where no pixel is painted.
        """
        from ...kernels.column_raster import paint_spans  # loaded with the first columns

        bands = np.array([trace.bands for trace in traces])
        first = max(int(bands[:, 0].min()), 0)
        stop = min(int(bands[:, 1].max()) + 1, self.height)
        if first >= stop:
            return None
        within = [trace.rows for trace in traces] if any(t.has_band for t in traces) else ()
        pixels = np.empty((stop - first, self.width), np.uint32)
        n_steps = _STRIPE_STEPS if len(outlines) > 1 else 1
        colours = (tuple(c.rgba() for c in each) for each in (outlines, fillings, pale))
        looks = [_striped(each, n_steps) for each in colours]
        rows = np.array(within, np.int32).reshape(-1, 2, self.width)
        step_px = _STEP_LINES * self.line_px
        paint_spans(bands, rows, first, self.line_px, step_px, *looks, pixels)
        return pixels, first

    def draw(self, painter: QtGui.QPainter, pixels: NDArray[np.uint32], first_row: int) -> None:
        """Draw rows of premultiplied ARGB."""
        rows, width = pixels.shape
        image = QtGui.QImage(
            pixels.data, width, rows, 4 * width, QtGui.QImage.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(self.ratio)
        corner = QtCore.QPointF(self.left / self.ratio, (self.top + first_row) / self.ratio)
        painter.drawImage(corner, image)


@lru_cache(maxsize=64)
def _striped(colours: tuple[int, ...], n_steps: int) -> NDArray[np.uint32]:
    """What each choice of traces looks like together, step by step across their stripes.

    Each has a stripe of its own colour, which stays what its name is written in: a mixture would
    be nobody's.

    :param colours: ARGB.
    :returns: premultiplied ARGB, uint32 of shape ``(2**n, n_steps)``; bit k of a choice stands for
        the k-th trace.
    """
    plain = np.array([_premultiplied(colour) for colour in colours], np.uint32)
    striped = np.zeros((1 << len(colours), n_steps), np.uint32)
    for choice in range(1, len(striped)):
        chosen = plain[[k for k in range(len(colours)) if choice >> k & 1]]
        striped[choice] = chosen[np.arange(n_steps) * len(chosen) // n_steps]
    return striped


def _premultiplied(argb: int) -> int:
    alpha = argb >> 24
    red, green, blue = (round((argb >> shift & 255) * alpha / 255) for shift in (16, 8, 0))
    return alpha << 24 | red << 16 | green << 8 | blue
