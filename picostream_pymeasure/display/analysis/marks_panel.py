"""The marks of a recording as a list."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pymeasure.display.Qt import QtCore, QtWidgets

from ...quantities import si
from ..reading.frame import EventMark

_TITLES = ("Time", "Text", "Value")
_LEAST_PX = 64


class MarksPanel(QtWidgets.QTableWidget):
    """A row for each mark; one that is clicked, or chosen with Enter, is shown in the picture."""

    #: Time of the mark that was chosen, in s.
    chosen = QtCore.Signal(float)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self._marks: tuple[EventMark, ...] = ()
        self.setHorizontalHeaderLabels(_TITLES)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(1, QtWidgets.QHeaderView.Stretch)
        self.setEditTriggers(QtWidgets.QAbstractItemView.NoEditTriggers)
        self.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectRows)
        self.setShowGrid(False)
        self.setMinimumHeight(_LEAST_PX)
        self.setTabKeyNavigation(False)
        for told in (self.cellClicked, self.cellActivated):  # Enter activates it
            told.connect(lambda row, _: self.chosen.emit(self._marks[row].time_s))

    def show_marks(self, marks: Sequence[EventMark]) -> None:
        """Show these and no others, the newest at the end and in sight."""
        if tuple(marks) == self._marks:
            return
        self._marks = tuple(marks)
        self.setRowCount(len(marks))
        for row, mark in enumerate(marks):
            value = "" if math.isnan(mark.value) else f"{mark.value:g}"
            for column, text in enumerate((si(mark.time_s, "s", 6), mark.label, value)):
                self.setItem(row, column, QtWidgets.QTableWidgetItem(text))
        self.scrollToBottom()
