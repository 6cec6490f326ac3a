"""What the screen says when it has nothing to show."""

from __future__ import annotations

import html

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...system import compiling
from .theme import Theme

_START = "Start a recording into it, for example <code>picostream --simulate -o {path}</code><br>"
_HINTS = "Press <b>Ctrl+O</b> or drop a file here to open a recording.<br><b>F1</b> lists all keys."

#: What is over sooner is not said: it would only flicker.
_BRIEF_MS = 300

#: Where it is lower, there is room for the message alone, in the letters of the hints.
_HIGH_PX = 130


class EmptyState(QtWidgets.QLabel):
    """A message over the middle of a widget, with what to do next."""

    def __init__(self, parent: QtWidgets.QWidget) -> None:
        super().__init__(parent)
        self.setAlignment(QtCore.Qt.AlignCenter)
        self.setWordWrap(True)
        self.setTextFormat(QtCore.Qt.RichText)
        self.setAttribute(QtCore.Qt.WA_TransparentForMouseEvents)
        self._muted, self._behind = "gray", "transparent"
        self.message = ""
        self._first_step = self._awaited = ""
        self._is_running = False
        self._late = QtCore.QTimer(self)
        self._late.timeout.connect(self._show_late)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        self.setStyleSheet(f"color: {theme.foreground}; background: transparent")
        self._muted, self._behind = theme.muted, theme.background
        self._write()

    def set_first_step(self, text: str) -> None:
        """Say, as HTML, what somebody does first who has nothing to show yet."""
        self._first_step = text
        self._write()

    def show_message(
        self, message: str, awaited: str = "", is_running: bool = False, is_brief: bool = False
    ) -> None:
        """Show a message; an empty one hides it.

        :param awaited: path of a file that could still be recorded.
        :param is_running: samples will come by themselves: nothing else needs to be done.
        :param is_brief: so it is here, and mostly over before it can be read.
        """
        if message == self.message:
            return
        self.message, self._awaited = message, awaited
        self._is_running = is_running or is_brief
        self.setVisible(bool(message) and not is_brief)
        self._late.stop()
        if is_brief:
            self._late.start(_BRIEF_MS)
        self._write()
        self.raise_()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave out what has no room."""
        super().resizeEvent(event)
        self._write()

    def _show_late(self) -> None:
        """Show what takes longer than was thought, and why."""
        self.show()
        self._write()

    def _write(self) -> None:
        is_low = self.height() < _HIGH_PX
        hints = _HINTS
        if self._is_running or is_low:
            is_why = self._late.isActive() and compiling.goes_on()
            hints = f"{compiling.SENTENCE} …" if is_why else ""
        elif self._awaited:
            hints = _START.format(path=html.escape(self._awaited)) + hints
        else:
            hints = self._first_step + hints
        self.setText(
            f"<p style='font-size:{10 if is_low else 17}pt'>"
            f"{self._before_grid(html.escape(self.message))}</p>"
            f"<p style='font-size:10pt; color:{self._muted}'>{self._before_grid(hints)}</p>"
        )

    def _before_grid(self, text: str) -> str:
        """Text that no line of the grid goes through."""
        return f"<span style='background-color:{self._behind}'>{text}</span>"
