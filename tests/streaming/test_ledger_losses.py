"""Losses here and there: place and length of each, over the habits that drivers have."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from tests.support.habit_recordings import HABITS
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

_HANG = Fault("hang", at_sample=500_000, duration_s=0.3)

LOSSES: dict[str, tuple[float, float, dict[str, Any]]] = {
    "a flag after a hang": (4, 1e6, {"fifo_s": 0.05, "faults": (_HANG,)}),
    "BUFFER_STALL after a hang": (
        4,
        1e6,
        {"fifo_s": 0.05, "overrun_signal": "stall", "faults": (_HANG,)},
    ),
    "a hang that nobody tells of": (4, 1e6, {"fifo_s": 0.05, **SILENT, "faults": (_HANG,)}),
    "the newest are dropped, told at once": (
        4,
        1e6,
        {"fifo_s": 0.05, "faults": (_HANG,), "habits": Habits(memory_full="newest")},
    ),
    "the newest are dropped, told at the hole": (
        4,
        1e6,
        {
            "fifo_s": 0.05,
            "faults": (_HANG,),
            "habits": Habits(memory_full="newest", loss_told="at_hole"),
        },
    ),
    "a hole of 48 ms without a signal": (
        5,
        1e6,
        {**SILENT, "faults": (Fault("overrun", at_sample=1_500_000, samples=48_000),)},
    ),
    "80 ms every 12 s without a signal": (
        30,
        1e5,
        {**SILENT, "habits": Habits(loss_every_s=12, loss_s=(0.08, 0.08))},
    ),
    "a driver that always has a little": (
        4,
        1e6,
        {"fifo_s": 0.05, "faults": (_HANG,), "habits": Habits(nothing_new="never")},
    ),
    "two overruns, one after the other": (
        4,
        1e6,
        {
            "fifo_s": 0.05,
            "faults": (_HANG, Fault("hang", at_sample=560_000, duration_s=0.2)),
        },
    ),
    "STREAMING_FAILED": (4, 1e6, {"faults": (Fault("streaming_failed", at_sample=500_000),)}),
    "a chunk that nobody tells of": (
        4,
        1e6,
        {"faults": (Fault("chunk_skipped", at_sample=500_000),)},
    ),
}


@pytest.mark.parametrize("title", LOSSES)
def test_a_loss_is_told_with_its_place_and_length(tell: Tell, title: str) -> None:
    seconds, rate_hz, scope = LOSSES[title]
    told = run_virtually(seconds, rate_hz, **scope)
    tell(title, told.said, told.true)
    assert told.rows
    require_places(told)
    assert abs(told.missed_ms()) <= ERROR_MS
    require_length(told)


@pytest.mark.parametrize("memory_full", ["oldest", "newest"])
@pytest.mark.parametrize("signal", ["flag", "stall", "none"])
def test_a_long_series_of_overruns_is_told(tell: Tell, signal: str, memory_full: Any) -> None:
    faults = tuple(Fault("hang", at_s=0.7 * n, duration_s=0.4) for n in range(2, 30))
    told = run_virtually(
        25,
        1e5,
        fifo_s=0.1,
        overrun_signal=signal,
        habits=Habits(memory_full=memory_full),
        faults=faults,
    )
    tell(f"away 0.4 s of 0.7 s, {memory_full} dropped, told by {signal}", told.said, told.true)
    require_places(told)
    assert abs(told.missed_ms()) <= ERROR_MS
    require_length(told)
    if signal != "none":
        assert {row.cause for row in told.rows} == {"driver overrun"}


@settings(max_examples=60)
@given(ANY_HABITS, SIGNALS, st.floats(0.5, 0.9), st.floats(1.5, 3.0))
def test_an_overrun_is_told_whatever_the_habits(
    habits: Habits, signal: str, hang_s: float, at_s: float
) -> None:
    faults = (Fault("hang", at_s=at_s, duration_s=hang_s),)
    told = run_virtually(7, 1e5, fifo_s=0.3, overrun_signal=signal, habits=habits, faults=faults)
    assert told.true_lost > 0
    assert told.rows
    require_places(told)
    assert abs(told.missed_ms()) <= error_ms(habits, 7)
    require_length(told)


@settings(max_examples=40)
@given(
    ANY_HABITS, SIGNALS, st.lists(st.floats(0.35, 0.8), min_size=2, max_size=4), st.floats(0.3, 1)
)
def test_several_overruns_with_or_without_rest_are_told(
    habits: Habits, signal: str, hangs_s: list[float], apart_s: float
) -> None:
    faults = tuple(
        Fault("hang", at_s=1.5 + number * apart_s, duration_s=hang_s)
        for number, hang_s in enumerate(hangs_s)
    )
    told = run_virtually(9, 1e5, fifo_s=0.3, overrun_signal=signal, habits=habits, faults=faults)
    # what is too small to be seen by the clock is not told
    unseen_ms = told.unseen_ms() if signal == "none" else 0.0
    require_places(told, max(ERROR_MS, unseen_ms))
    assert abs(told.missed_ms()) <= error_ms(habits, 9) + unseen_ms * len(hangs_s)


@settings(max_examples=100)
@given(ANY_HABITS, st.floats(1.5, 4.0))
def test_twice_the_smallest_visible_loss_is_seen(habits: Habits, at_s: float) -> None:
    whole = run_virtually(6, 1e5, fifo_s=2.0, habits=habits)
    samples = 2 * whole.findings.smallest_visible_loss
    faults = (Fault("overrun", at_s=at_s, samples=samples),)
    told = run_virtually(
        6 + 4 * samples / 1e5, 1e5, fifo_s=2.0, **SILENT, habits=habits, faults=faults
    )
    assert told.true_lost == samples
    assert told.rows
    require_places(told)


def test_an_overrun_that_is_too_short_for_the_clock_tells_its_accuracy() -> None:
    told = run_virtually(3, 1e6, faults=(Fault("overrun", at_s=1.0, samples=1),))
    assert [row.estimate for row in told.rows] == [0]
    require_length(told)


@cache
def polls_without_a_loss(habits: Habits) -> int:
    return run_virtually(8, 1e5, fifo_s=2.0, habits=habits).polls


@pytest.mark.parametrize("signal", ["flag", "stall", "none"])
@pytest.mark.parametrize("title", HABITS)
def test_no_more_polls_after_a_loss_than_before(tell: Tell, title: str, signal: str) -> None:
    habits, hang = Habits(**HABITS[title]), Fault("hang", at_s=2.0, duration_s=0.5)
    lossy = run_virtually(8, 1e5, fifo_s=0.2, overrun_signal=signal, habits=habits, faults=(hang,))
    assert lossy.rows
    whole = polls_without_a_loss(habits)
    tell(f"a hole told by {signal}; {title}", f"{lossy.polls} polls of {whole}", lossy.true)
    assert lossy.polls <= whole * 1.1
