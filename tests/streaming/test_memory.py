"""The memory of a stream: there in time, and given back at its end."""

from __future__ import annotations

import gc
import mmap
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil

from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.streaming.pool_memory import touch_pages


def test_touching_keeps_what_is_there() -> None:
    words = np.arange(2**17 + 5)
    before = words.copy()
    touch_pages(words, np.zeros(1, np.int64))
    np.testing.assert_array_equal(words, before)


def test_touched_memory_is_there() -> None:
    words = np.frombuffer(mmap.mmap(-1, 2**28), np.int64)  # memory that nobody had before
    before = psutil.Process().memory_info().rss
    touch_pages(words, np.zeros(1, np.int64))
    assert psutil.Process().memory_info().rss - before > 0.9 * words.nbytes


def test_streams_one_after_the_other_do_not_pile_up(simulated: Callable[..., Any]) -> None:
    process = psutil.Process()
    gc.disable()  # sessions hold each other; nobody may have to wait for the collector
    try:
        with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
            scope.sample_rate = 1e6
            scope.acquire(samples=100)
            before = process.memory_info().rss
            for _ in range(8):
                scope.acquire(samples=100)  # with a pool of 100 MB each
            assert process.memory_info().rss - before < 300e6
    finally:
        gc.enable()
