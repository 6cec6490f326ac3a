"""Which stretches of a recording that keeps events were kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from .pixel_item import PixelItem
from .theme import Theme

_BAR_PX = 4
_SHORTEST_PX = 1.0

#: What is narrower between two bars is not told: whether it is seen would depend on where it lies.
_LEAST_GAP_PX = 3.0

#: What was not kept is covered by so much of the background: only its picture is in the file.
_VEIL, _HATCH = 0.6, 0.45

_NOT_KEPT = "not kept"
_MARGIN_PX = 6


class KeptItem(PixelItem):
    """A bar along the lower edge of a plot where samples were kept.

    :param tells_rest: let what was not kept fade, hatch it, and say so there.
    """

    def __init__(self, tells_rest: bool = False) -> None:
        super().__init__()
        self._tells_rest = tells_rest
        self._stretches_s, self._ends_s = np.empty((0, 2)), (0.0, 0.0)
        self._bar, self._text = QtGui.QColor(), QtGui.QColor()
        self._veil, self._hatch = QtGui.QColor(), QtGui.QBrush()

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        self._bar, self._text = QtGui.QColor(theme.event), QtGui.QColor(theme.muted)
        self._veil = QtGui.QColor(theme.background)
        self._veil.setAlphaF(_VEIL)
        faint = QtGui.QColor(theme.muted)
        faint.setAlphaF(_HATCH)
        self._hatch = QtGui.QBrush(faint, QtCore.Qt.BrushStyle.BDiagPattern)
        self.update()

    def show_stretches(
        self, stretches_s: NDArray[np.float64], begin_s: float = 0.0, end_s: float = 0.0
    ) -> None:
        """Show begins and ends of what was kept, shape ``(n, 2)``.

        :param begin_s: of the recording; what was not kept begins there …
        :param end_s: … and ends here.
        """
        self._stretches_s, self._ends_s = stretches_s, (begin_s, end_s)
        self.setVisible(bool(len(stretches_s)) or end_s > begin_s)
        self.update()

    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint the bars, and where there are none between them."""
        bottom_px = round(view_px.bottom())
        bars_s = _joined(self._stretches_s, _LEAST_GAP_PX / to_px.m11())
        for left_px, width_px in _pixels(bars_s, to_px):
            bar = QtCore.QRectF(left_px, bottom_px - _BAR_PX, width_px, _BAR_PX)
            painter.fillRect(bar, self._bar)
        if self._tells_rest:
            for left_px, width_px in _pixels(_between(bars_s, *self._ends_s), to_px):
                part = QtCore.QRectF(left_px, view_px.top(), width_px, view_px.height())
                self._tell(painter, part.intersected(view_px))

    def _tell(self, painter: QtGui.QPainter, place: QtCore.QRectF) -> None:
        painter.fillRect(place, self._veil)
        painter.fillRect(place, self._hatch)
        inside = place.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, -_MARGIN_PX)
        if painter.fontMetrics().horizontalAdvance(_NOT_KEPT) <= inside.width():
            painter.setPen(self._text)
            flags = QtCore.Qt.AlignmentFlag
            painter.drawText(inside, int(flags.AlignHCenter | flags.AlignBottom), _NOT_KEPT)


def _joined(stretches_s: NDArray[np.float64], least_s: float) -> NDArray[np.float64]:
    """Stretches of which two that are closer than that are one."""
    is_apart = stretches_s[1:, 0] - stretches_s[:-1, 1] >= least_s
    n_ends = min(len(stretches_s), 1)
    begins = stretches_s[np.append(np.ones(n_ends, bool), is_apart), 0]
    return np.stack((begins, stretches_s[np.append(is_apart, np.ones(n_ends, bool)), 1]), axis=1)


def _between(stretches_s: NDArray[np.float64], begin_s: float, end_s: float) -> NDArray[np.float64]:
    """What lies before, between and behind stretches."""
    rest_s = np.concatenate(([begin_s], stretches_s.ravel(), [end_s])).reshape(-1, 2)
    return rest_s[rest_s[:, 1] > rest_s[:, 0]]


def _pixels(stretches_s: NDArray[np.float64], to_px: QtGui.QTransform) -> list[tuple[float, float]]:
    """Left edges and widths in whole pixels: half of one would be paler."""
    begins_px, ends_px = np.rint(stretches_s * to_px.m11() + to_px.dx()).T
    widths_px = np.maximum(ends_px - begins_px, _SHORTEST_PX)
    return list(zip(begins_px.tolist(), widths_px.tolist(), strict=True))
