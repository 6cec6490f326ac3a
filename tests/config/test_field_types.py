"""Settings of another type are refused with a sentence, whatever they are made into later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import (
    RANGES_V,
    AdvancedTriggerConfig,
    Bandwidth,
    CaptureConfig,
    ChannelConfig,
    ChannelScale,
    Coupling,
    DigitalPortConfig,
    Direction,
    DownsampleMode,
    EventRule,
    GeneratorConfig,
    GeneratorTriggerSource,
    KeepConfig,
    PulseWidth,
    PulseWidthKind,
    StreamConfig,
    Sweep,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
    Wave,
    require_flag,
    require_number,
    require_seconds,
)
from picostream_pymeasure.errors import ConfigurationError

#: No float holds it.
HUGE = 10**400

ARRAY = np.arange(3)
INPUTS = (TriggerInput("A", Direction.RISING, 0.0),)
PULSE = {"source": "A", "begin": Direction.RISING, "kind": PulseWidthKind.LESS_THAN, "lower_s": 1}


@pytest.mark.parametrize(
    ("kind", "settings", "says"),
    [
        (StreamConfig, {"channels": "A"}, "a tuple of ChannelConfig"),
        (StreamConfig, {"channels": ("A",)}, "a tuple of ChannelConfig"),
        (StreamConfig, {"sample_rate_hz": "1e6"}, "sample_rate_hz of a StreamConfig is a number"),
        (StreamConfig, {"samples": 1.5}, "a whole number or None"),
        (StreamConfig, {"samples": True}, "a whole number or None, not True"),
        (StreamConfig, {"sample_rate_hz": True}, "is a number, not True"),
        (ChannelConfig, {"name": "A", "range_v": True}, "is a number, not True"),
        (ChannelConfig, {"name": "A", "coupling": True}, "one of Coupling.AC, Coupling.DC"),
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
        (AdvancedTriggerConfig, {"inputs": "A"}, "a tuple of TriggerInput, as in (TriggerInput"),
        (AdvancedTriggerConfig, {"inputs": None}, "a tuple of TriggerInput"),
        (AdvancedTriggerConfig, {"inputs": INPUTS, "pre_trigger_s": "1"}, "a number"),
        (AdvancedTriggerConfig, {"inputs": INPUTS, "auto_trigger_s": None}, "a number"),
        (AdvancedTriggerConfig, {"inputs": INPUTS, "pulse_width": "x"}, "of PulseWidth or None"),
        (TriggerInput, {"source": "A", "upper_v": "1"}, "a number or None"),
        (TriggerInput, {"source": "A", "upper_v": 0, "hysteresis_v": "x"}, "a number or None"),
        (TriggerInput, {"source": []}, "a text"),
        (TriggerInput, {"source": "A", "direction": "up"}, "one of Direction.ABOVE"),
        (TriggerInput, {"source": "A", "direction": ARRAY}, "one of Direction.ABOVE"),
        (PulseWidth, {**PULSE, "lower_s": "1"}, "a number"),
        (PulseWidth, {**PULSE, "kind": None}, "one of PulseWidthKind.LESS_THAN"),
        (ChannelConfig, {"name": "A", "range_v": HUGE}, "a number"),
        (ChannelConfig, {"name": "A", "offset_v": HUGE}, "a number"),
        (StreamConfig, {"sample_rate_hz": HUGE}, "a number"),
        (StreamConfig, {"samples": HUGE}, "a whole number or None"),
        (EventRule, {"channel": "A", "threshold": HUGE}, "a number"),
        (TriggerConfig, {"source": "A", "level_v": HUGE}, "a number"),
        (DigitalPortConfig, {"name": "PORT0", "logic_level_v": HUGE}, "a number"),
        (GeneratorConfig, {"frequency_hz": HUGE}, "a number"),
        (GeneratorConfig, {"amplitude_v": -HUGE}, "a number"),
        (GeneratorConfig, {"wave": Wave.ARBITRARY, "arbitrary": [HUGE]}, "sequence of numbers"),
        (GeneratorConfig, {"wave": Wave.ARBITRARY, "arbitrary": "12"}, "sequence of numbers"),
        (ChannelConfig, {"name": "A", "coupling": ARRAY}, "one of Coupling.AC, Coupling.DC"),
        (ChannelConfig, {"name": "A", "bandwidth": ARRAY}, "Bandwidth.FULL"),
        (StreamConfig, {"downsample_mode": ARRAY}, "DownsampleMode.AVERAGE"),
        (StreamConfig, {"on_overrun": ARRAY}, "'continue' or 'stop'"),
        (StreamConfig, {"on_overrun": []}, "'continue' or 'stop'"),
        (EventRule, {"channel": "A", "direction": ARRAY}, "'rising' or 'falling' or 'either'"),
        (
            TriggerConfig,
            {"source": "A", "level_v": 0, "direction": ARRAY},
            "TriggerDirection.ABOVE",
        ),
        (GeneratorConfig, {"sweep": ARRAY}, "one of Sweep.UP"),
    ],
)
def test_another_type_is_refused(kind: Any, settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        kind(**settings)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 300


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


@pytest.mark.parametrize(
    ("made", "field", "member"),
    [
        (TriggerInput("A", "rising", 0.0), "direction", Direction.RISING),
        (TriggerInput("A", "Rising or falling", 0.0), "direction", Direction.RISING_OR_FALLING),
        (PulseWidth(**{**PULSE, "begin": "falling"}), "begin", Direction.FALLING),
        (PulseWidth(**{**PULSE, "kind": "less than"}), "kind", PulseWidthKind.LESS_THAN),
        (PulseWidth(**{**PULSE, "kind": 2}), "kind", PulseWidthKind.GREATER_THAN),
        (ChannelConfig("A", coupling="AC"), "coupling", Coupling.AC),
        (ChannelConfig("A", coupling=np.int64(0)), "coupling", Coupling.AC),
        (ChannelConfig("A", bandwidth="20 MHz"), "bandwidth", Bandwidth.LIMIT_20MHZ),
        (ChannelConfig("A", bandwidth="LIMIT_20MHZ"), "bandwidth", Bandwidth.LIMIT_20MHZ),
        (StreamConfig(downsample_mode="average"), "downsample_mode", DownsampleMode.AVERAGE),
        (TriggerConfig("A", 0, "above"), "direction", TriggerDirection.ABOVE),
        (GeneratorConfig("ramp up"), "wave", Wave.RAMP_UP),
        (GeneratorConfig(sweep="up down"), "sweep", Sweep.UP_DOWN),
        (
            GeneratorConfig(trigger_source="ext"),
            "trigger_source",
            GeneratorTriggerSource.EXT,
        ),
    ],
)
def test_a_word_is_the_member_that_it_names(made: Any, field: str, member: Any) -> None:
    assert getattr(made, field) is member


def test_a_list_is_kept_as_a_tuple() -> None:
    assert AdvancedTriggerConfig(list(INPUTS)) == AdvancedTriggerConfig(INPUTS)
    assert hash(StreamConfig(channels=[ChannelConfig("A")])) == hash(StreamConfig())


@pytest.mark.parametrize("value", [None, "1", [], HUGE, float("nan"), ARRAY, b"1", object()])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="reserve must be a number of bytes, not"):
        require_number("reserve", value, " of bytes")
    with pytest.raises(ConfigurationError, match="must be a number of seconds, not"):
        require_seconds("timeout_s", value)


@pytest.mark.parametrize("value", [None, "yes", [], 2, ARRAY, float("nan")])
def test_what_is_neither_true_nor_false_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="force must be True or False, not"):
        require_flag("force", value)
    assert require_flag("force", np.True_) is True
    assert require_flag("force", 0) is False
