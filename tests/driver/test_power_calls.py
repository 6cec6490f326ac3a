"""A stream that dies, and changes of power, as the C calls that follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.config import (
    ChannelConfig,
)
from picostream_pymeasure.errors import (
    DeviceLostError,
    PowerSourceError,
)
from picostream_pymeasure.simulated import Fault
from tests.support.call_log import POLL, CallLog
from tests.support.stream_calls import (
    BROUGHT_AGAIN,
    BUFFER,
    POLLED,
    START,
    after,
    config_of,
    streamed,
)

Load = Callable[..., Any]


@pytest.mark.parametrize("status", [20, 28])
def test_stream_that_dies_is_started_anew(simulated: Load, status: int) -> None:
    kind = "streaming_failed" if status == 20 else "buffer_stall"
    log = CallLog(simulated(faults=(Fault(kind, at_sample=20_000),)))
    assert after(streamed(log, config_of(samples=100_000)), "ps5000aRunStreaming") == [
        START,
        POLLED,
        f"{POLLED} = {status}",
        "ps5000aStop(1)",
        START,
        POLLED,
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
    ]


def test_power_change_is_acknowledged(simulated: Load) -> None:
    log = CallLog(simulated(faults=(Fault("power_change", at_sample=20_000),)))
    assert after(streamed(log, config_of(samples=100_000)), POLL) == [
        POLLED,
        f"{POLLED} = 282",
        "ps5000aChangePowerSource(1, 282)",
        "ps5000aStop(1)",
        *BROUGHT_AGAIN,
        BUFFER,
        START,
        POLLED,
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
    ]


def test_power_change_that_costs_a_channel(simulated: Load) -> None:
    log = CallLog(simulated(faults=(Fault("power_change", at_sample=20_000),)))
    config = config_of(ChannelConfig("C"), samples=100_000)
    assert after(streamed(log, config), POLL) == [
        POLLED,
        f"{POLLED} = 282",
        "ps5000aChangePowerSource(1, 282)",
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 2, NULL, 0, 0, 0)",
        PowerSourceError.__name__,
    ]


def test_power_change_at_the_start(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aRunStreaming", 282)
    log.answer("ps5000aChangePowerSource", 0)
    calls = after(streamed(log, config_of()), "ps5000aRunStreaming")
    assert calls[: calls.index(START) + 1] == [
        f"{START} = 282",
        "ps5000aChangePowerSource(1, 282)",
        "ps5000aStop(1)",
        *BROUGHT_AGAIN,
        BUFFER,
        START,
    ]


#: Calls of a set-up that a power status may answer.
SETTINGS = [
    "SetChannel",
    "SetDeviceResolution",
    "GetDeviceResolution",
    "SetBandwidthFilter",
    "MaximumValue",
    "SetSimpleTrigger",
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_power_change_while_the_scope_is_set_up(simulated: Load, setting: str) -> None:
    log = CallLog(simulated())
    log.answer(f"ps5000a{setting}", 282)
    log.answer("ps5000aChangePowerSource", 0)
    calls = after(streamed(log, config_of()), f"ps5000a{setting}")
    assert calls[0].endswith(" = 282")
    assert calls[1 : calls.index(START) + 1] == [
        "ps5000aChangePowerSource(1, 282)",
        *BROUGHT_AGAIN,
        BUFFER,
        "ps5000aMaximumValue(1, [0>32767])",
        START,
    ]


def test_power_change_while_buffers_are_handed_over(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aSetDataBuffer", 282)
    log.answer("ps5000aChangePowerSource", 0)
    calls = after(streamed(log, config_of()), "ps5000aSetDataBuffer")
    assert calls[: calls.index(START) + 1] == [
        f"{BUFFER} = 282",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
        "ps5000aChangePowerSource(1, 282)",
        "ps5000aStop(1)",
        *BROUGHT_AGAIN,
        BUFFER,
        "ps5000aMaximumValue(1, [0>32767])",
        START,
    ]


def test_supply_that_comes_switches_no_other_channel_on(simulated: Load) -> None:
    """The driver may enable C and D with the supply, which then share the rate."""
    log = CallLog(simulated())
    log.answer("ps5000aRunStreaming", 281)
    calls = after(streamed(log, config_of()), "ps5000aStop")
    assert "ps5000aSetChannel(1, 3, 0, 1, 10, 0.0)" in calls[: calls.index(START)]


def test_power_that_keeps_changing_ends_the_start(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aSetDeviceResolution", 282, 282, 282)
    log.answer("ps5000aChangePowerSource", 0, 0, 0)
    calls = streamed(log, config_of())
    assert calls[-1] == PowerSourceError.__name__
    assert not any(call.startswith("ps5000aRunStreaming") for call in calls)


def test_supply_that_came_since_the_last_stream(simulated: Load) -> None:
    log = CallLog(simulated(power="usb"))
    log.answer("ps5000aCurrentPowerSource", 281)
    log.answer("ps5000aChangePowerSource", 0, 0)
    assert streamed(log, config_of(ChannelConfig("D")))[:3] == [
        "ps5000aCurrentPowerSource(1) = 281",
        "ps5000aChangePowerSource(1, 281)",
        "ps5000aSetChannel(1, 0, 0, 1, 10, 0.0) = 282",  # of the simulation, which has no supply
    ]


def test_unplugged_scope(simulated: Load) -> None:
    log = CallLog(simulated(faults=(Fault("unplug", at_sample=20_000),)))
    assert after(streamed(log, config_of(samples=100_000)), POLL) == [
        POLLED,
        f"{POLLED} = 7",
        "ps5000aStop(1) = 7",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0) = 7",
        DeviceLostError.__name__,
    ]
    assert log.take() == ["ps5000aCloseUnit(1)"]
