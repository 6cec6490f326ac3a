"""What the user is told: a bar above the tabs, and one line in the log."""

from __future__ import annotations

import logging

from pymeasure.display.Qt import QtCore, QtWidgets

from ...errors import PicoStreamError
from ...system import compiling
from ..painting.theme import Theme, theme_of

_KINDS = {logging.INFO: "notice", logging.WARNING: "caution", logging.ERROR: "error"}


class MessageBar(QtWidgets.QFrame):
    """The newest message, across the window until it is closed or another one comes."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._theme = _KINDS[logging.INFO], theme_of(self)
        self.label = QtWidgets.QLabel(self)
        self.label.setWordWrap(True)
        self.label.setMinimumWidth(1)  # a long word does not make the window wide
        self.label.setTextFormat(QtCore.Qt.PlainText)
        self.label.setTextInteractionFlags(QtCore.Qt.TextSelectableByMouse)
        self.close_button = QtWidgets.QToolButton(self)
        self.close_button.setText("×")
        self.close_button.setAutoRaise(True)
        self.close_button.setToolTip("Close this message")
        self.close_button.clicked.connect(self.hide)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 4, 4)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.close_button, 0, QtCore.Qt.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What the bar says now; empty when it is closed."""
        return "" if self.isHidden() else self.label.text()

    def tell(self, text: str, level: int = logging.ERROR) -> None:
        """Show a message.

        :param level: ``logging.INFO``, ``WARNING`` or ``ERROR``; decides the colour.
        """
        self._kind = _KINDS[level]
        self._paint()
        self.label.setText(text)
        self.label.setToolTip(text)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Use its colours; what has a style sheet hears of no other palette."""
        self._theme = theme
        self._paint()

    def _paint(self) -> None:
        foreground = getattr(self._theme, self._kind)
        background = getattr(self._theme, f"{self._kind}_background")
        self.setStyleSheet(
            f"MessageBar {{background: {background}; border: 1px solid {foreground};"
            f" border-radius: 4px}} MessageBar > * {{color: {foreground}}}"
        )


class FailureLog(logging.Filter):
    """Keeps why the last run failed, and out of the log what the window itself says.

    That is tracebacks of expected failures, and that code is compiled: a warning, which would mark
    the page. PyMeasure tells the reason to nobody but the log; put this on that page's handler.
    """

    def __init__(self) -> None:
        super().__init__()
        self._reason: BaseException | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record through unless the window itself says it in one line."""
        if record.name == compiling.__name__:
            return False
        if record.name != "pymeasure.experiment.workers" or not record.exc_info:
            return True
        self._reason = record.exc_info[1]
        return not isinstance(self._reason, PicoStreamError)

    def take_reason(self) -> str:
        """Get why the last run failed, once."""
        reason, self._reason = self._reason, None
        if reason is None:
            return "its thread has died; the terminal may say why."
        if isinstance(reason, PicoStreamError):
            return str(reason)
        return f"{type(reason).__name__}: {reason}"
