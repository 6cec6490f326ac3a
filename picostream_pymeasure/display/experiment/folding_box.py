"""A titled part of a form that can be folded away."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets


class FoldingBox(QtWidgets.QWidget):
    """A title with an arrow, and below it the content unless it is folded.

    :param title: empty for a part that cannot be folded.
    """

    #: The user has opened it.
    opened = QtCore.Signal()

    def __init__(
        self, title: str, content: QtWidgets.QWidget, parent: QtWidgets.QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._content, self._title, self._note = content, title, ""
        self.button = QtWidgets.QToolButton(self)
        self.button.setText(title)
        self.button.setToolTip("Fold these away, or show them")
        self.button.setAutoRaise(True)  # no style sheet: another theme's colours would not reach it
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        self.button.setToolButtonStyle(QtCore.Qt.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        self.button.setVisible(bool(title))
        self.button.clicked.connect(self._turn)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.button)
        content.setParent(None)  # the key Tab goes in the order of arrival: from the title into it
        layout.addWidget(content)
        self.is_folded = False

    @property
    def is_folded(self) -> bool:
        """Whether only the title is shown."""
        return bool(self._content.isHidden())

    @is_folded.setter
    def is_folded(self, folded: bool) -> None:
        self._content.setVisible(not folded)
        self.button.setArrowType(QtCore.Qt.RightArrow if folded else QtCore.Qt.DownArrow)
        self.note(self._note)

    def note(self, note: str) -> None:
        """Say beside the title, while it is folded, what is in it."""
        self._note = note
        is_told = bool(note) and self.is_folded
        self.button.setText(f"{self._title}: {note}" if is_told else self._title)

    def _turn(self) -> None:
        self.is_folded = not self.is_folded
        if not self.is_folded:
            self.opened.emit()
