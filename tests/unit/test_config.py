"""Settings are checked as a whole, and say what is allowed."""

from __future__ import annotations

import math

import pytest

from picostream_pymeasure.config import (
    ChannelConfig,
    DownsampleMode,
    StreamConfig,
    TriggerConfig,
)
from picostream_pymeasure.errors import ConfigurationError, PicoStreamError


def channels(names: str) -> tuple[ChannelConfig, ...]:
    return tuple(ChannelConfig(name) for name in names)


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"name": "E"}, "A, B, C, D"),
        ({"name": "A", "range_v": 3.0}, "0.01, 0.02, 0.05"),
        ({"name": "A", "range_v": math.nan}, "0.01, 0.02, 0.05"),
        ({"name": "A", "range_v": 0.2, "offset_v": 0.3}, "-0.25 V to 0.25 V"),
        ({"name": "A", "range_v": 2.0, "offset_v": -2.6}, "-2.5 V to 2.5 V"),
        ({"name": "A", "range_v": 20.0, "offset_v": math.nan}, "-20 V to 20 V"),
    ],
)
def test_impossible_channel_names_what_is_allowed(settings: dict, allowed: str) -> None:
    with pytest.raises(ConfigurationError, match=allowed):
        ChannelConfig(**settings)


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"channels": ()}, "At least one"),
        ({"channels": channels("AA")}, "twice"),
        ({"resolution_bits": 10}, "8, 12, 14, 15 or 16"),
        ({"resolution_bits": 16, "channels": channels("AB")}, "at most 1"),
        ({"resolution_bits": 15, "channels": channels("ABC")}, "at most 2"),
        ({"sample_rate_hz": 63e6}, "up to 62.5 MS/s"),
        ({"resolution_bits": 8, "sample_rate_hz": 126e6}, "up to 125 MS/s"),
        ({"channels": channels("ABCD"), "sample_rate_hz": 20e6}, "up to 15.625 MS/s"),
        ({"sample_rate_hz": -1.0}, "or 0 for the fastest"),
        ({"sample_rate_hz": math.nan}, "or 0 for the fastest"),
        ({"sample_rate_hz": math.inf}, "or 0 for the fastest"),
        ({"downsample_ratio": 0}, "1 to 2147483647, not 0"),
        ({"downsample_ratio": 8}, "average, aggregate or decimate"),
        ({"duration_s": 1.0, "samples": 5}, "not both"),
        ({"duration_s": 0.0}, "more than 0 s"),
        ({"duration_s": math.inf}, "more than 0 s"),
        ({"samples": 0}, "1 to 1"),
        ({"duration_s": 1e300}, "10 years"),
        ({"pool_s": 0.0}, "more than 0 s"),
        ({"on_overrun": "ignore"}, "'continue' or 'stop'"),
        ({"trigger": TriggerConfig("B", 0.1)}, "not enabled"),
    ],
)
def test_impossible_stream_names_what_is_allowed(settings: dict, allowed: str) -> None:
    with pytest.raises(ConfigurationError, match=allowed):
        StreamConfig(**settings)


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"source": "X", "level_v": 0.0}, "A, B, C, D"),
        ({"source": "A", "level_v": math.inf}, "finite"),
        ({"source": "A", "level_v": 0.0, "pre_trigger_s": -1.0}, "0 s to 1 h"),
        ({"source": "A", "level_v": 0.0, "auto_trigger_ms": 40000}, "32767"),
    ],
)
def test_impossible_trigger_names_what_is_allowed(settings: dict, allowed: str) -> None:
    with pytest.raises(ConfigurationError, match=allowed):
        TriggerConfig(**settings)


def test_configuration_errors_are_value_errors_of_the_packages_tree() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert issubclass(ConfigurationError, PicoStreamError)


@pytest.mark.parametrize(
    ("bits", "names", "interval_ns"),
    [(8, "A", 8), (12, "A", 16), (16, "D", 16), (12, "ABCD", 64), (8, "AB", 16), (15, "BC", 32)],
)
def test_fastest_interval_shares_the_bus_between_channels(
    bits: int, names: str, interval_ns: float
) -> None:
    config = StreamConfig(channels=channels(names), resolution_bits=bits)
    assert config.requested_interval_ns == interval_ns


def test_full_rate_is_allowed_exactly() -> None:
    config = StreamConfig(resolution_bits=12, sample_rate_hz=62.5e6)
    assert config.requested_interval_ns == pytest.approx(16.0)


def test_target_counts_delivered_samples_at_the_actual_interval() -> None:
    config = StreamConfig(
        duration_s=1.0, downsample_ratio=10, downsample_mode=DownsampleMode.AVERAGE
    )
    assert config.target_samples(16.0) == 6_250_000
    assert config.target_samples(17.0) == round(1e9 / 170)
    assert StreamConfig(samples=7).target_samples(16.0) == 7
    assert StreamConfig().target_samples(16.0) is None
