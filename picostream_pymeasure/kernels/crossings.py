"""Where a signal crosses a level: edges with hysteresis, in int16 counts."""

from __future__ import annotations

import numpy as np
from numba import boolean, float64, int16, njit
from numba.types import Tuple
from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def _position(values, begin, end, level):  # type: ignore[no-untyped-def]
    """Where the straight line that fits ``values[begin:end + 1]`` best crosses the level.

    Of two samples this is linear interpolation; more of them average the noise of a slow edge.
    """
    middle = (begin + end) / 2
    total, moment, spread = 0.0, 0.0, 0.0
    for index in range(begin, end + 1):
        offset = index - middle
        total += values[index]
        moment += offset * values[index]
        spread += offset * offset
    if moment == 0.0:
        return middle
    mean = total / (end - begin + 1)
    return min(max(middle + (level - mean) * spread / moment, float64(begin)), float64(end))


@njit(Tuple((float64[::1], boolean))(int16[::1], float64, float64, float64), nogil=True, cache=True)
def find_edges(
    values: NDArray[np.int16], lower: float, level: float, upper: float
) -> tuple[NDArray[np.float64], bool]:
    """Find all edges: ways from ``lower`` or below to ``upper`` or above, or back.

    Positions are sample indices with a fraction, between the last sample on one side and the first
    one on the other.

    :param lower: below ``upper``, in counts, as ``level`` between them, where an edge is said to
        be.
    :returns: float64 positions, ascending, rising and falling edges by turns; and whether the
        first one rises.
    """
    positions = np.empty(values.size)
    count, state, turn = 0, 0, 0  # turn: last sample on the side that the signal is on
    first_rises = False
    for index in range(values.size):
        value = values[index]
        if value >= upper:
            if state < 0:
                first_rises = first_rises or count == 0
                positions[count] = _position(values, turn, index, level)
                count += 1
            state, turn = 1, index
        elif value <= lower:
            if state > 0:
                positions[count] = _position(values, turn, index, level)
                count += 1
            state, turn = -1, index
    return positions[:count].copy(), first_rises
