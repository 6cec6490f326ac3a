"""Envelopes of the difference of two channels, which those of the channels do not tell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def difference_in_columns(
    counts: NDArray[Any],
    less: NDArray[Any],
    gain: float,
    less_gain: float,
    shift: float,
    start: int,
    edges: NDArray[np.int64],
    columns: NDArray[np.float64],
) -> None:
    """Add samples from index ``start`` on to columns.

    :param counts: of the one channel, shape ``(n,)``; ``less`` those of the other one.
    :param gain: volts a count of the one, ``less_gain`` of the other; ``shift`` volts are added.
    :param edges: int64, shape ``(columns + 1,)``: ascending indices, where columns begin and end.
    :param columns: float64, shape ``(columns, 4)``: first, min, max and last; NaN where empty.
    """
    stop = start + counts.size
    first = int(np.searchsorted(edges, start, side="right"))
    for column in range(max(first - 1, 0), len(columns)):
        if edges[column] >= stop:
            break
        begin, end = max(edges[column], start) - start, min(edges[column + 1], stop) - start
        if begin >= end:
            continue
        low, high = np.inf, -np.inf
        for index in range(begin, end):
            value = gain * counts[index] - less_gain * less[index]
            low, high = min(low, value), max(high, value)
        if np.isnan(columns[column, 0]):
            columns[column, 0] = gain * counts[begin] - less_gain * less[begin] + shift
            columns[column, 1], columns[column, 2] = low + shift, high + shift
        else:
            columns[column, 1] = min(columns[column, 1], low + shift)
            columns[column, 2] = max(columns[column, 2], high + shift)
        columns[column, 3] = gain * counts[end - 1] - less_gain * less[end - 1] + shift
