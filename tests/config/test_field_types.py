"""Settings of another type are refused with a sentence, whatever they are made into later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import (
    RANGES_V,
    CaptureConfig,
    ChannelConfig,
    ChannelScale,
    EventRule,
    GeneratorConfig,
    KeepConfig,
    StreamConfig,
    TriggerConfig,
    require_seconds,
)
from picostream_pymeasure.errors import ConfigurationError


@pytest.mark.parametrize(
    ("kind", "settings", "says"),
    [
        (StreamConfig, {"channels": "A"}, "a tuple of ChannelConfig"),
        (StreamConfig, {"channels": ("A",)}, "a tuple of ChannelConfig"),
        (StreamConfig, {"sample_rate_hz": "1e6"}, "sample_rate_hz of a StreamConfig is a number"),
        (StreamConfig, {"samples": 1.5}, "a whole number or None"),
        (StreamConfig, {"duration_s": "1 s"}, "a number or None"),
        (StreamConfig, {"keep": 5}, "of KeepConfig or None"),
        (StreamConfig, {"trigger": 5}, "of TriggerConfig or of AdvancedTriggerConfig or None"),
        (CaptureConfig, {"samples": "10"}, "a whole number or None"),
        (ChannelConfig, {"name": 5}, "a text"),
        (ChannelConfig, {"name": "A", "range_v": "2 V"}, "range_v of a ChannelConfig is a number"),
        (ChannelConfig, {"name": "A", "offset_v": None}, "a number, not None"),
        (TriggerConfig, {"source": "A", "level_v": "high"}, "a number"),
        (EventRule, {"channel": "A", "threshold": "5sigma"}, "a number"),
        (ChannelConfig, {"name": "A", "coupling": "GND"}, "one of Coupling.AC, Coupling.DC"),
        (ChannelConfig, {"name": "A", "bandwidth": "x"}, "Bandwidth.FULL"),
        (StreamConfig, {"downsample_mode": "x"}, "DownsampleMode.AVERAGE"),
        (GeneratorConfig, {"wave": "x"}, "one of Wave.SINE"),
        (GeneratorConfig, {"wave": None}, "one of Wave.SINE"),
        (GeneratorConfig, {"sweep": 5}, "one of Sweep.UP"),
        (GeneratorConfig, {"amplitude_v": "1"}, "a number"),
        (ChannelScale, {"per_volt": "x", "unit": "A"}, "a number"),
        (ChannelScale, {"per_volt": 1, "unit": 5}, "a text"),
        (KeepConfig, {"rule": "A:5sigma"}, "of EventRule"),
        (KeepConfig, {"before_s": "1 ms"}, "a number"),
    ],
)
def test_another_type_is_refused(kind: Any, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        kind(**settings)
    assert says in str(refused.value)


def test_numbers_of_numpy_are_numbers() -> None:
    channel = ChannelConfig("A", range_v=np.float32(2))
    config = StreamConfig(channels=(channel,), samples=np.int64(10), sample_rate_hz=np.float64(1e6))
    assert (config.samples, config.sample_rate_hz) == (10, 1e6)
    assert type(config.samples) is int


@pytest.mark.parametrize("range_v", RANGES_V)
def test_a_range_of_32_bits_is_the_listed_one(range_v: float) -> None:
    channel = ChannelConfig("A", range_v=np.float32(range_v))
    assert (channel.range_v, type(channel.range_v)) == (range_v, float)
    with pytest.raises(ConfigurationError, match="has no range"):
        ChannelConfig("A", range_v=range_v * 1.00001)


def test_seconds_of_32_bits_are_pythons_own() -> None:
    seconds = require_seconds("timeout_s", np.float32(0.5))
    assert (seconds, type(seconds)) == (0.5, float)
