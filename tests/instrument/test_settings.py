"""Every setting: what it takes, and what it refuses before the driver hears of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    Direction,
    StreamConfig,
    TriggerConfig,
    TriggerInput,
)
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter

NONSENSE: list[Any] = [
    None,
    "",
    "text",
    math.nan,
    math.inf,
    -math.inf,
    [],
    {},
    b"1",
    1j,
    np.array([1, 2]),
    10**400,
    pd.NA,
]

#: Setting -> values it takes.
GOOD: dict[str, list[Any]] = {
    "A.enabled": [False, True],
    "A.range": [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, np.float64(5), np.int64(2)],
    "A.coupling": ["AC", "DC"],
    "A.offset": [-20, 0, 1.5, 20.0, np.float32(0.5)],
    "A.bandwidth": ["20 MHz", "full"],
    "PORT0.logic_level": [-5, 0, 1.5, 5],
    "resolution": [8, 12, 14, 15, 16, np.int64(8)],
    "sample_interval": [0, 1e-9, 1e-6, 34],
    "sample_rate": [0, 1, 1e6, 1e9, Fraction(1, 2)],
    "downsample_mode": ["none", "average", "aggregate", "decimate"],
    "downsample_ratio": [1, 2, 1000, 2**31 - 1],
    "trigger.enabled": [True, False],
    "trigger.source": ["A", "B", "C", "D", "EXT"],
    "trigger.level": [-5, 0.0, 4.9],
    "trigger.direction": ["rising", "falling", "rising or falling", "above", "below"],
    "trigger.pre_trigger": [0, 0.5, 3600],
    "trigger.auto_trigger": [0, 0.001, 32.767],
    "generator.wave": ["sine", "square", "half sine", "dc", "noise", "prbs", "ramp up"],
    "generator.frequency": [0.03, 1000, 20e6],
    "generator.amplitude": [0, 1.5, 4],
    "generator.offset": [-1, 0, 1],
    "generator.shots": [0, 1, 2**30 - 1],
    "generator.trigger_source": ["none", "scope", "ext", "software"],
    "generator.trigger_type": ["rising", "falling", "gate high", "gate low"],
    "generator.trigger_level": [-5, 0, 5],
}

#: Setting -> values it refuses beside the nonsense.
BAD: dict[str, list[Any]] = {
    "A.enabled": [2, -1],
    "A.range": [True, 3, -5, 0, 21, 0.011],
    "A.coupling": ["dc", 0, 1],
    "A.offset": [True, 20.1, -20.1],
    "A.bandwidth": ["20MHz", 20e6],
    "PORT0.logic_level": [5.1, True],
    "resolution": [10, 8.5, True, 0, -8],
    "sample_interval": [0.9e-9, 35, -1e-6, True],
    "sample_rate": [1.1e9, 0.01, -1, True, Fraction(-1, 2)],
    "downsample_mode": ["mean", 1],
    "downsample_ratio": [0, -1, 1.5, 2**31, True],
    "trigger.enabled": [2],
    "trigger.source": ["E", "a", 0],
    "trigger.level": [40.1, -41, True],
    "trigger.direction": ["up", 2],
    "trigger.pre_trigger": [-1, 3601],
    "trigger.auto_trigger": [-1, 0.0005, 33],
    "trigger.advanced": [TriggerConfig("A", 0.0), 1],
    "generator.wave": ["cosine", "arbitrary", 0],
    "generator.frequency": [0, 0.02, 20.1e6, -1],
    "generator.amplitude": [-0.1, 4.1],
    "generator.offset": [2.1, -3],
    "generator.shots": [-1, 2**30, 1.5],
    "generator.trigger_source": ["aux", 1],
    "generator.trigger_type": ["high", 1],
    "generator.trigger_level": [5.1],
    "power_source": ["battery", 282],
}


@pytest.fixture
def scope(simulated: Callable[..., Any]) -> Iterator[PicoScope5000A]:
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as instrument:
        yield instrument


def place(scope: PicoScope5000A, setting: str) -> tuple[Any, str]:
    owner, _, name = setting.rpartition(".")
    return (getattr(scope, owner) if owner else scope), name


def refuse_calls(scope: PicoScope5000A) -> None:
    """From here on a driver call is a failure."""

    def fail(function: str, *arguments: Any, **options: Any) -> int:
        raise AssertionError(f"{function} was called")

    scope.unit.call = fail  # type: ignore[method-assign]


@pytest.mark.parametrize("setting", GOOD)
def test_setting_reads_back(scope: PicoScope5000A, setting: str) -> None:
    owner, name = place(scope, setting)
    for value in GOOD[setting]:
        setattr(owner, name, value)
        assert getattr(owner, name) == value
        assert type(getattr(owner, name)) in (bool, int, float, str)


def test_a_range_of_32_bits_is_the_listed_one(scope: PicoScope5000A) -> None:
    scope.A.range = np.float32(0.2)
    assert scope.A.range == 0.2


@pytest.mark.parametrize("setting", BAD)
def test_nonsense_is_refused_before_the_driver_hears_of_it(
    scope: PicoScope5000A, setting: str
) -> None:
    owner, name = place(scope, setting)
    before = getattr(owner, name)
    scope.A.offset_limits  # noqa: B018 - known from here on
    call = scope.unit.call
    refuse_calls(scope)
    for value in (*BAD[setting], *NONSENSE):
        if setting == "trigger.advanced" and value is None:
            continue
        with pytest.raises(ConfigurationError, match=f"{name}.* not ") as refused:
            setattr(owner, name, value)
        assert isinstance(refused.value, ValueError)
    scope.unit.call = call  # type: ignore[method-assign]
    assert getattr(owner, name) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"adapter": 24}, "no address such as 24"),
        ({"adapter": 5.5}, "no address such as 5.5"),
        ({"adapter": []}, "no address such as"),
        ({"simulated": 5}, "simulated is True, False, or a text"),
    ],
)
def test_what_is_no_scope_is_refused(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        PicoScope5000A(**arguments)


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("acquire", {"samples": 10, "should_stop": 5}),
        ("capture", {"samples": 10, "should_stop": True}),
        ("capture", {"samples": 10, "progress": 1}),
        ("stream", {"config": 5}),
        ("apply", {"config": "A"}),
    ],
)
def test_what_is_no_function_or_config_is_refused(
    scope: PicoScope5000A, call: str, arguments: dict[str, Any]
) -> None:
    refuse_calls(scope)
    with pytest.raises(ConfigurationError, match=r"must be a (function|StreamConfig), not"):
        getattr(scope, call)(**arguments)


def test_what_lies_around_events_needs_events(scope: PicoScope5000A) -> None:
    refuse_calls(scope)
    with pytest.raises(ConfigurationError, match="before and after belong to events"):
        scope.stream(before=0.5)


@pytest.mark.parametrize("value", ["1 nA", "nA/s", "5", "infnA/mV"])
def test_a_scale_that_is_none_is_refused(scope: PicoScope5000A, value: Any) -> None:
    refuse_calls(scope)
    with pytest.raises(ConfigurationError, match="no scale of a voltage; write for example"):
        scope.A.scale = value
    assert not scope.A.scale


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("A.rang", "there is range"),
        ("A.offest", "there is offset"),
        ("PORT0.logic_lvl", "there is logic_level"),
        ("trigger.levell", "there is level"),
        ("generator.freq", "there is frequency"),
        ("sampel_rate", "there is sample_rate"),
        ("zzz", "downsample_mode, downsample_ratio, power_source, resolution"),
        ("A", "set one of its settings"),
        ("trigger", "set one of its settings"),
        ("acquire", "no setting 'acquire'"),
    ],
)
def test_misspelt_setting_is_refused(scope: PicoScope5000A, misspelt: str, meant: str) -> None:
    owner, name = place(scope, misspelt)
    before = vars(owner).copy()
    with pytest.raises(ConfigurationError, match=meant):
        setattr(owner, name, 2)
    assert vars(owner) == before


def test_a_setting_is_no_argument_that_a_scope_is_opened_with(
    simulated: Callable[..., Any],
) -> None:
    with pytest.raises(ConfigurationError, match=r"not opened with 'sample_rte', but with serial"):
        PicoScope5000A(simulated=True, sample_rte=1)
    adapter = PicoScopeAdapter(library=simulated())
    with pytest.raises(ConfigurationError, match="'sample_rate'"):
        PicoScope5000A(adapter, sample_rate=1e6)
    adapter.close()


def test_derived_instrument_may_declare_more(simulated: Callable[..., Any]) -> None:
    class Mine(PicoScope5000A):
        sample = ""

    with Mine(PicoScopeAdapter(library=simulated())) as scope:
        scope.sample = "blank"
        scope._note = 1
        scope.name = "mine"
        assert (scope.sample, scope.name) == ("blank", "mine")
        with pytest.raises(ConfigurationError):
            scope.smaple = "blank"


def test_settings_are_known_without_a_driver_call(scope: PicoScope5000A) -> None:
    scope.A.offset_limits  # noqa: B018
    refuse_calls(scope)
    for setting in GOOD:
        owner, name = place(scope, setting)
        getattr(owner, name)
    for name in (
        "id", "serial", "variant", "calibration_date", "driver_version", "channel_names", "max_adc",
        "actual_sample_interval", "actual_sample_rate", "shortest_sample_interval",
        "fastest_sample_rate", "is_streaming", "latest_health",
    ):  # fmt: skip
        getattr(scope, name)
    assert scope.A.offset_limits == (-20.0, 20.0)
    assert scope.A.overload is False


def test_rate_and_interval_are_one_setting(scope: PicoScope5000A) -> None:
    scope.sample_rate = 1e6
    assert scope.sample_interval == pytest.approx(1e-6)
    scope.sample_interval = 2e-6
    assert scope.sample_rate == pytest.approx(500e3)
    scope.sample_rate = 0
    assert scope.sample_interval == 0.0


def test_offset_limits_follow_the_range(scope: PicoScope5000A) -> None:
    scope.A.range = 0.1
    assert scope.A.offset_limits == (-0.25, 0.25)
    with pytest.raises(ConfigurationError, match=r"-0.25 to 0.25 V"):
        scope.A.offset = 0.3
    scope.A.range = 5
    scope.A.offset = 3
    with pytest.raises(ConfigurationError, match=r"cannot be offset by 3 V in the 0\.1 V"):
        scope.A.range = 0.1
    assert (scope.A.range, scope.A.offset) == (5.0, 3.0)


def test_settings_become_the_stream_they_say(scope: PicoScope5000A) -> None:
    scope.B.enabled = True
    scope.B.range = 0.5
    scope.B.coupling = "AC"
    scope.B.bandwidth = "20 MHz"
    scope.trigger.enabled = True
    scope.trigger.source = "B"
    scope.trigger.auto_trigger = 1.5
    scope.sample_rate = 1e5
    config = scope.stream_config(duration_s=1.0)
    assert isinstance(config, StreamConfig)
    assert [channel.name for channel in config.channels] == ["A", "B"]
    assert config.channels[1] == scope.B.config
    assert config.trigger == TriggerConfig("B", 0.0, auto_trigger_s=1.5)
    assert (config.sample_rate_hz, config.duration_s) == (1e5, 1.0)


def test_settings_that_do_not_fit_together_are_told_at_the_start(scope: PicoScope5000A) -> None:
    refuse_calls(scope)
    scope.downsample_ratio = 4
    with pytest.raises(ConfigurationError, match="needs a mode"):
        scope.acquire(samples=10)
    scope.downsample_ratio = 1
    scope.sample_rate = 100e6
    with pytest.raises(ConfigurationError, match="cannot stream at 100 MS/s"):
        scope.acquire(samples=10)
    scope.sample_rate = 0
    scope.A.enabled = False
    with pytest.raises(ConfigurationError, match="At least one channel"):
        scope.acquire(samples=10)
    with pytest.raises(ConfigurationError, match="At least one channel"):
        scope.fastest_sample_rate  # noqa: B018
    scope.A.enabled = True
    scope.trigger.enabled = True
    scope.trigger.source = "B"
    with pytest.raises(ConfigurationError, match="not enabled"):
        scope.acquire(samples=10)
    scope.trigger.source = "A"
    scope.trigger.level = 30
    with pytest.raises(ConfigurationError, match="level"):
        scope.acquire(samples=10)


def test_advanced_trigger_takes_the_place_of_the_simple_one(scope: PicoScope5000A) -> None:
    window = TriggerInput("A", Direction.ENTER, upper_v=1.0, lower_v=-1.0)
    advanced = AdvancedTriggerConfig((window,), auto_trigger_s=0.01)
    scope.trigger.advanced = advanced
    assert scope.trigger.config is None
    scope.trigger.enabled = True
    assert scope.stream_config().trigger is advanced
    scope.trigger.advanced = None
    assert scope.stream_config().trigger == TriggerConfig("A", 0.0)


def test_generator_settings_must_fit_together(scope: PicoScope5000A) -> None:
    generator = scope.generator
    generator.amplitude = 4
    with pytest.raises(ConfigurationError, match="together"):
        generator.offset = 1
    with pytest.raises(ConfigurationError, match="trigger"):
        generator.trigger()
    generator.wave = "dc"
    with pytest.raises(ConfigurationError, match="sweep"):
        generator.sweep(100, 200, step=10, dwell=0.1)
    assert not generator.enabled


@pytest.mark.parametrize(
    "sweep",
    [
        {"start": 0},
        {"stop": math.nan},
        {"step": 0},
        {"dwell": 0},
        {"dwell": "1"},
        {"direction": "sideways"},
        {"sweeps": -1},
    ],
)
def test_impossible_sweep_is_refused(scope: PicoScope5000A, sweep: dict[str, Any]) -> None:
    refuse_calls(scope)
    good: dict[str, Any] = {"start": 100, "stop": 1000, "step": 100, "dwell": 0.01}
    with pytest.raises(ConfigurationError):
        scope.generator.sweep(**{**good, **sweep})


@pytest.mark.parametrize(
    "samples", [[], [math.nan], [3.0], "text", 5, [[1, 2], [3, 4]], np.zeros((2, 2))]
)
def test_impossible_arbitrary_wave_is_refused(scope: PicoScope5000A, samples: Any) -> None:
    refuse_calls(scope)
    with pytest.raises(ConfigurationError):
        scope.generator.arbitrary(samples, 1000)
    assert scope.generator.wave == "sine"


def test_arbitrary_wave_has_its_own_amplitude(scope: PicoScope5000A) -> None:
    generator = scope.generator
    assert math.isnan(generator.actual_frequency)
    generator.arbitrary(np.sin(np.linspace(0, 2 * np.pi, 1000, endpoint=False)), 1000)
    assert generator.actual_frequency == pytest.approx(1311 * generator.frequency_grid(1000))
    assert (generator.wave, generator.enabled) == ("arbitrary", True)
    with pytest.raises(ConfigurationError, match="own amplitude"):
        generator.amplitude = 1
    generator.frequency = 2000
    assert generator.wave == "arbitrary"
    generator.wave = "sine"
    generator.amplitude = 1
    with pytest.raises(ConfigurationError, match=r"samples|longer|most"):
        generator.arbitrary(np.zeros(10**6), 1000)


@pytest.mark.parametrize("times", [0, -1, 40000, 1.5, "3", None, True])
def test_led_flashes_a_number_of_times(scope: PicoScope5000A, times: Any) -> None:
    refuse_calls(scope)
    with pytest.raises(ConfigurationError, match="times"):
        scope.flash_led(times)


@pytest.mark.parametrize("adapter", [5, 0, True])
def test_address_of_another_bus_is_refused(adapter: Any) -> None:
    with pytest.raises(ConfigurationError, match="serial number"):
        PicoScope5000A(adapter)


@pytest.mark.parametrize("serial", [5, b"SIM44/0001", ""])
def test_serial_number_is_a_text(serial: Any) -> None:
    with pytest.raises(ConfigurationError, match="serial number"):
        PicoScope5000A(serial=serial, simulated=True)


def test_empty_text_as_the_adapter_is_not_any_scope() -> None:
    with pytest.raises(ConfigurationError, match="serial number"):
        PicoScope5000A("", simulated=True)
