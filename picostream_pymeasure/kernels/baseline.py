"""The baseline of a signal and its noise, which events are no part of."""

from __future__ import annotations

import math

import numpy as np
from numba import float64, int8, int16, int64, njit
from numba.types import Tuple
from numpy.typing import NDArray

from .envelope import extremes

#: Counts of channels.
COUNTS = (int16, int8)
#: What lies further from the median than so many sigma is no baseline.
_OUTLIER_SIGMA = 3.0
#: Sigma of noise over its median distance from the median.
_SIGMA_OF_SPREAD = 1.4826
#: Of long windows some stretches are enough: sigma is good to half a per cent with so many samples.
_STRETCH, _STRETCHES = 256, 128
#: Counts that lie further apart than so many a sample are put in order instead of being counted:
#: so a window costs what its samples cost, however few they are.
_MOST_CODES = 64


@njit(nogil=True, cache=True)
def _looked_at(values):  # type: ignore[no-untyped-def]
    """The samples that are looked at, as whole numbers."""
    size = values.size
    pace = _STRETCH * max(size // (_STRETCH * _STRETCHES), 1)
    found, count = np.empty(min(size, (size // pace + 1) * _STRETCH), np.int64), 0
    for begin in range(0, size, pace):
        for index in range(begin, min(begin + _STRETCH, size)):
            found[count] = values[index]
            count += 1
    return found[:count]


@njit(nogil=True, cache=True)
def _by_counting(values, low, high):  # type: ignore[no-untyped-def]
    """The lower median, and within how many counts of it half of the values lie."""
    occurrences = np.zeros(high - low + 1, np.int64)
    for value in values:
        occurrences[value - low] += 1
    code, passed = 0, occurrences[0]
    while 2 * passed < values.size:
        code += 1
        passed += occurrences[code]
    spread, inside = 0, occurrences[code]
    while 2 * inside < values.size:
        spread += 1
        if code - spread >= 0:
            inside += occurrences[code - spread]
        if code + spread < occurrences.size:
            inside += occurrences[code + spread]
    return low + code, spread


@njit(nogil=True, cache=True)
def _by_order(values):  # type: ignore[no-untyped-def]
    """The same as :func:`_by_counting`, of values that may lie anywhere."""
    middle = (values.size - 1) // 2
    median = np.partition(values, middle)[middle]
    return median, np.partition(np.abs(values - median), middle)[middle]


@njit(
    [Tuple((float64, float64))(counts[::1]) for counts in COUNTS],
    nogil=True,
    cache=True,
)
def baseline_of(values: NDArray[np.int16]) -> tuple[float, float]:
    """Mean and standard deviation in counts of what lies within three sigma of the median.

    For that sigma is the median distance from the median, times 1.4826: so baseline and noise stay
    what they are while events fill less than half of the time.

    :param values: counts, one or more; of very many 256 samples in every so many are looked at.
    """
    looked_at = _looked_at(values)
    low, high = extremes(looked_at)
    if high - low < _MOST_CODES * looked_at.size:
        median, spread = _by_counting(looked_at, low, high)
    else:
        median, spread = _by_order(looked_at)
    reach = int64(math.ceil(_OUTLIER_SIGMA * _SIGMA_OF_SPREAD * (spread + 0.5)))
    count, total, squares = int64(0), int64(0), int64(0)
    for value in looked_at:
        distance = value - median
        if abs(distance) <= reach:
            count += 1
            total += distance
            squares += distance * distance
    mean = total / count
    return median + mean, math.sqrt(max(squares / count - mean * mean, 0.0))
