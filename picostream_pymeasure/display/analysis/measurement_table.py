"""The measurements of all channels as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...quantities import UNKNOWN, percent, si
from ..painting.theme import theme_of
from .statistics import Scatter

if TYPE_CHECKING:
    from .measurement import Measurements

#: Title, tool tip, number, and how it is written, of one column.
_Column = tuple[str, str, "Callable[[Measurements], float]", Callable[[float], str] | str]


_FREQUENCY = "Frequency"

#: Marks a column of volts, or of the channel's unit.
_VOLTS = ""


_COLUMNS: tuple[_Column, ...] = (
    ("Min", "Smallest sample", lambda of: of.min_v, _VOLTS),
    ("Max", "Largest sample", lambda of: of.max_v, _VOLTS),
    ("Peak–peak", "Max less min", lambda of: of.peak_to_peak_v, _VOLTS),
    ("Mean", "Direct part", lambda of: of.mean_v, _VOLTS),
    ("RMS", "Root mean square, direct part included", lambda of: of.rms_v, _VOLTS),
    (
        _FREQUENCY,
        "From all edges through the middle between min and max",
        lambda of: of.frequency_hz,
        lambda value_hz: si(value_hz, "Hz", 6),
    ),
    (
        "Duty",
        "Share of a period above the middle between min and max",
        lambda of: of.duty,
        percent,
    ),
    (
        "Samples",
        "In the stretch that is measured",
        lambda of: of.n_samples,
        lambda number: f"{round(number):,}" if math.isfinite(number) else UNKNOWN,
    ),
)
#: Rows below a channel's own, of what was measured since the statistics were begun.
_STATISTICS: tuple[tuple[str, Callable[[Scatter], float]], ...] = (
    ("mean", lambda scatter: scatter.mean),
    ("σ", lambda scatter: scatter.deviation),
    ("min", lambda scatter: scatter.minimum),
    ("max", lambda scatter: scatter.maximum),
)
_LEVELS = ("Min", "Max", "Peak–peak")
_FREQUENCY_DIGITS = (2, 6)

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
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.table = QtWidgets.QTableWidget(0, len(_COLUMNS))
        self.table.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setFocusPolicy(QtCore.Qt.FocusPolicy.ClickFocus)
        self.table.setMinimumHeight(_LEAST_PX)
        for index, (title, tip, _, _) in enumerate(_COLUMNS):
            item = QtWidgets.QTableWidgetItem(title)
            item.setToolTip(tip)
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
            for column, (_, _, number_of, _) in enumerate(_COLUMNS):
                scatter = self._scatters.setdefault((channel, column), Scatter())
                scatter.add(number_of(measured))
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
        n_rows = 2 + len(_STATISTICS) if self.statistics.isChecked() else 1
        self.restart.setVisible(n_rows > 1)
        if self.table.rowCount() != n_rows * len(self._shown):
            self.table.setRowCount(n_rows * len(self._shown))
        for number, (channel, measured) in enumerate(self._shown.items()):
            colour, first = self._colour_of(channel), number * n_rows
            self.table.setVerticalHeaderItem(first, _name_item(channel or "Input", colour))
            for column in range(len(_COLUMNS)):
                self._set_cell(first, column, measured)
            if n_rows > 1:
                self._fill_statistics(channel, colour, first + 1)

    def _colour_of(self, channel: str) -> str | None:
        colour = self._colours.get(channel)
        return colour and theme_of(self).contrast_colour(colour)

    def _fill_statistics(self, channel: str, colour: str | None, first: int) -> None:
        for row, (title, value_of) in enumerate(_STATISTICS, first):
            self.table.setVerticalHeaderItem(row, _name_item(f"{channel} {title}", colour))
            for column in range(len(_COLUMNS)):
                value = value_of(self._scatters[channel, column])
                self._cell(row, column).setText(_written(column, value, self._shown[channel].unit))
        last = first + len(_STATISTICS)
        self.table.setVerticalHeaderItem(last, _name_item(f"{channel} n", colour))
        for column in range(len(_COLUMNS)):
            self._cell(last, column).setText(f"{self._scatters[channel, column].n:,}")

    def show_stretch(self, what: str, begin_s: float, end_s: float) -> None:
        """Say what is measured."""
        length = si(end_s - begin_s, "s")
        empty = not any(measured.n_samples for measured in self._shown.values())
        note = ": no samples are there" if self._shown and empty else ""
        self.stretch.setText(f"{what}, {length} from {si(begin_s, 's', 6)} on{note}")

    def show_age(self, age_s: float) -> None:
        """Say how old the measurements are, or nothing of 0."""
        self.age.setText(f"measured {si(age_s, 's', 2)} ago" if age_s else "")
        self.age.setStyleSheet(f"color: {theme_of(self).warning}; font-weight: bold")

    def copy(self) -> None:
        """Copy the selected cells' rows, or all, as tab-separated text with titles."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        rows = rows or list(range(self.table.rowCount()))
        lines = ["\t".join(["Channel", *(title for title, *_ in _COLUMNS)])]
        for row in rows:
            cells = [self.table.item(row, column).text() for column in range(len(_COLUMNS))]
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

    def _set_cell(self, row: int, column: int, measured: Measurements) -> None:
        item = self._cell(row, column)
        title = _COLUMNS[column][0]
        clipped = measured.clipped and title in _LEVELS
        inexact = _is_inexact(title, measured)
        item.setText(_cell_text(column, measured))
        item.setToolTip(_CLIPPED if clipped else _INEXACT if inexact else "")
        brush = QtGui.QColor(theme_of(self).warning) if clipped else None
        item.setData(QtCore.Qt.ItemDataRole.ForegroundRole, brush)


def _name_item(channel: str, colour: str | None) -> QtWidgets.QTableWidgetItem:
    item = QtWidgets.QTableWidgetItem(channel)
    item.setTextAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
    if colour is not None:
        item.setForeground(QtGui.QColor(colour))
    return item


def _cell_text(column: int, measured: Measurements) -> str:
    title, _, number_of, _ = _COLUMNS[column]
    if measured.is_digital and title in _LEVELS:
        return _pattern(title, measured)
    text = (
        _frequency(measured)
        if title == _FREQUENCY
        else _written(column, number_of(measured), measured.unit)
    )
    return f"≈ {text}" if _is_inexact(title, measured) and text != UNKNOWN else text


def _is_inexact(title: str, measured: Measurements) -> bool:
    if title in _LEVELS:
        return not measured.extremes_exact
    return title != "Samples" and not measured.exact


def _written(column: int, value: float, unit: str) -> str:
    write = _COLUMNS[column][3]
    return si(value, unit) if isinstance(write, str) else write(value)


def _frequency(measured: Measurements) -> str:
    """With as many digits as it is known to."""
    fewest, most = _FREQUENCY_DIGITS
    share = measured.frequency_error_hz / measured.frequency_hz
    digits = most if not share > 0 else 1 + math.floor(-math.log10(share))
    return si(measured.frequency_hz, "Hz", min(max(digits, fewest), most))


def _pattern(title: str, measured: Measurements) -> str:
    """Smallest or largest bit pattern of a port; their difference means nothing."""
    value_v = {"Min": measured.min_v, "Max": measured.max_v}.get(title)
    if value_v is None or not math.isfinite(value_v):
        return UNKNOWN
    return f"0x{round(value_v * 1e3):02X}"
