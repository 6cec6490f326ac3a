"""How a stream ends, and that the file's word for it is the true one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import StreamConfig, TriggerConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import DeviceLostError, SampleRateError, counted
from picostream_pymeasure.simulated import Fault, Habits, SimulatedSignal
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.keeping_sink import RATE_HZ, KeepingSink, channels, record
from tests.support.procedures_runs import wait_until


def test_an_error_after_the_start_ends_the_stream_before_the_scope_is_closed(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    with pytest.raises(ZeroDivisionError), Unit.open(simulated()) as unit:  # noqa: PT012
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink)
        session.start()
        wait_until(lambda: session.health().received > 0)
        raise ZeroDivisionError("the caller's")
    assert session.error is None
    assert sink.outcome is not None
    said = f"{sink.outcome.ended_by}: {sink.outcome.reason}"
    tell("an error between start and stop", said, "the stream was ended, then the scope closed")
    assert said == "failed: the caller's"
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, sink.stored))


def test_a_stop_and_a_target_have_their_words(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    assert record(simulated(), sink, samples=1000).ended_by == "target"
    stopped = KeepingSink()
    config = StreamConfig(sample_rate_hz=RATE_HZ)
    with Unit.open(simulated()) as unit, StreamSession(unit, config, stopped):
        pass
    assert stopped.outcome is not None
    assert stopped.outcome.ended_by == "stopped"


def test_an_interval_of_0_is_refused_in_a_sentence(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    library = simulated(habits=Habits(interval_answer="zero"))
    with Unit.open(library) as unit:
        session = StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink)
        with pytest.raises(SampleRateError, match="is 0") as caught:
            session.start()
    tell("the interval is answered as 0", caught.value, "no file, no stream")


def test_a_duration_counts_what_is_missing(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    faults = (Fault("overrun", at_sample=500_000, samples=2_000_000),)
    outcome = record(simulated(faults=faults), sink, channels=channels("A"), duration_s=1.0)
    said = f"{sink.stored} and {outcome.health.lost} lost"
    tell("40 % lost of a duration of 1 s", said, f"{RATE_HZ:.0f} were sampled, 2000000 lost")
    assert outcome.ended_by == "target"
    assert sink.stored + outcome.health.lost == pytest.approx(RATE_HZ, rel=0.05)
    assert sink.stored < 0.7 * RATE_HZ


def test_what_was_lost_while_armed_is_left_out(
    simulated: Callable[..., Any], sink: KeepingSink, tell: Callable[..., None]
) -> None:
    wave = SimulatedSignal("square", amplitude_v=1.0, frequency_hz=1.0, noise_v=0.0)
    library = simulated(
        signals={"A": wave}, faults=(Fault("overrun", at_sample=200_000, samples=100_000),)
    )
    outcome = record(
        library,
        sink,
        channels=channels("A"),
        trigger=TriggerConfig("A", level_v=0.5, pre_trigger_s=0.01),
        samples=100_000,
    )
    said = f"{outcome.health.lost} in {counted(outcome.health.gaps, 'gap')}"
    tell("100000 lost while armed", said, "0 of those behind the trigger")
    assert (outcome.ended_by, outcome.health.gaps, outcome.health.lost) == ("target", 0, 0)
    assert sink.gaps == []


@pytest.mark.parametrize("fault", [None, Fault("unplug", at_s=0.1)], ids=["target", "lost"])
def test_the_ledger_is_closed_once(
    simulated: Callable[..., Any], sink: Any, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    """What is uncertain at the end would be counted twice."""
    closed: list[int] = []
    monkeypatch.setattr("picostream_pymeasure.streaming.polling.end_ledger", closed.append)
    library = simulated(faults=(fault,) if fault else ())
    with contextlib.suppress(DeviceLostError):
        record(library, sink, duration_s=1.0)
    assert len(closed) == (fault is not None)
