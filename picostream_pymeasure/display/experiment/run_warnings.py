"""Runs of the list that are not as they were asked for, seen at one glance."""

from __future__ import annotations

from typing import Any

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ..painting.program_style import ROLES
from ..painting.theme import Theme, theme_of
from ..reading.state_words import GOOD

#: What runs are called with which nothing is wrong.
_GOOD = ("queued", "running", "finished", *GOOD)

#: Of the first column: the run is checked and not drawn all the same.
LEFT_OUT_ROLE = QtCore.Qt.UserRole + 1


def is_bad(status: str) -> bool:
    """Whether a run with this status did not become what was asked for."""
    return status.lower() not in _GOOD


class RunWarnings(QtWidgets.QStyledItemDelegate):
    """Writes what is wrong with a run in bold and in the colour of warnings.

    The mark of a run that is not drawn is grey.

    :param status_column: of the list.
    :param lost_column: where there is anything but 0 if samples are missing; None without one.
    """

    def __init__(
        self, browser: QtWidgets.QTreeWidget, status_column: int, lost_column: int | None
    ) -> None:
        super().__init__(browser)
        self._status_column, self._lost_column = status_column, lost_column

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: Any, index: QtCore.QModelIndex
    ) -> None:
        """Choose colour and font of a cell."""
        super().initStyleOption(option, index)
        if index.data(LEFT_OUT_ROLE):  # its mark stands for other pages
            option.state &= ~QtWidgets.QStyle.State_Enabled
        if self._warns(index):
            theme = theme_of(self.parent())
            option.font.setBold(True)
            option.palette.setColor(ROLES.Text, QtGui.QColor(theme.warning))

    def _warns(self, index: QtCore.QModelIndex) -> bool:
        text = index.data() or ""
        if index.column() == self._status_column:
            return is_bad(text)
        return index.column() == self._lost_column and text not in ("", "0")


def paint_progress(bar: QtWidgets.QProgressBar, status: str, theme: Theme) -> None:
    """Give the bar of a bad run the colour of warnings."""
    palette = QtGui.QPalette()
    if is_bad(status):
        palette.setColor(ROLES.Highlight, QtGui.QColor(theme.warning))
        palette.setColor(ROLES.HighlightedText, QtGui.QColor(theme.background))
    bar.setPalette(palette)
