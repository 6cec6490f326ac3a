"""Down-sampling of raw counts as the driver does it: mean, first, or (min, max) of each block.

A block is ``ratio`` raw samples. Blocks do not care where a call ends: what is left over is
carried to the next call in ``carry``, int64, shape ``(4,)``: samples so far, sum (or the first
sample when decimating), minimum, maximum. All zeros is a fresh start.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

CARRY_WORDS = 4

Counts = NDArray[np.int16]
Carry = NDArray[np.int64]


@njit(nogil=True, cache=True)
def average(raw: Counts, ratio: int, carry: Carry, out: Counts) -> int:
    """Write the arithmetic means, rounded to the nearest count (halves upwards); return how many.

    The sum is exact: 2**31 samples of int16 need 47 bits.
    """
    filled, total = carry[0], carry[1]
    written, position = 0, 0
    while position < raw.size:
        stop = min(raw.size, position + ratio - filled)
        part = 0
        for index in range(position, stop):
            part += raw[index]
        total += part
        filled += stop - position
        position = stop
        if filled == ratio:
            out[written] = (2 * total + ratio) // (2 * ratio)
            written += 1
            filled, total = 0, 0
    carry[0], carry[1] = filled, total
    return written


@njit(nogil=True, cache=True)
def decimate(raw: Counts, ratio: int, carry: Carry, out: Counts) -> int:
    """Write the first sample of each block once the block is complete; return how many."""
    filled, first = carry[0], carry[1]
    written, position = 0, 0
    while position < raw.size:
        if filled == 0:
            first = np.int64(raw[position])
        stop = min(raw.size, position + ratio - filled)
        filled += stop - position
        position = stop
        if filled == ratio:
            out[written] = first
            written += 1
            filled = 0
    carry[0], carry[1] = filled, first
    return written


@njit(nogil=True, cache=True)
def aggregate(raw: Counts, ratio: int, carry: Carry, out_min: Counts, out_max: Counts) -> int:
    """Write the minimum and maximum of each block; return how many blocks were completed."""
    filled, low, high = carry[0], np.int16(carry[2]), np.int16(carry[3])
    written, position = 0, 0
    while position < raw.size:
        if filled == 0:
            low, high = np.int16(32767), np.int16(-32768)
        stop = min(raw.size, position + ratio - filled)
        for index in range(position, stop):
            low = min(low, raw[index])
            high = max(high, raw[index])
        filled += stop - position
        position = stop
        if filled == ratio:
            out_min[written], out_max[written] = low, high
            written += 1
            filled = 0
    carry[0], carry[2], carry[3] = filled, low, high
    return written
