"""Where a short run of samples occurs in a longer one."""

from __future__ import annotations

import numpy as np
from numba import int16, int64, njit
from numpy.typing import NDArray


@njit(
    int64[::1](int16[:, ::1], int16[:, ::1], int64[::1]),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def find_matches(
    values: NDArray[np.int16], head: NDArray[np.int16], probes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Every offset at which the probed samples of ``head`` are found in ``values``.

    :param values: int16, shape ``(n, width)``.
    :param head: int16, shape ``(m, width)``, ``m`` at most ``n``.
    :param probes: int64, indices into ``head``, the most telling first.
    :returns: int64, offsets from 0 to ``n - m``, ascending.
    """
    found = np.empty(values.shape[0] - head.shape[0] + 1, np.int64)
    n_found = 0
    for offset in range(found.size):
        matches = True
        for probe in probes:
            for column in range(head.shape[1]):
                matches &= values[offset + probe, column] == head[probe, column]
            if not matches:
                break
        if matches:
            found[n_found] = offset
            n_found += 1
    return found[:n_found]
