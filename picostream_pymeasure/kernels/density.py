"""Captures laid over each other: how often each pixel is crossed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import float64, int16, int32, int64, njit, void
from numpy.typing import NDArray


@njit([float64(int16[:], float64), float64(float64[:], float64)], nogil=True, cache=True)
def value_at(samples: NDArray[Any], place: float) -> float:
    """Value between two samples, along a straight line; at the ends that of the end.

    :param samples: int16 or float64, shape ``(k,)``, k from 1 on.
    :param place: in samples.
    """
    place = min(max(place, 0.0), float(samples.size - 1))
    before = int64(place)
    after = min(before + 1, samples.size - 1)
    part = place - before
    value: float = samples[before] * (1.0 - part) + samples[after] * part
    return value


@njit(
    [
        void(numbers[:, ::1], float64[::1], float64, float64, float64, float64, int32[:, ::1])
        for numbers in (int16, float64)
    ],
    nogil=True,
    cache=True,
)
def add_density(
    captures: NDArray[Any],
    shifts: NDArray[np.float64],
    begin: float,
    end: float,
    low: float,
    high: float,
    steps: NDArray[np.int32],
) -> None:
    """Add the lines through captures; :func:`finish_density` makes numbers of crossings of it.

    :param captures: int16 counts, or float64 in place of them, shape ``(n, k)``, k from 1 on.
    :param shifts: float64, shape ``(n,)``: so many samples each lies too far to the right.
    :param begin: sample at the left edge of the first column …
    :param end: … and at the right edge of the last one.
    :param low: count at the lower edge of the first row …
    :param high: … and at the upper edge of the last one; lines beyond them are left out.
    :param steps: int32, shape ``(columns, rows + 1)``; added to.
    """
    n_columns, n_rows = steps.shape[0], steps.shape[1] - 1
    width, scale = (end - begin) / n_columns, n_rows / (high - low)
    for number in range(captures.shape[0]):
        samples = captures[number]
        place = begin + shifts[number]
        value = value_at(samples, place)
        for column in range(n_columns):
            following = begin + shifts[number] + (column + 1) * width
            next_value = value_at(samples, following)
            lowest, highest = min(value, next_value), max(value, next_value)
            first = max(int64(math.ceil(place)), 0)
            last = min(int64(math.floor(following)), samples.size - 1)
            for index in range(first, last + 1):
                lowest = min(lowest, float(samples[index]))
                highest = max(highest, float(samples[index]))
            if highest >= low and lowest <= high:
                lower = min(max(int64((lowest - low) * scale), 0), n_rows - 1)
                upper = min(max(int64((highest - low) * scale), 0), n_rows - 1)
                steps[column, lower] += 1
                steps[column, upper + 1] -= 1
            place, value = following, next_value


def finish_density(steps: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many captures cross each pixel: int32, shape ``(columns, rows)``."""
    crossings: NDArray[np.int32] = np.cumsum(steps[:, :-1], axis=1, dtype=np.int32)
    return crossings
