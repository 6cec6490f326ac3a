"""What the ledger knows in the end, as numbers: rate, accuracies, the smallest visible loss."""

from __future__ import annotations

import pytest

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.streaming.ledger.usual import note_times
from picostream_pymeasure.streaming.totals import find, read_health
from tests.support.made_state import state_of

CONFIG = StreamConfig(channels=(ChannelConfig("A"),))
S = 1_000_000_000


def test_the_rate_counts_from_when_samples_can_be_there() -> None:
    state = state_of(rate_index=1_000_000, rate_ns=3 * S, run_ns=S, first_base_ns=1.0 * S)
    assert read_health(state, CONFIG).actual_rate_hz == 1e6


def test_a_rate_of_the_first_moments_means_nothing() -> None:
    state = state_of(rate_index=1000, rate_ns=S + 19_000_000, run_ns=S, first_base_ns=0.0)
    assert read_health(state, CONFIG).actual_rate_hz == 0
    state["rate_ns"] = S + 25_000_000
    assert read_health(state, CONFIG).actual_rate_hz == pytest.approx(40_000)
    state.drains["lost_before"] = 500  # which was sampled, and is no loss of the file
    assert read_health(state, CONFIG).actual_rate_hz == pytest.approx(60_000)


def test_the_totals_begin_with_the_first_sample_of_the_file() -> None:
    drain = {"first": 500, "zero_ns": 5 * S, "lost_before": 30, "gaps_before": 1}
    state = state_of(drain, run_ns=S, now_ns=7 * S, lost=100, gap_count=3)
    health = read_health(state, CONFIG)
    assert (health.elapsed_s, health.lost, health.gaps) == (2, 70, 2)
    state.drains["first"], state.drains["zero_ns"] = -1, 0
    health = read_health(state, CONFIG)
    assert (health.elapsed_s, health.lost, health.gaps) == (6, 0, 0)


def test_the_rate_is_that_of_the_lowest_lags() -> None:
    state = state_of(first_base_ns=0.0, first_low_ns=S, first_low_lag_ns=1e6, recent_count=3)
    for number, (at_s, lag_ns) in enumerate([(11, 9e6), (11, 2e6), (12, 8e6)]):
        state["recent_ns"][number], state["recent_lag_ns"][number] = at_s * S, lag_ns
    state["interval_ns"] = 1000.0
    assert find(state).rate_deviation_ppm == pytest.approx(100)
    state["unreported_ns"], state["lost"] = 5e6, 5000  # also what only the clock shows
    assert find(state).rate_deviation_ppm == pytest.approx(600)
    state.drains["lost_before"] = 5000  # of the file
    assert find(state).rate_deviation_ppm == pytest.approx(100)


def test_accuracies_are_sums_of_all_that_may_be_late() -> None:
    doubtful = {"lost_doubtful": 4000}
    state = state_of(doubtful, interval_ns=1e3, first_base_ns=0.0, gap_count=1, estimates=1)
    for name, value in {"late_ns": 2e6, "untold_wait_ns": 5e6, "visible_ns": 3e6}.items():
        state[name] = value
    state["poll_ns"], state["call_ns"], state["handover_ns"] = 1_000_000, 2e6, 4e6
    found = find(state)
    assert found.lost_accuracy_s == pytest.approx(2 * 2e-3 + 5e-3 + 4e-3)
    assert found.smallest_visible_loss == 3001
    assert found.mark_accuracy_s == pytest.approx(7.001e-3)


@pytest.mark.parametrize("settlements", [0, 3])
def test_each_estimate_makes_the_rate_less_certain(settlements: int) -> None:
    state = state_of(
        first_low_ns=0, first_base_ns=0.0, first_low_lag_ns=0.0, last_data_ns=10 * S, base_ns=0.0
    )
    state["interval_ns"], state["handover_ns"] = 1000.0, 1e6
    state["settlements"] = settlements
    note_times(state.records[0])
    assert find(state).rate_accuracy_ppm == pytest.approx((1 + settlements) * 100.1)


def test_one_long_call_hardly_changes_what_calls_usually_take() -> None:
    state = state_of(call_ns=1e6, before_ns=S, now_ns=11 * S)
    note_times(state.records[0])
    assert 1e6 < state["call_ns"] < 2e6


@pytest.mark.parametrize(("gaps", "accuracy_s"), [(1, 0.0), (2, 0.003)])
def test_what_was_lost_before_the_file_makes_nothing_uncertain(
    gaps: int, accuracy_s: float
) -> None:
    state = state_of({"gaps_before": 1}, gap_count=gaps, estimates=2)
    state["call_ns"], state["now_ns"] = 1e6, 1_000_000
    note_times(state.records[0])
    assert find(state).lost_accuracy_s == pytest.approx(accuracy_s)
