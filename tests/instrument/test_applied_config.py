"""A whole ``StreamConfig`` given to an instrument, read back setting by setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    Bandwidth,
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
    Direction,
    DownsampleMode,
    StreamConfig,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
)
from picostream_pymeasure.errors import SessionStateError
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from tests.support.forgetting_sink import ForgettingSink

SIMPLE = TriggerConfig("C", 0.1, TriggerDirection.FALLING, 0.25, auto_trigger_s=1.5)
ADVANCED = AdvancedTriggerConfig((TriggerInput("C", Direction.RISING, upper_v=0.1),))


@pytest.fixture
def scope(simulated: Callable[..., Any]) -> Iterator[PicoScope5000A]:
    library = simulated(variant="5444DMSO")
    with PicoScope5000A(PicoScopeAdapter(library=library)) as instrument:
        yield instrument


def config(trigger: TriggerConfig | AdvancedTriggerConfig | None) -> StreamConfig:
    channel = ChannelConfig("C", 0.5, Coupling.AC, 0.25, Bandwidth.LIMIT_20MHZ)
    return StreamConfig(
        channels=(channel,),
        digital_ports=(DigitalPortConfig("PORT1", logic_level_v=0.75),),
        resolution_bits=14,
        sample_rate_hz=2e6,
        downsample_mode=DownsampleMode.DECIMATE,
        downsample_ratio=5,
        trigger=trigger,
    )


@pytest.mark.parametrize("trigger", [SIMPLE, ADVANCED, None])
def test_settings_read_as_the_config_says(scope: PicoScope5000A, trigger: Any) -> None:
    scope.trigger.advanced = ADVANCED
    scope.apply(config(trigger))
    assert scope.stream_config() == config(trigger)
    assert [one.id for one in scope.channels.values() if one.enabled] == ["C"]
    assert [port.id for port in scope.digital_ports.values() if port.enabled] == ["PORT1"]
    assert (scope.C.range, scope.C.coupling, scope.C.offset) == (0.5, "AC", 0.25)
    assert (scope.C.bandwidth, scope.PORT1.logic_level) == ("20 MHz", 0.75)
    assert (scope.resolution, scope.sample_rate, scope.sample_interval) == (14, 2e6, 0.5e-6)
    assert (scope.downsample_mode, scope.downsample_ratio) == ("decimate", 5)


def test_simple_trigger_takes_the_place_of_an_advanced_one(scope: PicoScope5000A) -> None:
    scope.apply(config(ADVANCED))
    assert (scope.trigger.enabled, scope.trigger.advanced) == (True, ADVANCED)
    scope.apply(config(SIMPLE))
    assert (scope.trigger.enabled, scope.trigger.advanced) == (True, None)
    assert (scope.trigger.source, scope.trigger.level) == ("C", 0.1)
    assert (scope.trigger.direction, scope.trigger.pre_trigger) == ("falling", 0.25)
    assert scope.trigger.auto_trigger == 1.5
    scope.apply(config(None))
    assert (scope.trigger.enabled, scope.trigger.level) == (False, 0.1)


def test_input_that_is_left_out_keeps_its_settings(scope: PicoScope5000A) -> None:
    scope.A.range = 0.1
    scope.apply(config(None))
    assert (scope.A.enabled, scope.A.range) == (False, 0.1)


def test_fastest_rate_is_zero_in_both_forms(scope: PicoScope5000A) -> None:
    scope.apply(StreamConfig())
    assert (scope.sample_rate, scope.sample_interval) == (0.0, 0.0)


def test_running_stream_keeps_its_settings(scope: PicoScope5000A) -> None:
    scope.sample_rate = 1e6
    with scope.stream(ForgettingSink(), pool=0.1):
        with pytest.raises(SessionStateError, match="apply"):
            scope.apply(config(None))
        assert scope.A.enabled
