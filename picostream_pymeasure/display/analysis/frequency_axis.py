"""The axis of a spectrum: where it is logarithmic, frequencies with their unit and room around."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pyqtgraph
from pymeasure.display.Qt import QtGui, QtWidgets

from ...quantities import exact
from ..painting.graticule import nice_step

#: What has a line of each decade, and what of that has a label, the most first.
_LINES = range(1, 10)
_LABELLED: tuple[Sequence[int], ...] = (_LINES, (1, 2, 5), (1,))

#: The widest labels, of decades and where a part of one is zoomed into, and the room between two.
_LABEL, _LONG_LABEL, _GAP_PX = "500 MHz", "1.00005 MHz", 14

#: With less than that nobody sees the scale.
_FEW = 2

#: Digits that differ between labels as close as a spectrum can be zoomed.
_DIGITS = 9


class FrequencyAxis(pyqtgraph.AxisItem):
    """Below a plot; linear it is pyqtgraph's own."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.setStyle(maxTextLevel=0)

    def logTickValues(  # noqa: N802 - pyqtgraph's name
        self,
        minVal: float,  # noqa: N803
        maxVal: float,  # noqa: N803
        size: float,
        stdTicks: Any,  # noqa: N803
    ) -> list[tuple[None, list[float]]]:
        """Logarithms with a label, then all others that have a line."""
        wanted = self._width_px(_LABEL) / size * (maxVal - minVal)
        found = (_of_decades(factors, minVal, maxVal) for factors in _LABELLED)
        labelled = next((ticks for ticks in found if _least_step(ticks) >= wanted), None)
        if labelled is None:
            labelled = _of_decades((1,), minVal, maxVal)[:: math.ceil(wanted)]
        lines = _of_decades(_LINES, minVal, maxVal)
        if len(labelled) < _FEW:  # a part of a decade
            even = _even(minVal, maxVal, max(int(size / self._width_px(_LONG_LABEL)), _FEW))
            labelled = lines = max(labelled, even, key=len)
        return [(None, labelled), (None, [tick for tick in lines if tick not in labelled])]

    def logTickStrings(  # noqa: N802 - pyqtgraph's name
        self, values: Sequence[float], scale: float, spacing: Any
    ) -> list[str]:
        """Frequencies of logarithms: 2 kHz."""
        return [exact(float(f"{10**value:.{_DIGITS}g}"), "Hz") for value in values]

    def _width_px(self, text: str) -> float:
        font = self.style["tickFont"] or QtWidgets.QApplication.font()
        return float(QtGui.QFontMetricsF(font).horizontalAdvance(text)) + _GAP_PX


def _of_decades(factors: Sequence[int], low: float, high: float) -> list[float]:
    decades = range(math.floor(low), math.ceil(high) + 1)
    ticks = (decade + math.log10(factor) for decade in decades for factor in factors)
    return [tick for tick in ticks if low <= tick <= high]


def _least_step(ticks: Sequence[float]) -> float:
    return min((after - before for before, after in pairwise(ticks)), default=math.inf)


def _even(low: float, high: float, most: int) -> list[float]:
    low_hz, high_hz = 10**low, 10**high
    step_hz = nice_step((high_hz - low_hz) / most)
    first, last = math.ceil(low_hz / step_hz), math.floor(high_hz / step_hz)
    return [math.log10(step_hz * number) for number in range(first, last + 1)]
