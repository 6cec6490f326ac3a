"""Memory that each thread has of its own and uses again and again."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Where in a page it begins. Chunks of a file begin at the begin of one, and processors need up to
#: five times as long to copy to a place that is a few bytes further in its page than the source.
_PLACE_BYTES, _PAGE_BYTES = 2048, 4096


class ThreadMemory:
    """Arrays by name, for what is made piece by piece; a thread's next one replaces its last."""

    def __init__(self) -> None:
        self._local = threading.local()

    def take(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """An array that holds whatever was there before."""
        needed = int(np.prod(shape)) * dtype.itemsize
        memory = getattr(self._local, name, None)
        if memory is None or memory.nbytes < needed:
            memory = _well_placed(needed)
            setattr(self._local, name, memory)
        array: NDArray[Any] = memory[:needed].view(dtype).reshape(shape)
        return array


def _well_placed(n_bytes: int) -> NDArray[np.uint8]:
    memory = np.empty(n_bytes + _PAGE_BYTES, np.uint8)
    begin = (_PLACE_BYTES - memory.ctypes.data) % _PAGE_BYTES
    return memory[begin : begin + n_bytes]
