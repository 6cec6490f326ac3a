"""Timebases of block mode and the settings of captures, against the guide's tables."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picostream_pymeasure.config import (
    CaptureConfig,
    ChannelConfig,
    DigitalPortConfig,
    TriggerConfig,
)
from picostream_pymeasure.config.timebase import (
    MAX_TIMEBASE,
    fastest_timebase,
    nearest_timebase,
    timebase_interval_ns,
)
from picostream_pymeasure.errors import ConfigurationError

#: resolution, timebase, ns
INTERVALS = [
    (8, 0, 1),
    (8, 1, 2),
    (8, 2, 4),
    (8, 3, 8),
    (8, 127, 1000),
    (12, 1, 2),
    (12, 2, 4),
    (12, 3, 8),
    (12, 4, 16),
    (12, 127, 1984),
    (14, 3, 8),
    (14, 4, 16),
    (15, 3, 8),
    (15, 127, 1000),
    (16, 4, 16),
    (16, 5, 32),
    (16, 127, 1984),
    (8, MAX_TIMEBASE, (2**32 - 3) * 8),
]


@pytest.mark.parametrize(("bits", "timebase", "interval_ns"), INTERVALS)
def test_interval_of_a_timebase(bits: int, timebase: int, interval_ns: float) -> None:
    assert timebase_interval_ns(bits, timebase) == interval_ns


@pytest.mark.parametrize(
    ("bits", "n_inputs", "timebase"),
    [
        *((8, 1, 0), (8, 2, 1), (8, 3, 2), (8, 4, 2), (8, 6, 3)),
        *((12, 1, 1), (12, 2, 2), (12, 4, 3), (12, 5, 4)),
        *((14, 1, 3), (14, 4, 3), (14, 5, 4), (15, 2, 3), (16, 1, 4)),
    ],
)
def test_fastest_timebase(bits: int, n_inputs: int, timebase: int) -> None:
    assert fastest_timebase(bits, n_inputs) == timebase


@given(
    st.sampled_from((8, 12, 14, 15, 16)),
    st.integers(1, 6),
    st.floats(0, 10.5),
)
def test_no_timebase_is_nearer(bits: int, n_inputs: int, exponent: float) -> None:
    wanted_ns = 10**exponent
    found = nearest_timebase(bits, n_inputs, wanted_ns)
    fastest = fastest_timebase(bits, n_inputs)
    assert fastest <= found <= MAX_TIMEBASE

    def ratio(timebase: int) -> float:
        interval_ns = timebase_interval_ns(bits, timebase)
        return max(interval_ns / wanted_ns, wanted_ns / interval_ns)

    neighbours = (n for n in (found - 1, found + 1) if fastest <= n <= MAX_TIMEBASE)
    assert all(ratio(found) <= ratio(n) * (1 + 1e-12) for n in neighbours)


def config(names: str = "A", ports: int = 0, **settings: Any) -> CaptureConfig:
    return CaptureConfig(
        channels=tuple(map(ChannelConfig, names)),
        digital_ports=tuple(DigitalPortConfig(f"PORT{n}") for n in range(ports)),
        **{"samples": 100, **settings},
    )


@pytest.mark.parametrize(
    ("settings", "interval_ns"),
    [
        ({"resolution_bits": 8}, 1),
        ({"resolution_bits": 8, "sample_rate_hz": 500e6}, 2),
        ({"resolution_bits": 8, "sample_rate_hz": 400e6}, 2),
        ({"resolution_bits": 12}, 2),
        ({"names": "ABCD", "resolution_bits": 8}, 4),
        ({"names": "ABCD", "ports": 2, "resolution_bits": 8}, 8),
        ({"resolution_bits": 16}, 16),
        ({"sample_rate_hz": 1e6}, 1008),
        ({"resolution_bits": 8, "sample_rate_hz": 1e6}, 1000),
    ],
)
def test_interval_that_is_asked_for(settings: dict[str, Any], interval_ns: float) -> None:
    assert config(**settings).requested_interval_ns == interval_ns


def test_length_before_and_after_the_trigger() -> None:
    trigger = TriggerConfig("A", 0.0, pre_trigger_s=1e-6)
    capture = config(resolution_bits=8, trigger=trigger, samples=None, duration_s=5e-6)
    assert capture.samples_at(1.0) == (1000, 4000)
    assert config(samples=7).samples_at(1.0) == (0, 7)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"samples": None}, "how long"),
        ({"duration_s": 1.0}, "how long"),
        ({"samples": None, "duration_s": 0.0}, "more than 0 s"),
        ({"samples": None, "duration_s": -1e-6}, "more than 0 s"),
        ({"samples": None, "duration_s": math.nan}, "more than 0 s"),
        ({"samples": None, "duration_s": math.inf}, "more than 0 s"),
        ({"samples": None, "duration_s": 1e-12}, "at least as long, not 1e-12 s"),
        ({"samples": 0}, "1 to"),
        ({"captures": 0}, "number of captures"),
        ({"sample_rate_hz": 1e9}, "use .* up to 500 MS/s"),
        ({"sample_rate_hz": 1e-3}, "use"),
        ({"names": "ABCD", "resolution_bits": 16}, "at most 1 channel"),
        ({"trigger": TriggerConfig("B", 0.0)}, "not enabled"),
        ({"trigger": TriggerConfig("A", 0.0, pre_trigger_s=1.0)}, "leave nothing"),
        ({"samples": 2**31}, "1 to 2147483647"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        config(**settings)


def test_something_of_a_capture_must_follow_the_trigger() -> None:
    trigger = TriggerConfig("A", 0.0, pre_trigger_s=1e-6)
    config = CaptureConfig(samples=126, trigger=trigger, sample_rate_hz=125e6)
    assert config.samples_at(8.0) == (125, 1)
    with pytest.raises(ConfigurationError, match="leave nothing of a capture of 125"):
        CaptureConfig(samples=125, trigger=trigger, sample_rate_hz=125e6).samples_at(8.0)
