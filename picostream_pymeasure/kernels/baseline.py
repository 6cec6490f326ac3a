"""The baseline of a signal and its noise, which events are no part of."""

from __future__ import annotations

import math

import numpy as np
from numba import float64, int8, int16, int64, njit
from numba.types import Tuple
from numpy.typing import NDArray

#: Counts of channels.
COUNTS = (int16, int8)
#: What lies further from the median than so many sigma is no baseline.
_OUTLIER_SIGMA = 3.0
#: Sigma of noise over its median distance from the median.
_SIGMA_OF_SPREAD = 1.4826
_CODES = 2**16
#: Of long windows some stretches are enough: sigma is good to half a per cent with so many samples.
_STRETCH, _STRETCHES = 256, 128


@njit(nogil=True, cache=True)
def _looked_at(size):  # type: ignore[no-untyped-def]
    """From the begin of a stretch that is looked at to the next."""
    return _STRETCH * max(size // (_STRETCH * _STRETCHES), 1)


@njit(nogil=True, cache=True)
def _histogram(values):  # type: ignore[no-untyped-def]
    """How often each count occurs, and how many were looked at."""
    occurrences, total = np.zeros(_CODES, np.int64), 0
    for begin in range(0, values.size, _looked_at(values.size)):
        for index in range(begin, min(begin + _STRETCH, values.size)):
            occurrences[int64(values[index]) + _CODES // 2] += 1
            total += 1
    return occurrences, total


@njit(nogil=True, cache=True)
def _median(occurrences, total):  # type: ignore[no-untyped-def]
    """The lower median's code, and within how many codes of it half of the values lie."""
    code, passed = 0, occurrences[0]
    while 2 * passed < total:
        code += 1
        passed += occurrences[code]
    spread, inside = 0, occurrences[code]
    while 2 * inside < total:
        spread += 1
        if code - spread >= 0:
            inside += occurrences[code - spread]
        if code + spread < _CODES:
            inside += occurrences[code + spread]
    return code, spread


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
    occurrences, n_values = _histogram(values)
    median, spread = _median(occurrences, n_values)
    reach = int64(math.ceil(_OUTLIER_SIGMA * _SIGMA_OF_SPREAD * (spread + 0.5)))
    count, total, squares = int64(0), int64(0), int64(0)
    for code in range(max(median - reach, 0), min(median + reach + 1, _CODES)):
        distance = code - median
        count += occurrences[code]
        total += occurrences[code] * distance
        squares += occurrences[code] * distance * distance
    mean = total / count
    return median - _CODES // 2 + mean, math.sqrt(max(squares / count - mean * mean, 0.0))
