"""What a stretch of samples stays between: extremes of counts, bits of digital ports.

Counts of channels are int16 or int8, patterns of ports uint8. Of patterns the lower bound has the
bits that are 1 in all of them, the upper one those that are 1 in any; so a bit is 0 at least once
where the lower bound lacks it, and a pulse of one sample is seen in a bin of any length.
"""

from __future__ import annotations

from typing import Any

from numba import njit, uint8
from numba.extending import overload


def lower(one: Any, other: Any) -> Any:
    """The lower bound of two values, or of two bounds; for compiled code."""
    raise NotImplementedError


def upper(one: Any, other: Any) -> Any:
    """The upper bound of two values, or of two bounds; for compiled code."""
    raise NotImplementedError


@overload(lower)
def _lower(one, other):  # type: ignore[no-untyped-def]
    if uint8 in (one, other):
        return lambda one, other: one & other
    return lambda one, other: min(one, other)


@overload(upper)
def _upper(one, other):  # type: ignore[no-untyped-def]
    if uint8 in (one, other):
        return lambda one, other: one | other
    return lambda one, other: max(one, other)


@njit(nogil=True, cache=True, inline="always")
def bounds_of(part):  # type: ignore[no-untyped-def]
    """Both bounds of an array of one value or more."""
    # accumulators as narrow as the values let LLVM use the widest vector registers
    narrow = part.dtype.type
    low = high = part[0]
    for index in range(part.size):
        low = narrow(lower(low, part[index]))
        high = narrow(upper(high, part[index]))
    return low, high
