"""Rules of the ledger, each on a state that is made up; 1 kS/s, so that a sample is 1 ms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.streaming import callback, polling
from picostream_pymeasure.streaming.layout import (
    CAUSE_DRIVER,
    CAUSE_REPEATED,
    CAUSE_SKIPPED,
    CAUSE_UNREPORTED,
    CAUSES,
    NO_LAG,
)
from picostream_pymeasure.streaming.ledger import base, gaps, order, signalled, silent
from picostream_pymeasure.streaming.ledger.usual import floor_ns
from picostream_pymeasure.streaming.state import SharedState
from tests.support.made_state import state_of

MS, S = 1e6, 10**9


def ledger(**fields: Any) -> SharedState:
    """Its first window is over, and nothing is late."""
    known = {"interval_ns": MS, "base_ns": 0.0, "first_base_ns": 0.0, "pre_trigger": -1}
    return state_of(**{**known, "accepted": 1000, **fields})


def open_gap(state: SharedState, index: int, lag_ms: float, claimed: int = 0) -> None:
    accepted = int(state["accepted"])
    state["accepted"] = index
    gaps.enter_open(state.records[0], lag_ms * MS, claimed, index, CAUSE_DRIVER)
    state["accepted"] = accepted


def settled(lag_ms: float, **fields: Any) -> SharedState:
    """The lag has stopped falling."""
    rest = {"now_ns": 2 * S, "open_calm_polls": 4, "open_best_ns": S, "open_lag_ns": lag_ms * MS}
    return ledger(**{**rest, **fields})


def settle(state: SharedState, lag_ms: float) -> None:
    state["open_lag_ns"] = lag_ms * MS  # a new gap has forgotten it
    signalled.settle_open(state.records[0], is_end=False)


# --- how late is too late ---


@pytest.mark.parametrize(
    ("handover_ms", "interval_ms", "floor_ms"), [(1, 1, 30), (50, 1, 100), (1, 40, 80)]
)
def test_no_step_of_two_deliveries_or_samples_is_a_loss(
    handover_ms: float, interval_ms: float, floor_ms: float
) -> None:
    state = state_of(handover_ns=handover_ms * MS, interval_ns=interval_ms * MS)
    assert floor_ns(state.records[0]) == floor_ms * MS


@pytest.mark.parametrize(
    ("base_ms", "pre_trigger", "visible_ms"), [(5, -1, 37), (80, -1, 80), (80, 0, 37)]
)
def test_what_would_have_shown_is_a_call_more_than_a_step_or_as_late_as_the_start(
    base_ms: float, pre_trigger: int, visible_ms: float
) -> None:
    state = ledger(first_base_ns=NO_LAG, base_ns=base_ms * MS, pre_trigger=pre_trigger)
    state["window_ns"], state["now_ns"], state["call_ns"] = 1, 2 * S, 7 * MS
    base.note_window(state.records[0], base_ms * MS)
    assert state["visible_ns"] == visible_ms * MS


@pytest.mark.parametrize(("suspected", "base_ms"), [(0, 6), (1, 5)])
def test_the_base_does_not_rise_into_what_may_be_a_loss(suspected: int, base_ms: float) -> None:
    state = ledger(base_ns=5 * MS, suspect_since_ns=suspected, window_ns=1, now_ns=2 * S)
    base.note_window(state.records[0], 6 * MS)
    assert state["base_ns"] == base_ms * MS


def test_the_base_rises_by_what_was_seen_in_a_second_without_open_gaps() -> None:
    state = ledger(base_ns=5 * MS, window_ns=1, now_ns=S // 2)
    open_gap(state, 1000, 5)
    state["now_ns"] = 4 * S
    settle(state, 5)
    base.note_window(state.records[0], 9 * MS)
    assert state["base_ns"] == 5 * MS, "it may be late by a loss that is told later"
    state["now_ns"] = 5 * S
    base.note_window(state.records[0], 6 * MS)
    assert state["base_ns"] == 6 * MS


def test_a_new_anchor_and_a_chunk_that_was_too_long_leave_nothing_of_before() -> None:
    state = ledger(base_ns=9 * MS, base_kept_ns=3 * MS, recent_count=4, window_share=0.5)
    base.set_anchor(state.records[0], 10, 5)
    assert (state["anchor_lag_ns"], state["window_share"]) == (9 * MS, 0)
    base.forget_newest(state.records[0])
    assert (state["base_ns"], state["recent_count"]) == (3 * MS, 0)
    assert state["window_lag_ns"] == NO_LAG


@pytest.mark.parametrize(("now_s", "left", "base_ms"), [(29, 70, 50), (31, 100, 20)])
def test_an_estimate_is_taken_back_for_half_a_minute(now_s: int, left: int, base_ms: float) -> None:
    state = ledger(base_ns=50 * MS)
    gaps.enter_estimated(state.records[0], (500, 400, 600), 100, CAUSE_UNREPORTED)
    state["now_ns"] = now_s * S
    base.note_low_lag(state.records[0], 20 * MS)
    assert (state.gaps[0]["estimate"], state["base_ns"]) == (left, base_ms * MS)


# --- the order of samples ---


def test_until_a_sample_comes_after_a_signal_more_may_wait() -> None:
    clock = np.array([1500 * MS], np.int64)
    state = ledger(next_start=100, buffer_samples=1000, clock_address=clock.ctypes.data)
    open_gap(state, 1000, 0)
    order.note_start(state.records[0], 100, 10)
    assert state.gaps[0]["lag_ns"] == 500 * MS


@pytest.mark.parametrize(("standstills", "broken_start"), [(7, 200), (8, -1)])
def test_a_start_index_that_stands_still_is_believed_no_more(
    standstills: int, broken_start: int
) -> None:
    state = ledger(standstills=standstills, next_start=200, chunk_count=100, buffer_samples=1000)
    order.note_start(state.records[0], 50, 100)
    assert state["broken_start"] == broken_start


@pytest.mark.parametrize(("told", "cause"), [(103, CAUSE_SKIPPED), (97, CAUSE_REPEATED)])
def test_a_start_index_says_whether_it_is_too_high_or_too_low(
    monkeypatch: pytest.MonkeyPatch, told: int, cause: int
) -> None:
    monkeypatch.setattr(order, "true_start", lambda *_: 100)
    state = ledger()
    record = state.records.view(np.recarray)[0]
    assert order.find_start.py_func(record, told, 10) == 100
    assert (state["order_breaks"], state["wrong_by"]) == (1, told - 100)
    assert state.gaps[0]["cause"].tobytes().rstrip(b"\0").decode() == CAUSES[cause]


# --- gaps that were signalled ---


@pytest.mark.parametrize(
    ("claimed", "lengths"), [(0, [500]), (50, [500]), (498, [498]), (1000, [0, 500])]
)
def test_the_clock_may_contradict_a_start_index(claimed: int, lengths: list[int]) -> None:
    state = settled(500)
    open_gap(state, 100, 500, claimed)
    settle(settled_again(state), 500)
    assert state.gaps["estimate"][: state["gap_count"]].tolist() == lengths


def settled_again(state: SharedState) -> SharedState:
    state["open_calm_polls"] = 4
    return state


def test_without_rest_what_the_scope_may_hold_is_uncertain() -> None:
    state = settled(250)
    open_gap(state, 100, 300)
    settle(state, 250)
    assert state["untold_wait_ns"] == 300 * MS
    at_rest = settled(250)
    open_gap(at_rest, 100, 300)
    settle(settled_again(at_rest), 250)
    assert at_rest["untold_wait_ns"] == 0


@pytest.mark.parametrize(("lost_ms", "uncertain_ms"), [(1600, 0), (1800, 1800)])
def test_where_hardly_anything_comes_all_of_it_is_uncertain(
    lost_ms: float, uncertain_ms: float
) -> None:
    state = settled(lost_ms, now_ns=0)
    open_gap(state, 100, lost_ms)
    open_gap(state, 200, lost_ms)
    state["now_ns"] = 2 * S
    settle(settled_again(state), lost_ms)
    assert state["untold_wait_ns"] == uncertain_ms * MS


@pytest.mark.parametrize(("now_s", "open_gaps"), [(9, 1), (11, 0)])
def test_a_driver_that_is_never_at_rest_gets_its_length_in_time(now_s: int, open_gaps: int) -> None:
    state = ledger(handover_ns=2e9)
    open_gap(state, 100, 200)
    state["now_ns"], state["delivered"], state["open_calm_polls"] = now_s * S, 1, 4
    state["open_best_ns"], state["open_lag_ns"] = (now_s - 1) * S, 200 * MS
    signalled.note_open(state.records[0], 200 * MS, 200 * MS, True)
    assert state["open_gaps"] == open_gaps


@pytest.mark.parametrize(("pre_trigger", "visible_ms"), [(-1, 70), (0, 0)])
def test_a_loss_before_anything_is_known_may_be_a_late_start(
    pre_trigger: int, visible_ms: float
) -> None:
    unknown = {"first_base_ns": NO_LAG, "first_data_ns": 2 * S, "base_ns": 70 * MS}
    state = settled(70, pre_trigger=pre_trigger, **unknown)
    open_gap(state, 100, 70)
    settle(settled_again(state), 70)
    assert (state["untold_wait_ns"], state["visible_ns"]) == (70 * MS, visible_ms * MS)


@pytest.mark.parametrize(
    ("lag_ms", "opened_s", "earliest", "uncertain_ms"),
    [
        (720, 0.5, 0, 720),  # nothing is missing behind it: it was before, or there is none
        (720, 3, 100, 0),  # nobody tells so late
        (800, 0.5, 0, 720),  # some of it was found; more may have been before
    ],
)
def test_a_loss_that_is_told_in_the_first_second_may_be_what_looked_like_a_late_start(
    lag_ms: float, opened_s: float, earliest: int, uncertain_ms: float
) -> None:
    times = {"run_ns": 0, "ran_ns": int(700 * MS), "now_ns": int(opened_s * S)}
    state = settled(lag_ms, first_base_ns=NO_LAG, base_ns=720 * MS, recent_count=9, **times)
    open_gap(state, 100, lag_ms)
    state.gaps[0]["earliest"] = 100
    state["now_ns"] = 4 * S
    settle(settled_again(state), lag_ms)
    assert state.gaps[0]["earliest"] == earliest
    assert state["untold_wait_ns"] == uncertain_ms * MS


@pytest.mark.parametrize(("accepted", "latest"), [(1000, 122), (110, 110)])
def test_a_place_reaches_as_far_as_a_signal_may_be_early(accepted: int, latest: int) -> None:
    """Two samples and four times 5 ms, but no farther than the last sample."""
    state = settled(50, accepted=accepted)
    open_gap(state, 100, 50)
    settle(settled_again(state), 50)
    assert (state.gaps[0]["earliest"], state.gaps[0]["latest"]) == (0, latest)


# --- gaps that nobody signalled ---


def test_a_silent_gap_is_unsure_until_the_lag_rests_at_its_base() -> None:
    state = ledger(delivered=1)
    gaps.enter_estimated(state.records[0], (500, 400, 600), 100, CAUSE_UNREPORTED)
    for lag_ms, accepted, is_unsure in ((0, 700, 1), (9, 800, 1), (0, 900, 1), (0, 950, 1)):
        state["accepted"] = accepted
        silent.note_unsure(state.records[0], lag_ms * MS)
        assert (state["unsure_gap"] == 0, state.gaps[0]["latest"]) == (is_unsure, accepted)
    silent.note_unsure(state.records[0], 0.0)
    assert state["unsure_gap"] == -1


def test_what_came_late_last_is_uncertain() -> None:
    state = ledger(last_data_ns=1100 * MS)
    silent.note_untold(state.records[0])
    assert (state["untold_wait_ns"], state["visible_ns"]) == (100 * MS, 100 * MS)


@pytest.mark.parametrize(("certain_ms", "is_suspect"), [(10, 0), (40, 1)])
def test_a_long_call_is_no_reason_to_suspect_a_loss(certain_ms: float, is_suspect: int) -> None:
    state = ledger(now_ns=2 * S)
    silent.suspect(state.records[0], 500 * MS, certain_ms * MS)
    assert (state["suspect_since_ns"] > 0) == is_suspect


@pytest.mark.parametrize(("share", "is_slow", "lost"), [(0.0, 0, 0), (0.1, 1, 100)])
def test_what_goes_on_as_a_steady_loss_did_is_one(share: float, is_slow: int, lost: int) -> None:
    state = ledger(now_ns=S, last_data_ns=S, steady_share=share)
    silent.suspect(state.records[0], 100 * MS, 100 * MS)
    assert (state["suspect_is_slow"], state["open_lost"]) == (is_slow, lost)


@pytest.mark.parametrize(("share", "uncertain_ms"), [(0.5, 0), (0.9, 900)])
def test_where_hardly_anything_comes_a_steady_loss_is_uncertain(
    share: float, uncertain_ms: float
) -> None:
    state = ledger(last_data_ns=S)
    silent._claim_slow(state.records[0], share)
    assert (state["lost"], state["untold_wait_ns"]) == (share * 1000, uncertain_ms * MS)


# --- the end ---


@pytest.mark.parametrize(
    ("share", "data_polls", "is_slow"), [(0.5, 31, False), (0.5, 32, True), (0.03, 32, False)]
)
def test_a_rate_is_low_for_certain_once_deliveries_are_known(
    share: float, data_polls: int, is_slow: bool
) -> None:
    state = ledger(last_data_ns=S, data_polls=data_polls)
    assert silent._is_certainly_slow(state.records[0], share) == is_slow


@pytest.mark.parametrize(("stayed_ms", "lost"), [(400, 0), (600, 200)])
def test_a_hole_half_a_second_before_the_end_is_told(stayed_ms: int, lost: int) -> None:
    state = ledger(suspect_since_ns=1, suspect_polls=4, suspect_lag_ns=200 * MS, recent_count=1)
    state["recent_lag_ns"][0], state["now_ns"] = 200 * MS, stayed_ms * MS
    silent.claim_at_end(state.records[0])
    assert state["lost"] == lost


@pytest.mark.parametrize(("suspect_since_ns", "lost"), [(0, 100), (1, 300)])
def test_a_steady_loss_grows_at_the_end_only_where_that_has_lasted(
    suspect_since_ns: int, lost: int
) -> None:
    state = ledger(steady_share=0.1, suspect_since_ns=suspect_since_ns, suspect_polls=4)
    state["anchor_lag_ns"], state["now_ns"], state["last_data_ns"] = 0.0, S, S
    silent.note_recent(state.records[0], 900 * MS, 300 * MS)
    silent.claim_at_end(state.records[0])
    assert state["lost"] == lost


@pytest.mark.parametrize(
    ("pre_trigger", "now_s", "is_over"),
    [(-1, 1, False), (-1, 3, True), (0, 6, False), (0, 8, True)],
)
def test_the_time_for_all_samples_begins_with_the_trigger(
    pre_trigger: int, now_s: int, is_over: bool
) -> None:
    state = ledger(target=1000, time_limit_ns=2 * S, triggered_ns=5 * S, stall_ns=S)
    state["pre_trigger"], state["now_ns"] = pre_trigger, now_s * S
    assert polling._is_time_over(state.records[0]) == is_over


@pytest.mark.parametrize(
    ("fields", "was_late", "worth_s"),
    [
        ({}, False, 0),
        ({"open_gaps": 1}, False, 1),
        ({"more_waits": 1}, False, 1),
        ({"order_breaks": 1, "sure": 999}, False, 1),
        ({"order_breaks": 1, "sure": 1000}, False, 0),
        ({}, True, 3),
        ({"data_polls": 1}, True, 0),
        ({"data_polls": 1, "suspect_since_ns": 1}, True, 3),
        ({"lost_beyond": 1}, True, 0),
        ({"suspect_is_slow": 1, "steady_share": 0.1}, True, 0),
    ],
)
def test_what_follows_the_end_is_awaited_while_it_may_tell_something(
    fields: dict[str, Any], was_late: bool, worth_s: int
) -> None:
    assert polling._worth_ns(ledger(**fields).records[0], 0, was_late) == worth_s * S


def test_what_had_no_room_counts_for_the_place_of_a_trigger_that_counts_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_store", "keep_places", "note_start", "find_start"):
        monkeypatch.setattr(callback, name, lambda *_: 0)
    state = ledger(target=1000, buffer_samples=100)
    callback.take.py_func(state.records.view(np.recarray)[0], 10, 0, 0, 0, 0, 0)
    assert (state["told_total"], state["delivered"], state["accepted"]) == (10, 10, 1000)
