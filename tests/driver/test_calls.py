"""The life of a scope and of its streams as the C calls that make it; memory in bytes or two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.config import (
    Bandwidth,
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
    DownsampleMode,
)
from picostream_pymeasure.driver.unit import Unit, list_serials
from picostream_pymeasure.errors import (
    DeviceLostError,
    DeviceNotFoundError,
    DriverError,
    PowerSourceError,
    SampleRateError,
)
from picostream_pymeasure.simulated import SimulatedScope
from tests.support.call_log import POLL, CallLog
from tests.support.stream_calls import (
    NO_TRIGGER,
    POLLED,
    START,
    after,
    config_of,
    streamed,
)

Load = Callable[..., Any]


# -- opening and closing


def test_opening_and_closing(simulated: Load) -> None:
    log = CallLog(simulated(serial="AB123/0045"))
    with Unit.open(log, "AB123/0045"):
        calls = log.take()
    assert calls[0] == "ps5000aOpenUnit([0>1], b'AB123/0045', 0)"
    asked = [(call.partition("(")[0], int(call.rpartition(" ")[2][:-1])) for call in calls[1:]]
    assert asked == [("ps5000aGetUnitInfo", code) for code in range(11)]
    assert calls[4] == "ps5000aGetUnitInfo(1, [''>'5444D'], 256, [0>6], 3)"
    assert calls[5] == "ps5000aGetUnitInfo(1, [''>'AB123/0045'], 256, [0>11], 4)"
    assert log.take() == ["ps5000aCloseUnit(1)"]


def test_first_free_scope(simulated: Load) -> None:
    log = CallLog(simulated(SimulatedScope(serial="ONE/1"), SimulatedScope(serial="TWO/2")))
    with Unit.open(log):
        assert log.take()[0] == "ps5000aOpenUnit([0>1], NULL, 0)"
        assert list_serials(log) == ["TWO/2"]
        assert log.take() == ["ps5000aEnumerateUnits([0>1], [''>'TWO/2'], [1024>6])"]


def test_scope_that_is_not_there(simulated: Load) -> None:
    log = CallLog(simulated(serial="ONE/1"))
    with pytest.raises(DeviceNotFoundError):
        Unit.open(log, "TWO/2")
    assert log.take() == [
        "ps5000aOpenUnit([0], b'TWO/2', 0) = 3",
        "ps5000aEnumerateUnits([0>1], [''>'ONE/1'], [1024>6])",
    ]


@pytest.mark.parametrize(("power", "status"), [("usb", 282), ("usb2", 286)])
def test_opening_without_the_supply(simulated: Load, power: str, status: int) -> None:
    log = CallLog(simulated(power=power))
    with Unit.open(log):
        assert log.take()[:2] == [
            f"ps5000aOpenUnit([0>1], NULL, 0) = {status}",
            f"ps5000aChangePowerSource(1, {status})",
        ]


def test_supply_that_does_not_suffice_closes_the_scope(simulated: Load) -> None:
    log = CallLog(simulated(power="usb"))
    log.answer("ps5000aChangePowerSource", 284)
    with pytest.raises(PowerSourceError):
        Unit.open(log)
    assert log.take() == [
        "ps5000aOpenUnit([0>1], NULL, 0) = 282",
        "ps5000aChangePowerSource(1, 282) = 284",
        "ps5000aCloseUnit(1)",
    ]


def test_handle_that_came_with_an_error_is_closed(
    simulated: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = CallLog(simulated())
    opened = log.ps5000aOpenUnit

    def undervoltage(*arguments: Any) -> int:
        opened(*arguments)
        return 284

    monkeypatch.setattr(log, "ps5000aOpenUnit", undervoltage, raising=False)
    with pytest.raises(PowerSourceError, match="ps5000aOpenUnit"):
        Unit.open(log)
    assert log.take() == ["ps5000aOpenUnit([0>1], NULL, 0)", "ps5000aCloseUnit(1)"]


def test_call_is_made_again_while_the_driver_is_busy(simulated: Load) -> None:
    log = CallLog(simulated())
    with Unit.open(log) as unit:
        log.take()
        log.answer("ps5000aMaximumValue", 39, 67, 35)
        assert unit.max_adc == 32512
        assert log.take() == [
            *(f"ps5000aMaximumValue(1, [0]) = {status}" for status in (39, 67, 35)),
            "ps5000aMaximumValue(1, [0>32512])",
        ]


@pytest.mark.parametrize("counts", [0, -5, 127])
def test_a_full_scale_that_cannot_be_is_refused(
    simulated: Load, monkeypatch: pytest.MonkeyPatch, counts: int
) -> None:
    log = CallLog(simulated())

    def answer(handle: int, value: Any) -> int:
        value._obj.value = counts
        return 0

    with Unit.open(log) as unit:
        monkeypatch.setattr(log, "ps5000aMaximumValue", answer, raising=False)
        with pytest.raises(DriverError, match=f"full scale is {counts} counts, which cannot be"):
            unit.max_adc  # noqa: B018


# -- a stream


def test_life_of_a_stream(simulated: Load) -> None:
    config = config_of(
        ChannelConfig("A", 2.0, offset_v=0.5, bandwidth=Bandwidth.LIMIT_20MHZ),
        ChannelConfig("C", 0.5, Coupling.AC),
        digital_ports=(DigitalPortConfig("PORT1", logic_level_v=2.5),),
        downsample_mode=DownsampleMode.AGGREGATE,
        downsample_ratio=8,
    )
    assert streamed(CallLog(simulated(variant="5444DMSO")), config) == [
        "ps5000aCurrentPowerSource(1) = 281",
        "ps5000aSetChannel(1, 0, 1, 1, 7, 0.5)",
        "ps5000aSetChannel(1, 1, 0, 1, 10, 0.0)",
        "ps5000aSetChannel(1, 2, 1, 0, 5, 0.0)",
        "ps5000aSetChannel(1, 3, 0, 1, 10, 0.0)",
        "ps5000aSetDigitalPort(1, 128, 0, 0)",
        "ps5000aSetDigitalPort(1, 129, 1, 16384)",
        "ps5000aSetDeviceResolution(1, 2)",
        "ps5000aGetDeviceResolution(1, [-1>2])",
        "ps5000aSetBandwidthFilter(1, 0, 1)",
        "ps5000aSetBandwidthFilter(1, 2, 0)",
        "ps5000aMaximumValue(1, [0>32767])",
        *NO_TRIGGER,
        "ps5000aSetDataBuffers(1, 0, *, *, SIZE, 0, 1)",
        "ps5000aSetDataBuffers(1, 2, *, *, SIZE, 0, 1)",
        "ps5000aSetDataBuffers(1, 129, *, *, SIZE, 0, 1)",
        "ps5000aMaximumValue(1, [0>32767])",
        "ps5000aRunStreaming(1, [1000], 2, 0, 0, 0, 8, 1, SIZE)",
        POLLED,
        "ps5000aStop(1)",
        "ps5000aSetDataBuffers(1, 0, NULL, NULL, 0, 0, 1)",
        "ps5000aSetDataBuffers(1, 2, NULL, NULL, 0, 0, 1)",
        "ps5000aSetDataBuffers(1, 129, NULL, NULL, 0, 0, 1)",
    ]


def test_channel_that_usb_power_has_disabled_need_not_be_switched_off(simulated: Load) -> None:
    log = CallLog(simulated(power="usb"))
    log.answer("ps5000aCurrentPowerSource", 0)  # no word about it, so that all channels are set
    log.answer("ps5000aSetChannel", 0, 0, 290, 290)
    calls = streamed(log, config_of())
    assert "ps5000aSetChannel(1, 3, 0, 1, 10, 0.0) = 290" in calls
    assert START in calls


def test_two_channel_scope_has_no_word_of_others(simulated: Load) -> None:
    calls = streamed(CallLog(simulated(variant="5242D")), config_of())
    assert calls[:4] == [
        "ps5000aCurrentPowerSource(1)",
        "ps5000aSetChannel(1, 0, 1, 1, 10, 0.0)",
        "ps5000aSetChannel(1, 1, 0, 1, 10, 0.0)",
        "ps5000aSetDeviceResolution(1, 2)",
    ]


def test_fastest_rate_is_looked_for(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aRunStreaming", 43, 43)
    calls = streamed(log, config_of(sample_rate_hz=0.0))
    assert [call for call in calls if "RunStreaming" in call] == [
        "ps5000aRunStreaming(1, [16], 2, 0, 0, 0, 1, 0, SIZE) = 43",
        "ps5000aRunStreaming(1, [32], 2, 0, 0, 0, 1, 0, SIZE) = 43",
        "ps5000aRunStreaming(1, [48], 2, 0, 0, 0, 1, 0, SIZE)",
    ]


def test_start_that_is_refused(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aRunStreaming", 43)
    assert after(streamed(log, config_of()), "ps5000aRunStreaming") == [
        f"{START} = 43",
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
        SampleRateError.__name__,
    ]


def test_buffer_that_is_refused(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aSetDataBuffer", 13)
    calls = after(streamed(log, config_of()), "ps5000aSetDataBuffer")
    assert calls[0].endswith(", 0, 0) = 13")
    assert calls[1:] == ["ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)", DriverError.__name__]


@pytest.mark.parametrize("status", [24, 35, 37, 39, 67])
def test_polls_that_bring_nothing_yet_are_made_again(simulated: Load, status: int) -> None:
    log = CallLog(simulated())
    log.answer(POLL, status, status)
    calls = after(streamed(log, config_of()), "ps5000aRunStreaming")
    assert [call for call in calls if not call.startswith(POLL)] == [
        START,
        "ps5000aStop(1)",
        "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
    ]


# -- one byte a sample


def buffer_calls(log: CallLog, **settings: Any) -> list[str]:
    calls = streamed(log, config_of(**{"resolution_bits": 8, **settings}))
    return [call for call in calls if "Buffer" in call or call.endswith("Error")]


@pytest.mark.parametrize(
    ("mode", "memory", "nothing", "code"),
    [("none", "*, NULL", "NULL, NULL", 0), ("aggregate", "*, *", "NULL, NULL", 1)],
)
def test_8_bit_comes_in_bytes(
    simulated: Load, mode: str, memory: str, nothing: str, code: int
) -> None:
    settings = {"downsample_mode": DownsampleMode(mode), "downsample_ratio": 8 if code else 1}
    assert buffer_calls(CallLog(simulated()), **settings) == [
        f"ps5000aSetUnscaledDataBuffers(1, 0, {memory}, SIZE, 0, {code})",
        f"ps5000aSetUnscaledDataBuffers(1, 0, {nothing}, 0, 0, {code})",
    ]


TWO_BYTES = [
    "ps5000aSetDataBuffer(1, 0, *, SIZE, 0, 0)",
    "ps5000aSetDataBuffer(1, 0, NULL, 0, 0, 0)",
]


def test_two_bytes_when_they_are_asked_for(simulated: Load) -> None:
    assert buffer_calls(CallLog(simulated()), int16=True) == TWO_BYTES


@pytest.mark.parametrize(
    "settings",
    [
        {"downsample_mode": DownsampleMode.AVERAGE, "downsample_ratio": 8},
        {"digital_ports": (DigitalPortConfig("PORT1"),)},
    ],
)
def test_what_does_not_come_in_bytes(simulated: Load, settings: dict[str, Any]) -> None:
    calls = buffer_calls(CallLog(simulated(variant="5444DMSO")), **settings)
    assert all(call.startswith("ps5000aSetDataBuffer(") for call in calls)


def test_library_that_has_no_byte_buffers(
    simulated: Load, caplog: pytest.LogCaptureFixture
) -> None:
    library = simulated()
    del library.simulation._functions["ps5000aSetUnscaledDataBuffers"]
    assert buffer_calls(CallLog(library)) == TWO_BYTES
    assert "twice the room" in caplog.text


def test_byte_buffers_that_are_refused(simulated: Load, caplog: pytest.LogCaptureFixture) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aSetUnscaledDataBuffers", 288)
    refused, released, *calls = buffer_calls(log)
    assert refused.endswith(", 0, 0) = 288")
    assert released == "ps5000aSetUnscaledDataBuffers(1, 0, NULL, NULL, 0, 0, 0)"
    assert calls == TWO_BYTES
    assert "twice the room" in caplog.text


def test_scope_that_is_gone_is_not_asked_for_two_bytes(simulated: Load) -> None:
    log = CallLog(simulated())
    log.answer("ps5000aSetUnscaledDataBuffers", 7)
    assert buffer_calls(log)[-1] == DeviceLostError.__name__
    assert not any(call.startswith("ps5000aSetDataBuffer(") for call in log.take())
