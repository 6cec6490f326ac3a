"""Texts of the command line."""

from __future__ import annotations

import pytest

from picostream_pymeasure.cli import parsing
from picostream_pymeasure.config import (
    AdvancedTriggerConfig,
    Bandwidth,
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
    Direction,
    TriggerConfig,
    TriggerDirection,
    TriggerInput,
)
from picostream_pymeasure.errors import ConfigurationError


@pytest.mark.parametrize("text", ["A:", "A:2A", "A:two", "A:offset=1e", "A:2VV", "A:1,500V"])
def test_what_is_no_voltage_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"not a voltage|can be"):
        parsing.channel(text, 5.0, "AC", 1.0)


def test_a_detail_that_is_none_is_told_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=r"'XY' is not a voltage.* also takes AC, DC, 20"):
        parsing.channel("A:2V:XY", 5.0, "AC", 1.0)


@pytest.mark.parametrize(
    "text", ["A:2V:DC:50V", "A:AC:DC", "A:offset=1V:2V:offset=1V", "A:1nA/mV:2nA/mV"]
)
def test_what_is_said_twice_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{text.rpartition(':')[2]}' what it has said"):
        parsing.channel(text, 5.0, "AC", 1.0)


def test_voltages_are_read_as_people_type_them() -> None:
    config = parsing.channel("A:0,5 V:offset=-20 mv", 5.0, "AC", 1.0)
    assert (config.range_v, config.offset_v) == (0.5, -0.02)


def test_channel_takes_defaults_where_it_names_nothing() -> None:
    assert parsing.channel("b", 5.0, "AC", 1.0) == ChannelConfig("B", 5.0, Coupling.AC, 1.0)


def test_channel_details_in_any_order() -> None:
    config = parsing.channel("C:20MHz:AC:500mV:offset=-0.1V", 20.0, "DC", 0.0)
    assert config == ChannelConfig("C", 0.5, Coupling.AC, -0.1, Bandwidth.LIMIT_20MHZ)


def test_trigger() -> None:
    config = parsing.trigger("a:500mV:falling", 0.25, 0.01)
    assert isinstance(config, TriggerConfig)
    assert (config.source, config.level_v, config.direction) == (
        "A",
        0.5,
        TriggerDirection.FALLING,
    )
    assert (config.pre_trigger_s, config.auto_trigger_s) == (0.25, 0.01)


def test_trigger_on_the_channel_that_begins_as_digital_inputs_do() -> None:
    assert parsing.trigger("D:1V", 0.0, 0.0) == TriggerConfig("D", 1.0)


@pytest.mark.parametrize("text", ["A", "A:1V:up", "A:1V:rising:x", ""])
def test_not_a_trigger(text: str) -> None:
    with pytest.raises(ConfigurationError, match="CHANNEL:LEVEL:DIRECTION"):
        parsing.trigger(text, 0.0, 0)


@pytest.mark.parametrize(
    ("text", "source", "direction"),
    [("d3", "D3", Direction.RISING), ("D15:LOW", "D15", Direction.LOW)],
)
def test_trigger_on_a_digital_input(text: str, source: str, direction: Direction) -> None:
    config = parsing.trigger(text, 0.25, 0.01)
    watched = TriggerInput(source, direction)
    assert config == AdvancedTriggerConfig((watched,), pre_trigger_s=0.25, auto_trigger_s=0.01)


@pytest.mark.parametrize("text", ["D3:1V", "D3:high:1", "D3:inside"])
def test_not_a_trigger_on_a_digital_input(text: str) -> None:
    with pytest.raises(ConfigurationError, match="D3 is a digital input"):
        parsing.trigger(text, 0.0, 0)


@pytest.mark.parametrize("text", ["D16", "d99:high", "D99:1V"])
def test_no_digital_input(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no digital input .*; use one of D0 to D15"):
        parsing.trigger(text, 0.0, 0)


def test_ports_beside_channels() -> None:
    assert parsing.is_port(" port0:1V")
    assert not parsing.is_port("A:1V")
    assert parsing.port("port1") == DigitalPortConfig("PORT1")
    assert parsing.port("PORT0:800mV") == DigitalPortConfig("PORT0", 0.8)


def test_a_port_has_one_level() -> None:
    with pytest.raises(ConfigurationError, match="write PORT0 or PORT0:LEVEL"):
        parsing.port("PORT0:1V:2V")
