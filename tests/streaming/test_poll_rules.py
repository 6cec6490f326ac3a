"""Rules of the poll loop and of the callback, each on a state that is made up; 1 kS/s."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.driver import BUFFER_STALL
from picostream_pymeasure.streaming import access, callback, polling, start
from picostream_pymeasure.streaming.layout import CAUSE_POOL, CAUSES
from picostream_pymeasure.streaming.ledger import pairs
from picostream_pymeasure.streaming.state import SharedState
from tests.support.made_state import state_of

MS, S = 10**6, 10**9


_POLL = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_int16, ctypes.c_void_p, ctypes.c_void_p)
_RUN_STREAMING = ctypes.CFUNCTYPE(
    *(ctypes.c_uint32, ctypes.c_int16, ctypes.c_void_p, ctypes.c_int32, ctypes.c_uint32),
    *(ctypes.c_uint32, ctypes.c_int16, ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint32),
)


class Clock:
    """Stands at a time."""

    def __init__(self, now_ns: int) -> None:
        self.words = np.array([now_ns], np.int64)

    @property
    def address(self) -> int:
        return self.words.ctypes.data


CLOCK = Clock(2 * S)


def stream(**fields: Any) -> SharedState:
    known = {"interval_ns": 1e6, "base_ns": 0.0, "accepted": 1000, "n_inputs": 0}
    return state_of(**{**known, "clock_address": CLOCK.address, **fields})


def fields_of(state: SharedState) -> Any:
    """For a function that is run as Python."""
    return state.records.view(np.recarray)[0]


# --- what a callback brings ---


@pytest.mark.parametrize(
    ("wanted", "room", "stored", "beyond", "whole", "lost"),
    [
        (200, 200, 100, 0, True, 0),
        (80, 200, 80, 20, False, 0),
        (80, 30, 30, 20, False, 50),
        (200, 30, 30, 0, False, 70),
    ],
)
def test_a_chunk_is_stored_let_go_or_lost(
    wanted: int, room: int, stored: int, beyond: int, whole: bool, lost: int
) -> None:
    state = stream(target=1000 + wanted, n_blocks=1, block_samples=1000, fill=1000 - room)
    callback._store(state.records[0], 0, 100)
    assert (state["accepted"] - 1000, state["beyond"], state["lost"]) == (stored, beyond, lost)
    assert state["chunk_count"] == 100 * whole
    assert state.read(access.SURE) == 1000 + stored * bool(lost)
    if lost:
        assert state.gaps[0]["cause"].tobytes().rstrip(b"\0").decode() == CAUSES[CAUSE_POOL]


def test_what_has_to_come_again_is_told_to_nobody_before() -> None:
    state = stream(again=10, target=9999, n_blocks=1, block_samples=1000)
    callback._store(state.records[0], 0, 100)
    assert (state.read(access.SURE), state["again"], state["accepted"]) == (990, 0, 1090)


def test_what_is_missing_while_armed_is_not_missing_in_the_file() -> None:
    state = stream(lost=70, open_lost=30, before_ns=1500 * MS, post_trigger=200)
    callback._note_trigger(state.records[0], 5, 10)
    assert (state.read(access.TRIGGERED_AT), state["target"]) == (1005, 1205)
    assert (state["lost_at_trigger"], state["open_lost"]) == (70, 0)
    assert state["open_first_lag_ns"] == 430 * MS


@pytest.mark.parametrize(("overflow", "over_range", "gaps"), [(1, 1, 0), (2, 0, 0), (-1, 0, 1)])
def test_an_overrun_is_no_over_range(overflow: int, over_range: int, gaps: int) -> None:
    state = stream(n_inputs=1, buffer_samples=100)
    state["over_range_bits"][0] = 1
    callback.take(state.records[0], 0, 0, overflow, 0, 0, 0)
    assert (state["over_range"][0], state["gap_count"]) == (over_range, gaps)


# --- the poll loop ---


@pytest.mark.parametrize(
    ("room", "held_ms", "holds"), [(4, 20, True), (4, 30, False), (5, 0, False)]
)
def test_a_full_pool_holds_the_loop_as_long_as_the_scope_remembers(
    monkeypatch: pytest.MonkeyPatch, room: int, held_ms: int, holds: bool
) -> None:
    monkeypatch.setattr(polling, "room_in_pool", lambda _: room)
    state = stream(buffer_samples=5, hold_since_ns=2 * S - held_ms * MS if held_ms else 7)
    assert polling._must_hold.py_func(fields_of(state)) == holds
    assert (state["hold_since_ns"] == 0) == (room == 5)


def test_a_stall_may_be_told_late_and_a_long_call_is_no_long_silence() -> None:
    state = stream(last_delivered=40, beyond=10, good_index=2000, now_ns=2 * S)
    polling._note_nothing(state.records[0], BUFFER_STALL, S)
    assert state.gaps[0]["earliest"] == 970
    assert state["silent_ns"] == 100 * MS


def test_a_restart_begins_anew() -> None:
    state = stream(told_total=500, again=5, next_start=7, broken_start=3)
    polling.enter_restart(state.records)
    assert (state["told_at_restart"], state["again"]) == (500, 0)
    assert (state["next_start"], state["broken_start"]) == (-1, -1)
    assert state["open_gaps"] == 1


def test_a_look_that_pays_is_repeated_at_once() -> None:
    state = stream(now_ns=2 * S, last_data_ns=2 * S - 10 * MS, delivered=100, buffer_samples=1000)
    state["gains"], state["poll_again"], state["probe_wait"], state["probe_pause"] = 1, 1, 5, 7
    polling._note_waiting(state.records[0], 0)
    assert (state["poll_again"], state["probe_wait"], state["probe_pause"]) == (1, 0, 0)


@pytest.mark.parametrize(("gains", "left"), [(5, 2), (1, 0), (0, 0)])
def test_a_driver_that_was_busy_once_is_asked_again_at_once(gains: int, left: int) -> None:
    state = stream(gains=gains, now_ns=2 * S, last_data_ns=2 * S, buffer_samples=1000)
    polling._note_waiting(state.records[0], 39)
    assert (state["gains"], state["poll_again"]) == (left, left > 0)


def test_a_driver_that_was_started_anew_may_stall_as_long_as_any() -> None:
    state = stream(stalls=7, stalled_since_ns=1, now_ns=2 * S)
    polling.note_data(state.records)
    polling._note_nothing(state.records[0], BUFFER_STALL, S)
    assert (state["stalls"], state["stalled_since_ns"]) == (1, 2 * S)


def test_looks_that_do_not_pay_become_rare() -> None:
    state, looks = stream(), []
    for number in range(60):
        state["poll_again"] = 0
        polling._perhaps_probe(state.records[0])
        if state["poll_again"]:
            looks.append(number)
    assert looks == [0, 2, 6, 14, 30]


def test_a_pair_is_the_best_moment_of_its_time() -> None:
    state = stream(delivered=1)
    polls = [(1000, 990), (1050, 1048), (1080, 1060), (1100, 1090), (1150, 1100), (1200, 1150)]
    for now_ms, accepted in polls:
        state["now_ns"], state["accepted"] = now_ms * MS, accepted
        pairs.note_pair(state.records[0])
    assert state.read(access.PAIR_COUNT) == 2
    told = [(row["index"], row["host_ns"]) for row in state.pairs[:2]]
    assert told == [(1048, 1050 * MS), (1150, 1200 * MS)]


def test_what_was_sampled_by_the_moment_of_the_end_is_fetched() -> None:
    polls = []
    poll = _POLL(lambda *_: polls.append(1) or 0)
    state = stream(n_blocks=1, block_samples=100, buffer_samples=10, callbacks=1)
    state.publish(access.RUNNING, 1)
    state.publish(access.STOP, 1)
    address = ctypes.cast(poll, ctypes.c_void_p).value
    why, _status = polling.poll_until(state.records, address, 1, 0)
    assert (why, polls) == (polling.STOPPED, [1])


# --- the start ---


def test_the_clock_starts_before_the_scope_is_asked() -> None:
    clock = Clock(2 * S)

    def answer(*_: int) -> int:
        clock.words[0] += 50 * MS
        return 0

    run = _RUN_STREAMING(answer)
    state, interval = stream(clock_address=clock.address, ratio=1), ctypes.c_uint32(16)
    address = ctypes.cast(run, ctypes.c_void_p).value
    arguments = (1, ctypes.addressof(interval), 2, 0, 0, 0, 1, 0, 100)
    assert start._run_streaming(state.records, address, 1.0, *arguments) == 0
    assert (state["run_ns"], state["ran_ns"]) == (2 * S, 2 * S + 50 * MS)
    assert state.read(access.RUNNING)


@pytest.mark.parametrize(
    ("wanted_ns", "pre_trigger", "target", "post_trigger"),
    [(10.0, -1, 1, 0), (320.0, -1, 10, 0), (320.0, 5, 0, 10)],
)
def test_the_interval_of_the_scope_decides_how_many_samples_a_time_is(
    wanted_ns: float, pre_trigger: int, target: int, post_trigger: int
) -> None:
    state = stream(ratio=4, wanted_ns=wanted_ns, pre_trigger=pre_trigger, pre_trigger_ns=64.0)
    state["target"] = state["post_trigger"] = 0
    start._note_interval(state.records[0], 8.0)
    assert state["interval_ns"] == 32.0
    assert (state["target"], state["post_trigger"]) == (target, post_trigger)
    assert state["pre_trigger"] == (2 if pre_trigger >= 0 else -1)
