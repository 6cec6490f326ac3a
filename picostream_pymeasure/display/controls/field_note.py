"""A sentence below a field, for some seconds."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets

from ..painting.theme import theme_of

_SHOWN_MS = 6000
_SHARE_OF_WINDOW = 0.6


class FieldNote(QtWidgets.QLabel):
    """A part of the field's window: Qt's own tool tips, when a program shows them, may crash."""

    def __init__(self, field: QtWidgets.QWidget) -> None:
        super().__init__()
        self._field = field
        self.setAttribute(QtCore.Qt.WA_TransparentForMouseEvents)
        self.setTextFormat(QtCore.Qt.PlainText)
        self.setWordWrap(True)
        self.setMargin(3)
        self.hide()
        field.destroyed.connect(self.deleteLater)
        self._end = QtCore.QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(_SHOWN_MS)
        self._end.timeout.connect(self.hide)

    def tell(self, text: str) -> None:
        """Say something below the field."""
        window = self._field.window()
        if self.parent() is not window:
            self.setParent(window)
        theme = theme_of(self._field)
        self.setStyleSheet(
            f"color: {theme.foreground}; background: {theme.background};"
            f" border: 1px solid {theme.muted}"
        )
        self.setText(text)
        widest_px = int(_SHARE_OF_WINDOW * window.width())
        needed_px = self.fontMetrics().horizontalAdvance(text) + 4 * self.margin()
        width_px = min(needed_px, widest_px)
        height_px = self.heightForWidth(width_px)
        corner = self._field.mapTo(window, QtCore.QPoint(0, self._field.height()))
        left_px = max(min(corner.x(), window.width() - width_px), 0)
        top_px = corner.y()
        if top_px + height_px > window.height():
            top_px = max(top_px - self._field.height() - height_px, 0)
        self.setGeometry(left_px, top_px, width_px, height_px)
        self.show()
        self.raise_()
        self._end.start()
