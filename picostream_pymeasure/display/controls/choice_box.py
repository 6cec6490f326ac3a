"""A list of choices that keeps its keys to itself while it is open."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets


class ChoiceBox(QtWidgets.QComboBox):
    """A combo box in whose list letters search, instead of being commands of the display."""

    def __init__(self, tool_tip: str = "", parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(tool_tip)
        self.view().installEventFilter(self)

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Take keys before shortcuts do."""
        if event.type() == QtCore.QEvent.ShortcutOverride:
            event.accept()
        return bool(super().eventFilter(watched, event))
