"""Every setting of the instrument as the C calls that bring it to the scope."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from picostream_pymeasure.config import AdvancedTriggerConfig, Coupling, Direction, TriggerInput
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from tests.support.call_log import POLL, CallLog, with_named_size
from tests.support.forgetting_sink import ForgettingSink

#: A stream of input A at 1 MS/s, with all else as it is when an instrument was made.
DEFAULT_STREAM = """
    ps5000aCurrentPowerSource(1) = 281
    ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)
    ps5000aSetChannel(1, 1, 0, 1, 10, 0.0)
    ps5000aSetChannel(1, 2, 0, 1, 10, 0.0)
    ps5000aSetChannel(1, 3, 0, 1, 10, 0.0)
    ps5000aSetDigitalPort(1, 128, 0, 0)
    ps5000aSetDigitalPort(1, 129, 0, 0)
    ps5000aSetDeviceResolution(1, 1)
    ps5000aGetDeviceResolution(1, [-1>1])
    ps5000aSetBandwidthFilter(1, 0, 0)
    ps5000aMaximumValue(1, [0>32767])
    ps5000aSetTriggerChannelConditionsV2(1, NULL, 0, 1)
    ps5000aSetPulseWidthQualifierConditions(1, NULL, 0, 1)
    ps5000aSetPulseWidthQualifierProperties(1, 0, 0, 0)
    ps5000aSetSimpleTrigger(1, 0, 0, 0, 2, 0, 0)
    ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)
    ps5000aMaximumValue(1, [0>32767])
    ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
    ps5000aGetStreamingLatestValues(1, *, *)
    ps5000aStop(1)
    ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)
"""

TRIGGERED: dict[str, Any] = {"trigger.enabled": True, "trigger.auto_trigger": 0.001}
WINDOW = AdvancedTriggerConfig(
    (TriggerInput("A", Direction.ENTER, upper_v=5.0, lower_v=-5.0),), auto_trigger_s=0.001
)

#: Settings -> what is called in another way than in the default stream.
STREAM_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"A.scale": "1 nA/mV"}, ""),
    (
        {"A.range": 0.05},
        """
        - ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)
        + ps5000aSetChannel(1, 0, 1, 1, 2, 0.0)
        """,
    ),
    (
        {"A.coupling": "AC"},
        """
        - ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)
        + ps5000aSetChannel(1, 0, 1, 0, 10, 0.0)
        """,
    ),
    (
        {"A.offset": -0.25},
        """
        - ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)
        + ps5000aSetChannel(1, 0, 1, 1, 10, -0.25)
        """,
    ),
    (
        {"A.bandwidth": "20 MHz"},
        """
        - ps5000aSetBandwidthFilter(1, 0, 0)
        + ps5000aSetBandwidthFilter(1, 0, 1)
        """,
    ),
    (
        {
            "A.enabled": False,
            "C.enabled": True,
            "C.range": 0.5,
            "C.coupling": "AC",
            "C.offset": 1.5,
            "C.bandwidth": "20 MHz",
        },
        """
        - ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)
        + ps5000aSetChannel(1, 0, 0, 1, 10, 0.0)
        - ps5000aSetChannel(1, 2, 0, 1, 10, 0.0)
        + ps5000aSetChannel(1, 2, 1, 0, 5, 1.5)
        - ps5000aSetBandwidthFilter(1, 0, 0)
        + ps5000aSetBandwidthFilter(1, 2, 1)
        - ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 2, *, SIZE, 0, 0)
        - ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)
        + ps5000aSetDataBuffer(1, 2, NULL, 0, 0, 0)
        """,
    ),
    (
        {"B.enabled": True, "D.enabled": True},
        """
        - ps5000aSetChannel(1, 1, 0, 1, 10, 0.0)
        + ps5000aSetChannel(1, 1, 1, 1, 10, 0.0)
        - ps5000aSetChannel(1, 3, 0, 1, 10, 0.0)
        + ps5000aSetChannel(1, 3, 1, 1, 10, 0.0)
        + ps5000aSetBandwidthFilter(1, 1, 0)
        + ps5000aSetBandwidthFilter(1, 3, 0)
        + ps5000aSetDataBuffer(1, 1, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 3, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 1, NULL, 0, 0, 0)
        + ps5000aSetDataBuffer(1, 3, NULL, 0, 0, 0)
        """,
    ),
    (
        {"PORT0.enabled": True},
        """
        - ps5000aSetDigitalPort(1, 128, 0, 0)
        + ps5000aSetDigitalPort(1, 128, 1, 9830)
        + ps5000aSetDataBuffer(1, 128, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 128, NULL, 0, 0, 0)
        """,
    ),
    (
        {"PORT1.enabled": True, "PORT1.logic_level": -2.5},
        """
        - ps5000aSetDigitalPort(1, 129, 0, 0)
        + ps5000aSetDigitalPort(1, 129, 1, -16384)
        + ps5000aSetDataBuffer(1, 129, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 129, NULL, 0, 0, 0)
        """,
    ),
    (
        {"resolution": 15},
        """
        - ps5000aSetDeviceResolution(1, 1)
        + ps5000aSetDeviceResolution(1, 3)
        - ps5000aGetDeviceResolution(1, [-1>1])
        + ps5000aGetDeviceResolution(1, [-1>3])
        - ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
        + ps5000aRunStreaming(1, [1000], 2, 0, 0, 0, 1, 0, SIZE)
        """,
    ),
    (
        {"sample_rate": 7e6},
        """
        - ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
        + ps5000aRunStreaming(1, [142857>144000], 1, 0, 0, 0, 1, 0, SIZE)
        """,
    ),
    (
        {"sample_interval": 0.0},
        """
        - ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
        + ps5000aRunStreaming(1, [16], 2, 0, 0, 0, 1, 0, SIZE)
        """,
    ),
    (
        {"downsample_mode": "average", "downsample_ratio": 4},
        """
        - ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 4)
        - ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
        + ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 4, 4, SIZE)
        - ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)
        + ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 4)
        """,
    ),
    (
        {"downsample_mode": "decimate", "downsample_ratio": 3},
        """
        - ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)
        + ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 2)
        - ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
        + ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 3, 2, SIZE)
        - ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)
        + ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 2)
        """,
    ),
    (
        {"downsample_mode": "aggregate", "downsample_ratio": 16},
        """
        - ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)
        + ps5000aSetDataBuffers(1, 0, *, *, SIZE, 0, 1)
        - ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)
        + ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 16, 1, SIZE)
        - ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)
        + ps5000aSetDataBuffers(1, 0, NULL, NULL, 0, 0, 1)
        """,
    ),
    (
        {**TRIGGERED, "trigger.level": 5, "trigger.direction": "falling", "A.offset": 2},
        """
        - ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)
        + ps5000aSetChannel(1, 0, 1, 1, 10, 2.0)
        + ps5000aSetSimpleTrigger(1, 1, 0, 11468, 3, 0, 1)
        """,
    ),
    (
        {
            "trigger.enabled": True,
            "trigger.source": "EXT",
            "trigger.level": 2.5,
            "trigger.direction": "below",
            "trigger.auto_trigger": 0.002,
        },
        "+ ps5000aSetSimpleTrigger(1, 1, 4, 16384, 1, 0, 2)",
    ),
    (
        {**TRIGGERED, "trigger.pre_trigger": 0.001, "trigger.direction": "rising or falling"},
        "+ ps5000aSetSimpleTrigger(1, 1, 0, 0, 4, 0, 1)",
    ),
    (
        {"trigger.enabled": True, "trigger.advanced": WINDOW},
        """
        + ps5000aSetTriggerChannelPropertiesV2(1, [(8192, 328, -8192, 328, 0)], 1, 0)
        + ps5000aSetTriggerChannelConditionsV2(1, [(0, 1)], 1, 3)
        + ps5000aSetTriggerChannelDirectionsV2(1, [(0, 2, 1)], 1)
        + ps5000aSetAutoTriggerMicroSeconds(1, 1000)
        """,
    ),
    ({"trigger.level": 5, "trigger.advanced": WINDOW, "generator.frequency": 50}, ""),
]


def built_in(arguments: str) -> str:
    return f"ps5000aSetSigGenBuiltInV2(1, {arguments})"


#: Settings of the generator -> what its start calls.
GENERATOR_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({}, built_in("0, 2000000, 0, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0")),
    (
        {"wave": "half sine", "frequency": 50.5},
        built_in("0, 2000000, 7, 50.5, 50.5, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0"),
    ),
    (
        {"wave": "prbs"},
        built_in("0, 2000000, 1, 1000.0, 1000.0, 0.0, 0.0, 0, 2, 0, 0, 0, 0, 0"),
    ),
    (
        {"wave": "dc", "amplitude": 0, "offset": -0.75},
        built_in("-750000, 0, 8, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0"),
    ),
    (
        {"wave": "noise", "amplitude": 1.5},
        built_in("0, 1500000, 9, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0"),
    ),
    (
        {"shots": 3, "trigger_source": "software", "trigger_type": "falling"},
        built_in("0, 2000000, 0, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 3, 0, 1, 4, 0"),
    ),
    (  # a trigger without an end has all shots there are
        {"trigger_source": "ext", "trigger_type": "gate high", "trigger_level": 2.5},
        built_in("0, 2000000, 0, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 4294967295, 0, 2, 3, 16384"),
    ),
    (
        {"trigger_source": "scope", "trigger_type": "gate low", "shots": 1},
        built_in("0, 2000000, 0, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 1, 0, 3, 1, 0"),
    ),
]


def place(scope: PicoScope5000A, setting: str) -> tuple[Any, str]:
    owner, _, name = setting.rpartition(".")
    return (getattr(scope, owner) if owner else scope), name


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def difference(before: list[str], after: list[str]) -> list[str]:
    return [line for line in difflib.ndiff(before, after) if line[:1] in "+-"]


@pytest.fixture
def log(simulated: Callable[..., Any]) -> CallLog:
    return CallLog(simulated(variant="5444DMSO"))


@pytest.fixture
def scope(log: CallLog) -> Iterator[PicoScope5000A]:
    with PicoScope5000A(PicoScopeAdapter(library=log)) as instrument:
        instrument.sample_rate = 1e6
        instrument.A.offset_limits  # noqa: B018 - known from here on
        log.take()
        yield instrument


def stream(scope: PicoScope5000A, log: CallLog) -> list[str]:
    with scope.stream(ForgettingSink(), samples=100, pool=0.1) as session:
        session.wait()
    return with_named_size(log.take())


def test_default_stream(scope: PicoScope5000A, log: CallLog) -> None:
    assert stream(scope, log) == lines(DEFAULT_STREAM)


@pytest.mark.parametrize(
    ("settings", "calls"),
    STREAM_SETTINGS,
    ids=lambda one: ", ".join(one) if isinstance(one, dict) else "",
)
def test_setting_of_a_stream(
    scope: PicoScope5000A, log: CallLog, settings: dict[str, Any], calls: str
) -> None:
    for setting, value in settings.items():
        owner, name = place(scope, setting)
        setattr(owner, name, value)
    asked = {call.partition("(")[0] for call in log.take()}
    assert asked <= {"ps5000aGetAnalogueOffset"}, "a stream's start gives settings to the scope"
    assert difference(lines(DEFAULT_STREAM), stream(scope, log)) == lines(calls)


@pytest.mark.parametrize(
    ("code", "range_v"), list(enumerate([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]))
)
def test_ranges(scope: PicoScope5000A, log: CallLog, code: int, range_v: float) -> None:
    scope.A.range = range_v
    assert f"ps5000aSetChannel(1, 0, 1, 1, {code}, 0.0)" in stream(scope, log)


@pytest.mark.parametrize(
    ("bits", "code", "full_scale"), [(8, 0, 32512), (12, 1, 32767), (14, 2, 32767), (16, 4, 32767)]
)
def test_resolutions(
    scope: PicoScope5000A, log: CallLog, bits: int, code: int, full_scale: int
) -> None:
    scope.resolution = bits
    scope.trigger.enabled = True
    scope.trigger.level = 10
    scope.trigger.auto_trigger = 0.001
    calls = stream(scope, log)
    assert f"ps5000aSetDeviceResolution(1, {code})" in calls
    assert calls.count(f"ps5000aMaximumValue(1, [0>{full_scale}])") == 2
    assert f"ps5000aSetSimpleTrigger(1, 1, 0, {round(full_scale / 2)}, 2, 0, 1)" in calls


@pytest.mark.parametrize(("settings", "call"), GENERATOR_SETTINGS, ids=lambda one: str(one)[:40])
def test_setting_of_the_generator(
    scope: PicoScope5000A, log: CallLog, settings: dict[str, Any], call: str
) -> None:
    for name, value in settings.items():
        setattr(scope.generator, name, value)
    assert log.take() == []
    scope.generator.start()
    assert log.take() == [call]


def test_setting_of_a_generator_that_runs(scope: PicoScope5000A, log: CallLog) -> None:
    generator = scope.generator
    generator.start()
    log.take()
    generator.frequency = 2000
    assert log.take() == [
        "ps5000aSetSigGenPropertiesBuiltIn(1, 2000.0, 2000.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0)"
    ]
    generator.amplitude = 1
    assert log.take() == [built_in("0, 1000000, 0, 2000.0, 2000.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0")]
    generator.sweep(100, 1000, step=50, dwell=0.25, direction="down up", sweeps=2)
    assert log.take() == [
        "ps5000aSetSigGenPropertiesBuiltIn(1, 100.0, 1000.0, 50.0, 0.25, 3, 0, 2, 0, 0, 0)"
    ]
    generator.trigger_source = "software"
    log.take()
    generator.trigger()
    generator.trigger(high=False)
    assert log.take() == [
        "ps5000aSigGenSoftwareControl(1, 1)",
        "ps5000aSigGenSoftwareControl(1, 0)",
    ]
    generator.off()
    generator.off()
    assert log.take() == [built_in("0, 0, 8, 1000.0, 1000.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0")]


def test_arbitrary_wave(scope: PicoScope5000A, log: CallLog) -> None:
    generator = scope.generator
    generator.arbitrary([0.0, 0.5, 1.0, 0.5], 1e6)
    assert log.take() == [
        "ps5000aSigGenArbitraryMinMaxValues(1, [0>-32768], [0>32767], [0>1], [0>32768])",
        "ps5000aSigGenFrequencyToPhase(1, 100000.0, 0, 32768, [0>4294967])",
        "ps5000aSigGenFrequencyToPhase(1, 1000000.0, 0, 4, [0>5243])",
        "ps5000aSetSigGenArbitrary"
        "(1, 500000, 1000000, 5243, 5243, 0, 0, *, 4, 0, 0, 0, 0, 0, 0, 0, 0)",
    ]
    generator.sweep(1e6, 2e6, step=5e5, dwell=1e-3, direction="down")
    assert log.take() == [
        "ps5000aSigGenFrequencyToPhase(1, 1000000.0, 0, 4, [0>5243])",
        "ps5000aSigGenFrequencyToPhase(1, 2000000.0, 0, 4, [0>10486])",
        "ps5000aSigGenFrequencyToPhase(1, 500000.0, 0, 4, [0>2621])",
        "ps5000aSetSigGenPropertiesArbitrary(1, 5243, 10486, 2621, 100000, 1, 0, 0, 0, 0, 0)",
    ]
    generator.arbitrary([0.0, 1.0], 1000, index_mode="quad")
    assert log.take()[-1].endswith(", *, 2, 1, 0, 2, 0, 0, 0, 0, 0)")


def test_other_calls(scope: PicoScope5000A, log: CallLog) -> None:
    scope.ping()
    scope.flash_led(5)
    scope.power_source = "mains"
    assert scope.power_source == "mains"
    scope.B.range = 0.1
    assert scope.B.offset_limits == (-0.25, 0.25)
    assert log.take() == [
        "ps5000aPingUnit(1)",
        "ps5000aFlashLed(1, 5)",
        "ps5000aChangePowerSource(1, 281)",
        "ps5000aCurrentPowerSource(1) = 281",
        "ps5000aGetAnalogueOffset(1, 3, 1, [0.0>0.25], [0.0>-0.25])",
    ]


def test_nothing_is_asked_while_a_stream_runs(scope: PicoScope5000A, log: CallLog) -> None:
    scope.generator.start()
    with scope.stream(ForgettingSink(), pool=0.1):
        log.take()
        assert (scope.power_source, scope.A.offset_limits) == ("mains", (-20.0, 20.0))
        assert scope.check_errors() == []
        scope.generator.config  # noqa: B018
        assert {call.partition("(")[0] for call in log.take()} <= {POLL}


def settings_of(owner: Any) -> set[str]:
    """Names that can be set, without what PyMeasure's own classes have."""
    return {
        name
        for kind in type(owner).__mro__
        if kind.__module__.startswith("picostream_pymeasure.")
        for name, found in vars(kind).items()
        if isinstance(found, property) and found.fset is not None
    }


def test_no_setting_is_left_out(scope: PicoScope5000A) -> None:
    asserted = {setting for settings, _ in STREAM_SETTINGS for setting in settings}
    asserted |= {f"generator.{name}" for settings, _ in GENERATOR_SETTINGS for name in settings}
    asserted |= {"power_source"}
    assert settings_of(scope) == {name for name in asserted if "." not in name}
    for owner in ("A", "PORT1", "trigger", "generator"):
        names = {name.partition(".")[2] for name in asserted if name.startswith(f"{owner}.")}
        assert settings_of(getattr(scope, owner)) == names


def test_the_generator_is_off_before_the_scope_is_closed(
    simulated: Callable[..., Any],
) -> None:
    log = CallLog(simulated())
    with PicoScope5000A(PicoScopeAdapter(library=log)) as instrument:
        instrument.generator.start()
        log.take()
    names = [call.partition("(")[0] for call in log.take()]
    assert names[-2:] == ["ps5000aSetSigGenBuiltInV2", "ps5000aCloseUnit"]


def test_a_driver_that_hangs_is_not_called_at_the_end_which_is_told(
    simulated: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    library = simulated()
    log = CallLog(library)
    instrument = PicoScope5000A(PicoScopeAdapter(library=log))
    handle = instrument.unit.handle
    instrument._session = SimpleNamespace(is_active=True, stop=lambda timeout_s: None)
    log.take()
    instrument.shutdown()
    assert log.take() == []
    assert "The driver does not return" in caplog.text
    library.ps5000aCloseUnit(handle)


def test_offset_limits_are_asked_for_once_for_each_coupling(
    scope: PicoScope5000A, log: CallLog
) -> None:
    for _ in range(2):
        for coupling in (Coupling.AC, Coupling.DC):
            scope.offset_limits(1.0, coupling)
    asked = [call for call in log.take() if "GetAnalogueOffset" in call]
    assert [call.split(", ")[2] for call in asked] == ["0", "1"]
