"""What is of another kind than what the instrument takes, outside of its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import ChannelScale, PicoScope5000A
from picostream_pymeasure.cli import parsing
from picostream_pymeasure.config import (
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
    EventRule,
    TriggerConfig,
)
from picostream_pymeasure.errors import ConfigurationError, UnknownNameError
from picostream_pymeasure.quantities import parse
from picostream_pymeasure.reader.event_text import parse_rule

ARRAY = np.arange(3)
WORDS = np.array(["A", "B"])


@pytest.fixture(scope="module")
def scope() -> Iterator[PicoScope5000A]:
    with PicoScope5000A(simulated=True) as scope:
        yield scope


@pytest.mark.parametrize(
    "value", [[], (), {}, 0, 5, True, False, ARRAY, WORDS, b"1 nA/mV", object()]
)
def test_what_is_no_scale_is_refused(scope: PicoScope5000A, value: Any) -> None:
    scope.A.scale = "1000 nA/V"
    with pytest.raises(ConfigurationError, match=r"A\.scale is a text such as '1 nA/mV'"):
        scope.A.scale = value
    assert scope.A.scale == "1000 nA/V"


def test_a_scale_is_a_text_or_made_before(scope: PicoScope5000A) -> None:
    scope.A.scale = ChannelScale(2.5, "bar")
    assert scope.A.scale == "2.5 bar/V"
    for none in ("", None):
        scope.A.scale = none
        assert scope.A.scale == ""


@pytest.mark.parametrize("name", ["on_overrun", "before", "after", "keep", "metadata", "config"])
@pytest.mark.parametrize("value", [ARRAY, WORDS, 10**400, object()], ids=["n", "w", "huge", "o"])
def test_a_stream_is_not_made_of_it(
    scope: PicoScope5000A, tmp_path: Path, name: str, value: Any
) -> None:
    with pytest.raises(ConfigurationError):
        scope.stream(tmp_path / "a.hdf5", **{name: value})
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("value", [None, ARRAY, [], 5, b"x"])
def test_scopes_are_simulated_or_not(value: Any) -> None:
    for make in (
        PicoScope5000A.list_devices,
        lambda simulated: PicoScope5000A(simulated=simulated),
    ):
        with pytest.raises(ConfigurationError, match="simulated is True, False, or a text"):
            make(value)


@pytest.mark.parametrize("range_v", [3, None, "x", [], ARRAY, 10**400])
def test_a_range_that_there_is_not_has_no_limits(scope: PicoScope5000A, range_v: Any) -> None:
    for limits in (scope.offset_limits, scope.unit.offset_limits_v):
        with pytest.raises(ConfigurationError, match="range"):
            limits(range_v, Coupling.DC)


@pytest.mark.parametrize("coupling", [None, "GND", 2, [], ARRAY])
def test_a_coupling_that_there_is_not_has_no_limits(scope: PicoScope5000A, coupling: Any) -> None:
    for limits in (scope.offset_limits, scope.unit.offset_limits_v):
        with pytest.raises(ConfigurationError, match=r"one of Coupling\.AC, Coupling\.DC"):
            limits(2.0, coupling)


def test_limits_are_those_of_the_word_too(scope: PicoScope5000A) -> None:
    assert scope.offset_limits(np.float32(0.2), "dc") == scope.offset_limits(0.2, Coupling.DC)


@pytest.mark.parametrize("name", [[], {}, ARRAY, WORDS])
def test_what_is_no_name_is_not_looked_up(scope: PicoScope5000A, name: Any) -> None:
    for named in (scope.channels, scope.digital_ports):
        with pytest.raises(UnknownNameError, match="There is no"):
            named[name]


@pytest.mark.parametrize("config", ["x", 5, [], ARRAY, object()])
def test_settings_are_applied_of_a_config_alone(scope: PicoScope5000A, config: Any) -> None:
    before = scope.stream_config()
    for apply in (scope.apply, scope.trigger.apply, scope.A.apply, scope.PORT0.apply):
        with pytest.raises(ConfigurationError, match="must be a"):
            apply(config)
    assert scope.stream_config() == before


@pytest.mark.parametrize("name", [None, (), 5, ARRAY])
def test_the_name_of_an_instrument_is_a_text(name: Any) -> None:
    with pytest.raises(ConfigurationError, match="name must be a text, not"):
        PicoScope5000A(name=name, simulated=True)


def test_captures_have_no_metadata_without_names(scope: PicoScope5000A, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="metadata must be a Mapping or None"):
        scope.capture(tmp_path / "a.hdf5", samples=10, metadata=5)
    with pytest.raises(ConfigurationError, match="texts or numbers as names"):
        scope.capture(tmp_path / "a.hdf5", samples=10, metadata={(1, 2): 3})
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("value", [np.timedelta64(1, "s"), Decimal("sNaN")])
@pytest.mark.parametrize("name", ["sample_rate", "resolution", "ratio"])
def test_what_only_looks_like_a_number_is_none(
    scope: PicoScope5000A, name: str, value: Any
) -> None:
    with pytest.raises(ConfigurationError):
        setattr(scope, name, value)
    for part in (scope.A, scope.trigger):
        with pytest.raises(ConfigurationError, match="enabled must be True or False"):
            part.enabled = value
    for of_channel in ("range", "offset"):
        with pytest.raises(ConfigurationError):
            setattr(scope.A, of_channel, value)


def test_a_capture_without_samples_is_told_how_many_it_can_have(scope: PicoScope5000A) -> None:
    for samples in (0, 2**31):
        with pytest.raises(ConfigurationError, match="from 1 to 2147483647"):
            scope.capture(samples=samples)


@pytest.mark.parametrize("serial", ["\ud800", "", " ", "x" * 10_000, "a\0b", 5])
def test_a_serial_number_is_a_text_that_one_can_have(serial: Any) -> None:
    with pytest.raises(ConfigurationError, match="A serial number is a text such as") as caught:
        PicoScope5000A(simulated=True, serial=serial)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("simulated", ["", "  "])
def test_no_description_is_no_real_scope(simulated: str) -> None:
    with pytest.raises(ConfigurationError, match="simulated is True, False, or a text"):
        PicoScope5000A(simulated=simulated)


LONG = "x" * 10_000


@pytest.mark.parametrize(
    "call",
    [
        lambda: ChannelConfig(LONG),
        lambda: DigitalPortConfig(LONG),
        lambda: TriggerConfig(LONG, 0.0),
        lambda: EventRule(LONG),
        lambda: ChannelScale(1.0, LONG),
        lambda: parse_rule(LONG),
        lambda: PicoScope5000A(simulated=LONG),
        lambda: PicoScope5000A(simulated=f"variant={LONG}"),
        lambda: PicoScope5000A(simulated=f"A={LONG}"),
        lambda: PicoScope5000A(simulated=f"packet={LONG}"),
        lambda: PicoScope5000A(**{LONG: 1}),
        lambda: parse(LONG, "V"),
        lambda: parsing.channel(LONG, 1.0, "DC", 0.0),
        lambda: parsing.port(f"PORT0:{LONG}:1"),
        lambda: parsing.scales([LONG]),
    ],
)
def test_a_refusal_does_not_repeat_a_long_text(call: Callable[[], Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()
    assert len(str(caught.value)) < 2000
