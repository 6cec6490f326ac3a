"""The graticule: how far its lines lie apart, and which of them have a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

#: Divisions that it aims at.
TIME_DIVISIONS, VOLT_DIVISIONS = 10, 8

#: What a division may be, beside powers of ten of it; people set more than 1, 2 and 5.
_ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)

#: Of a number on an axis that is no multiple of anything round.
_MOST_DIGITS = 3

#: A division is round if it differs by less from what is.
_SAME = 1e-6

#: One division more is no harm, where the next round length would give a few only.
_ALMOST = 0.9

#: Of so many lines one has a number.
NUMBERED = (1, 2, 5, 10, 20)

#: Levels of lines, as pyqtgraph takes them: how far they lie apart, and where they begin.
Levels = list[tuple[float, int]]


def nice_step(value: float) -> float:
    """The number of the series 1, 2, 5, 10 … that is nearest to a positive one from above."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power * (1 + 1e-9))


def grid_step(span: float, n_divisions: int) -> float:
    """From one line to the next: a division if it is round, else a round one that is near.

    What is told as a division and what is drawn come from here, so that they agree.
    """
    division = span / n_divisions
    power = 10.0 ** math.floor(math.log10(division) + _SAME)
    steps = (number * power for number in _ROUND)
    return next(
        (step for step in steps if math.isclose(step, division, rel_tol=_SAME)),
        nice_step(_ALMOST * division),
    )


def n_decimals(step: float) -> int:
    """Of numbers so far apart."""
    exponent = Decimal(f"{step:.{_MOST_DIGITS - 1}e}").normalize().as_tuple().exponent
    return max(0, -int(exponent))


def has_two(low: float, high: float, step: float) -> bool:
    """Whether two multiples of a step lie between two limits."""
    return math.floor(high / step + _SAME) > math.ceil(low / step - _SAME)


def numbered(step: float, is_possible: Callable[[float], bool]) -> Levels:
    """All lines, the first level of which has numbers that are as dense as is possible."""
    steps = [multiple * step for multiple in NUMBERED]
    first = next(filter(is_possible, steps), steps[-1])
    return [(first, 0), (step, 0)][: 1 + (first > step)]
