"""Whether a driver call returns is judged by the time in which the process ran."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from picostream_pymeasure.streaming import access
from picostream_pymeasure.streaming.state import SharedState
from picostream_pymeasure.streaming.watch import CallWatch


def watched() -> tuple[CallWatch, SharedState, np.ndarray]:
    """A call is under way, and 5 s are too long for it."""
    words, state = np.ones(1, np.int64), SharedState()
    state["clock_address"], state["stall_ns"] = words.ctypes.data, 5_000_000_000
    state.publish(access.IN_CALL, 1)
    watch = CallWatch(state)
    assert not watch.look()
    return watch, state, words


def test_a_frozen_process_has_not_waited(tell: Callable[..., None]) -> None:
    watch, state, words = watched()
    words[0] += 60_000_000_000
    hangs = watch.look()
    tell("frozen for 60 s within a call", "it hangs" if hangs else "it goes on", "it returns")
    assert not hangs
    state.publish(access.POLLS, 1)
    assert not watch.look()
    assert not watch.driver_hangs


def test_a_call_that_does_not_return_is_told_once() -> None:
    watch, _, words = watched()
    told = []
    for _ in range(200):
        words[0] += 50_000_000
        told.append(watch.look())
    assert told.count(True) == 1
    assert told.index(True) == 100
    assert watch.driver_hangs
