"""Envelopes: what a stretch of samples looks like when it is drawn into one column of pixels.

A *bin* is summarised by its first, smallest, largest and last value (in this order, int16).
A polyline through all samples of a column covers exactly the pixels between the smallest and the
largest one and enters and leaves the column at the first and last one.
"""

from __future__ import annotations

import numpy as np
from numba import int16, int64, njit, void
from numpy.typing import NDArray

#: Columns of a bin.
FIRST, MIN, MAX, LAST = range(4)
COLUMNS = ("first", "min", "max", "last")


@njit(nogil=True, cache=True, inline="always")
def extremes(part):  # type: ignore[no-untyped-def]
    """Smallest and largest of an int16 array of one value or more."""
    # int16 accumulators in an indexed loop let LLVM use the widest vector registers
    low = high = part[0]
    for index in range(part.size):
        low = np.int16(min(low, part[index]))
        high = np.int16(max(high, part[index]))
    return low, high


@njit(void(int16[::1], int64, int16[:, ::1]), nogil=True, cache=True)
def summarise(values: NDArray[np.int16], factor: int, bins: NDArray[np.int16]) -> None:
    """Summarise ``len(bins)`` groups of ``factor`` values.

    :param values: int16, shape ``(len(bins) * factor,)`` or longer.
    :param bins: int16, shape ``(n, 4)``: first, min, max, last; written.
    """
    for index in range(bins.shape[0]):
        part = values[index * factor : (index + 1) * factor]
        low, high = extremes(part)
        bins[index, 0] = part[0]
        bins[index, 1] = low
        bins[index, 2] = high
        bins[index, 3] = part[factor - 1]


@njit(void(int16[:, ::1], int64, int16[:, ::1]), nogil=True, cache=True)
def merge(fine: NDArray[np.int16], factor: int, bins: NDArray[np.int16]) -> None:
    """Summarise ``len(bins)`` groups of ``factor`` finer bins.

    :param fine: int16, shape ``(len(bins) * factor, 4)`` or longer.
    :param bins: int16, shape ``(n, 4)``; written.
    """
    for index in range(bins.shape[0]):
        start = index * factor
        low, high = fine[start, 1], fine[start, 2]
        for inner in range(start, start + factor):
            low = min(low, fine[inner, 1])
            high = max(high, fine[inner, 2])
        bins[index, 0] = fine[start, 0]
        bins[index, 1] = low
        bins[index, 2] = high
        bins[index, 3] = fine[start + factor - 1, 3]
