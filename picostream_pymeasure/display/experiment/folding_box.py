"""A titled part of a form that can be folded away."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets


class FoldingBox(QtWidgets.QWidget):
    """A title with an arrow, and below it the content unless it is folded.

    :param title: empty for a part that cannot be folded.
    """

    def __init__(
        self, title: str, content: QtWidgets.QWidget, parent: QtWidgets.QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._content = content
        self.button = QtWidgets.QToolButton(self)
        self.button.setText(title)
        self.button.setToolTip("Fold these away, or show them")
        self.button.setCheckable(True)
        self.button.setChecked(True)
        self.button.setToolButtonStyle(QtCore.Qt.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        self.button.setVisible(bool(title))
        self.button.setStyleSheet("QToolButton {border: none; font-weight: bold}")
        self.button.toggled.connect(self._fold)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.button)
        content.setParent(None)  # the key Tab goes in the order of arrival: from the title into it
        layout.addWidget(content)
        self._fold(True)

    @property
    def is_folded(self) -> bool:
        """Whether only the title is shown."""
        return not self.button.isChecked()

    @is_folded.setter
    def is_folded(self, folded: bool) -> None:
        self.button.setChecked(not folded)

    def _fold(self, is_open: bool) -> None:
        self._content.setVisible(is_open)
        self.button.setArrowType(QtCore.Qt.DownArrow if is_open else QtCore.Qt.RightArrow)
