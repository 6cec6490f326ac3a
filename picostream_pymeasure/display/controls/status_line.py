"""The honest line below a picture: what is recorded against what is shown."""

from __future__ import annotations

import html
import re
import time

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..painting.cut_label import CutLabel
from ..painting.theme import Theme
from ..reading.frame import Frame
from .said_of_frame import describe
from .statements import LEFT_OUT, SEPARATOR, Statement, bold_metrics, fitting

_TAGS = re.compile("<[^>]*>")

#: Statements of a run that goes well, which have room in one row.
_ONE_ROW = (
    "● recording · 99,999,999 samples, 99.99 s · 62.50 MS/s · lost 0 · "
    "shown 10.00 ms: 99,999 samples, 99 per pixel · no over-range"
)


class StatusLine(QtWidgets.QWidget):
    """Shows the statements, in one row where it is wide, and messages for a while."""

    #: The message is another one, empty for none; it is to be seen wherever this line is not.
    said = QtCore.Signal(str)

    _MESSAGE_MS = 8000

    def __init__(self) -> None:
        super().__init__()
        self._warning = ""
        self._statements: tuple[list[Statement], list[Statement]] = ([], [])
        self._message = CutLabel()
        self._recorded, self._shown = QtWidgets.QLabel(), QtWidgets.QLabel()
        self._silence = QtCore.QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(self._fall_silent)
        self._upper = upper = QtWidgets.QHBoxLayout()
        upper.addWidget(self._recorded, 1)
        upper.addWidget(self._message)
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 3)
        layout.setSpacing(0)
        layout.addLayout(upper)
        layout.addWidget(self._shown)
        for label in (self._recorded, self._shown):
            label.setTextFormat(QtCore.Qt.RichText)
            label.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Fixed)
            label.setFixedHeight(label.fontMetrics().height() + 2)
        self._message.setMaximumHeight(self._recorded.height())
        self._message.setMinimumWidth(1)

    def set_theme(self, theme: Theme) -> None:
        """Use its colours."""
        self._warning = theme.warning
        colour = theme.contrast_colour(theme.selection)
        self._message.setStyleSheet(f"color: {colour}; font-weight: bold")

    def text(self) -> str:
        """All that is shown, as plain text."""
        labels = (self._recorded, self._shown, self._message)
        texts = (_TAGS.sub("", label.text()) for label in labels)
        return html.unescape(SEPARATOR.join(text for text in texts if text))

    def say(self, message: str) -> None:
        """Show a message for some seconds."""
        self._message.say(message)
        self._silence.start(self._MESSAGE_MS)
        self.said.emit(message)

    def take_back(self, message: str) -> None:
        """Show a message no more, if it is the one that is shown."""
        if self._message.text() == message:
            self._fall_silent()

    def _fall_silent(self) -> None:
        self._message.clear()
        self.said.emit("")

    def show_frame(self, frame: Frame, n_columns: int) -> None:
        """Show what can be said of a frame; why there are no traces is said in their place."""
        self._statements = describe(frame, n_columns, time.time())
        self._write_all()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave out what has no room any more."""
        super().resizeEvent(event)
        self._write_all()

    @property
    def _is_wide(self) -> bool:
        """Whether one row is enough; what is said now does not count, or the picture would jump."""
        beside_px = self._upper.spacing() + self._message.minimumWidth()
        needed_px = bold_metrics(self._recorded.font()).horizontalAdvance(_ONE_ROW) + beside_px
        return bool(self.layout().contentsRect().width() >= needed_px)

    def _write_all(self) -> None:
        recorded, shown = self._statements
        is_wide = self._is_wide
        self._shown.setVisible(not is_wide)
        self._write(self._recorded, recorded + shown if is_wide else recorded)
        self._write(self._shown, [] if is_wide else shown)

    def _write(self, label: QtWidgets.QLabel, statements: list[Statement]) -> None:
        statements = [each for each in statements if each.text]
        shown = fitting(statements, bold_metrics(label.font()), label.width())
        text = SEPARATOR.join(self._marked_up(statement) for statement in shown)
        if len(shown) < len(statements):
            text += LEFT_OUT
        if text != label.text():
            label.setText(text)
            label.setToolTip("\n".join(f"{s.text}: {s.meaning}" for s in statements))

    def _marked_up(self, statement: Statement) -> str:
        text = html.escape(statement.text)
        return f"<b style='color:{self._warning}'>{text}</b>" if statement.is_warning else text
