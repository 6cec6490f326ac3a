"""Decimation of counts straight to millivolts, without temporaries of the input's size.

A *group* is ``factor`` neighbouring samples; the last one may be shorter. A sample is one int16
value, or in aggregate mode two (min, max), so that a group's mean is the mean of all its values,
its min the min of mins and its max the max of maxes.
``mv = counts * scale_mv - offset_mv``.
"""

from __future__ import annotations

import numpy as np
from numba import float64, int16, int64, njit, void
from numpy.typing import NDArray


@njit(void(int16[::1], float64, float64, float64[::1]), nogil=True, cache=True)
def to_mv(
    counts: NDArray[np.int16], scale_mv: float, offset_mv: float, out: NDArray[np.float64]
) -> None:
    """Convert counts to millivolts.

    :param out: float64, as long as ``counts``; written.
    """
    for index in range(counts.size):
        out[index] = counts[index] * scale_mv - offset_mv


@njit(void(int16[::1], int64, float64, float64, float64[::1]), nogil=True, cache=True)
def mean_mv(
    counts: NDArray[np.int16],
    group: int,
    scale_mv: float,
    offset_mv: float,
    out: NDArray[np.float64],
) -> None:
    """Average groups of ``group`` values.

    :param out: float64, shape ``(ceil(len(counts) / group),)``; written.
    """
    for index in range(out.size):
        part = counts[index * group : (index + 1) * group]
        total = int64(0)
        for inner in range(part.size):
            total += part[inner]
        out[index] = total / part.size * scale_mv - offset_mv


@njit(void(int16[::1], int64, float64, float64, float64[::1]), nogil=True, cache=True)
def min_max_mv(
    counts: NDArray[np.int16],
    group: int,
    scale_mv: float,
    offset_mv: float,
    out: NDArray[np.float64],
) -> None:
    """Find the extremes of groups of ``group`` values.

    :param out: float64, shape ``(2 * ceil(len(counts) / group),)``: min, max, min, max …
    """
    for index in range(out.size // 2):
        part = counts[index * group : (index + 1) * group]
        low = high = part[0]
        for inner in range(part.size):
            low = np.int16(min(low, part[inner]))
            high = np.int16(max(high, part[inner]))
        out[2 * index] = low * scale_mv - offset_mv
        out[2 * index + 1] = high * scale_mv - offset_mv
