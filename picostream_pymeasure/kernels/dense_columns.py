"""Where a trace swings faster than columns of pixels can show: the band that it swings in."""

from __future__ import annotations

import numpy as np
from numba import int32, int64, njit, void
from numpy.typing import NDArray

#: A period of so many columns is still closed to a band …
_LONGEST_PERIOD = 5

#: … where the trace turns back so often in so many columns on either side.
_TURNS, _COLUMNS = 4, 12

#: It turns where its middle goes back by this share of the band …
_TURN_SHARE = 0.03

#: … whose edges vary by less than that share of it: one that is not even is no band, but peaks.
_UNEVEN_SHARE = 0.04


@njit(void(int32[::1], int64, int64, int32[::1]), nogil=True, cache=True)
def _lower(values: NDArray[np.int32], reach: int, sign: int, lowest: NDArray[np.int32]) -> None:
    """Lowest of ``sign`` times the values within reach of each."""
    width = values.size
    for pixel in range(width):
        low = sign * values[pixel]
        for other in range(max(pixel - reach, 0), min(pixel + reach + 1, width)):
            low = min(low, sign * values[other])
        lowest[pixel] = low


@njit(int64[::1](int32[:, ::1], int32[:, ::1]), nogil=True, cache=True)
def _count_turns(spans: NDArray[np.int32], closed: NDArray[np.int32]) -> NDArray[np.int64]:
    """How often the middle of the spans has turned back before each column, and in all."""
    width = spans.shape[1]
    turns = np.zeros(width + 1, np.int64)
    rises, furthest = True, -np.inf
    for pixel in range(width):
        turns[pixel + 1] = turns[pixel]
        if spans[0, pixel] > spans[1, pixel]:
            continue
        middle = (spans[0, pixel] + spans[1, pixel]) / 2
        back = max(_TURN_SHARE * (closed[1, pixel] - closed[0, pixel]), 1.0)
        if (middle > furthest) == rises and middle != furthest:
            furthest = middle
        elif abs(middle - furthest) > back:
            rises, furthest = not rises, middle
            turns[pixel + 1] += 1
    return turns


@njit(int64(int32[:, ::1], int64, int32[:, ::1]), nogil=True, cache=True)
def find_bands(spans: NDArray[np.int32], pitch_px: int, bands: NDArray[np.int32]) -> int:
    """Close what beats between columns that each show a part of a period.

    At some columns a period each column is exact, but which part of the period it happens to show
    goes round slowly: patterns appear that are not in the signal. All of them together fill a band.

    :param spans: int32, shape ``(2, width)``: first and last row of each column of pixels.
    :param pitch_px: how many columns of pixels a column of the trace is wide.
    :param bands: int32 of the same shape; written: what the band fills, elsewhere the spans.
    :returns: in how many columns of pixels there is a band.
    """
    width = spans.shape[1]
    reach = _LONGEST_PERIOD * pitch_px // 2
    around = _COLUMNS * pitch_px
    bands[:] = spans
    if width < 2 * around:
        return 0
    closed, wide = np.empty((2, width), np.int32), np.empty(width, np.int32)
    for side in range(2):
        sign = 1 - 2 * side  # a band is as high and as low as a column near by on both sides
        _lower(spans[side], reach, sign, wide)
        _lower(wide, reach, -1, closed[side])
        closed[side] *= -sign
    turns = _count_turns(spans, closed)
    n_found = 0
    for pixel in range(width):
        if spans[0, pixel] > spans[1, pixel]:
            continue
        left, right = max(pixel - around, 0), min(pixel + around, width)
        if max(turns[pixel] - turns[left], turns[right] - turns[pixel]) < _TURNS:
            continue
        is_even = True
        height = closed[1, pixel] - closed[0, pixel]
        for side in range(2):
            for other in (max(pixel - around // 2, 0), min(pixel + around // 2, width - 1)):
                if spans[0, other] <= spans[1, other]:
                    change = abs(closed[side, other] - closed[side, pixel])
                    is_even = is_even and change <= _UNEVEN_SHARE * height
        if is_even:
            bands[0, pixel], bands[1, pixel] = closed[0, pixel], closed[1, pixel]
            n_found += height > spans[1, pixel] - spans[0, pixel]
    return n_found
