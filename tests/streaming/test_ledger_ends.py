"""What is lost around the end of a stream, and when a lossy stream ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.told_checks import (
    ANY_HABITS,
    ERROR_MS,
    SIGNALS,
    SILENT,
    error_ms,
    require_length,
    require_places,
)
from tests.support.virtual_stream import run_virtually

Tell = Callable[[str, object, object], None]


@settings(max_examples=40)
@given(ANY_HABITS, SIGNALS, st.floats(0.5, 0.9), st.floats(0.0, 1.2))
def test_a_loss_just_before_the_end_is_told(
    habits: Habits, signal: str, hang_s: float, before_s: float
) -> None:
    faults = (Fault("hang", at_s=3.0, duration_s=hang_s),)
    seconds = 3.0 + before_s
    told = run_virtually(
        seconds, 1e5, fifo_s=0.3, overrun_signal=signal, habits=habits, faults=faults
    )
    require_places(told, max(ERROR_MS, told.unseen_ms()))
    at_end = sum(row.estimate for row in told.rows if row.index == told.received)
    assert at_end == 0 or told.received + told.lost <= seconds * 1e5 + 1
    missed_ms = (told.lost - at_end - told.true_lost) * told.interval_ns / 1e6
    if signal == "none" or habits.memory_full == "newest":
        # nobody can tell a loss before the end from one right behind it
        assert -told.unseen_ms() <= missed_ms <= hang_s * 1e3
    else:
        assert abs(missed_ms) <= error_ms(habits, 4)


#: Away three times without rest, as scopes of a busy machine are, and once more before the end.
_WITHOUT_REST = tuple(Fault("hang", at_s=at_s, duration_s=0.3) for at_s in (0.5, 0.81, 1.15))


@pytest.mark.parametrize("memory_full", ["oldest", "newest"])
@pytest.mark.parametrize("signal", ["flag", "stall"])
@pytest.mark.parametrize("at_s", [3.0, 3.2, 3.29, 3.34, 3.39, 3.45])
def test_only_a_loss_that_may_lie_behind_the_end_is_uncertain(
    tell: Tell, at_s: float, signal: str, memory_full: Any
) -> None:
    faults = (*_WITHOUT_REST, Fault("hang", at_s=at_s, duration_s=0.215))
    habits = Habits(memory_full=memory_full)
    told = run_virtually(3.5, 2e4, fifo_s=0.1, overrun_signal=signal, habits=habits, faults=faults)
    tell(
        f"without rest, and again at {at_s} s of 3.5, {memory_full} dropped, told by {signal}",
        f"{told.said}, ± {told.findings.lost_accuracy_s * 1e3:.0f} ms",
        told.true,
    )
    at_end = sum(row.estimate for row in told.rows if row.latest >= told.received)
    at_end_ms = at_end * told.interval_ns / 1e6
    assert -ERROR_MS <= told.missed_ms() <= ERROR_MS + at_end_ms
    require_length(told)
    require_places(told)


@pytest.mark.parametrize("signal", ["flag", "stall"])
def test_a_loss_before_the_end_looks_like_one_behind_it(signal: str) -> None:
    """Two drivers say the same at the same moments; only one lost what the file could have had."""
    faults = (*_WITHOUT_REST, Fault("hang", at_s=3.45, duration_s=0.215))
    oldest, newest = (
        run_virtually(
            3.5,
            2e4,
            fifo_s=0.1,
            overrun_signal=signal,
            habits=Habits(memory_full=memory_full),
            faults=faults,
        )
        for memory_full in ("oldest", "newest")
    )
    assert (oldest.rows, oldest.lost, oldest.received) == (
        newest.rows,
        newest.lost,
        newest.received,
    )
    assert (oldest.true_lost - newest.true_lost) * oldest.interval_ns / 1e6 > 100


@pytest.mark.parametrize("memory_full", ["oldest", "newest"])
@pytest.mark.parametrize("signal", ["flag", "stall", "none"])
def test_an_overload_to_the_end_is_told_as_well_as_it_is_known(
    tell: Tell, signal: str, memory_full: Any
) -> None:
    habits = Habits(call_s=0.5, memory_full=memory_full)
    told = run_virtually(8, 1e5, fifo_s=0.05, overrun_signal=signal, habits=habits)
    known = f"{told.true} of {told.findings.lost_accuracy_s * 1e3:.0f} ms"
    tell(f"overload all the time, {memory_full} dropped, told by {signal}", told.said, known)
    require_length(told)


def test_a_steady_loss_that_may_lie_behind_the_last_sample_is_uncertain() -> None:
    faults = (Fault("overrun", at_s=0.85, samples=233), Fault("overrun", at_s=1.7, samples=233))
    told = run_virtually(1, 1e3, samples=1000, **SILENT, habits=Habits(packet="500"), faults=faults)
    require_places(told)
    require_length(told)


def test_a_loss_that_nobody_has_time_to_tell_could_not_have_been_seen() -> None:
    faults = (Fault("overrun", at_s=2.0, samples=100_000), Fault("stall", at_s=3.02))
    told = run_virtually(6, 1e5, **SILENT, faults=faults)
    assert (told.why, told.true_lost, told.lost) == (polling.STALLED, 100_000, 0)
    assert told.unseen_ms() >= 1000


def test_a_stream_that_is_too_short_to_see_a_loss_says_so() -> None:
    """An overrun that is told with the first sample says how long the start took, no more."""
    told = run_virtually(0.8, 1e6, faults=(Fault("overrun", samples=1000),))
    assert told.findings.smallest_visible_loss == 0


@pytest.mark.parametrize(
    "fault", [Fault("chunk_skipped", always=True), Fault("stall", at_s=0.2)], ids=["never", "once"]
)
def test_a_driver_that_gives_nothing_more_has_not_reached_the_end(fault: Fault) -> None:
    told = run_virtually(1.5, 1e5, faults=(fault,))
    assert told.why == polling.STALLED


def test_an_open_gap_counts_towards_the_duration(tell: Tell) -> None:
    told = run_virtually(8, 1e5, fifo_s=0.05, habits=Habits(call_s=0.5))
    tell("overload all the time", told.said, told.true)
    assert told.why == polling.TARGET_REACHED
    assert told.received + told.true_lost == pytest.approx(8e5, abs=1e5)
