"""The sample interval as RunStreaming takes it: a uint32 in a time unit of the driver."""

from __future__ import annotations

import math
from enum import Enum

from ..errors import SampleRateError

_UINT32_MAX = 2**32 - 1

#: An answer so many times longer or shorter than asked for is in another unit: scopes take the
#: nearest interval that they can make.
_ANOTHER_UNIT = 500.0

#: What computing an interval from a rate may change of it.
_ROUNDING = 1e-12


class TimeUnit(Enum):
    """``PS5000A_TIME_UNITS`` with its length in ns."""

    PICOSECONDS = (1, 1e-3)
    NANOSECONDS = (2, 1.0)
    MICROSECONDS = (3, 1e3)

    @property
    def code(self) -> int:
        """Number the driver knows the unit by."""
        return self.value[0]

    @property
    def nanoseconds(self) -> float:
        """Length of the unit."""
        return self.value[1]


def to_driver(interval_ns: float) -> tuple[int, TimeUnit]:
    """Express an interval in the unit that loses least.

    The driver answers in the unit it was asked in and cannot report a fraction of it, so whole
    nanoseconds are asked for in ns, others in ps, and what does not fit 32 bit in coarser units.

    :raises SampleRateError: the interval fits no unit.
    """
    # a rate that an interval was made to may give it back with another last bit
    is_whole = math.isclose(interval_ns, round(interval_ns), rel_tol=_ROUNDING)
    exact = TimeUnit.NANOSECONDS if is_whole else TimeUnit.PICOSECONDS
    for unit in (exact, TimeUnit.NANOSECONDS, TimeUnit.MICROSECONDS):
        value = round(interval_ns / unit.nanoseconds)
        if 1 <= value <= _UINT32_MAX:
            return value, unit
    raise SampleRateError(f"The driver cannot be asked for an interval of {interval_ns:g} ns.")


def from_driver(value: int, unit: TimeUnit, wanted_ns: float) -> float:
    """The interval in ns that the driver answers with.

    :raises SampleRateError: it cannot be that one.
    """
    interval_ns = value * unit.nanoseconds
    if value == 0:
        raise SampleRateError(
            "The driver answers that the time between two samples is 0; try another rate. "
            "(ps5000aRunStreaming)"
        )
    if not 1 / _ANOTHER_UNIT < interval_ns / wanted_ns < _ANOTHER_UNIT:
        raise SampleRateError(
            f"The driver answers that the time between two samples is {interval_ns:g} ns, where "
            f"{wanted_ns:g} ns were asked for: no time would be right. Try another rate. "
            "(ps5000aRunStreaming)"
        )
    return interval_ns
