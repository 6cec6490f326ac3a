"""The buttons for all runs of the list, beside it."""

from __future__ import annotations

from itertools import pairwise

from pymeasure.display.Qt import QtWidgets
from pymeasure.display.widgets import BrowserWidget

#: Around the text of a button: three of them are as high as two runs.
_AROUND_PX = 5


def put_beside_list(runs: BrowserWidget) -> None:
    """Put what PyMeasure has above the list, but for Open, into a column right of it."""
    layout = runs.layout()
    layout.takeAt(0)  # the row of buttons
    layout.takeAt(0)  # the list
    layout.setContentsMargins(0, 0, 0, 0)
    column = QtWidgets.QVBoxLayout()
    column.setSpacing(1)
    for button, text, tool_tip in (
        (runs.show_button, "Show all", "Check all runs of the list"),
        (runs.hide_button, "Hide all", "Uncheck all runs of the list"),
        (
            runs.clear_button,
            "Clear all",
            "Take all runs off the list; what was recorded stays",
        ),
    ):
        button.setText(text)
        _make_small(button)
        button.setToolTip(tool_tip)
        column.addWidget(button)
    column.addStretch()
    buttons = (runs.show_button, runs.hide_button, runs.clear_button)
    widest_px = max(button.minimumWidth() for button in buttons)
    for button in buttons:
        button.setFixedWidth(widest_px)
    row = QtWidgets.QHBoxLayout()
    row.setSpacing(4)
    row.addWidget(runs.browser, 1)
    row.addLayout(column)
    layout.addLayout(row)
    for before, after in pairwise((runs.browser, *buttons)):
        QtWidgets.QWidget.setTabOrder(before, after)


def _make_small(button: QtWidgets.QPushButton) -> None:
    metrics = button.fontMetrics()
    button.setMinimumHeight(metrics.height())
    button.setMaximumHeight(metrics.height() + _AROUND_PX)
    button.setFixedWidth(metrics.horizontalAdvance(f" {button.text()} ") + _AROUND_PX)
