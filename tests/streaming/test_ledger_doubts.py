"""What nobody can know of a loss is said to be uncertain; 1 kS/s, so that a sample is 1 ms."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming.layout import CAUSE_DRIVER, NO_LAG
from picostream_pymeasure.streaming.ledger import gaps, polls, signalled, silent
from picostream_pymeasure.streaming.state import SharedState
from tests.support.made_state import state_of
from tests.support.told_checks import SILENT, require_length
from tests.support.virtual_stream import run_virtually

MS, S = 1e6, 10**9


def ledger(**fields: Any) -> SharedState:
    """Its first window is over, and nothing is late."""
    known = {"interval_ns": MS, "base_ns": 0.0, "first_base_ns": 0.0, "accepted": 1000}
    return state_of(**{**known, "pre_trigger": -1, "target": -1, **fields})


def suspected(**fields: Any) -> SharedState:
    """A lag has been 200 ms too high for long enough."""
    lags = {"suspect_lag_ns": 200 * MS, "suspect_top_ns": 200 * MS, "recent_count": 1}
    polled = {"suspect_since_ns": 1, "suspect_polls": 4, "now_ns": S, "last_data_ns": S}
    state = ledger(**{**lags, **polled, **fields})
    state["recent_lag_ns"][0] = 200 * MS
    return state


@pytest.mark.parametrize("end", ["target", "failure", "none"])
@pytest.mark.parametrize("came", [0, 30, 400])
def test_a_signalled_gap_may_lie_behind_the_last_sample_however_it_ends(
    came: int, end: str
) -> None:
    """But not if more came behind the signal than can have waited then."""
    state = ledger(open_calm_polls=4, open_best_ns=1, now_ns=2 * S)
    gaps.enter_open(state.records[0], 200 * MS, 0, 1000, CAUSE_DRIVER)
    state["open_lag_ns"], state["accepted"] = 200 * MS, 1000 + came
    state["open_calm_polls"] = 4
    if end == "target":
        state["target"] = state["accepted"]
    signalled.settle_open(state.records[0], is_end=end == "failure")
    is_doubtful = end != "none" and came < 30
    assert (state["lost"], state["untold_wait_ns"]) == (200, 200 * MS * is_doubtful)


@pytest.mark.parametrize(("sure", "uncertain_ms"), [(1000, 200), (999, 0)])
def test_a_silent_gap_at_the_end_may_lie_behind_the_last_sample(
    sure: int, uncertain_ms: float
) -> None:
    state = suspected(suspect_sure=sure)
    silent.claim_at_end(state.records[0])
    assert (state["lost"], state["untold_wait_ns"]) == (200, uncertain_ms * MS)


def test_what_waited_when_a_loss_was_suspected_may_lie_before_it() -> None:
    state = ledger(delivered=50, beyond=7, now_ns=2 * S, recent_count=1)
    silent.suspect(state.records[0], 300 * MS, 300 * MS)
    assert (state["suspect_index"], state["suspect_sure"]) == (950, 1307)
    for lag_ms, sure in ((320, 1307), (400, 1907)):  # one more loss
        state["accepted"] = 1500
        silent.suspect(state.records[0], lag_ms * MS, lag_ms * MS)
        assert state["suspect_sure"] == sure


@pytest.mark.parametrize(("since_s", "uncertain_ms"), [(0.5, 70), (3.0, 0)])
def test_the_begin_of_a_silent_loss_may_look_like_a_late_start(
    since_s: float, uncertain_ms: float
) -> None:
    state = suspected(suspect_since_ns=int(since_s * S), base_ns=70 * MS)
    silent._claim_suspicion(state.records[0])
    assert (state["lost"], state["untold_wait_ns"]) == (130, uncertain_ms * MS)


def test_what_is_suspected_is_told_with_a_signal_and_suspected_no_more() -> None:
    """It had ended a recording with an error of NumPy: there was no lag to look at."""
    state = suspected(good_index=700)
    gaps.enter_open(state.records[0], 200 * MS, 0, 1000, CAUSE_DRIVER)
    state["open_lag_ns"], state["accepted"] = 200 * MS, 1500
    signalled.settle_open(state.records[0], is_end=False)
    assert (state["suspect_since_ns"], state["recent_count"]) == (0, 0)
    polls.note_end(state.records[0])
    assert (state["lost"], state["gap_count"]) == (200, 1)


def test_a_suspicion_without_a_lag_to_look_at_does_not_rise() -> None:
    state = suspected(recent_count=0, suspect_rises=4)
    assert not silent._rises_on(state.records[0])


@pytest.mark.parametrize("lost_beyond", [0, 1])
def test_what_a_loss_at_the_end_hides_in_is_a_delivery_more_than_what_is_late(
    lost_beyond: int,
) -> None:
    state = ledger(last_data_ns=1100 * MS, late_ns=25 * MS, lost_beyond=lost_beyond)
    silent.note_untold(state.records[0])
    assert (state["untold_wait_ns"], state["visible_ns"]) == (100 * MS, 125 * MS)


def test_what_is_late_at_the_end_is_said_also_where_a_gap_was_open() -> None:
    state = ledger(last_data_ns=1190 * MS, late_ns=25 * MS)
    gaps.enter_open(state.records[0], 10 * MS, 0, 900, CAUSE_DRIVER)
    state["open_lag_ns"] = 10 * MS
    polls.note_end(state.records[0])
    assert (state["lost"], state["visible_ns"]) == (10, 205 * MS)


@pytest.mark.parametrize("memory_full", ["oldest", "newest"])
@pytest.mark.parametrize("at_s", [3.9, 3.95, 3.98])
def test_a_silent_loss_around_the_end_is_as_uncertain_as_it_is(
    at_s: float, memory_full: Any
) -> None:
    faults = (Fault("hang", at_s=at_s, duration_s=0.43),)
    habits = Habits(memory_full=memory_full)
    told = run_virtually(4.0, 1e4, fifo_s=0.1, habits=habits, faults=faults, **SILENT)
    require_length(told)


@pytest.mark.parametrize("first_base_ns", [NO_LAG, 0.0])
def test_before_anything_is_known_nothing_is_claimed_at_the_end(first_base_ns: float) -> None:
    state = suspected(first_base_ns=first_base_ns)
    silent.claim_at_end(state.records[0])
    assert state["lost"] == (200 if first_base_ns == 0.0 else 0)
