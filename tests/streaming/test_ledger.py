"""What the ledger says of a stream against what was true, over the habits that drivers have.

The real poll loop runs on a virtual clock, so that minutes of a stream take milliseconds. What is
true is told by the simulated scope.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.virtual_stream import Told, run_virtually

#: How far a told length may be from the truth.
_ERROR_MS = 5.0
_SILENT: dict[str, Any] = {"overrun_signal": "none"}
_HANG = Fault("hang", at_sample=500_000, duration_s=0.3)


def show(title: str, told: Told) -> None:
    """A line of the table: what happened, what the ledger says, what was true."""
    say = f"{told.lost} in {len(told.rows)} gaps" if told.rows else "no loss"
    print(
        f"{title:<46} said: {say:<28} true: {told.true_lost:<9} off by {told.missed_ms():7.3f} ms"
    )


def require_places(told: Told) -> None:
    """Every true loss lies in the place of a gap that is told."""
    for place, missing in told.truth:
        if 0 < place < told.received and missing * told.interval_ns > 60e6:
            assert any(row.earliest <= place <= row.latest for row in told.rows), (place, told.rows)


LOSSES: dict[str, tuple[float, float, dict[str, Any]]] = {
    "a flag after a hang": (4, 1e6, {"fifo_s": 0.05, "faults": (_HANG,)}),
    "BUFFER_STALL after a hang": (
        4,
        1e6,
        {"fifo_s": 0.05, "overrun_signal": "stall", "faults": (_HANG,)},
    ),
    "a hang that nobody tells of": (4, 1e6, {"fifo_s": 0.05, **_SILENT, "faults": (_HANG,)}),
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
        {**_SILENT, "faults": (Fault("overrun", at_sample=1_500_000, samples=48_000),)},
    ),
    "80 ms every 12 s without a signal": (
        30,
        1e6,
        {**_SILENT, "habits": Habits(loss_every_s=12, loss_s=(0.08, 0.08))},
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
def test_a_loss_is_told_with_its_place_and_length(title: str) -> None:
    seconds, rate_hz, scope = LOSSES[title]
    told = run_virtually(seconds, rate_hz, **scope)
    show(title, told)
    assert told.rows
    require_places(told)
    assert abs(told.missed_ms()) <= _ERROR_MS


STEADY = {"30 %": 0.3, "0.7 %": 0.007, "0.2 %": 0.002}


@pytest.mark.parametrize("title", STEADY)
def test_a_steady_loss_is_told(title: str) -> None:
    share = STEADY[title]
    told = run_virtually(60, 1e5, **_SILENT, habits=Habits(steady_loss=share))
    show(f"steadily {title}", told)
    assert told.rows
    assert told.findings.rate_deviation_ppm == pytest.approx(share * 1e6, rel=0.15)


WHOLE: dict[str, tuple[float, float, dict[str, Any]]] = {
    "10 S/s": (60, 10, {}),
    "10 kS/s": (20, 1e4, {}),
    "packets of 25 ms": (10, 1e6, {"habits": Habits(packet="25ms")}),
    "one small packet a call": (5, 1e6, {"habits": Habits(packets_a_call=1)}),
    "nothing for three calls": (10, 1e6, {"habits": Habits(quiet_calls=3)}),
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
    "an interval that is 500 ppm longer": (
        300,
        1e4,
        {"habits": Habits(interval_ppm=500, interval_answer="nominal")},
    ),
    "one call of 2 s": (10, 1e5, {"faults": (Fault("hang", at_s=2.0, duration_s=2.0),)}),
    "nothing for 2 s": (10, 1e5, {"faults": (Fault("busy", at_s=2.0, duration_s=2.0),)}),
}


@pytest.mark.parametrize("title", WHOLE)
def test_nothing_is_told_where_nothing_was_lost(title: str) -> None:
    seconds, rate_hz, scope = WHOLE[title]
    told = run_virtually(seconds, rate_hz, **{"fifo_s": 5.0, **scope})
    show(title, told)
    assert told.true_lost == 0
    assert told.rows == []
    assert told.why == polling.TARGET_REACHED


HABITS = st.builds(
    Habits,
    packet=st.sampled_from(["all", "500", "1ms", "25ms"]),
    quiet_calls=st.sampled_from([0, 0, 2]),
    nothing_new=st.sampled_from(["0", "37", "39", "67", "silent", "never"]),
    wrap=st.sampled_from(["next_call", "later", "same_call", "early"]),
    memory_full=st.sampled_from(["oldest", "newest"]),
    loss_told=st.sampled_from(["at_once", "at_hole"]),
    clock_ppm=st.sampled_from([-100.0, 0.0, 100.0]),
    call_s=st.sampled_from([0.0, 0.005]),
    restart=st.sampled_from(["anew", "goes_on"]),
)


@settings(max_examples=25, deadline=None)
@given(HABITS)
def test_no_habit_is_a_loss(habits: Habits) -> None:
    told = run_virtually(6, 1e5, fifo_s=2.0, habits=habits)
    assert told.true_lost == 0
    assert told.rows == []


@settings(max_examples=25, deadline=None)
@given(
    HABITS,
    st.sampled_from(["flag", "stall", "none"]),
    st.floats(0.5, 0.9),
    st.floats(1.5, 3.0),
)
def test_an_overrun_is_told_whatever_the_habits(
    habits: Habits, signal: str, hang_s: float, at_s: float
) -> None:
    # slow calls let the patience with BUFFER_STALL end, and the scope forgets what it lost before
    assume(signal != "stall" or habits.call_s == 0)
    faults = (Fault("hang", at_s=at_s, duration_s=hang_s),)
    told = run_virtually(7, 1e5, fifo_s=0.3, overrun_signal=signal, habits=habits, faults=faults)
    assert told.true_lost > 0
    assert told.rows
    require_places(told)
    assert abs(told.missed_ms()) <= (25.0 if habits.packet == "25ms" else _ERROR_MS) + 6


@settings(max_examples=100, deadline=None)
@given(HABITS, st.floats(1.5, 4.0))
def test_twice_the_smallest_visible_loss_is_seen(habits: Habits, at_s: float) -> None:
    whole = run_virtually(6, 1e5, fifo_s=2.0, habits=habits)
    samples = 2 * whole.findings.smallest_visible_loss
    faults = (Fault("overrun", at_s=at_s, samples=samples),)
    told = run_virtually(
        6 + 4 * samples / 1e5, 1e5, fifo_s=2.0, **_SILENT, habits=habits, faults=faults
    )
    assert told.true_lost == samples
    assert told.rows
    require_places(told)


def test_no_more_polls_after_a_loss_than_before() -> None:
    whole = run_virtually(10, 1e6, habits=Habits(nothing_new="never"))
    lossy = run_virtually(10, 1e6, fifo_s=0.05, habits=Habits(nothing_new="never"), faults=(_HANG,))
    assert lossy.polls <= whole.polls * 1.1


LIES: dict[str, tuple[Fault, ...]] = {
    "start index 0": (Fault("start_zero", at_sample=100_000),),
    "start index + 100": (Fault("start_shift", at_sample=100_000, samples=100),),
    "start index + 1": (Fault("start_shift", at_sample=100_000, samples=1),),
    "start index - 1": (Fault("start_shift", at_sample=100_000, samples=-1),),
    "one sample too many": (Fault("count_shift", at_sample=100_000, samples=1),),
    "a chunk twice": (Fault("chunk_twice", at_sample=100_000),),
}


@pytest.mark.parametrize("title", LIES)
def test_a_start_index_that_does_not_follow_is_told(title: str) -> None:
    told = run_virtually(3, 1e6, faults=LIES[title])
    show(title, told)
    assert any(row.cause.startswith("start index") for row in told.rows)
    assert abs(told.missed_ms()) <= _ERROR_MS


def test_a_hundred_thousand_gaps_keep_their_totals() -> None:
    told = run_virtually(
        70, 1e6, overrun_signal="flag", habits=Habits(steady_loss=0.01, packet="1ms")
    )
    assert told.state["open_gaps"] <= 1
    assert abs(told.missed_ms()) <= 60
