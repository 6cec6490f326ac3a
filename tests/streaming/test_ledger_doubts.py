"""What nobody can know of a loss is said to be uncertain; 1 kS/s, so that a sample is 1 ms."""

from __future__ import annotations

from typing import Any

from picostream_pymeasure.streaming.layout import CAUSE_DRIVER
from picostream_pymeasure.streaming.ledger import gaps, polls, signalled, silent
from picostream_pymeasure.streaming.state import SharedState
from tests.support.made_state import state_of

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


def test_what_is_suspected_is_told_with_a_signal_and_suspected_no_more() -> None:
    """It had ended a recording with an error of NumPy: there was no lag to look at."""
    state = suspected(good_index=700)
    gaps.enter_open(state.records[0], 200 * MS, 0, 1000, CAUSE_DRIVER)
    state["open_lag_ns"], state["accepted"] = 200 * MS, 1500
    signalled.settle_open(state.records[0])
    assert (state["suspect_since_ns"], state["recent_count"]) == (0, 0)
    polls.note_end(state.records[0])
    assert (state["lost"], state["gap_count"]) == (200, 1)


def test_a_suspicion_without_a_lag_to_look_at_does_not_rise() -> None:
    state = suspected(recent_count=0, suspect_rises=4)
    assert not silent._rises_on(state.records[0])
