"""Streams without a loss: none is told, and rate and time are right."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.told_checks import ANY_HABITS, require_rate, slower_ppm
from tests.support.virtual_stream import run_virtually

Tell = Callable[[str, object, object], None]

WHOLE: dict[str, tuple[float, float, dict[str, Any]]] = {
    "10 S/s": (60, 10, {}),
    "10 kS/s": (20, 1e4, {}),
    "62.5 MS/s": (2.5, 62.5e6, {"kept_s": 0.1}),
    "125 MS/s, 8 bit": (2.5, 125e6, {"kept_s": 0.1, "bits": 8}),
    "no processor for up to 0.5 s at four of ten polls": (
        60,
        1e5,
        {"late_of_1000": 400, "fifo_s": 60.0},
    ),
    "no processor for up to 0.5 s now and then": (60, 1e5, {"late_of_1000": 20}),
    "the same, packets of 25 ms": (
        60,
        1e5,
        {"late_of_1000": 20, "habits": Habits(packet="25ms", nothing_new="0")},
    ),
    "the same, behind for long, starts at 0 a little early": (
        60,
        1e5,
        {
            "late_of_1000": 100,
            "fifo_s": 60.0,
            "habits": Habits(packet="25ms", quiet_calls=2, wrap="early"),
        },
    ),
    "the same, always a little": (
        60,
        1e5,
        {"late_of_1000": 20, "habits": Habits(nothing_new="never", packets_a_call=400)},
    ),
    "packets of 25 ms": (10, 1e5, {"habits": Habits(packet="25ms")}),
    "one small packet a call": (5, 1e5, {"habits": Habits(packets_a_call=1)}),
    "nothing for three calls": (10, 1e5, {"habits": Habits(quiet_calls=3)}),
    "starts at 0 a little early": (20, 1e5, {"habits": Habits(wrap="early")}),
    "wraps after three calls": (20, 1e5, {"habits": Habits(wrap="later")}),
    "wraps within a call": (20, 1e5, {"habits": Habits(wrap="same_call")}),
    "calls of up to 30 ms": (20, 1e5, {"habits": Habits(call_s=0.03)}),
    "a scope slower by 100 ppm": (300, 1e4, {"habits": Habits(clock_ppm=-100)}),
    "faster by 100 ppm, and drifting": (
        300,
        1e4,
        {"habits": Habits(clock_ppm=100, clock_drift_ppm_h=10)},
    ),
    "a host's clock that is 500 ppm slower": (300, 1e4, {"habits": Habits(clock_ppm=500)}),
    "an interval that is 500 ppm longer": (
        300,
        1e4,
        {"habits": Habits(interval_ppm=500, interval_answer="nominal")},
    ),
    "one call of 2 s": (10, 1e5, {"faults": (Fault("hang", at_s=2.0, duration_s=2.0),)}),
    "one call of 10 s that brings nothing, as do the next three": (
        20,
        1e5,
        {
            "fifo_s": 30.0,
            "faults": (Fault("hang", at_s=2.0, duration_s=10.0),),
            "habits": Habits(quiet_calls=4),
        },
    ),
    "calls of up to 1 s, twelve in a row that bring nothing": (
        60,
        300,
        {"fifo_s": 60.0, "habits": Habits(call_s=1.0, quiet_calls=12)},
    ),
    "0.8 s behind, of which 5 % a second come": (
        12,
        1e5,
        {
            "habits": Habits(packet="21ms", packets_a_call=1, nothing_new="never", quiet_calls=1),
            "faults": (Fault("busy", at_s=2.0, duration_s=0.8),),
        },
    ),
    "nothing for 2 s": (10, 1e5, {"faults": (Fault("busy", at_s=2.0, duration_s=2.0),)}),
}


@pytest.mark.parametrize("title", WHOLE)
def test_nothing_is_told_where_nothing_was_lost(tell: Tell, title: str) -> None:
    seconds, rate_hz, scope = WHOLE[title]
    told = run_virtually(seconds, rate_hz, **{"fifo_s": 5.0, **scope})
    tell(title, told.said, told.true)
    assert told.true_lost == 0
    assert told.rows == []
    assert told.why == polling.TARGET_REACHED


@settings(max_examples=40)
@given(ANY_HABITS, st.sampled_from([0, 10, 100]))
def test_no_habit_is_a_loss_nor_is_a_busy_machine(habits: Habits, late_of_1000: int) -> None:
    told = run_virtually(6, 1e5, fifo_s=20.0, habits=habits, late_of_1000=late_of_1000)
    assert told.true_lost == 0
    assert told.rows == []
    if not (late_of_1000 and math.isnan(told.findings.rate_deviation_ppm)):
        require_rate(told, slower_ppm(habits))


@pytest.mark.parametrize("ppm", [-5000.0, -2000.0, -300.0, 0.0, 300.0, 900.0])
@pytest.mark.parametrize("packet", ["100us", "25ms"])
def test_the_rate_of_a_short_stream_is_told_to_its_accuracy(ppm: float, packet: str) -> None:
    habits = Habits(interval_ppm=ppm, interval_answer="nominal", packet=packet)
    told = run_virtually(4, 1e6, fifo_s=1.0, habits=habits)
    require_rate(told, ppm)
    assert told.findings.rate_accuracy_ppm < 20_000


@pytest.mark.parametrize(("rate_hz", "seconds"), [(1e4, 2), (1e6, 0.4), (62.5e6, 0.12)])
@pytest.mark.parametrize(
    "habits", [Habits(), Habits(call_s=0.03), Habits(packet="25ms")], ids=["", "slow", "packets"]
)
def test_the_time_of_a_sample_is_known_to_the_stated_accuracy(
    rate_hz: float, seconds: float, habits: Habits
) -> None:
    """A mark's sample is that of its time, less how late samples seem that are not."""
    told = run_virtually(seconds, rate_hz, habits=habits)
    late_ns = float(told.state["base_ns"])
    print(f"{rate_hz:g} Hz: off by {late_ns / 1e6:.2f} ms of {told.findings.mark_accuracy_s:.5f} s")
    assert -told.interval_ns <= late_ns <= told.findings.mark_accuracy_s * 1e9
