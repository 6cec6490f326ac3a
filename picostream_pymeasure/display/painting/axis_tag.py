"""What a line says, on the axis that it crosses: no trace is hidden behind it."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore

from .theme import Theme

_ABOVE_LABELS = 10

#: Ends of an axis are so much longer for a line that lies at an end of the view.
_SLACK = 1e-6


class AxisTag(pyqtgraph.TextItem):
    """A text on the left or the bottom axis that goes along with a line.

    :param line: its angle tells the axis.
    :param plot: has the axes.
    """

    def __init__(self, line: pyqtgraph.InfiniteLine, plot: pyqtgraph.PlotItem) -> None:
        self._is_level = line.angle == 0
        super().__init__(anchor=(1, 0.5) if self._is_level else (0.5, 0))
        self._line, self._box = line, plot.getViewBox()
        self._axis = plot.getAxis("left" if self._is_level else "bottom")
        self.setParentItem(self._axis)
        self.setZValue(_ABOVE_LABELS)
        self.setAcceptedMouseButtons(QtCore.Qt.MouseButton.NoButton)
        line.sigPositionChanged.connect(self._follow)
        line.visibleChanged.connect(self._follow)
        self._box.sigRangeChanged.connect(self._follow)
        self._box.sigResized.connect(self._follow)
        self._follow()

    def set_looks(self, colour: str, theme: Theme) -> None:
        """Write in a colour that can be read, in a frame of it."""
        readable = theme.contrast_colour(colour)
        self.setColor(readable)
        self.fill = pyqtgraph.mkBrush(theme.background)
        self.border = pyqtgraph.mkPen(readable)
        self.update()

    def say(self, text: str) -> None:
        """Write something else."""
        if text != self.toPlainText():
            self.setText(text)
            self._follow()

    def _follow(self, *_: Any) -> None:
        low, high = self._box.viewRange()[1 if self._is_level else 0]
        share = (self._line.value() - low) / (high - low) if high > low else -1.0
        is_seen = bool(self._line.isVisible() and -_SLACK <= share <= 1 + _SLACK)
        self.setVisible(is_seen)
        if not is_seen:
            return
        if self._is_level:
            right_px = max(self._axis.size().width(), self.boundingRect().width())
            self.setPos(right_px, (1 - share) * self._box.height())  # large fonts are not cut
        else:
            self.setPos(share * self._box.width(), 0)
