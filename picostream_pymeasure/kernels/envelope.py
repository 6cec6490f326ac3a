"""Envelopes: what a stretch of samples looks like when it is drawn into one column of pixels.

A *bin* is summarised by its first, smallest, largest and last value, in this order and in the type
of the counts: int16, int8, or uint8 of digital ports, of which the bits that are always and ever 1
stand in for smallest and largest; see :mod:`.bounds`.
A polyline through all samples of a column covers exactly the pixels between the smallest and the
largest one and enters and leaves the column at the first and last one.
"""

from __future__ import annotations

from typing import Any

from numba import int8, int16, int64, njit, uint8, void
from numpy.typing import NDArray

from .bounds import bounds_of, lower, upper

#: Columns of a bin.
FIRST, MIN, MAX, LAST = range(4)
COLUMNS = ("first", "min", "max", "last")

#: Types of counts.
COUNTS = (int16, int8, uint8)


@njit(nogil=True, cache=True, inline="always")
def extremes(part):  # type: ignore[no-untyped-def]
    """Smallest and largest of an array of one value or more."""
    # accumulators as narrow as the values let LLVM use the widest vector registers
    narrow = part.dtype.type
    low = high = part[0]
    for index in range(part.size):
        low = narrow(min(low, part[index]))
        high = narrow(max(high, part[index]))
    return low, high


@njit([void(counts[::1], int64, counts[:, ::1]) for counts in COUNTS], nogil=True, cache=True)
def summarise(values: NDArray[Any], factor: int, bins: NDArray[Any]) -> None:
    """Summarise ``len(bins)`` groups of ``factor`` values.

    :param values: counts, shape ``(len(bins) * factor,)`` or longer.
    :param bins: of the counts' type, shape ``(n, 4)``: first, min, max, last; written.
    """
    for index in range(bins.shape[0]):
        part = values[index * factor : (index + 1) * factor]
        low, high = bounds_of(part)
        bins[index, 0] = part[0]
        bins[index, 1] = low
        bins[index, 2] = high
        bins[index, 3] = part[factor - 1]


@njit([void(counts[:, ::1], int64, counts[:, ::1]) for counts in COUNTS], nogil=True, cache=True)
def merge(fine: NDArray[Any], factor: int, bins: NDArray[Any]) -> None:
    """Summarise ``len(bins)`` groups of ``factor`` finer bins.

    :param fine: shape ``(len(bins) * factor, 4)`` or longer.
    :param bins: of the counts' type, shape ``(n, 4)``; written.
    """
    for index in range(bins.shape[0]):
        start = index * factor
        low, high = fine[start, 1], fine[start, 2]
        for inner in range(start, start + factor):
            low = lower(low, fine[inner, 1])
            high = upper(high, fine[inner, 2])
        bins[index, 0] = fine[start, 0]
        bins[index, 1] = low
        bins[index, 2] = high
        bins[index, 3] = fine[start + factor - 1, 3]
