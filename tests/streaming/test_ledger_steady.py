"""A loss at every call, from the first second on or later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.told_checks import (
    ERROR_MS,
    SILENT,
    error_ms,
    require_length,
    require_places,
    require_rate,
)
from tests.support.virtual_stream import run_virtually

Tell = Callable[[str, object, object], None]

STEADY: dict[str, tuple[float, float, Habits]] = {
    "30 %": (60, 1e5, Habits(steady_loss=0.3)),
    "5 %, in packets of 25 ms": (10, 1e5, Habits(steady_loss=0.05, packet="25ms")),
    "0.7 %": (60, 1e5, Habits(steady_loss=0.007)),
    "0.2 %": (60, 1e5, Habits(steady_loss=0.002)),
    "80 %": (10, 1e5, Habits(steady_loss=0.8)),
    # less is missing at the end than a hole needs to be seen
    "1 %, in calls of up to 20 ms": (6, 1e5, Habits(steady_loss=0.01, call_s=0.02)),
}


@pytest.mark.parametrize("title", STEADY)
def test_a_steady_loss_is_told_from_the_first_moment_to_the_last(tell: Tell, title: str) -> None:
    seconds, rate_hz, habits = STEADY[title]
    told = run_virtually(seconds, rate_hz, **SILENT, habits=habits)
    tell(f"steadily {title}", told.said, told.true)
    require_places(told, from_ms=0)
    assert abs(told.missed_ms()) <= error_ms(habits, 7) + habits.call_s * 1e3
    require_length(told)
    require_rate(told, habits.steady_loss * 1e6)
    assert {row.cause for row in told.rows} == {"rate lower than reported, or steady loss"}
    # what comes behind the end moves the clock and not the samples
    pairs = np.sort(told.state.pairs[told.state.pairs["host_ns"] > 0], order="host_ns")
    assert (np.diff(pairs["index"]) > 0).all()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("call_s", [0.0, 0.02])
def test_a_duration_ends_in_time_whatever_is_lost_steadily(
    tell: Tell, share: float, call_s: float
) -> None:
    habits = Habits(steady_loss=share, call_s=call_s)
    told = run_virtually(5, 1e5, **SILENT, habits=habits)
    lasted_s = float(told.state["now_ns"] - told.state["run_ns"]) / 1e9
    tell(f"steadily {share:.0%} of 5 s", f"{told.said}, ended after {lasted_s:.2f} s", told.true)
    assert told.why == polling.TARGET_REACHED
    assert abs(lasted_s - 5) <= 0.5
    require_places(told, from_ms=0)
    require_length(told)


def test_a_steady_loss_that_begins_late_is_told(tell: Tell) -> None:
    faults = (Fault("overrun", at_s=1.0, samples=1),)
    habits = Habits(loss_every_s=0.1, loss_s=(0.005, 0.005))
    told = run_virtually(20, 1e5, **SILENT, habits=habits, faults=faults)
    tell("5 ms in every 100 ms", told.said, told.true)
    require_places(told, from_ms=0)
    assert abs(told.missed_ms()) <= 2 * ERROR_MS
    require_length(told)


@pytest.mark.parametrize("signal", ["flag", "stall", "both"])
@pytest.mark.parametrize("late_of_1000", [0, 20])
def test_a_loss_at_every_call_is_told_when_the_driver_signals_each(
    tell: Tell, signal: str, late_of_1000: int
) -> None:
    habits = Habits(steady_loss=0.05)
    for seconds in (1.5, 1.52, 1.53, 1.55, 1.57):  # the end lies before, in and after a delivery
        told = run_virtually(
            seconds, 2e4, late_of_1000=late_of_1000, overrun_signal=signal, habits=habits
        )
        require_places(told, from_ms=0)
        # a poll that is late by 0.5 s loses 25 ms, perhaps behind the last sample
        assert abs(told.missed_ms()) <= (30 if late_of_1000 else ERROR_MS)
        require_length(told)
        assert told.received + told.lost >= 2e4 * seconds * 0.97
    tell(f"5 % lost at every call, told by {signal}", told.said, told.true)
