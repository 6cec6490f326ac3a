"""Streams of the simulated scope through real threads into a sink that keeps everything."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import (
    DownsampleMode,
    StreamConfig,
    TriggerConfig,
)
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import (
    ConfigurationError,
)
from picostream_pymeasure.simulated import Fault, Habits, SimulatedSignal
from picostream_pymeasure.streaming.session import SessionState, StreamSession
from tests.support.keeping_sink import RATE_HZ, KeepingSink, channels, record

# -- what arrives


@pytest.mark.parametrize("names", ["A", "D", "BC", "ABCD"])
def test_every_sample_of_every_channel_arrives_in_order(
    simulated: Callable[..., Any], sink: KeepingSink, names: str
) -> None:
    outcome = record(simulated(), sink, channels=channels(names), samples=700_001)
    assert outcome.complete
    assert outcome.health.stored == 700_001
    assert outcome.health.gaps == 0
    for row, name in enumerate(names):
        np.testing.assert_array_equal(sink.row(row), sink.expected(name, 0, 700_001))


@pytest.mark.parametrize("mode", [mode for mode in DownsampleMode if mode.value != "none"])
@pytest.mark.parametrize("ratio", [1, 7, 64])
def test_downsampled_samples_arrive(
    simulated: Callable[..., Any], sink: KeepingSink, mode: DownsampleMode, ratio: int
) -> None:
    record(simulated(), sink, downsample_mode=mode, downsample_ratio=ratio, samples=30_000)
    assert sink.stored == 30_000
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, 30_000))


@pytest.mark.parametrize("samples", [1, 63, 64, 65, 4096])
def test_stream_ends_at_exactly_the_sample_asked_for(
    simulated: Callable[..., Any], sink: KeepingSink, samples: int
) -> None:
    record(simulated(), sink, sample_rate_hz=20e3, samples=samples)
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, samples))


def test_stop_keeps_every_sample_that_was_fetched(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    with Unit.open(simulated()) as unit:
        with StreamSession(unit, StreamConfig(sample_rate_hz=RATE_HZ), sink) as session:
            while session.health().received < 1_000_000:
                time.sleep(0.001)
        health = session.health()
    assert session.state is SessionState.STOPPED
    assert health.stored == health.received == sink.stored
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", 0, sink.stored))
    assert sink.outcome is not None
    assert sink.outcome.complete


def test_over_range_is_counted_for_its_channel_alone(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    library = simulated(
        faults=(Fault("over_range", at_sample=10_000, samples=50_000, channel="B"),)
    )
    outcome = record(library, sink, channels=channels("AB"), samples=200_000)
    assert outcome.health.over_range["A"] == 0
    assert outcome.health.over_range["B"] > 0


def test_fastest_rate_is_what_the_scope_takes(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    record(simulated(variant="5242B", power="usb2"), sink, sample_rate_hz=0.0, samples=1000)
    assert sink.description is not None
    assert sink.description.sample_interval_ns == 64.0


# -- trigger


@pytest.mark.parametrize(
    "habits",
    [
        {},
        {"trigger_at": "stream"},
        {"trigger_at": "stream", "packet": "25ms"},
        {"trigger_at": "stream", "quiet_calls": 2, "wrap": "early"},
        {"trigger_at": "stream", "packet": "all", "nothing_new": "never", "wrap": "same_call"},
        {"trigger_at": "chunk", "packet": "25ms", "quiet_calls": 2, "wrap": "same_call"},
    ],
    ids=lambda habits: ", ".join(map(str, habits.values())),
)
def test_recording_begins_before_the_trigger(
    simulated: Callable[..., Any], sink: KeepingSink, habits: dict[str, Any]
) -> None:
    wave = SimulatedSignal("square", amplitude_v=1.0, frequency_hz=5.0, noise_v=0.0)
    trigger = TriggerConfig("A", level_v=0.5, pre_trigger_s=0.05)
    outcome = record(
        simulated(signals={"A": wave}, habits=Habits(**habits)),
        sink,
        channels=channels("A"),
        trigger=trigger,
        samples=100_000,
    )
    assert sink.description is not None
    before = round(0.05e9 / sink.description.stored_interval_ns)
    assert outcome.trigger_sample == before
    assert sink.stored == before + 100_000
    threshold = 0.5 / 5.0 * sink.description.max_adc
    assert (sink.row(0)[:before] < threshold).all()
    assert sink.row(0)[before] >= threshold
    first = outcome.first_stream_sample
    np.testing.assert_array_equal(sink.row(0), sink.expected("A", first, sink.stored))


def test_trigger_that_never_comes_records_nothing(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    trigger = TriggerConfig("A", level_v=4.5)
    config = StreamConfig(channels=channels("A"), sample_rate_hz=RATE_HZ, trigger=trigger)
    with Unit.open(simulated()) as unit, StreamSession(unit, config, sink) as session:
        while session.health().received < 3_000_000:
            time.sleep(0.001)
        assert session.is_waiting_for_trigger
    assert sink.stored == 0
    assert sink.outcome is not None
    assert sink.outcome.trigger_sample is None


def test_auto_trigger_goes_on_without_an_edge(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    trigger = TriggerConfig("A", level_v=4.5, auto_trigger_s=0.05)
    record(simulated(), sink, channels=channels("A"), trigger=trigger, samples=10_000)
    assert sink.stored == 10_000


def test_trigger_level_outside_the_input_is_refused(
    simulated: Callable[..., Any], sink: KeepingSink
) -> None:
    with pytest.raises(ConfigurationError, match="-5 V to 5 V"):
        record(simulated(), sink, channels=channels("A"), trigger=TriggerConfig("A", 6.0))
