"""An opened scope: handles, power, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.config import Bandwidth, ChannelConfig, StreamConfig, TriggerConfig
from picostream_pymeasure.driver.simulated import Fault, SimulatedScope
from picostream_pymeasure.driver.unit import Unit, list_serials
from picostream_pymeasure.errors import (
    ConfigurationError,
    DeviceLostError,
    DeviceNotFoundError,
    PowerSourceError,
)

Load = Callable[..., Any]


def test_info_is_read_at_the_opening(simulated: Load) -> None:
    with Unit.open(simulated(variant="5243B", serial="AB123/0045")) as unit:
        assert unit.info["variant"] == "5243B"
        assert unit.info["serial"] == "AB123/0045"
        assert unit.info["driver_version"]
        assert unit.channel_names == ("A", "B")


def test_scope_is_found_by_its_serial_number(simulated: Load) -> None:
    library = simulated(SimulatedScope(serial="ONE/1"), SimulatedScope(serial="TWO/2"))
    assert list_serials(library) == ["ONE/1", "TWO/2"]
    with Unit.open(library, "TWO/2") as unit:
        assert unit.info["serial"] == "TWO/2"
        assert list_serials(library) == ["ONE/1"]
        with pytest.raises(DeviceNotFoundError, match=r"TWO/2.*connected: ONE/1"):
            Unit.open(library, "TWO/2")


def test_no_scope_left(simulated: Load) -> None:
    library = simulated()
    with Unit.open(library), pytest.raises(DeviceNotFoundError, match="none is connected"):
        Unit.open(library)


def test_scope_can_be_opened_again(simulated: Load) -> None:
    library = simulated()
    for _ in range(3):
        with Unit.open(library) as unit:
            assert library.simulation.open_handles()
        unit.close()


@pytest.mark.parametrize(
    ("variant", "power", "names", "words"),
    [
        ("5444D", "mains", "ABCD", ""),
        ("5444D", "usb", "AB", "USB power"),
        ("5444D", "usb2", "AB", "slower than USB 3.0"),
        ("5242D", "usb2", "AB", "slower than USB 3.0"),
        ("5442B", "usb", "AB", "USB power"),
        ("5242B", "mains", "AB", ""),
    ],
)
def test_power_source_limits_the_channels(
    simulated: Load, variant: str, power: str, names: str, words: str
) -> None:
    with Unit.open(simulated(variant=variant, power=power)) as unit:
        assert "".join(unit.channel_names) == names
        assert words in unit.power.limit


def test_refused_channel_names_the_reason(simulated: Load) -> None:
    config = StreamConfig(channels=(ChannelConfig("A"), ChannelConfig("D")))
    with (
        Unit.open(simulated(variant="5242D")) as unit,
        pytest.raises(ConfigurationError, match="D cannot be used because of its model; use A, B"),
    ):
        unit.configure(config)


@pytest.mark.parametrize(("bits", "max_adc"), [(8, 32512), (12, 32767), (16, 32767)])
def test_full_scale_follows_the_resolution(simulated: Load, bits: int, max_adc: int) -> None:
    with Unit.open(simulated()) as unit:
        unit.configure(StreamConfig(resolution_bits=bits))
        assert unit.max_adc == max_adc


def test_every_setting_is_taken(simulated: Load) -> None:
    channel = ChannelConfig("B", 0.5, offset_v=-0.3, bandwidth=Bandwidth.LIMIT_20MHZ)
    trigger = TriggerConfig("B", 0.4)
    with Unit.open(simulated()) as unit:
        unit.configure(StreamConfig(channels=(channel,), trigger=trigger))


def test_opening_that_fails_leaves_no_handle(simulated: Load) -> None:
    library = simulated(faults=(Fault("refuse_open"),))
    with pytest.raises(DeviceLostError):
        Unit.open(library)
    assert not library.simulation.open_handles()


def test_power_that_is_refused_closes_the_scope(simulated: Load) -> None:
    library = simulated(variant="5444D", power="usb")
    acknowledge = library.ps5000aChangePowerSource
    library.ps5000aChangePowerSource = lambda handle, state: 284
    try:
        with pytest.raises(PowerSourceError, match="plug in the scope's power supply"):
            Unit.open(library)
    finally:
        library.ps5000aChangePowerSource = acknowledge
    assert not library.simulation.open_handles()
