"""The memory of a stream: the pool's blocks and the driver's buffers.

The system hands out a page when it is first written to, which takes seconds for a pool of a GB. So
that a stream begins at once, only the driver's buffers and the first blocks are touched before it;
a native thread, which needs no GIL either, touches the others ahead of the producer.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numba import int64, njit, void
from numpy.typing import NDArray

from ..system import memory
from ..system.native import load_acquire, store_release, touch
from .pool import PoolPlan

_TOUCHED_AT_START_BYTES = 32 * 2**20
_PAGE_WORDS = 4096 // 8
_WORDS_AT_ONCE = 2**20 // 8


class PoolMemory:
    """Allocated when it is made, given back by :meth:`release`.

    ``blocks``: shape :attr:`.PoolPlan.pool_shape`; ``buffers``: shape ``(n_inputs, values, n)``,
    each row what the driver writes one value of one input into. Both have the plan's dtype.

    :raises ConfigurationError: the machine does not have so much memory free.
    """

    def __init__(self, plan: PoolPlan) -> None:
        instead = "use a shorter buffer or pre-trigger time"
        memory.require(plan.n_bytes, "The buffer pool needs", instead)
        self.blocks: NDArray[Any] = np.empty(plan.pool_shape, plan.counts_dtype)
        self.buffers: NDArray[Any] = np.empty(plan.buffers_shape, plan.counts_dtype)
        self.buffers.fill(np.iinfo(plan.counts_dtype).min)  # which no ADC gives
        self._cancelled = np.zeros(1, np.int64)
        words = self.blocks.reshape(-1).view(np.int64)
        first = min(_TOUCHED_AT_START_BYTES // 8, words.size)
        touch_pages(words[:first], self._cancelled)
        self._toucher = threading.Thread(
            target=touch_pages,
            args=(words[first:], self._cancelled),
            name="picostream-memory",
            daemon=True,
        )
        self._toucher.start()

    def release(self) -> None:
        """Give the memory back, without waiting for the garbage collector; nobody may use it."""
        _cancel(self._cancelled)
        self._toucher.join()
        self.blocks = self.buffers = np.empty(0, self.blocks.dtype)


@njit(void(int64[::1], int64[::1]), nogil=True, cache=True)
def touch_pages(words: NDArray[np.int64], cancelled: NDArray[np.int64]) -> None:
    """Make the system provide memory; what it holds is kept, also if others write meanwhile.

    :param words: int64, the memory.
    :param cancelled: int64, shape ``(1,)``; set to 1 it ends the work early.
    """
    for begin in range(0, words.size, _WORDS_AT_ONCE):
        if load_acquire(cancelled, 0):
            return
        for index in range(begin, min(begin + _WORDS_AT_ONCE, words.size), _PAGE_WORDS):
            touch(words, index)


@njit(void(int64[::1]), nogil=True, cache=True)
def _cancel(cancelled):  # type: ignore[no-untyped-def]
    store_release(cancelled, 0, 1)
