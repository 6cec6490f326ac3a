"""Sums and distributions of int16 counts, exact and without temporaries of the input's size."""

from __future__ import annotations

import numpy as np
from numba import int16, int32, int64, njit, void
from numba.types import UniTuple
from numpy.typing import NDArray

from .envelope import extremes

#: So many int16 values, or pairs of them, always add up within int32.
_INT32_VALUES = 32768

#: Number of int16 codes, and the place of code 0 among them.
CODES = 65536
ZERO = 32768


@njit(UniTuple(int64, 2)(int16[::1]), nogil=True, cache=True)
def sums(values: NDArray[np.int16]) -> tuple[int, int]:
    """Sum of the values and of their squares; exact up to 2**32 values."""
    total, squares = int64(0), int64(0)
    for start in range(0, values.size, _INT32_VALUES):
        part = values[start : start + _INT32_VALUES]
        subtotal, subsquares = int32(0), int64(0)
        for index in range(part.size):
            value = int32(part[index])
            subtotal = int32(subtotal + value)
            subsquares += int64(int32(value * value))
        total += subtotal
        squares += subsquares
    return total, squares


@njit(UniTuple(int64, 2)(int16[::1]), nogil=True, cache=True)
def low_and_high(values: NDArray[np.int16]) -> tuple[int, int]:
    """Smallest and largest of one value or more."""
    low, high = extremes(values)
    return int64(low), int64(high)


@njit(void(int16[:, ::1], int16[::1]), nogil=True, cache=True)
def middles(pairs: NDArray[np.int16], out: NDArray[np.int16]) -> None:
    """Write the middle of each (min, max) pair, half counts to the even neighbour.

    :param pairs: int16, shape ``(n, 2)``.
    :param out: int16, shape ``(n,)``; written.
    """
    for index in range(out.size):
        total = int32(pairs[index, 0]) + int32(pairs[index, 1])
        half = int32(total >> 1)
        out[index] = int16(half + (half & total & 1))


@njit(void(int16[::1], int64[::1]), nogil=True, cache=True)
def count_codes(values: NDArray[np.int16], table: NDArray[np.int64]) -> None:
    """Add to the number of times that each code occurs.

    :param table: int64, shape ``(CODES,)``; code ``c`` at ``c + ZERO``; added to.
    """
    other = np.zeros(CODES, np.int64)  # two tables: equal neighbours need not wait for each other
    for index in range(0, values.size - 1, 2):
        table[int64(values[index]) + ZERO] += 1
        other[int64(values[index + 1]) + ZERO] += 1
    if values.size % 2:
        table[int64(values[values.size - 1]) + ZERO] += 1
    for code in range(CODES):
        table[code] += other[code]
