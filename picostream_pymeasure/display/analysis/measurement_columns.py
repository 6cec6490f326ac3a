"""What the table of measurements has columns of, and how their numbers are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...quantities import SI_DIGITS, UNKNOWN, percent
from .request import LIMIT_SAMPLES
from .steady_numbers import NO_DECADE, SteadyNumber, SteadyNumbers

if TYPE_CHECKING:
    from .measurement import Measurements


@dataclass(frozen=True)
class Column:
    """A kind of measurement.

    :param written: how its numbers are, without a prefix and its unit.
    :param unit: of its numbers; None for that of the channel.
    """

    title: str
    tip: str
    number_of: Callable[[Measurements], float]
    written: Callable[[float], str] | None = None
    unit: str | None = None


_FREQUENCY, _MEAN, _RMS = "Frequency", "Mean", "RMS"

COLUMNS = (
    Column("Min", "Smallest sample", lambda of: of.min_v),
    Column("Max", "Largest sample", lambda of: of.max_v),
    Column("Peak–peak", "Max less min", lambda of: of.peak_to_peak_v),
    Column(_MEAN, "Direct part", lambda of: of.mean_v),
    Column(_RMS, "Root mean square, direct part included", lambda of: of.rms_v),
    Column(
        _FREQUENCY,
        "From all edges through the middle between min and max",
        lambda of: of.frequency_hz,
        unit="Hz",
    ),
    Column(
        "Duty",
        "Share of a period above the middle between min and max",
        lambda of: of.duty,
        percent,
    ),
    Column(
        "Samples",
        "In the stretch that is measured",
        lambda of: of.n_samples,
        lambda number: f"{round(number):,}" if math.isfinite(number) else UNKNOWN,
    ),
)
LEVELS = ("Min", "Max", "Peak–peak")

#: Digits of a frequency, by how well it is known; few choices, so that they seldom change.
_FREQUENCY_DIGITS = (6, 4, 2)

#: ... and no more than another one of the column is known to, unless that is known badly.
_SHARED_DIGITS = 4

#: The last digit of a mean is no more than so many places below the first one of peak to peak.
_MEAN_PLACES = 7

#: A number that wavers around a power of ten keeps its last digit.
_NEARLY_ONE = 0.9


@dataclass(frozen=True)
class Cell:
    """A number of a column.

    :param row: what it is of.
    :param is_own: of the channel itself rather than a statistic.
    :param is_value: it has been measured once, and is not reckoned from several.
    """

    row: str
    measured: Measurements
    number: float
    is_own: bool = True
    is_value: bool = True


class CellTexts:
    """Writes the cells of a table, again and again."""

    def __init__(self) -> None:
        self._numbers = SteadyNumbers()

    def write(self, column: Column, cells: Sequence[Cell]) -> list[str]:
        """Write all cells of a column."""
        if column.written is not None:
            texts = {cell.row: column.written(cell.number) for cell in cells}
        else:
            texts = self._quantities(column, cells)
        return [_told(column.title, cell, texts[cell.row]) for cell in cells]

    def _quantities(self, column: Column, cells: Sequence[Cell]) -> dict[str, str]:
        units = [cell.measured.unit if column.unit is None else column.unit for cell in cells]
        found: dict[str, str] = {}
        for unit in dict.fromkeys(units):
            alike = [cell for cell, of in zip(cells, units, strict=True) if of == unit]
            numbers = _steady(column.title, alike)
            texts = self._numbers.write((column.title, unit), numbers, unit)
            found.update((cell.row, text) for cell, text in zip(alike, texts, strict=True))
        return found


def is_inexact(title: str, measured: Measurements) -> bool:
    """Whether a number is of samples here and there."""
    if title in LEVELS:
        return not measured.extremes_exact
    return title != "Samples" and not measured.exact


def _told(title: str, cell: Cell, text: str) -> str:
    if cell.measured.is_digital and title in LEVELS:
        return _pattern(title, cell)
    if not cell.is_own:
        return text
    return f"≈ {text}" if is_inexact(title, cell.measured) and text != UNKNOWN else text


def _steady(title: str, cells: Sequence[Cell]) -> list[SteadyNumber]:
    if title == _FREQUENCY:
        return _frequencies(cells)
    return [
        SteadyNumber(cell.row, cell.number, SI_DIGITS, _last_of_volts(title, cell.measured))
        for cell in cells
    ]


def _last_of_volts(title: str, measured: Measurements) -> int:
    """Levels are values of the converter; a mean of n of them is known √n times better."""
    if title in LEVELS:
        return _place(measured.step_v)
    n_samples = max(min(measured.n_samples, LIMIT_SAMPLES), 1)
    last = _place(measured.step_v / math.sqrt(n_samples)) + 1
    return max(last, _place(measured.peak_to_peak_v) - _MEAN_PLACES) if title == _MEAN else last


def _frequencies(cells: Sequence[Cell]) -> list[SteadyNumber]:
    """Alike, and what is told of a channel to the last digit of its own."""
    digits = [_digits_of_frequency(cell.measured) for cell in cells]
    most = max(_SHARED_DIGITS, min(digits))
    return [
        SteadyNumber(
            cell.row,
            cell.number,
            min(own, most),
            _place(cell.measured.frequency_hz / _NEARLY_ONE) + 1 - min(own, most),
        )
        for cell, own in zip(cells, digits, strict=True)
    ]


def _digits_of_frequency(measured: Measurements) -> int:
    """As many as it is known to."""
    share = measured.frequency_error_hz / measured.frequency_hz
    digits = 1 + math.floor(-math.log10(share)) if share > 0 else max(_FREQUENCY_DIGITS)
    return next((n for n in _FREQUENCY_DIGITS if n <= digits), min(_FREQUENCY_DIGITS))


def _place(number: float) -> int:
    """Power of ten of the first digit; far below all others of what is none."""
    return math.floor(math.log10(number)) if number > 0 else NO_DECADE


def _pattern(title: str, cell: Cell) -> str:
    """Smallest or largest bit pattern of a port; differences and means of such mean nothing."""
    is_known = cell.is_value and title in ("Min", "Max") and math.isfinite(cell.number)
    return f"0x{round(cell.number * 1e3):02X}" if is_known else UNKNOWN
