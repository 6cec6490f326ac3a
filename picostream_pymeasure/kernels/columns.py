"""Sorts samples or overview bins into the columns of a picture.

Columns are described by ``edges``, ascending sample indices: column ``k`` holds the samples from
``edges[k]`` up to, not including, ``edges[k + 1]``. Each column keeps the first, smallest, largest
and last value it was given, in the order of :data:`.envelope.COLUMNS`; of patterns the bounds that
:mod:`.bounds` explains.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import boolean, int64, njit, void
from numpy.typing import NDArray

from .bounds import bounds_of, lower, upper
from .envelope import COUNTS


@njit(nogil=True, cache=True, inline="always")
def _merge(columns, filled, index, first, low, high, last):  # type: ignore[no-untyped-def]
    if filled[index]:
        low, high = lower(low, columns[index, 1]), upper(high, columns[index, 2])
    else:
        columns[index, 0] = first
        filled[index] = True
    columns[index, 1], columns[index, 2], columns[index, 3] = low, high, last


@njit(
    [
        void(counts[::1], int64, int64, int64[::1], counts[:, ::1], boolean[::1])
        for counts in COUNTS
    ],
    nogil=True,
    cache=True,
)
def add_samples(
    values: NDArray[Any],
    start: int,
    width: int,
    edges: NDArray[np.int64],
    columns: NDArray[Any],
    filled: NDArray[np.bool_],
) -> None:
    """Add the samples from index ``start`` on.

    :param values: counts, ``width`` values a sample.
    :param edges: int64, shape ``(n + 1,)``.
    :param columns: of the counts' type, shape ``(n, 4)``; what is not ``filled`` yet means nothing.
    :param filled: bool, shape ``(n,)``; columns that hold a sample.
    """
    stop = start + values.size // width
    for index in range(np.searchsorted(edges, start, side="right") - 1, filled.size):
        if edges[index] >= stop:
            break
        begin, end = max(edges[index], start) - start, min(edges[index + 1], stop) - start
        if begin < end:
            part = values[begin * width : end * width]
            low, high = bounds_of(part)
            _merge(columns, filled, index, part[0], low, high, part[part.size - 1])


@njit(
    [
        void(counts[:, ::1], int64, int64, int64[::1], counts[:, ::1], boolean[::1])
        for counts in COUNTS
    ],
    nogil=True,
    cache=True,
)
def add_bins(
    bins: NDArray[Any],
    start: int,
    factor: int,
    edges: NDArray[np.int64],
    columns: NDArray[Any],
    filled: NDArray[np.bool_],
) -> None:
    """Add bins of ``factor`` samples each, from index ``start`` on; arrays as :func:`add_samples`.

    A bin goes as a whole into the column that its middle sample lies in.
    """
    begin = 0
    shift = start + factor // 2
    for index in range(np.searchsorted(edges, start, side="right") - 1, filled.size):
        if begin == bins.shape[0]:
            break
        end = min(bins.shape[0], max(begin, -((shift - edges[index + 1]) // factor)))
        if begin < end:
            low, high = bins[begin, 1], bins[begin, 2]
            for inner in range(begin, end):
                low, high = lower(low, bins[inner, 1]), upper(high, bins[inner, 2])
            _merge(columns, filled, index, bins[begin, 0], low, high, bins[end - 1, 3])
            begin = end
