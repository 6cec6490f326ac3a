"""What the ledger says of a stream against what was true, over the habits that drivers have.

The real poll loop runs on a virtual clock, so that minutes of a stream take milliseconds. What is
true is computed from the samples, each of which knows its index.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.habit_recordings import HABITS
from tests.support.virtual_stream import Told, run_virtually

Tell = Callable[[str, object, object], None]

#: How far a told length may be from the truth.
_ERROR_MS = 5.0
_SILENT: dict[str, Any] = {"overrun_signal": "none"}
_HANG = Fault("hang", at_sample=500_000, duration_s=0.3)


def require_places(told: Told, from_ms: float = _ERROR_MS) -> None:
    """Every true loss of some length lies in the place of a gap that is told."""
    shortest = from_ms * 1e6 / told.interval_ns
    places = np.array([place for place, missing in told.truth if missing > shortest], int)
    rows = np.array(sorted((row.earliest, row.latest) for row in told.rows), int).reshape(-1, 2)
    farthest = np.maximum.accumulate([-1, *rows[:, 1]])
    reached = farthest[np.searchsorted(rows[:, 0], places, side="right")] >= places
    assert reached.all(), (places[~reached], told.rows)


def slower_ppm(habits: Habits) -> float:
    """How much slower than it reports the scope is."""
    wrong_ppm = 0.0 if habits.interval_answer == "exact" else habits.interval_ppm
    return wrong_ppm - habits.clock_ppm


def error_ms(habits: Habits, seconds: float) -> float:
    """How far a told length may be from the truth: that or one packet, and what the scope's clock
    and interval differ from the host's in a stream so long.
    """
    clock_ppm = abs(habits.clock_ppm) + abs(habits.interval_ppm)
    return max(_ERROR_MS, {"25ms": 25.0}.get(habits.packet, 0.0)) + clock_ppm * 1e-3 * seconds


def require_rate(told: Told, true_ppm: float) -> None:
    """The stated deviation of the rate is right to its stated accuracy."""
    error_ppm = told.findings.rate_deviation_ppm - true_ppm
    assert abs(error_ppm) <= told.findings.rate_accuracy_ppm


def require_length(told: Told) -> None:
    """The told loss is right to its stated accuracy."""
    assert abs(told.missed_ms()) <= told.findings.lost_accuracy_s * 1e3


def shares_off_ms(told: Told) -> float:
    """How much is told as missing up to some sample that was not missing there yet, or the other
    way round, by all that the rows say of their places.
    """
    places = np.array([place for place, _ in told.truth])
    rows = np.array([(row.earliest, row.latest, row.estimate) for row in told.rows])
    samples = np.unique(np.concatenate([places, places - 1, *rows[:, :2].T]))
    samples = samples[(samples >= 0) & (samples < told.received)]

    def missing_by(where: np.ndarray, missing: np.ndarray) -> np.ndarray:
        order = np.argsort(where, kind="stable")
        sums = np.concatenate([[0], np.cumsum(missing[order])])
        return sums[np.searchsorted(where[order], samples, side="right")]

    true = missing_by(places, np.array([missing for _, missing in told.truth]))
    least, most = missing_by(rows[:, 1], rows[:, 2]), missing_by(rows[:, 0], rows[:, 2])
    return float(max((least - true).max(), (true - most).max()) * told.interval_ns / 1e6)


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
        1e5,
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
def test_a_loss_is_told_with_its_place_and_length(tell: Tell, title: str) -> None:
    seconds, rate_hz, scope = LOSSES[title]
    told = run_virtually(seconds, rate_hz, **scope)
    tell(title, told.said, told.true)
    assert told.rows
    require_places(told)
    assert abs(told.missed_ms()) <= _ERROR_MS
    require_length(told)


STEADY: dict[str, tuple[float, float, Habits]] = {
    "30 %": (60, 1e5, Habits(steady_loss=0.3)),
    "5 %, in packets of 25 ms": (10, 1e5, Habits(steady_loss=0.05, packet="25ms")),
    "0.7 %": (60, 1e5, Habits(steady_loss=0.007)),
    "0.2 %": (60, 1e5, Habits(steady_loss=0.002)),
}


@pytest.mark.parametrize("title", STEADY)
def test_a_steady_loss_is_told_from_the_first_moment_to_the_last(tell: Tell, title: str) -> None:
    seconds, rate_hz, habits = STEADY[title]
    told = run_virtually(seconds, rate_hz, **_SILENT, habits=habits)
    tell(f"steadily {title}", told.said, told.true)
    require_places(told, from_ms=0)
    assert abs(told.missed_ms()) <= error_ms(habits, 7)
    require_length(told)
    require_rate(told, habits.steady_loss * 1e6)
    assert {row.cause for row in told.rows} == {"rate lower than reported, or steady loss"}


def test_a_steady_loss_that_begins_late_is_told(tell: Tell) -> None:
    faults = (Fault("overrun", at_s=1.0, samples=1),)
    habits = Habits(loss_every_s=0.1, loss_s=(0.005, 0.005))
    told = run_virtually(20, 1e5, **_SILENT, habits=habits, faults=faults)
    tell("5 ms in every 100 ms", told.said, told.true)
    require_places(told, from_ms=0)
    assert abs(told.missed_ms()) <= 2 * _ERROR_MS
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
        assert abs(told.missed_ms()) <= (30 if late_of_1000 else _ERROR_MS)
        require_length(told)
        assert told.received + told.lost >= 2e4 * seconds * 0.97
    tell(f"5 % lost at every call, told by {signal}", told.said, told.true)


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


@pytest.mark.parametrize("ppm", [-5000.0, -2000.0, -300.0, 0.0, 300.0, 900.0])
@pytest.mark.parametrize("packet", ["100us", "25ms"])
def test_the_rate_of_a_short_stream_is_told_to_its_accuracy(ppm: float, packet: str) -> None:
    habits = Habits(interval_ppm=ppm, interval_answer="nominal", packet=packet)
    told = run_virtually(4, 1e6, fifo_s=1.0, habits=habits)
    require_rate(told, ppm)
    assert told.findings.rate_accuracy_ppm < 20_000


ANY_HABITS = st.builds(
    Habits,
    packet=st.sampled_from(["all", "500", "1ms", "25ms"]),
    packets_a_call=st.sampled_from([0, 0, 0, 400]),
    quiet_calls=st.sampled_from([0, 0, 2]),
    nothing_new=st.sampled_from(["0", "37", "39", "67", "silent", "never"]),
    wrap=st.sampled_from(["next_call", "later", "same_call", "early"]),
    memory_full=st.sampled_from(["oldest", "newest"]),
    loss_told=st.sampled_from(["at_once", "at_hole"]),
    clock_ppm=st.sampled_from([-100.0, 0.0, 100.0]),
    clock_drift_ppm_h=st.sampled_from([0.0, 10.0]),
    interval_ppm=st.sampled_from([0.0, 0.0, 300.0]),
    interval_answer=st.sampled_from(["exact", "ns", "nominal"]),
    call_s=st.sampled_from([0.0, 0.005, 0.03]),
    restart=st.sampled_from(["anew", "goes_on"]),
)
SIGNALS = st.sampled_from(["flag", "stall", "both", "none"])


@settings(max_examples=40)
@given(ANY_HABITS, st.sampled_from([0, 10, 100]))
def test_no_habit_is_a_loss_nor_is_a_busy_machine(habits: Habits, late_of_1000: int) -> None:
    told = run_virtually(6, 1e5, fifo_s=20.0, habits=habits, late_of_1000=late_of_1000)
    assert told.true_lost == 0
    assert told.rows == []
    if not (late_of_1000 and math.isnan(told.findings.rate_deviation_ppm)):
        require_rate(told, slower_ppm(habits))


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
    require_places(told, max(_ERROR_MS, unseen_ms))
    assert abs(told.missed_ms()) <= error_ms(habits, 9) + unseen_ms * len(hangs_s)


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
    require_places(told, max(_ERROR_MS, told.unseen_ms()))
    at_end = sum(row.estimate for row in told.rows if row.index == told.received)
    assert at_end == 0 or told.received + told.lost <= seconds * 1e5 + 1
    missed_ms = (told.lost - at_end - told.true_lost) * told.interval_ns / 1e6
    if signal == "none" or habits.memory_full == "newest":
        # nobody can tell a loss before the end from one right behind it
        assert -told.unseen_ms() <= missed_ms <= hang_s * 1e3
    else:
        assert abs(missed_ms) <= error_ms(habits, 4)


#: Losses of several kinds at once: seconds, signal, memory of the scope, hangs, time between them.
CROWDS: dict[str, tuple[float, str, float, tuple[float, ...], float, Habits]] = {
    "never at rest, the newest dropped, and a hole right at the end": (
        9,
        "both",
        0.3,
        (0.67473146, 0.41340731),
        1.0,
        Habits(
            packet="1ms",
            nothing_new="never",
            wrap="later",
            memory_full="newest",
            loss_told="at_hole",
            loss_every_s=0.1,
            clock_ppm=-100,
        ),
    ),
    "a share at every call, the oldest dropped, and a hole right at the end": (
        9,
        "stall",
        0.05,
        (0.186, 0.337, 0.671, 0.287),
        0.6,
        Habits(
            packet="all",
            packets_a_call=400,
            wrap="same_call",
            loss_told="at_hole",
            steady_loss=0.05,
            loss_every_s=0.5,
        ),
    ),
    "more waits each time it is away": (
        4,
        "stall",
        0.05,
        (0.068, 0.379, 0.778, 0.9, 0.3, 0.8),
        0.31,
        Habits(packet="all", quiet_calls=2, nothing_new="0", loss_every_s=2, call_s=0.03),
    ),
    "hardly a sample comes, told by a flag": (
        4,
        "flag",
        0.3,
        (0.643, 0.295, 0.606, 0.723),
        0.6,
        Habits(
            packet="25ms",
            packets_a_call=400,
            quiet_calls=2,
            nothing_new="37",
            wrap="same_call",
            memory_full="newest",
            steady_loss=0.3,
            loss_every_s=0.1,
            call_s=0.03,
        ),
    ),
    "calls of up to 0.2 s, told by nothing": (
        9,
        "none",
        0.3,
        (
            0.6423107,
            0.3153402,
            0.7857324,
            0.7714257,
            0.1708885,
            0.6155031,
            0.5863632,
            0.396055,
            0.4477668,
            0.4175104,
            0.7436241,
            0.4256308,
        ),
        0.6,
        Habits(packet="500", nothing_new="37", loss_every_s=2, clock_ppm=-100, call_s=0.2),
    ),
    "a loss of seconds when the time is over, told by nothing": (
        4,
        "none",
        0.1,
        (0.23, 0.463, 0.094, 0.474, 0.761, 0.523, 0.487, 0.096, 0.489, 0.087, 0.216, 0.467),
        0.31,
        Habits(packet="1ms", nothing_new="never", interval_ppm=300, call_s=0.2),
    ),
}


def require_known(
    seconds: float,
    signal: str,
    fifo_s: float,
    hangs_s: Sequence[float],
    apart_s: float,
    habits: Habits,
    late_of_1000: int = 0,
) -> Told:
    """The told loss is right to its stated accuracy and, if nobody tells of it, but for what is too
    small to be seen.
    """
    faults = tuple(
        Fault("hang", at_s=1.5 + number * apart_s, duration_s=duration_s)
        for number, duration_s in enumerate(hangs_s)
    )
    told = run_virtually(
        seconds,
        1e5,
        fifo_s=fifo_s,
        overrun_signal=signal,
        habits=habits,
        faults=faults,
        late_of_1000=late_of_1000,
    )
    known_ms = told.findings.lost_accuracy_s * 1e3
    if signal == "none":
        known_ms += told.unseen_ms() * len(told.truth)
    assert abs(told.missed_ms()) <= known_ms
    return told


@pytest.mark.parametrize("title", CROWDS)
def test_losses_of_several_kinds_are_told_as_well_as_they_are_known(tell: Tell, title: str) -> None:
    told = require_known(*CROWDS[title])
    known = f"{told.true} of {told.findings.lost_accuracy_s * 1e3:.0f} ms"
    tell(title, told.said, known)
    assert told.why in (polling.TARGET_REACHED, polling.TIME_OVER)


@settings(max_examples=40)
@given(
    st.sampled_from([4, 9]),
    SIGNALS,
    st.sampled_from([0.05, 0.1, 0.3]),
    st.lists(st.floats(0.05, 0.8), min_size=1, max_size=12),
    st.sampled_from([0.31, 0.6, 1.0]),
    ANY_HABITS,
    st.sampled_from([0.0, 0.03, 0.2]),
    st.sampled_from([0.0, 0.01, 0.05, 0.3]),
    st.sampled_from([0.0, 0.1, 0.5, 2.0]),
    st.sampled_from([0, 0, 20]),
)
def test_any_losses_are_told_as_well_as_they_are_known(
    seconds: float,
    signal: str,
    fifo_s: float,
    hangs_s: list[float],
    apart_s: float,
    habits: Habits,
    call_s: float,
    steady_loss: float,
    loss_every_s: float,
    late_of_1000: int,
) -> None:
    habits = replace(habits, call_s=call_s, steady_loss=steady_loss, loss_every_s=loss_every_s)
    require_known(seconds, signal, fifo_s, hangs_s, apart_s, habits, late_of_1000)


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
    assert abs(told.missed_ms()) <= _ERROR_MS
    require_length(told)
    if signal != "none":
        assert {row.cause for row in told.rows} == {"driver overrun"}


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
    assert -_ERROR_MS <= told.missed_ms() <= _ERROR_MS + at_end_ms
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


@settings(max_examples=40)
@given(
    ANY_HABITS,
    st.sampled_from(["start_shift", "count_shift"]),
    st.sampled_from([-100, -1, 1, 100, 5000]),
)
def test_a_chunk_that_is_told_wrongly_leaves_no_foreign_sample(
    habits: Habits, kind: str, samples: int
) -> None:
    faults = (Fault(kind, at_s=1.5, samples=samples),)  # type: ignore[arg-type]
    told = run_virtually(4, 1e5, fifo_s=2.0, habits=habits, faults=faults)
    if told.why != polling.VIOLATION:
        assert told.foreign == 0
        assert abs(told.missed_ms()) <= error_ms(habits, 7)


@pytest.mark.parametrize("packet", ["100us", "all"])
@pytest.mark.parametrize("samples", [4000, 5000])
def test_a_count_far_too_large_is_no_loss_afterwards(packet: Any, samples: int) -> None:
    faults = (Fault("count_shift", at_s=1.5, samples=samples),)
    habits = Habits(packet=packet)
    told = run_virtually(4, 1e5, overrun_signal="none", habits=habits, faults=faults)
    assert (told.lost, told.true_lost, told.foreign) == (0, 0, 0)
    assert [row.cause for row in told.rows] == ["start index too low"]


@settings(max_examples=100)
@given(ANY_HABITS, st.floats(1.5, 4.0))
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


LIES: dict[str, tuple[Fault, ...]] = {
    "start index 0": (Fault("start_zero", at_sample=100_000),),
    "start index + 100": (Fault("start_shift", at_sample=100_000, samples=100),),
    "start index + 1": (Fault("start_shift", at_sample=100_000, samples=1),),
    "start index - 1": (Fault("start_shift", at_sample=100_000, samples=-1),),
    "one sample too many": (Fault("count_shift", at_sample=100_000, samples=1),),
    "one sample too few": (Fault("count_shift", at_sample=100_000, samples=-1),),
    "a hundred too many": (Fault("count_shift", at_sample=100_000, samples=100),),
    "a chunk twice": (Fault("chunk_twice", at_sample=100_000),),
}


@pytest.mark.parametrize("title", LIES)
def test_a_start_index_that_does_not_follow_is_told(tell: Tell, title: str) -> None:
    told = run_virtually(3, 1e6, faults=LIES[title])
    tell(title, told.said, told.true)
    assert any(row.cause.startswith("start index") for row in told.rows)
    assert told.foreign == 0
    assert all(missing > 0 for _, missing in told.truth), "samples came again"
    assert told.lost == told.true_lost


@pytest.mark.parametrize("packet", ["100us", "25ms"])
@pytest.mark.parametrize("at_sample", [0, 100_000])
@pytest.mark.parametrize("title", LIES)
def test_a_driver_that_lies_for_ever_costs_nothing_that_came(
    tell: Tell, title: str, at_sample: int, packet: str
) -> None:
    faults = tuple(replace(lie, at_sample=at_sample, always=True) for lie in LIES[title])
    told = run_virtually(3, 1e6, faults=faults, habits=Habits(packet=packet), fifo_s=2.0)
    if at_sample and packet == "100us":
        tell(f"{title}, for ever", told.said, told.true)
    assert told.why == polling.TARGET_REACHED
    assert any(row.cause.startswith("start index") for row in told.rows)
    require_places(told, from_ms=0)
    assert told.foreign <= (0 if title.startswith("start") else 7)
    # less than eight samples at the end do not spell an index
    missing = sum(missing for _, missing in told.truth if missing > 0)
    assert missing <= told.lost <= missing + (told.foreign > 0)
    if not told.lost:
        require_rate(told, 0)
    assert abs((told.received + told.lost) * told.interval_ns / 1e6 - 3000) <= _ERROR_MS


@pytest.mark.parametrize("samples", [100, 20_000])
def test_the_end_of_a_driver_that_tells_too_much_is_put_right_as_well(samples: int) -> None:
    fault = Fault("count_shift", at_sample=1_500_000, samples=samples, always=True)
    told = run_virtually(6, 1e6, fifo_s=2.0, faults=(fault,))
    assert (told.truth, told.foreign) == ([], 0)


def test_an_end_that_nothing_puts_right_is_told_as_uncertain() -> None:
    faults = (
        Fault("count_shift", at_sample=1_500_000, samples=100, always=True),
        Fault("stall", at_sample=1_900_000),
    )
    told = run_virtually(6, 1e6, fifo_s=2.0, faults=faults)
    assert told.why == polling.STALLED
    assert told.received == 1_900_100
    assert told.rows[-1].latest == told.received


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


def test_a_hundred_thousand_gaps_keep_their_totals(tell: Tell) -> None:
    habits = Habits(loss_every_s=0.002, loss_s=(0.0005, 0.0005))
    told = run_virtually(200, 2e4, fifo_s=60.0, habits=habits)
    assert len(told.truth) >= 99_000
    require_places(told, from_ms=0)
    tell("a loss of 0.5 ms every 2 ms", told.said, told.true)
    assert sum(row.estimate for row in told.rows) == told.lost
    # it never comes to rest, so that the lag is never at its lowest: a pause between two polls
    assert abs(told.missed_ms()) <= float(told.state["poll_ns"]) / 1e6
    require_length(told)
    require_rate(told, 0)


@pytest.mark.parametrize("signal", ["flag", "stall", "both", "none"])
def test_rows_that_hold_several_losses_say_nothing_false(tell: Tell, signal: str) -> None:
    """More losses than the table has room for, without rest, and more lost than received."""
    habits = Habits(loss_every_s=0.0008, loss_s=(0.0005, 0.0005))
    told = run_virtually(5, 1e6, fifo_s=5.0, overrun_signal=signal, habits=habits)
    tell(f"0.5 ms lost every 0.8 ms, told by {signal}", told.said, told.true)
    assert len(told.truth) > 6000
    require_places(told, from_ms=0)
    require_length(told)
    assert sum(row.estimate for row in told.rows) == told.lost
    assert shares_off_ms(told) <= 30


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


def test_a_loss_that_nobody_has_time_to_tell_could_not_have_been_seen() -> None:
    faults = (Fault("overrun", at_s=2.0, samples=100_000), Fault("stall", at_s=3.02))
    told = run_virtually(6, 1e5, **_SILENT, faults=faults)
    assert (told.why, told.true_lost, told.lost) == (polling.STALLED, 100_000, 0)
    assert told.unseen_ms() >= 1000


def test_an_overrun_that_is_too_short_for_the_clock_tells_its_accuracy() -> None:
    told = run_virtually(3, 1e6, faults=(Fault("overrun", at_s=1.0, samples=1),))
    assert [row.estimate for row in told.rows] == [0]
    require_length(told)


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
