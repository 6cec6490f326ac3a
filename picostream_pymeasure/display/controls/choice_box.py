"""A list of choices that keeps its keys to itself."""

from __future__ import annotations

from pymeasure.display.Qt import QtCore, QtWidgets

from .own_keys import is_own_key


class ChoiceBox(QtWidgets.QComboBox):
    """A combo box in whose list letters search, instead of being commands of the display."""

    def __init__(self, tool_tip: str = "", parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(tool_tip)
        self.view().installEventFilter(self)

    def event(self, event: QtCore.QEvent) -> bool:
        """Keep the keys while it has the keyboard: arrows choose."""
        if is_own_key(event):
            event.accept()
            return True
        return bool(super().event(event))

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Take keys before shortcuts do."""
        if event.type() == QtCore.QEvent.ShortcutOverride:
            event.accept()
        return bool(super().eventFilter(watched, event))
