"""An axis whose numbers at both ends are there, and whole."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui

#: More than half the height of a number.
_SLACK_PX = 30.0


class EdgeAxis(pyqtgraph.AxisItem):
    """Moves the numbers at its upper and lower end inwards, where pyqtgraph leaves them away."""

    _slack_px = 0.0

    #: What numbers may reach below its lower end, where nothing is in their way.
    foot_px = 0.0

    def boundingRect(self) -> QtCore.QRectF:  # noqa: N802 - Qt's name
        """What it paints; larger while numbers are placed, which must lie within."""
        return (
            super()
            .boundingRect()
            .adjusted(0, -self._slack_px, 0, max(self._slack_px, self.foot_px))
        )

    def generateDrawSpecs(self, p: QtGui.QPainter) -> Any:  # noqa: N802 - pyqtgraph's name
        """Everything, with all numbers inside."""
        self._slack_px = _SLACK_PX
        specs = super().generateDrawSpecs(p)
        self._slack_px = 0.0
        if specs is None:
            return None
        axis, ticks, texts = specs
        return axis, ticks, [(self._inside(place), *rest) for place, *rest in texts]

    def _inside(self, place: QtCore.QRectF) -> QtCore.QRectF:
        top_px = min(place.top(), self.size().height() + self.foot_px - place.height())
        return QtCore.QRectF(place).translated(0, max(top_px, 0.0) - place.top())
