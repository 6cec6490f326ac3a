"""The part of a plot that the mouse moves."""

from __future__ import annotations

from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore

#: Change of the window's length by one notch of the wheel.
_NOTCH = 1.25
_NOTCH_DELTA = 120.0

#: A smaller box was a click.
_SMALLEST_BOX_PX = 4


class ScopeViewBox(pyqtgraph.ViewBox):
    """Dragging moves the picture, the wheel zooms the time, with Ctrl or on the axis the volts.

    Dragging with Shift draws a box to zoom into.
    """

    #: The range was changed with the mouse.
    dragged = QtCore.Signal()
    #: Factor of the window's length, and the position on the axis of time under the mouse.
    wheel_zoomed = QtCore.Signal(float, float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.sigRangeChangedManually.connect(self.dragged.emit)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802 - Qt's name
        """Move the picture, or with Shift draw a box that fills the screen then."""
        if axis is not None or not event.modifiers() & QtCore.Qt.ShiftModifier:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        if not event.isFinish():
            self.updateScaleBox(event.buttonDownPos(), event.pos())
            return
        self.rbScaleBox.hide()
        box = QtCore.QRectF(event.buttonDownPos(), event.pos()).normalized()
        if box.width() >= _SMALLEST_BOX_PX and box.height() >= _SMALLEST_BOX_PX:
            self.setRange(self.childGroup.mapRectFromParent(box), padding=0)
            self.dragged.emit()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802 - Qt's name
        """Zoom around the mouse."""
        factor = _NOTCH ** (-event.delta() / _NOTCH_DELTA)
        position = self.mapSceneToView(event.scenePos())
        event.accept()
        if axis == 1 or event.modifiers() & QtCore.Qt.ControlModifier:
            self.scaleBy(y=factor, center=position)
            self.dragged.emit()
        else:
            self.wheel_zoomed.emit(factor, position.x())
