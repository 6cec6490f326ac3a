"""When captures were triggered, against computed truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picostream_pymeasure.capture.plan import CapturePlan
from picostream_pymeasure.capture.run import FetchedRun
from picostream_pymeasure.capture.trigger_facts import TriggerFacts
from picostream_pymeasure.capture.trigger_times import counted_stretches, crossings
from picostream_pymeasure.config import CaptureConfig
from picostream_pymeasure.driver.block import TRIGGER_INFO

RESET = 0x01000000


def seconds_of(*arguments: Any) -> np.ndarray:
    """Of a run whose counter has one origin."""
    ((first, seconds),) = counted_stretches(*arguments)
    assert first == 0
    return seconds


def infos(counters: list[int], bits: int, status: list[int] | None = None) -> np.ndarray:
    found = np.zeros(len(counters), TRIGGER_INFO)
    found["counter"] = [counter % (1 << bits) for counter in counters]
    found["status"] = status or [RESET] + [0] * (len(counters) - 1)
    return found


@given(
    st.sampled_from((32, 48, 56, 64)),
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(100, 2**30), min_size=1, max_size=20),
)
def test_counters_of_any_width_and_origin(bits: int, origin: int, steps: list[int]) -> None:
    counters = [origin + sum(steps[:n]) for n in range(len(steps) + 1)]
    run_s = sum(steps) * 2e-9
    found = seconds_of(infos(counters, bits), 100, 2.0, run_s)
    assert found == pytest.approx(np.cumsum([0, *steps]) * 2e-9)


@pytest.mark.parametrize("bits", [48, 56])
def test_a_counter_wraps_in_a_pause_that_fewer_bits_could_not_hold(bits: int) -> None:
    step = 2**33
    found = seconds_of(infos([2**bits - 500, 2**bits - 500 + step], bits), 100, 1.0, 10.0)
    assert found == pytest.approx([0, step * 1e-9])


@pytest.mark.parametrize(
    ("counters", "status"),
    [
        ([5, 5, 5], None),  # no counter at all
        ([0, 50, 100], None),  # captures would overlap
        ([0, 10**9, 2 * 10**9], None),  # longer than the run took
        ([0, 1000, 2000], [37, 37, 37]),  # the driver wrote nothing
    ],
)
def test_a_counter_that_cannot_be_believed_is_not(
    counters: list[int], status: list[int] | None
) -> None:
    found = seconds_of(infos(counters, 56, status), 100, 1.0, 0.01)
    assert found[0] == 0
    assert np.isnan(found[1:]).all()


@pytest.mark.parametrize("status", [0x02000100, 37])
def test_a_capture_without_a_stamp_takes_it_from_no_other(status: int) -> None:
    found = seconds_of(infos([0, 7, 2000], 56, [RESET, status, 0]), 100, 1.0, 0.01)
    assert found == pytest.approx([0, np.nan, 2e-6], nan_ok=True)
    found = seconds_of(infos([7, 1000, 3000], 56, [status, 0, 0]), 100, 1.0, 0.01)
    assert found == pytest.approx([np.nan, 0, 2e-6], nan_ok=True)


@pytest.mark.parametrize("other", [0, 0x02000001, 0x02000004])
def test_a_new_origin_begins_a_stretch(other: int) -> None:
    triggers = infos([5000, 6000, 10, 500], 56, [RESET, 0, RESET | other, 0])
    first, second = counted_stretches(triggers, 100, 1.0, 0.01)
    assert (first[0], second[0]) == (0, 2)
    assert first[1] == pytest.approx([0, 1e-6])
    assert second[1] == pytest.approx([0, 490e-9])


def test_a_new_origin_is_seen_where_its_own_stamp_is_missing() -> None:
    triggers = infos([5000, 6000, 0, 7500, 8000], 56, [RESET, 0, RESET | 0x02000100, 0, 0])
    first, second = counted_stretches(triggers, 100, 1.0, 0.01)
    assert (first[0], second[0]) == (0, 2)
    assert second[1] == pytest.approx([np.nan, 0, 500e-9], nan_ok=True)


@pytest.mark.parametrize("interval_ns", [1.0, 8.0, 10.0])
def test_a_clock_of_the_scope_that_is_fast_is_believed_for_hours(interval_ns: float) -> None:
    run_s = 3600.0
    counters = [0, round(run_s * 1.0001 / (interval_ns * 1e-9))]
    assert seconds_of(infos(counters, 56), 100, interval_ns, run_s)[1] == pytest.approx(3600.36)


#: Ten samples of a second each; 4 of them from the trigger on.
PLAN = CapturePlan(timebase=0, interval_ns=1e9, before=6, after=4, run_captures=9)


def times_of(status: list[int], seen: list[tuple[int, float]], armed_s: float = 0.0) -> np.ndarray:
    """Of captures triggered 20 s after each other, the first 26 s after the clock's zero."""
    facts = TriggerFacts(CaptureConfig(samples=10), PLAN, 32512)
    counts = np.zeros((1, len(status), 10), np.int16)
    triggers = infos([1000 + 20 * n for n in range(len(status))], 56, status)
    nothing = np.zeros(len(status))
    run = FetchedRun(counts, nothing.astype(np.int16), triggers, nothing, armed_s, seen)
    times_s = facts.of(run).times_s
    return times_s - facts.seconds_at(0.0)


@pytest.mark.parametrize(
    ("status", "seen", "times_s"),
    [
        # whatever is seen late, and however late the end: the earliest sight counts
        ([RESET, 0, 0], [(3, 70.0)], [26, 46, 66]),
        ([RESET, 0, 0], [(1, 30.0), (3, 500.0)], [26, 46, 66]),
        ([RESET, 0, 0], [(1, 31.0), (2, 50.5), (3, 500.0)], [26.5, 46.5, 66.5]),
        ([RESET, 0x02000100, 0], [(2, 51.0), (3, 70.0)], [26, np.nan, 66]),
        ([0x02000100, 0, 0], [(1, 30.0), (3, 70.5)], [np.nan, 46.5, 66.5]),
        # without a stamp it was triggered as long before as captures last at least
        ([37, 37, 37], [(3, 70.0)], [46, np.nan, np.nan]),
        ([37, 37, 37], [(1, 30.25), (3, 70.0)], [26.25, np.nan, np.nan]),
        # a new origin
        ([RESET, 0, RESET], [(2, 50.0), (3, 71.0)], [26, 46, 67]),
        ([RESET, 0, RESET], [(3, 70.0)], [np.nan, np.nan, 66]),
        # captures before it that were seen late end before it
        ([RESET, 0, RESET], [(2, 62.0), (3, 70.0)], [36, 56, 66]),
    ],
)
def test_times_by_the_hosts_clock(
    status: list[int], seen: list[tuple[int, float]], times_s: list[float]
) -> None:
    assert times_of(status, seen) == pytest.approx(times_s, nan_ok=True)


def test_codes_about_the_time_leave_the_stamp_valid() -> None:
    found = seconds_of(infos([0, 1000], 56, [RESET | 0x02000001, 0x02000004]), 100, 1.0, 1.0)
    assert found == pytest.approx([0, 1e-6])


@given(st.floats(-0.999, 0), st.booleans(), st.integers(3, 60), st.floats(0.5, 300))
def test_crossing_between_two_samples(
    place: float, rises: bool, trigger_index: int, slope: float
) -> None:
    samples = np.arange(64.0) - trigger_index
    values = (samples - place) * (slope if rises else -slope)
    counts = np.clip(values * 100, -32767, 32767).astype(np.int16)[np.newaxis]
    found = crossings(counts, trigger_index, 0.0, rises, not rises)
    assert found[0] == pytest.approx(place, abs=2 / (slope * 100) + 1e-6)


def test_no_crossing_is_told() -> None:
    counts = np.zeros((3, 20), np.int16)
    counts[1, 10:] = 100  # rises, but a falling edge is wanted
    assert np.isnan(crossings(counts, 10, 50.0, False, True)).all()
    assert np.isnan(crossings(counts[:, :1], 0, 50.0, True, True)).all()


def test_a_signal_that_begins_at_the_level_has_not_crossed_it() -> None:
    rising = np.array([[50, 60, 70]], np.int16)
    assert np.isnan(crossings(rising, 0, 50.0, True, False)).all()
    assert np.isnan(crossings(-rising, 0, -50.0, False, True)).all()


def test_the_nearest_of_several_crossings_counts() -> None:
    counts = np.array([[0, 0, 100, 0, 0, 100, 100, 100]], np.int16)
    assert crossings(counts, 5, 50.0, True, False) == pytest.approx([-0.5])
    assert crossings(counts, 5, 50.0, True, True) == pytest.approx([-0.5])


def test_a_moment_is_told_by_the_hosts_clock_from_the_first_trigger_on() -> None:
    plan = CapturePlan(timebase=0, interval_ns=1.0, before=0, after=10, run_captures=1)
    facts = TriggerFacts(CaptureConfig(samples=10), plan, 32512)
    assert facts.seconds_at(5.0) == 0.0
    counts = np.zeros((1, 1, 10), np.int16)
    run = FetchedRun(counts, np.zeros(1, np.int16), infos([0], 56), np.zeros(1), 10.0, [(1, 12.0)])
    assert facts.of(run).times_s == [0.0]
    assert facts.seconds_at(13.0) == pytest.approx(1.0)
