"""Numbers that change now and then, without jumps of their unit or their digits."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from ...quantities import UNKNOWN, si_at

#: Where a decade begins, and how far beside it a number stays in the one of before: only a number
#: that wavers there is written as before, every other one the same whatever was shown.
_BEGIN, _LEAST, _MOST = 0.9, 0.8, 10.0

#: Decimals of a number in the unit of a larger one, at most.
_MOST_DECIMALS = 4

#: Of nothing.
NO_DECADE = -99


@dataclass(frozen=True)
class SteadyNumber:
    """One of the numbers of a kind.

    :param key: tells it from the others.
    :param value: in the unit without a prefix.
    :param digits: significant ones.
    :param last: power of ten below which no digit means anything.
    """

    key: Hashable
    value: float
    digits: int
    last: int = NO_DECADE


class SteadyNumbers:
    """Writes numbers of a kind in one unit, as far as they have digits in it.

    A number keeps its unit and its decimals while it wavers around a power of ten.
    """

    def __init__(self) -> None:
        self._decades: dict[Hashable, int] = {}

    def write(self, kind: Hashable, numbers: Sequence[SteadyNumber], unit: str) -> list[str]:
        """Write them all."""
        sizes = [abs(number.value) for number in numbers if math.isfinite(number.value)]
        largest = self._decade(kind, max(sizes, default=0.0), NO_DECADE)
        return [self._write((kind, number.key), number, unit, largest) for number in numbers]

    def _write(self, key: Hashable, number: SteadyNumber, unit: str, largest: int) -> str:
        if not math.isfinite(number.value):
            return UNKNOWN
        own = self._decade(key, abs(number.value), largest)
        if own == NO_DECADE:  # all are zero
            own = max(number.last, 0)
        last = max(own + 1 - number.digits, number.last)
        power = _prefix(max(largest, own, last + 2))  # no digit before the point is left out
        if last < power - _MOST_DECIMALS:
            power = _prefix(max(own, last + 2))
        return si_at(number.value, unit, power, last)

    def _decade(self, key: Hashable, size: float, first: int) -> int:
        """Power of ten of a number's first digit, for a while that of before."""
        decade = self._decades.get(key, first)
        if size and not _LEAST <= size / 10.0**decade < _MOST:
            decade = math.floor(math.log10(size / _BEGIN))
        self._decades[key] = decade
        return decade


def _prefix(decade: int) -> int:
    """Power of ten of the prefix that fits."""
    return min(max(decade // 3 * 3, -15), 12)
