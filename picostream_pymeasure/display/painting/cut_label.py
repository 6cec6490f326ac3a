"""A text in one line that says so where it is cut."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets


class CutLabel(QtWidgets.QLabel):
    """Ends with an ellipsis where there is no room for all; the tool tip tells the whole text."""

    def say(self, text: str) -> None:
        """Show another text."""
        self.setText(text)
        self.setToolTip(text)

    @property
    def seen_text(self) -> str:
        """What of the text is seen."""
        return str(self.fontMetrics().elidedText(self.text(), QtCore.Qt.ElideRight, self.width()))

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what has room."""
        painter = QtGui.QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), QtCore.Qt.AlignVCenter, self.seen_text)
        painter.end()
