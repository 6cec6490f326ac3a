"""Memory of a thread's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from picostream_pymeasure.system.thread_memory import ThreadMemory


def address(array: np.ndarray) -> int:
    return array.ctypes.data


@pytest.mark.parametrize("dtype", [np.int16, np.uint8, np.int64])
def test_it_is_used_again_and_lies_amid_a_page(dtype: type) -> None:
    memory = ThreadMemory()
    long = memory.take("a", (1000, 4), np.dtype(dtype))
    assert (long.shape, long.dtype, address(long) % 4096) == ((1000, 4), dtype, 2048)
    short = memory.take("a", (7,), np.dtype(dtype))
    assert (short.shape, address(short)) == ((7,), address(long))
    assert memory.take("a", (0,), np.dtype(dtype)).size == 0
    assert not np.shares_memory(memory.take("b", (7,), np.dtype(dtype)), short)


def test_no_two_threads_share_it() -> None:
    memory = ThreadMemory()
    mine = memory.take("a", (100,), np.dtype(np.uint8))
    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(memory.take, "a", (100,), np.dtype(np.uint8)).result()
    assert not np.shares_memory(mine, theirs)
