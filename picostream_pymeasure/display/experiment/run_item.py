"""The row of a run in the list, which is sorted by what its cells mean, not by their letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pymeasure.display.browser import BrowserItem
from pymeasure.display.Qt import QtCore
from pymeasure.experiment import Results

from ...host import FINISHED
from ..reading.state_words import COMPLETE

#: Columns of PyMeasure's list: one with a bar, and the first of those with parameters.
_PROGRESS_COLUMN, STATUS_COLUMN, _FIRST_PARAMETER = 2, 3, 4

_NUMBER_ROLE = QtCore.Qt.UserRole
_DIGITS = re.compile(r"(\d+)")


class RunItem(BrowserItem):
    """PyMeasure's row with numbers behind its texts.

    :param results: of the run.
    :param colour: of its swatch.
    :param displays: names of the parameters that have columns.
    """

    def __init__(self, results: Results, colour: Any, displays: Sequence[str]) -> None:
        super().__init__(results, colour)
        self.progressbar.setFormat("%p %")
        for column, name in enumerate(displays, _FIRST_PARAMETER):
            value = getattr(results.procedure, name, None)
            if isinstance(value, int | float):
                self.setData(column, _NUMBER_ROLE, float(value))

    def setStatus(self, status: Any) -> None:  # noqa: N802 - PyMeasure's name
        """Call it as its recording is called."""
        super().setStatus(status)
        if status == FINISHED:
            self.setText(STATUS_COLUMN, COMPLETE.capitalize())

    def show(self, column: int, text: str, number: float | None = None) -> None:
        """Write something into a cell.

        :param number: what the cell is sorted by, instead of its text.
        """
        self.setData(column, _NUMBER_ROLE, number)
        self.setText(column, text)

    def number(self, column: int) -> float:
        """What a cell is sorted by; 0 for one without a number."""
        return self.data(column, _NUMBER_ROLE) or 0.0

    def __lt__(self, other: RunItem) -> bool:
        column = self.treeWidget().sortColumn()
        return self._key(column) < other._key(column)

    def _key(self, column: int) -> tuple[bool, float, list[str | int]]:
        """A number, and what tells cells without one apart: DATA_9 comes before DATA_10."""
        number = self.data(column, _NUMBER_ROLE)
        if column == _PROGRESS_COLUMN:
            number = self.progressbar.value()
        words = _DIGITS.split(self.text(column).casefold())
        parts = [int(word) if word.isdecimal() else word for word in words]
        return number is not None, number or 0.0, parts
