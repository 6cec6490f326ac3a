"""Which bits of a digital port were 1, and which were 0, in each of many columns."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def bits_in_columns(
    values: NDArray[np.int16],
    starts: NDArray[np.int64],
    ones: NDArray[np.uint8],
    zeros: NDArray[np.uint8],
) -> None:
    """Add what each column holds; a pulse of one sample is not missed.

    :param values: int16 or uint8, shape ``(n,)``; the lower eight bits count.
    :param starts: int64, shape ``(columns + 1,)``: where each column begins in ``values``, and
        where the last one ends; ascending, 0 to n. A column without a sample is that of the sample
        before it.
    :param ones: uint8, shape ``(columns,)``; bits that are 1 at least once are added.
    :param zeros: the same of bits that are 0 at least once.
    """
    for column in range(ones.size):
        begin, end = starts[column], starts[column + 1]
        if begin == end:  # narrower than a sample: the one before still lasts
            begin -= 1
        high, low = np.uint8(0), np.uint8(0)
        for index in range(max(begin, 0), end):
            value = np.uint8(values[index] & 255)
            high |= value
            low |= ~value
        ones[column] |= high
        zeros[column] |= low
