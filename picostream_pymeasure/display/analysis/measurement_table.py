"""The measurements of all channels as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from pymeasure.display.Qt import QtCore, QtGui, QtWidgets

from ...quantities import UNKNOWN, percent, si
from ..painting.theme import theme_of
from .measurement import Measurements

#: Title, tool tip, and text of one column.
_Column = tuple[str, str, Callable[[Measurements], str]]

_COLUMNS: tuple[_Column, ...] = (
    ("Min", "Smallest sample", lambda of: si(of.min_v, "V")),
    ("Max", "Largest sample", lambda of: si(of.max_v, "V")),
    ("Peak–peak", "Max less min", lambda of: si(of.peak_to_peak_v, "V")),
    ("Mean", "Direct part", lambda of: si(of.mean_v, "V")),
    ("RMS", "Root mean square, direct part included", lambda of: si(of.rms_v, "V")),
    (
        "Frequency",
        "From all edges through the middle between min and max",
        lambda of: si(of.frequency_hz, "Hz", 6),
    ),
    (
        "Duty",
        "Share of a period above the middle between min and max",
        lambda of: percent(of.duty),
    ),
    ("Samples", "In the stretch that is measured", lambda of: f"{of.n_samples:,}"),
)
_ALWAYS_EXACT = ("Min", "Max", "Peak–peak", "Samples")
_LEVELS = ("Min", "Max", "Peak–peak")

#: What a column always has room for; a narrow table scrolls.
_WIDEST = "≈ 123.456 MHz__"

#: Room for the titles and a channel; more of them scroll.
_LEAST_PX = 64

_CLIPPED = "The input reached the end of the range and was probably beyond it"
_INEXACT = "From stretches evenly spread over the range, for it is long"


class MeasurementTable(QtWidgets.QWidget):
    """A row for each channel; Ctrl+C copies what is selected, or everything."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, Measurements] = {}
        self._setup_ui()

    def _setup_ui(self) -> None:
        self.table = QtWidgets.QTableWidget(0, len(_COLUMNS))
        self.table.setEditTriggers(QtWidgets.QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setFocusPolicy(QtCore.Qt.FocusPolicy.ClickFocus)
        self.table.setMinimumHeight(_LEAST_PX)
        for index, (title, tip, _) in enumerate(_COLUMNS):
            item = QtWidgets.QTableWidgetItem(title)
            item.setToolTip(tip)
            self.table.setHorizontalHeaderItem(index, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QtWidgets.QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(self.fontMetrics().horizontalAdvance(_WIDEST))
        layout = QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.stretch = QtWidgets.QLabel()
        self.stretch.setForegroundRole(QtGui.QPalette.PlaceholderText)
        self.stretch.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stretch)
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
        if list(measurements) != list(self._shown):
            self.table.setRowCount(len(measurements))
        self._shown = dict(measurements)
        for row, (channel, measured) in enumerate(measurements.items()):
            self.table.setVerticalHeaderItem(row, _name_item(channel, (colours or {}).get(channel)))
            for column in range(len(_COLUMNS)):
                self._set_cell(row, column, measured)

    def show_stretch(self, begin_s: float, end_s: float, is_between_cursors: bool) -> None:
        """Say what is measured."""
        what = "Between the cursors" if is_between_cursors else "All that is shown"
        length = si(end_s - begin_s, "s")
        empty = not any(measured.n_samples for measured in self._shown.values())
        note = ": no samples are there" if self._shown and empty else ""
        self.stretch.setText(f"{what}, {length} from {si(begin_s, 's', 6)} on{note}")

    def copy(self) -> None:
        """Copy the selected cells' rows, or all, as tab-separated text with titles."""
        rows = sorted({index.row() for index in self.table.selectedIndexes()})
        rows = rows or list(range(self.table.rowCount()))
        lines = ["\t".join(["Channel", *(title for title, _, _ in _COLUMNS)])]
        for row in rows:
            cells = [self.table.item(row, column).text() for column in range(len(_COLUMNS))]
            lines.append("\t".join([self.table.verticalHeaderItem(row).text(), *cells]))
        QtWidgets.QApplication.clipboard().setText("\n".join(lines))

    def _set_cell(self, row: int, column: int, measured: Measurements) -> None:
        item = self.table.item(row, column)
        if item is None:
            item = QtWidgets.QTableWidgetItem()
            alignment = QtCore.Qt.AlignmentFlag.AlignRight | QtCore.Qt.AlignmentFlag.AlignVCenter
            item.setTextAlignment(alignment)
            self.table.setItem(row, column, item)
        title = _COLUMNS[column][0]
        clipped = measured.clipped and title in _LEVELS
        inexact = not measured.exact and title not in _ALWAYS_EXACT
        item.setText(_cell_text(column, measured))
        item.setToolTip(_CLIPPED if clipped else _INEXACT if inexact else "")
        brush = QtGui.QColor(theme_of(self).warning) if clipped else None
        item.setData(QtCore.Qt.ItemDataRole.ForegroundRole, brush)


def _name_item(channel: str, colour: str | None) -> QtWidgets.QTableWidgetItem:
    item = QtWidgets.QTableWidgetItem(channel or "Input")
    item.setTextAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
    if colour is not None:
        item.setForeground(QtGui.QColor(colour))
    return item


def _cell_text(column: int, measured: Measurements) -> str:
    title, _, text_of = _COLUMNS[column]
    if measured.is_digital and title in _LEVELS:
        return _pattern(title, measured)
    text = text_of(measured)
    inexact = not measured.exact and title not in _ALWAYS_EXACT and text != UNKNOWN
    return f"≈ {text}" if inexact else text


def _pattern(title: str, measured: Measurements) -> str:
    """Smallest or largest bit pattern of a port; their difference means nothing."""
    value_v = {"Min": measured.min_v, "Max": measured.max_v}.get(title)
    if value_v is None or not math.isfinite(value_v):
        return UNKNOWN
    return f"0x{round(value_v * 1e3):02X}"
