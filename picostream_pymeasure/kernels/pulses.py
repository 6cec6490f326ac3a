"""What is measured of triggered captures, without temporaries of their size."""

from __future__ import annotations

import numpy as np
from numba import float64, int16, int64, njit, void
from numpy.typing import NDArray

#: Columns of what :func:`measure` writes, in counts.
MINIMUM, MAXIMUM, MEAN, BASELINE = range(4)


@njit(void(int16[:, :], int64, float64[:, ::1]), nogil=True, cache=True)
def measure(captures: NDArray[np.int16], baseline_samples: int, out: NDArray[np.float64]) -> None:
    """Measure captures one by one.

    :param captures: int16, shape ``(n, k)``, k from 1 on.
    :param baseline_samples: so many of the first are at rest, at most k; 0: the baseline is 0.
    :param out: float64, shape ``(n, 4)``; written.
    """
    for number in range(captures.shape[0]):
        low = high = int64(captures[number, 0])
        total = at_rest = int64(0)
        for index in range(captures.shape[1]):
            value = int64(captures[number, index])
            low, high = min(low, value), max(high, value)
            total += value
            if index < baseline_samples:
                at_rest += value
        out[number, MINIMUM], out[number, MAXIMUM] = low, high
        out[number, MEAN] = total / captures.shape[1]
        out[number, BASELINE] = at_rest / baseline_samples if baseline_samples else 0.0
