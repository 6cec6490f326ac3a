"""Decimation of counts straight to millivolts, without temporaries of the input's size.

A *group* is ``group`` neighbouring counts (int16, int8 or uint8), the last one maybe fewer. In
aggregate mode a sample is two values (min, max): a group of whole samples then has the min of mins
and the max of maxes as its extremes, and the mean of all its values as its mean.
``mv = counts * scale_mv - offset_mv``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import float64, int32, int64, njit, void
from numpy.typing import NDArray

from .envelope import COUNTS, extremes
from .lanes import LANES, store_extremes, total

_SCALED = [void(counts[::1], float64, float64, float64[::1]) for counts in COUNTS]
_GROUPS = [void(counts[::1], int64, float64, float64, float64[::1]) for counts in COUNTS]

#: From here on a plain loop over a group is the fastest.
_LONG_GROUP = 64

#: Extremes that stay in the fastest cache until they are converted, some eights of pairs.
_PART = 1024

#: So many counts always add up within int32.
_INT32_GROUP = 65536


@njit(nogil=True, cache=True)
def _short_groups(counts, group, scale_mv, offset_mv, out):  # type: ignore[no-untyped-def]
    """Eights of groups of 8 values or more, all full."""
    found = np.empty(_PART, counts.dtype)
    for begin in range(0, out.size, _PART):
        part = out[begin : begin + _PART]
        for at in range(0, part.size, 2 * LANES):
            store_extremes(counts, (begin + at) // 2 * group, group, found, at)
        for index in range(part.size):
            part[index] = found[index] * scale_mv - offset_mv


@njit(nogil=True, cache=True)
def _long_groups(counts, group, scale_mv, offset_mv, out):  # type: ignore[no-untyped-def]
    """Groups of any size, the last one maybe not full."""
    for index in range(out.size // 2):
        low, high = extremes(counts[index * group : (index + 1) * group])
        out[2 * index] = low * scale_mv - offset_mv
        out[2 * index + 1] = high * scale_mv - offset_mv


@njit(_SCALED, nogil=True, cache=True)
def scaled(counts: NDArray[Any], scale: float, offset: float, out: NDArray[np.float64]) -> None:
    """Convert counts to the unit of the scale, less the offset in it.

    :param out: float64, as long as ``counts``; written.
    """
    for index in range(counts.size):
        out[index] = counts[index] * scale - offset


@njit(nogil=True, cache=True)
def _short_means(counts, begin, group, scale_mv, offset_mv, out):  # type: ignore[no-untyped-def]
    """Full groups from the count ``begin`` on; each ends 8 counts or more behind the first."""
    start = -group % LANES  # of a group's last 8 values, those before belong to whole eights
    stop = LANES if group > LANES else 0
    for index in range(out.size):
        first = begin + index * group
        last = first + group - LANES
        summed = total(counts, min(first, last), stop, last, start)
        for inner in range(first + LANES, last + start, LANES):
            summed += total(counts, inner, LANES, inner, LANES)
        out[index] = summed
    for index in range(out.size):
        out[index] = out[index] / group * scale_mv - offset_mv


@njit(nogil=True, cache=True)
def _long_means(counts, group, scale_mv, offset_mv, out):  # type: ignore[no-untyped-def]
    """Groups of any size, the last one maybe not full."""
    for index in range(out.size):
        part = counts[index * group : (index + 1) * group]
        summed = int64(0)
        for start in range(0, part.size, _INT32_GROUP):
            piece = part[start : start + _INT32_GROUP]
            subtotal = int32(0)  # vectorises better than int64
            for inner in range(piece.size):
                subtotal = int32(subtotal + piece[inner])
            summed += subtotal
        out[index] = summed / part.size * scale_mv - offset_mv


@njit(_GROUPS, nogil=True, cache=True)
def mean_mv(
    counts: NDArray[Any],
    group: int,
    scale_mv: float,
    offset_mv: float,
    out: NDArray[np.float64],
) -> None:
    """Average groups of ``group`` values.

    :param out: float64, shape ``(ceil(len(counts) / group),)``; written.
    """
    begin, end = -(-(LANES - 1) // group), counts.size // group
    if group >= _LONG_GROUP or end < begin:
        begin = end = 0
    _long_means(counts[: begin * group], group, scale_mv, offset_mv, out[:begin])
    _short_means(counts, begin * group, group, scale_mv, offset_mv, out[begin:end])
    _long_means(counts[end * group :], group, scale_mv, offset_mv, out[end:])


@njit(_GROUPS, nogil=True, cache=True)
def min_max_mv(
    counts: NDArray[Any],
    group: int,
    scale_mv: float,
    offset_mv: float,
    out: NDArray[np.float64],
) -> None:
    """Find the extremes of groups of ``group`` values.

    :param out: float64, shape ``(2 * ceil(len(counts) / group),)``: min, max, min, max …; written.
    """
    n_short = counts.size // group // LANES * LANES if LANES <= group < _LONG_GROUP else 0
    _short_groups(counts, group, scale_mv, offset_mv, out[: 2 * n_short])
    _long_groups(counts[n_short * group :], group, scale_mv, offset_mv, out[2 * n_short :])


@njit(void(float64, float64, float64, float64[::1]), nogil=True, cache=True)
def fill_times(first: float, step: float, interval_s: float, out: NDArray[np.float64]) -> None:
    """Write the times of the samples ``first``, ``first + step`` … in seconds.

    :param first: index, lost samples counted in.
    :param out: float64; written.
    """
    for index in range(out.size):
        out[index] = (first + index * step) * interval_s
