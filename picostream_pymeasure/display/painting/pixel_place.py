"""The pixels of a screen that a plot fills, and traces in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui


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
        tops: NDArray[np.int32],
        bottoms: NDArray[np.int32],
        colours: Sequence[QtGui.QColor],
        opacity: float,
    ) -> None:
        """Paint traces, the lowest first, and their outlines above all of them.

        :param tops: int32, shape ``(n, width)``; as many ``bottoms``.
        :param opacity: of what they fill, 0 to 1.
        """
        from ...kernels.column_raster import paint_spans  # loaded with the first columns

        first = max(int(tops.min()), 0)
        stop = min(int(bottoms.max()) + 1, self.height)
        if first < stop:
            pixels = np.empty((stop - first, self.width), np.uint32)
            outlines = np.array([colour.rgba() for colour in colours], np.uint32)
            fillings = _mixed(colours, opacity)
            paint_spans(tops, bottoms, first, self.line_px, outlines, fillings, pixels)
            self.draw(painter, pixels, first)

    def draw(self, painter: QtGui.QPainter, pixels: NDArray[np.uint32], first_row: int) -> None:
        """Draw rows of premultiplied ARGB."""
        rows, width = pixels.shape
        image = QtGui.QImage(
            pixels.data, width, rows, 4 * width, QtGui.QImage.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(self.ratio)
        corner = QtCore.QPointF(self.left / self.ratio, (self.top + first_row) / self.ratio)
        painter.drawImage(corner, image)


def _mixed(colours: Sequence[QtGui.QColor], opacity: float) -> NDArray[np.uint32]:
    """What each choice of traces fills together; bit k of its number stands for the k-th trace.

    Each has the same share, whichever lies above: where both are is neither the one nor the other.
    """
    sums, n_traces = np.zeros((1, 4)), np.zeros(1)  # of nothing
    for colour in colours:
        sums = np.concatenate((sums, sums + np.array((255.0, *colour.getRgb()[:3]))))
        n_traces = np.concatenate((n_traces, n_traces + 1))
    weights = (1 - (1 - opacity) ** n_traces) / np.maximum(n_traces, 1)
    parts = sums * weights[:, None]  # alpha, red, green, blue, premultiplied
    alpha, red, green, blue = np.rint(parts).astype(np.uint32).T
    mixed: NDArray[np.uint32] = alpha << 24 | red << 16 | green << 8 | blue
    return mixed
