"""What is painted in pixels over all that a plot shows."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtCore, QtGui


class PixelItem(pyqtgraph.GraphicsObject):
    """Moves and stretches with the axes, but paints whole pixels."""

    def boundingRect(self) -> QtCore.QRectF:  # noqa: N802 - Qt's name
        """All that is in view."""
        return QtCore.QRectF(self.viewRect())

    def viewRangeChanged(self) -> None:  # noqa: N802 - pyqtgraph's name
        """The bounding rectangle is another one."""
        self.prepareGeometryChange()

    def paint(self, painter: QtGui.QPainter, *_: Any) -> None:
        """Paint the part in view."""
        to_px = painter.worldTransform()
        view_px = to_px.mapRect(self.boundingRect())
        painter.save()
        painter.setWorldTransform(QtGui.QTransform())
        self.paint_pixels(painter, view_px, to_px)
        painter.restore()

    @abstractmethod
    def paint_pixels(
        self, painter: QtGui.QPainter, view_px: QtCore.QRectF, to_px: QtGui.QTransform
    ) -> None:
        """Paint in the picture's pixels.

        :param view_px: where the part in view is.
        :param to_px: makes pixels of seconds and volts on the axes.
        """
