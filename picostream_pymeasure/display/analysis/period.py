"""Period and duty cycle from the edges of a signal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...kernels.crossings import find_edges

#: Hysteresis on both sides of the middle, as a share of peak to peak.
_HYSTERESIS = 0.2

#: Noise has edges too; its periods scatter by about their mean, those of a hump in a spectrum by
#: its width.
_MAX_SCATTER = 0.2

#: Of so few periods chance lets some agree so far that do not repeat themselves.
_FEW, _MAX_SCATTER_OF_FEW = 8, 0.05

#: An edge that is steeper than a sample lies anywhere between two.
_EDGE_VARIANCE = 1 / 12

#: How exact one period alone is taken to be, which has no other to be compared with.
_ERROR_OF_ONE = 0.01


@dataclass(frozen=True)
class Levels:
    """Where edges begin and end, and where between them a signal is said to cross; in counts."""

    lower: float
    middle: float
    upper: float

    @classmethod
    def of_extremes(cls, low: int, high: int) -> Levels:
        """Half way between the extremes, with a fifth of their distance on both sides."""
        middle, hysteresis = (low + high) / 2, _HYSTERESIS * (high - low)
        return cls(middle - hysteresis, middle, middle + hysteresis)


@dataclass(frozen=True)
class Period:
    """How often a signal repeats itself.

    :param length: of a period, in sample intervals (or whatever the positions were in).
    :param error: of the length, as far as the edges tell: how they lie beside even ones.
    :param duty: share of a period that the signal is high, 0 to 1.
    :param n_edges: rising and falling ones that it was found from.
    """

    length: float
    error: float
    duty: float
    n_edges: int

    def times(self, factor: float) -> Period:
        """The same in other units."""
        return replace(self, length=self.length * factor, error=self.error * factor)


def find_period(parts: Sequence[NDArray[np.int16]], levels: Levels) -> Period | None:
    """Find the period of a signal from unbroken parts of it, or None where there is none.

    Each part gives the times of its edges of one direction; one line for all parts is fitted to
    them, so that the noise of a single edge hardly matters.

    :param parts: int16 counts.
    """
    found = [find_edges(part, levels.lower, levels.middle, levels.upper) for part in parts]
    # two neighbouring edges of the same direction make a period
    found = [(edges, rises) for edges, rises in found if edges.size >= 3]
    starts = [edges[::2] for edges, _ in found]
    if not starts or not _is_regular(np.concatenate([np.diff(part) for part in starts])):
        return None
    length, error = _fitted(starts)
    high = sum(_high_time(edges, rises) for edges, rises in found)
    return Period(
        length=length,
        error=error,
        duty=high / sum(float(part[-1] - part[0]) for part in starts),
        n_edges=sum(edges.size for edges, _ in found),
    )


def _is_regular(periods: NDArray[np.float64]) -> bool:
    most = _MAX_SCATTER if periods.size >= _FEW else _MAX_SCATTER_OF_FEW
    return bool(periods.std() <= most * periods.mean())


def _high_time(edges: NDArray[np.float64], first_rises: bool) -> float:
    """How long the signal is high between the first edge and the last one of its direction."""
    starts = edges[::2]
    inside = float((edges[1::2][: starts.size - 1] - starts[:-1]).sum())
    return inside if first_rises else float(starts[-1] - starts[0]) - inside


def _fitted(parts: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """Slope of the lines, all alike, that fit each part's values over their number best; its error.

    The error is what it would be if what is beside the lines, and where edges may lie between
    samples, went up or down slowly.
    """
    numbers = [np.arange(part.size) - (part.size - 1) / 2 for part in parts]
    spread = sum(float(number @ number) for number in numbers)
    pairs = list(zip(numbers, parts, strict=True))
    slope = sum(float(number @ (part - part[0])) for number, part in pairs) / spread
    n_values = sum(part.size for part in parts)
    if n_values == 2:
        return slope, slope * _ERROR_OF_ONE
    beside = [part - part.mean() - slope * number for number, part in pairs]
    squares = sum(float(rest @ rest) for rest in beside) + n_values * _EDGE_VARIANCE
    return slope, math.sqrt(squares / spread)
