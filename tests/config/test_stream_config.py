"""Settings are checked as a whole, and say what is allowed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    ChannelConfig,
    DigitalPortConfig,
    Direction,
    DownsampleMode,
    EventRule,
    GeneratorConfig,
    KeepConfig,
    PulseWidth,
    PulseWidthKind,
    StreamConfig,
    TriggerConfig,
    TriggerInput,
    Wave,
    highest_count,
)
from picostream_pymeasure.errors import ConfigurationError, PicoStreamError


def channels(names: str) -> tuple[ChannelConfig, ...]:
    return tuple(ChannelConfig(name) for name in names)


def ports(*numbers: int) -> tuple[DigitalPortConfig, ...]:
    return tuple(DigitalPortConfig(f"PORT{number}") for number in numbers)


def bits(*names: str) -> AdvancedTriggerConfig:
    return AdvancedTriggerConfig(tuple(TriggerInput(name, Direction.HIGH) for name in names))


def levels(source: str, direction: Direction = Direction.ABOVE, **v: float) -> object:
    return AdvancedTriggerConfig((TriggerInput(source, direction, **v),))


def pulse(lower_s: float, upper_s: float | None = None, **settings: object) -> object:
    width = {
        "source": "A",
        "begin": Direction.RISING,
        "kind": PulseWidthKind.IN_RANGE if upper_s else PulseWidthKind.GREATER_THAN,
        **settings,
    }
    return AdvancedTriggerConfig(
        (TriggerInput("A", Direction.FALLING, 0.0),),
        PulseWidth(lower_s=lower_s, upper_s=upper_s, **width),
    )


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"name": "E"}, "A, B, C, D"),
        ({"name": "A", "range_v": 3.0}, "0.01, 0.02, 0.05"),
        ({"name": "A", "range_v": -0.0}, "no range of 0 V"),
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
        (
            {
                "downsample_mode": DownsampleMode.DECIMATE,
                "downsample_ratio": 10**8,
                "sample_rate_hz": 1e3,
            },
            "a sample takes 1e.05 s; use a higher rate",
        ),
        ({"duration_s": 1.0, "samples": 5}, "not both"),
        ({"duration_s": 0.0}, "more than 0 s"),
        ({"duration_s": math.inf}, "more than 0 s"),
        ({"samples": 0}, "1 to 1"),
        ({"duration_s": 1e300}, "10 years"),
        ({"duration_s": 9.9, "sample_rate_hz": 0.1}, "A sample takes 10 s"),
        (
            {
                "duration_s": 1,
                "sample_rate_hz": 1e6,
                "downsample_mode": DownsampleMode.DECIMATE,
                "downsample_ratio": 2_000_000,
            },
            "A sample takes 2 s",
        ),
        ({"pool_s": 0.0}, "more than 0 s"),
        ({"on_overrun": "ignore"}, "'continue' or 'stop'"),
        ({"trigger": TriggerConfig("B", 0.1)}, "not enabled"),
        ({"trigger": TriggerConfig("A", 21.0)}, "channel A; use -20 V to 20 V"),
        ({"digital_ports": ports(0, 0)}, "twice"),
        ({"channels": (), "digital_ports": ports(0)}, "At least one channel"),
        ({"digital_ports": ports(0, 1), "sample_rate_hz": 21e6}, "up to 20.8333 MS/s"),
        (
            {
                "digital_ports": ports(0),
                "downsample_mode": DownsampleMode.AVERAGE,
                "downsample_ratio": 2,
            },
            "aggregate or decimate",
        ),
        ({"sample_rate_hz": 5e-3}, "cannot stream at 0.005 S/s"),
        ({"channels": (), "digital_ports": ports(0)}, "digital ports come beside it"),
        ({"trigger": bits("D3")}, "watches PORT0, which is not enabled"),
        ({"trigger": bits("D3", "D8"), "digital_ports": ports(0)}, "watches PORT1"),
        ({"trigger": levels("A", upper_v=20.5)}, "channel A; use -20 V to 20 V"),
        (
            {"trigger": levels("A", Direction.INSIDE, upper_v=1.0, lower_v=-21.0)},
            "level -21 V is outside",
        ),
        ({"trigger": pulse(lower_s=1.0)}, "up to 0.268 s"),
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
        ({"source": "EXT", "level_v": 5.1}, "-5 V to 5 V"),
        ({"source": "D0", "level_v": 0.0}, "A, B, C, D, EXT"),
        ({"source": "A", "level_v": 0.0, "pre_trigger_s": -1.0}, "0 s to 1 h"),
        ({"source": "A", "level_v": 0.0, "auto_trigger_s": 40.0}, "1 to 32767 ms"),
        ({"source": "A", "level_v": 0.0, "auto_trigger_s": 0.0004}, "1 to 32767 ms"),
        ({"source": "A", "level_v": 0.0, "auto_trigger_s": math.nan}, "1 to 32767 ms"),
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


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"name": "PORT2"}, "PORT0 or PORT1"),
        ({"name": "PORT0", "logic_level_v": 5.1}, "-5 V to 5 V"),
        ({"name": "PORT0", "logic_level_v": math.nan}, "-5 V to 5 V"),
    ],
)
def test_impossible_port_names_what_is_allowed(settings: dict, allowed: str) -> None:
    with pytest.raises(ConfigurationError, match=allowed):
        DigitalPortConfig(**settings)


def test_ports_follow_the_channels_and_share_the_bus() -> None:
    config = StreamConfig(channels=channels("BC"), digital_ports=ports(1), resolution_bits=8)
    assert [row.name for row in config.inputs] == ["B", "C", "PORT1"]
    assert [row.index for row in config.inputs] == [1, 2, 0x81]
    assert config.requested_interval_ns == 24
    assert StreamConfig(digital_ports=ports(0, 1), resolution_bits=16).requested_interval_ns == 48
    assert DigitalPortConfig("PORT0", 1.5).logic_level_counts == 9830


def test_external_trigger_needs_no_channel() -> None:
    assert StreamConfig(trigger=TriggerConfig("EXT", 5.0)).trigger is not None


@pytest.mark.parametrize(
    ("make", "allowed"),
    [
        (lambda: AdvancedTriggerConfig(()), "at least one input"),
        (lambda: bits("D1", "D1"), "twice"),
        (lambda: bits("D16"), "D0 to D15"),
        (lambda: TriggerInput("PORT0", Direction.HIGH), "D0 to D15"),
        (lambda: TriggerInput("D0", Direction.INSIDE), "low, high, rising"),
        (lambda: TriggerInput("A", Direction.HIGH, 1.0), "use above or below"),
        (lambda: TriggerInput("A", Direction.RISING), "needs upper_v"),
        (lambda: TriggerInput("A", Direction.RISING, math.nan), "needs upper_v"),
        (lambda: TriggerInput("A", Direction.ENTER, 1.0), "needs upper_v and lower_v"),
        (lambda: TriggerInput("A", Direction.EXIT, 1.0, 1.0), "lower_v below upper_v"),
        (lambda: TriggerInput("EXT", Direction.RISING, -5.5), "-5 V to 5 V"),
        (lambda: TriggerInput("A", Direction.RISING, 0.0, hysteresis_v=-1.0), "0 V or more"),
        (lambda: AdvancedTriggerConfig(bits("D1").inputs, pre_trigger_s=-1.0), "0 s to 1 h"),
        (lambda: AdvancedTriggerConfig(bits("D1").inputs, auto_trigger_s=math.nan), "1 h"),
        (lambda: pulse(0.0), "more than 0 s"),
        (lambda: pulse(math.nan), "more than 0 s"),
        (lambda: pulse(2e-3, 1e-3), "above the lower"),
        (lambda: pulse(1e-3, kind=PulseWidthKind.IN_RANGE), "has two"),
        (lambda: pulse(1e-3, 2e-3, kind=PulseWidthKind.LESS_THAN), "lower_s alone"),
        (lambda: pulse(1e-3, source="B"), "one of the trigger's inputs: A"),
        (lambda: pulse(1e-3, begin=Direction.ENTER), "cannot begin with 'enter'"),
        (lambda: pulse(1e-3, begin=Direction.LOW), "cannot begin with 'low'"),
    ],
)
def test_impossible_advanced_trigger_names_what_is_allowed(make: object, allowed: str) -> None:
    assert callable(make)
    with pytest.raises(ConfigurationError, match=allowed):
        make()


def test_pulse_limits_count_raw_samples() -> None:
    config = StreamConfig(trigger=pulse(1e-3, 2e-3), sample_rate_hz=1e6)
    assert config.pulse_limits(1000.0) == (1000, 2000, PulseWidthKind.IN_RANGE)
    assert config.pulse_limits(2000.0) == (500, 1000, PulseWidthKind.IN_RANGE)
    shortest = StreamConfig(trigger=pulse(1e-9), sample_rate_hz=1e6)
    assert shortest.pulse_limits(1000.0) == (1, 0, PulseWidthKind.GREATER_THAN)
    assert StreamConfig().pulse_limits(1000.0) is None


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"amplitude_v": 4.1}, "0 V to 4 V"),
        ({"amplitude_v": -1.0}, "0 V to 4 V"),
        ({"amplitude_v": math.nan}, "0 V to 4 V"),
        ({"amplitude_v": 2.0, "offset_v": 1.01}, "within -2 V to 2 V"),
        ({"offset_v": math.nan}, "within -2 V to 2 V"),
        ({"frequency_hz": 0.01}, "0.03 Hz to 20 MHz"),
        ({"frequency_hz": math.nan}, "0.03 Hz to 20 MHz"),
        ({"stop_frequency_hz": 21e6, "frequency_step_hz": 1.0, "dwell_s": 1.0}, "20 MHz"),
        ({"stop_frequency_hz": 2e3}, "step and a dwell time above 0"),
        ({"stop_frequency_hz": 2e3, "frequency_step_hz": 1.0}, "step and a dwell time above 0"),
        (
            {"stop_frequency_hz": 2e3, "frequency_step_hz": 1.0, "dwell_s": math.inf},
            "step and a dwell time above 0",
        ),
        ({"wave": Wave.DC, "stop_frequency_hz": 2e3}, "no frequency to sweep"),
        ({"shots": -1}, "0 to 1073741823"),
        ({"shots": 2**30}, "0 to 1073741823"),
        ({"sweeps": 1}, "needs a stop frequency"),
        ({"ext_threshold_v": 5.5}, "-5 V to 5 V"),
        ({"arbitrary": (0.0, 1.0)}, "only it has them"),
        ({"wave": Wave.ARBITRARY}, "needs samples"),
        ({"wave": Wave.ARBITRARY, "arbitrary": ()}, "needs samples"),
        ({"wave": Wave.ARBITRARY, "arbitrary": (0.0, 2.1)}, "-2 V to 2 V"),
        ({"wave": Wave.ARBITRARY, "arbitrary": (0.0, math.nan)}, "-2 V to 2 V"),
        ({"wave": Wave.ARBITRARY, "arbitrary": np.zeros((2, 2))}, "plain sequence"),
        ({"wave": Wave.ARBITRARY, "arbitrary": "sine"}, "plain sequence"),
    ],
)
def test_impossible_generator_names_what_is_allowed(settings: dict, allowed: str) -> None:
    with pytest.raises(ConfigurationError, match=allowed):
        GeneratorConfig(**settings)


def test_shots_and_sweeps_exclude_each_other() -> None:
    swept = {"stop_frequency_hz": 2e3, "frequency_step_hz": 1.0, "dwell_s": 1e-3}
    with pytest.raises(ConfigurationError, match="not both"):
        GeneratorConfig(shots=1, sweeps=1, **swept)
    assert GeneratorConfig(sweeps=1, **swept).last_frequency_hz == 2e3


def test_arbitrary_wave_is_kept_as_plain_numbers() -> None:
    config = GeneratorConfig(Wave.ARBITRARY, arbitrary=np.array([0, 1, -2], np.int16))
    assert config.samples_v == (0.0, 1.0, -2.0)
    assert config == GeneratorConfig(Wave.ARBITRARY, arbitrary=[0.0, 1.0, -2.0])
    assert GeneratorConfig().samples_v == ()


def test_samples_before_the_trigger_are_stored_too() -> None:
    trigger = TriggerConfig("A", 0.0, pre_trigger_s=0.5)
    config = StreamConfig(sample_rate_hz=1e6, samples=1000, trigger=trigger)
    assert config.largest_samples(1000.0) == 501_000
    assert config.target_samples(1000.0) == 1000


@pytest.mark.parametrize(
    ("range_v", "limit_v"),
    [
        *((range_v, 0.25) for range_v in (0.01, 0.02, 0.05, 0.1, 0.2)),
        *((range_v, 2.5) for range_v in (0.5, 1.0, 2.0)),
        *((range_v, 20.0) for range_v in (5.0, 10.0, 20.0)),
    ],
)
def test_offset_limits_of_the_header(range_v: float, limit_v: float) -> None:
    for sign in (-1, 1):
        ChannelConfig("A", range_v, offset_v=sign * limit_v)
        with pytest.raises(ConfigurationError, match=f"use -{limit_v:g} V to {limit_v:g} V"):
            ChannelConfig("A", range_v, offset_v=sign * limit_v * 1.01)


def test_counts_and_volts_of_an_input_with_an_offset() -> None:
    scale = ChannelConfig("A", range_v=2.0, offset_v=0.5).count_scale(32512)
    counts = np.array([-32512, 0, 8128, 32512], dtype=np.int16)
    volts = scale.volts(counts)
    assert volts.dtype == np.float64
    assert volts.tolist() == [-2.5, -0.5, 0.0, 1.5]
    assert scale.counts(volts).tolist() == counts.tolist()


@pytest.mark.parametrize(
    ("level_v", "is_possible"), [(-2.5, True), (1.5, True), (-2.6, False), (1.6, False)]
)
def test_a_level_is_held_against_the_input_with_its_offset(
    level_v: float, is_possible: bool
) -> None:
    channel = ChannelConfig("A", range_v=2.0, offset_v=0.5)
    if is_possible:
        channel.check_level(level_v)
    else:
        with pytest.raises(ConfigurationError, match=r"use -2\.5 V to 1\.5 V"):
            channel.check_level(level_v)


@pytest.mark.parametrize(
    ("settings", "n_bytes"),
    [
        ({"resolution_bits": 12}, 2),
        ({"resolution_bits": 8}, 1),
        ({"resolution_bits": 8, "int16": True}, 2),
        ({"downsample_mode": DownsampleMode.AGGREGATE, "downsample_ratio": 4}, 4),
        ({"channels": (ChannelConfig("A"), ChannelConfig("B"))}, 4),
    ],
)
def test_bytes_of_a_sample(settings: dict[str, Any], n_bytes: int) -> None:
    assert StreamConfig(**{"resolution_bits": 12, **settings}).bytes_per_sample == n_bytes


@pytest.mark.parametrize(("bits", "expected_ns"), [(12, 48), (14, 40), (15, 40), (16, 48)])
def test_the_interval_is_one_that_the_clock_divides_to(bits: int, expected_ns: float) -> None:
    config = StreamConfig(resolution_bits=bits, sample_rate_hz=25e6)
    assert config.expected_interval_ns == expected_ns


@pytest.mark.parametrize(
    ("bits", "max_adc", "highest"),
    [(8, 32512, 32512), (8, 127, 127), (12, 32767, 32752), (15, 32767, 32766), (16, 32767, 32767)],
)
def test_the_count_of_a_clipped_input(bits: int, max_adc: int, highest: int) -> None:
    assert highest_count(bits, max_adc) == highest


def test_an_event_can_be_kept_alone() -> None:
    keep = KeepConfig(EventRule("A", baseline_s=1.0), before_s=0.0, after_s=0.0)
    assert (keep.before_s, keep.after_s) == (0.0, 0.0)
    assert KeepConfig(EventRule("A", baseline_s=1e-3)).rule.baseline_s == 1e-3
    with pytest.raises(ConfigurationError, match="kept before an event must be 0 s to 3600 s"):
        KeepConfig(before_s=-1e-9)
