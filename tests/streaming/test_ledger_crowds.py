"""Many losses, of several kinds, without rest: what is told is right to its accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.told_checks import (
    ANY_HABITS,
    SIGNALS,
    require_length,
    require_places,
    require_rate,
)
from tests.support.virtual_stream import Told, run_virtually

Tell = Callable[[str, object, object], None]


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
