"""The measurements of all channels as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...quantities import si
from ..painting.theme import theme_of
from ..reading.recording_facts import shown_name
from .measurement_columns import COLUMNS, LEVELS, Cell, CellTexts, is_inexact
from .statistics import Scatter

if TYPE_CHECKING:
    from .measurement import Measurements

#: Rows below a channel's own, of what was measured since the statistics were begun.
_STATISTICS: tuple[tuple[str, Callable[[Scatter], float]], ...] = (
    ("mean", lambda scatter: scatter.mean),
    ("σ", lambda scatter: scatter.deviation),
    ("min", lambda scatter: scatter.minimum),
    ("max", lambda scatter: scatter.maximum),
)
#: Those of them that have been measured themselves.
_EXTREMES = ("min", "max")

#: What a column always has room for; a narrow table scrolls.
_WIDEST = "≈ 1.00004 kHz"

#: Above and below the text of a row, together.
_ROW_MARGIN_PX = 7

#: Room for the titles and a channel; more of them scroll.
_LEAST_PX = 64

_CLIPPED = "The input reached the end of the range and was probably beyond it"
_INEXACT = "From stretches evenly spread over the range, for it is long"


class MeasurementTable(QtWidgets.QWidget):
    """A row for each channel; Ctrl+C copies what is selected, or everything."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, Measurements] = {}
        self._colours: Mapping[str, str] = {}
        self._scatters: dict[tuple[str, int], Scatter] = {}
        self._texts = CellTexts()
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.table = QtWidgets.QTableWidget(0, len(COLUMNS))
        self.table.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setMinimumHeight(_LEAST_PX)
        for index, column in enumerate(COLUMNS):
            item = QtWidgets.QTableWidgetItem(column.title)
            item.setToolTip(column.tip)
            self.table.setHorizontalHeaderItem(index, item)
        rows = self.table.verticalHeader()
        rows.setMinimumSectionSize(1)  # the style's is high
        rows.setDefaultSectionSize(self.fontMetrics().height() + _ROW_MARGIN_PX)
        titles = self.table.horizontalHeader()
        titles.setSectionResizeMode(QtWidgets.QHeaderView.ResizeMode.Stretch)
        titles.setHighlightSections(False)
        titles.setMinimumSectionSize(self.fontMetrics().horizontalAdvance(_WIDEST))
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.stretch = QtWidgets.QLabel()
        self.stretch.setForegroundRole(QtGui.QPalette.PlaceholderText)
        self.stretch.setContentsMargins(4, 0, 4, 0)
        self.statistics = QtWidgets.QCheckBox("Statistics")
        self.statistics.setToolTip("Mean, σ, min, max and number n of the measurements so far")
        self.statistics.toggled.connect(self._fill)
        self.restart = QtWidgets.QToolButton()
        self.restart.setText("Begin anew")
        self.restart.setAutoRaise(True)
        self.restart.clicked.connect(self.begin_statistics)
        header = QtWidgets.QHBoxLayout()
        self.age = QtWidgets.QLabel()
        self.age.setToolTip("This computer is too busy to measure as fast as samples come")
        header.addWidget(self.stretch)
        header.addWidget(self.age, 1)
        header.addWidget(self.statistics)
        header.addWidget(self.restart)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.table)
        shortcut = QtWidgets.QShortcut(QtGui.QKeySequence.StandardKey.Copy, self.table)
        shortcut.setContext(QtCore.Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.copy)

    def show_measurements(
        self,
        measurements: Mapping[str, Measurements],
        colours: Mapping[str, str] | None = None,
    ) -> None:
        """Show these channels and no others.

        :param measurements: by channel, in the order of the rows.
        :param colours: of the channels' names.
        """
        self._shown = dict(measurements)
        self._colours = dict(colours or {})
        if not measurements:
            self.stretch.clear()
            self.age.clear()
        for channel, measured in measurements.items():
            for number, column in enumerate(COLUMNS):
                scatter = self._scatters.setdefault((channel, number), Scatter())
                scatter.add(column.number_of(measured))
        self._fill()

    def set_colours(self, colours: Mapping[str, str]) -> None:
        """Write the channels' names in other colours."""
        self._colours = dict(colours)
        self._fill()

    def begin_statistics(self) -> None:
        """Let them begin with what is shown now."""
        self.forget_statistics()
        self.show_measurements(self._shown, self._colours)

    def forget_statistics(self) -> None:
        """Forget what was measured so far."""
        self._scatters.clear()

    def _fill(self) -> None:
        is_more = self.statistics.isChecked()
        n_rows = 2 + len(_STATISTICS) if is_more else 1
        self.restart.setVisible(is_more)
        if self.table.rowCount() != n_rows * len(self._shown):
            self.table.setRowCount(n_rows * len(self._shown))
        for number, channel in enumerate(self._shown):
            rows = ["", *(f" {title}" for title, _ in _STATISTICS), " n"][:n_rows]
            for row, title in enumerate(rows, number * n_rows):
                text = f"{shown_name(channel)}{title}"
                self.table.setVerticalHeaderItem(row, _name_item(text, self._colour_of(channel)))
        for column in range(len(COLUMNS)):
            self._fill_column(column, n_rows)

    def _colour_of(self, channel: str) -> str | None:
        colour = self._colours.get(channel)
        return colour and theme_of(self).contrast_colour(colour)

    def _fill_column(self, column: int, n_rows: int) -> None:
        cells: dict[int, Cell] = {}
        for number, (channel, measured) in enumerate(self._shown.items()):
            first, scatter = number * n_rows, self._scatters[channel, column]
            cells[first] = Cell(channel, measured, COLUMNS[column].number_of(measured))
            for row, (title, value_of) in enumerate(_STATISTICS[: n_rows - 1], first + 1):
                name, is_value = f"{channel} {title}", title in _EXTREMES
                cells[row] = Cell(name, measured, value_of(scatter), False, is_value)
            if n_rows > 1:
                self._cell(first + n_rows - 1, column).setText(f"{scatter.n:,}")
        texts = self._texts.write(COLUMNS[column], list(cells.values()))
        for (row, cell), text in zip(cells.items(), texts, strict=True):
            item = self._cell(row, column)
            item.setText(text)
            if cell.is_own:
                self._mark(item, COLUMNS[column].title, cell.measured)

    def show_stretch(
        self, what: str, begin_s: float, end_s: float, has_moved: bool = False
    ) -> None:
        """Say what is measured.

        :param has_moved: the picture is of another stretch by now: tell both ends of this one.
        """
        length, begin, end = si(end_s - begin_s, "s"), si(begin_s, "s", 6), si(end_s, "s", 6)
        empty = not any(measured.n_samples for measured in self._shown.values())
        note = ": no samples are there" if self._shown and empty else ""
        place = f"from {begin} to {end}, {length}" if has_moved else f"{length} from {begin} on"
        self.stretch.setText(f"{what}{' ' if has_moved else ', '}{place}{note}")

    def show_age(self, age_s: float) -> None:
        """Say how old the measurements are, or nothing of 0."""
        self.age.setText(f"measured {si(age_s, 's', 2)} ago" if age_s else "")
        self.age.setStyleSheet(f"color: {theme_of(self).warning}; font-weight: bold")

    def copy(self) -> None:
        """Copy the selected cells' rows, or all, as tab-separated text with titles."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        rows = rows or list(range(self.table.rowCount()))
        lines = ["\t".join(["Channel", *(column.title for column in COLUMNS)])]
        for row in rows:
            cells = [self.table.item(row, column).text() for column in range(len(COLUMNS))]
            lines.append("\t".join([self.table.verticalHeaderItem(row).text(), *cells]))
        QtWidgets.QApplication.clipboard().setText("\n".join(lines))

    def _cell(self, row: int, column: int) -> QtWidgets.QTableWidgetItem:
        item = self.table.item(row, column)
        if item is None:
            item = QtWidgets.QTableWidgetItem()
            alignment = QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter
            item.setTextAlignment(alignment)
            self.table.setItem(row, column, item)
        item.setToolTip("")
        item.setData(QtCore.Qt.ItemDataRole.ForegroundRole, None)
        return item

    def _mark(self, item: QtWidgets.QTableWidgetItem, title: str, measured: Measurements) -> None:
        """Tell what is clipped, or not of all samples."""
        clipped = measured.clipped and title in LEVELS
        item.setToolTip(_CLIPPED if clipped else _INEXACT if is_inexact(title, measured) else "")
        brush = QtGui.QColor(theme_of(self).warning) if clipped else None
        item.setData(QtCore.Qt.ItemDataRole.ForegroundRole, brush)


def _name_item(channel: str, colour: str | None) -> QtWidgets.QTableWidgetItem:
    item = QtWidgets.QTableWidgetItem(channel)
    item.setTextAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
    if colour is not None:
        item.setForeground(QtGui.QColor(colour))
    return item
