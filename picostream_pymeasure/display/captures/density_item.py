"""Paints how often captures cross each pixel, so that the rare is faint but can be seen."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from pymeasure.display.Qt import QtCore, QtGui

from .picture import Overlay, Span

#: A pixel that one capture of very many crosses has so much of the colour.
_FAINTEST = 0.18

#: Of the overlay behind a capture that is shown by itself, or behind the mean.
BACKGROUND_OPACITY = 0.35


class DensityItem(pyqtgraph.ImageItem):
    """One channel's overlay in its colour."""

    def show_overlay(self, overlay: Overlay, span: Span, colour: str) -> None:
        """Show another one."""
        self.setImage(shades(overlay.crossings, colour), levels=(0, 255), autoLevels=False)
        width_s, height_v = span.end_s - span.begin_s, span.high_v - span.low_v
        self.setRect(QtCore.QRectF(span.begin_s, span.low_v, width_s, height_v))


def shades(crossings: NDArray[np.int32], colour: str) -> NDArray[np.uint8]:
    """RGBA of numbers of crossings, by their logarithm: uint8, shape ``(columns, rows, 4)``."""
    most = max(int(crossings.max(initial=0)), 1)
    strength = np.log1p(crossings) / np.log1p(most)
    strength = np.where(crossings > 0, _FAINTEST + (1 - _FAINTEST) * strength, 0.0)
    picture = np.empty((*crossings.shape, 4), np.uint8)
    picture[..., :3] = QtGui.QColor(colour).getRgb()[:3]
    picture[..., 3] = np.round(255 * strength)
    return picture
