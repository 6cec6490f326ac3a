"""Memory for arrays that are handed out one after the other, and let go again.

New memory costs more than the numbers that are put into it: the system zeroes every page of it,
and takes it back with the array. So the memory of an array that nobody holds any more is used for
the next one of its size.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

#: Below, the allocator keeps memory by itself; above, it would be too much to keep.
_LEAST_BYTES, _MOST_BYTES = 1 << 16, 1 << 24

#: One block is held while the times of the next one and the voltages of three are made.
_MOST_KEPT = 6


class RecycledMemory:
    """Makes float64 arrays; from any thread, and they may be let go in any."""

    def __init__(self) -> None:
        self._kept: deque[NDArray[np.float64]] = deque(maxlen=_MOST_KEPT)

    def empty(self, count: int) -> NDArray[np.float64]:
        """An array of so many numbers, whatever they are; no other that lives shares its memory."""
        if not _LEAST_BYTES <= 8 * count <= _MOST_BYTES:
            return np.empty(count)
        return np.asarray(_Lease(self._memory(count), self._kept))

    def _memory(self, count: int) -> NDArray[np.float64]:
        try:
            found = self._kept.pop()
        except IndexError:
            return np.empty(count)
        return found if found.size == count else np.empty(count)


class _Lease:
    """Gives memory back when the last array that looks into it is gone."""

    def __init__(self, memory: NDArray[np.float64], kept: deque[NDArray[np.float64]]) -> None:
        self.__array_interface__ = memory.__array_interface__
        self._memory, self._kept = memory, kept

    def __del__(self) -> None:
        self._kept.append(self._memory)
