"""Triggers as the C calls that set them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    ChannelConfig,
    DigitalPortConfig,
    Direction,
    PulseWidth,
    PulseWidthKind,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
)
from picostream_pymeasure.driver.unit import Unit
from tests.support.call_log import CallLog
from tests.support.stream_calls import NO_TRIGGER, POLLED, after, config_of, streamed

Load = Callable[..., Any]


def window(source: str, direction: Direction, **settings: Any) -> TriggerInput:
    return TriggerInput(source, direction, upper_v=5.0, lower_v=-2.5, **settings)


A, B, EXT = ChannelConfig("A"), ChannelConfig("B", 10.0, offset_v=1.0), "EXT"
PULSE = PulseWidth("A", Direction.RISING, PulseWidthKind.LESS_THAN, 1e-3)
BOTH = PulseWidth("B", Direction.ENTER, PulseWidthKind.IN_RANGE, 1e-3, 2e-3)
DIGITAL = PulseWidth("D9", Direction.HIGH, PulseWidthKind.OUT_OF_RANGE, 1e-3, 2e-3)
NO_BITS = "(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0)"
LAST_BITS = "(10, 0), (11, 0), (12, 0), (13, 0), (14, 0)"


TRIGGERS: list[tuple[Any, list[str]]] = [
    (
        TriggerConfig("B", 4.0, TriggerDirection.FALLING, auto_trigger_s=0.02),
        ["ps5000aSetSimpleTrigger(1, 1, 1, 16384, 3, 0, 20)"],
    ),
    (
        TriggerConfig(EXT, -5.0, TriggerDirection.ABOVE, pre_trigger_s=0.01),
        ["ps5000aSetSimpleTrigger(1, 1, 4, -32767, 0, 0, 0)"],
    ),
    (
        AdvancedTriggerConfig((TriggerInput("A", Direction.RISING, 10.0),), auto_trigger_s=0.5),
        [
            "ps5000aSetTriggerChannelPropertiesV2(1, [(16384, 328, 16384, 328, 0)], 1, 0)",
            "ps5000aSetTriggerChannelConditionsV2(1, [(0, 1)], 1, 3)",
            "ps5000aSetTriggerChannelDirectionsV2(1, [(0, 2, 0)], 1)",
            "ps5000aSetAutoTriggerMicroSeconds(1, 500000)",
        ],
    ),
    (
        AdvancedTriggerConfig(
            (
                window("B", Direction.EXIT, hysteresis_v=0.5),
                TriggerInput(EXT, Direction.BELOW, 2.5, hysteresis_v=0.0),
            )
        ),
        [
            "ps5000aSetTriggerChannelPropertiesV2"
            "(1, [(19660, 1638, -4915, 1638, 1), (16384, 0, 16384, 0, 4)], 2, 0)",
            "ps5000aSetTriggerChannelConditionsV2(1, [(1, 1), (4, 1)], 2, 3)",
            "ps5000aSetTriggerChannelDirectionsV2(1, [(1, 3, 1), (4, 1, 0)], 2)",
            "ps5000aSetAutoTriggerMicroSeconds(1, 0)",
        ],
    ),
    (
        AdvancedTriggerConfig((TriggerInput("A", Direction.FALLING, 0.0),), PULSE),
        [
            "ps5000aSetTriggerChannelPropertiesV2(1, [(0, 328, 0, 328, 0)], 1, 0)",
            "ps5000aSetTriggerChannelConditionsV2(1, [(0, 1), (268435456, 1)], 2, 3)",
            "ps5000aSetTriggerChannelDirectionsV2(1, [(0, 3, 0)], 1)",
            "ps5000aSetAutoTriggerMicroSeconds(1, 0)",
            "ps5000aSetPulseWidthQualifierConditions(1, [(0, 1)], 1, 3)",
            "ps5000aSetPulseWidthQualifierDirections(1, [(0, 2, 0)], 1)",
            "ps5000aSetPulseWidthQualifierProperties(1, 1000, 0, 1)",
        ],
    ),
    (
        AdvancedTriggerConfig((window("B", Direction.EXIT),), BOTH),
        [
            "ps5000aSetTriggerChannelPropertiesV2(1, [(19660, 328, -4915, 328, 1)], 1, 0)",
            "ps5000aSetTriggerChannelConditionsV2(1, [(1, 1), (268435456, 1)], 2, 3)",
            "ps5000aSetTriggerChannelDirectionsV2(1, [(1, 3, 1)], 1)",
            "ps5000aSetAutoTriggerMicroSeconds(1, 0)",
            "ps5000aSetPulseWidthQualifierConditions(1, [(1, 1)], 1, 3)",
            "ps5000aSetPulseWidthQualifierDirections(1, [(1, 2, 1)], 1)",
            "ps5000aSetPulseWidthQualifierProperties(1, 1000, 2000, 3)",
        ],
    ),
    (
        AdvancedTriggerConfig(
            (TriggerInput("D9", Direction.FALLING), TriggerInput("D15", Direction.HIGH)), DIGITAL
        ),
        [
            "ps5000aSetTriggerChannelConditionsV2(1, [(129, 1), (268435456, 1)], 2, 3)",
            "ps5000aSetTriggerDigitalPortProperties"
            f"(1, [{NO_BITS}, (9, 4), {LAST_BITS}, (15, 2)], 16)",
            "ps5000aSetAutoTriggerMicroSeconds(1, 0)",
            "ps5000aSetPulseWidthQualifierConditions(1, [(129, 1)], 1, 3)",
            "ps5000aSetPulseWidthDigitalPortProperties"
            f"(1, [{NO_BITS}, (9, 2), {LAST_BITS}, (15, 0)], 16)",
            "ps5000aSetPulseWidthQualifierProperties(1, 1000, 2000, 4)",
        ],
    ),
]


@pytest.mark.parametrize(("trigger", "calls"), TRIGGERS)
def test_trigger(simulated: Load, trigger: Any, calls: list[str]) -> None:
    log = CallLog(simulated(variant="5444DMSO"))
    with Unit.open(log) as unit:
        log.take()
        unit.configure(
            config_of(A, B, digital_ports=(DigitalPortConfig("PORT1"),), trigger=trigger)
        )
        made = after(log.take(), "ps5000aMaximumValue")
    assert made == ["ps5000aMaximumValue(1, [0>32767])", *NO_TRIGGER, *calls]


def test_pulse_width_follows_the_interval_that_the_driver_takes(simulated: Load) -> None:
    trigger = AdvancedTriggerConfig(
        (TriggerInput("A", Direction.FALLING, 0.0),), PULSE, auto_trigger_s=0.001
    )
    log = CallLog(simulated())
    config = config_of(resolution_bits=12, trigger=trigger)
    run = "ps5000aRunStreaming(1, [1000>1008], 2, 0, 0, 0, 1, 0, SIZE)"
    calls = streamed(log, config)
    assert "ps5000aSetPulseWidthQualifierProperties(1, 1000, 0, 1)" in calls
    assert after(calls, "ps5000aRunStreaming")[:5] == [
        run,
        "ps5000aStop(1)",
        "ps5000aSetPulseWidthQualifierProperties(1, 992, 0, 1)",
        run,
        POLLED,
    ]
