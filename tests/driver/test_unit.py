"""An opened scope: handles, power, settings."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.config import (
    ChannelConfig,
    Coupling,
    DigitalPortConfig,
    GeneratorConfig,
    StreamConfig,
)
from picostream_pymeasure.driver import Generator, connection, load_library
from picostream_pymeasure.driver.power import MAINS, USB
from picostream_pymeasure.driver.unit import Unit, list_serials
from picostream_pymeasure.errors import (
    ConfigurationError,
    DeviceLostError,
    DeviceNotFoundError,
    DriverBusyError,
    DriverError,
    PowerSourceError,
    SampleRateError,
)
from picostream_pymeasure.simulated import Fault, Habits, SimulatedScope

Load = Callable[..., Any]


@contextlib.contextmanager
def answers(library: Any, function: str, statuses: Iterable[int]) -> Iterator[Iterator[int]]:
    """Let the driver answer a call so; gives how often it was made."""
    real, counter = getattr(library, function), itertools.count()
    left = iter(statuses)

    def answer(*arguments: Any) -> int:
        next(counter)
        return next(left)

    setattr(library, function, answer)
    try:
        yield counter
    finally:
        setattr(library, function, real)


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


def test_a_handle_that_is_none_is_no_scope(simulated: Load) -> None:
    """Some drivers answer that all is well, and give 0: no scope, or -1: it could not be opened."""
    library = simulated()
    with answers(library, "ps5000aOpenUnit", [0]) as calls:
        with pytest.raises(DeviceNotFoundError, match=r"SIM\S+ is connected but cannot be opened"):
            Unit.open(library)
        assert next(calls) == 1


def test_listed_scope_that_the_driver_does_not_open_is_told_as_such(simulated: Load) -> None:
    library = simulated(serial="ONE/1")
    with (
        answers(library, "ps5000aOpenUnit", [3, 3]) as calls,
        pytest.raises(DeviceNotFoundError, match=r"^ONE/1 is connected .* another program uses it"),
    ):
        Unit.open(library, "one/1")
    assert next(calls) == 2


@pytest.mark.parametrize("serial", ["ab123/0045", " AB123/0045 "])
def test_a_serial_number_may_be_spelt_otherwise(simulated: Load, serial: str) -> None:
    with Unit.open(simulated(serial="AB123/0045"), serial) as unit:
        assert unit.info["serial"] == "AB123/0045"


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


def test_resolution_that_the_scope_does_not_take_is_refused(simulated: Load) -> None:
    library = simulated()
    with (
        Unit.open(library) as unit,
        answers(library, "ps5000aSetDeviceResolution", [0]),
        pytest.raises(DriverError, match="set to 14 bit but stays at 8 bit"),
    ):
        unit.configure(StreamConfig(resolution_bits=14))


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


# -- what a scope has and tells


@pytest.mark.parametrize(
    ("variant", "ports"), [("5444DMSO", ("PORT0", "PORT1")), ("5444D", ()), ("5243B", ())]
)
def test_only_mso_models_have_digital_ports(
    simulated: Load, variant: str, ports: tuple[str, ...]
) -> None:
    with Unit.open(simulated(variant=variant)) as unit:
        assert unit.digital_ports == ports


def test_digital_port_of_another_model_names_what_there_is(simulated: Load) -> None:
    config = StreamConfig(digital_ports=(DigitalPortConfig("PORT1"),))
    with (
        Unit.open(simulated(variant="5242D")) as unit,
        pytest.raises(ConfigurationError, match=r"5242D has no digital port PORT1.*channels A, B"),
    ):
        unit.configure(config)


@contextlib.contextmanager
def told_strings(library: Any, text: bytes) -> Iterator[None]:
    """Let the driver say this of a scope whatever it is asked."""
    real = library.ps5000aGetUnitInfo

    def answer(handle: int, place: Any, *_: Any) -> int:
        place.value = text
        return 0

    library.ps5000aGetUnitInfo = answer
    try:
        yield
    finally:
        library.ps5000aGetUnitInfo = real


def test_strings_of_the_driver_are_kept_as_far_as_they_are_printable(simulated: Load) -> None:
    library = simulated()
    with told_strings(library, b"\x1b[31mA\nB\x01 \xff"), Unit.open(library) as unit:
        assert set(unit.info.values()) == {"[31mAB \N{REPLACEMENT CHARACTER}"}


def test_case_of_a_variant_does_not_matter(simulated: Load) -> None:
    library = simulated(variant="5444DMSO")
    with told_strings(library, b"5444Dmso"), Unit.open(library) as unit:
        assert unit.digital_ports == ("PORT0", "PORT1")


@pytest.mark.parametrize(("range_v", "limit_v"), [(0.05, 0.25), (1.0, 2.5), (20.0, 20.0)])
def test_offset_limits_come_from_the_driver(
    simulated: Load, range_v: float, limit_v: float
) -> None:
    with Unit.open(simulated()) as unit:
        assert unit.offset_limits_v(range_v, Coupling.DC) == (-limit_v, limit_v)


@pytest.mark.parametrize("status", [0, 39, 281, 282, 286])
def test_scope_that_answers_is_alive(simulated: Load, status: int) -> None:
    library = simulated()
    with answers(library, "ps5000aPingUnit", [status]), Unit.open(library) as unit:
        unit.ping()


def test_scope_that_is_gone_does_not_answer(simulated: Load) -> None:
    library = simulated()
    with (
        Unit.open(library) as unit,
        answers(library, "ps5000aPingUnit", [7]),
        pytest.raises(DeviceLostError, match="does not answer"),
    ):
        unit.ping()


def test_led_flashes_some_times_or_until_it_is_stopped(simulated: Load) -> None:
    with Unit.open(simulated()) as unit:
        for times in (-1, 0, 5):
            unit.flash_led(times)
        for times in (-2, 32768):
            with pytest.raises(ConfigurationError, match="-1 to 32767"):
                unit.flash_led(times)


# -- power


@pytest.mark.parametrize(
    ("variant", "power", "name"),
    [
        ("5444D", "mains", "mains"),
        ("5444D", "usb", "USB"),
        ("5444D", "usb2", "USB 2"),
        ("5242D", "mains", "sufficient"),
    ],
)
def test_power_source_can_be_read(simulated: Load, variant: str, power: str, name: str) -> None:
    with Unit.open(simulated(variant=variant, power=power)) as unit:
        assert unit.read_power().name == name


def test_power_source_can_be_changed_to_what_is_plugged_in(simulated: Load) -> None:
    with Unit.open(simulated(variant="5444D", power="usb")) as unit:
        unit.change_power(USB)
        assert unit.channel_names == ("A", "B")
        with pytest.raises(PowerSourceError, match="does not fit"):
            unit.change_power(MAINS)
        assert unit.power == USB


def test_supply_that_goes_leaves_two_channels(simulated: Load) -> None:
    """Nothing streams then: the next configuration finds out."""
    library = simulated(variant="5444D")
    with (
        Unit.open(library) as unit,
        answers(library, "ps5000aCurrentPowerSource", itertools.repeat(282)),
        answers(library, "ps5000aChangePowerSource", [0]) as acknowledged,
    ):
        with pytest.raises(ConfigurationError, match="C cannot be used because of USB power"):
            unit.configure(StreamConfig((ChannelConfig("C"),)))
        unit.configure(StreamConfig((ChannelConfig("B"),)))
        assert next(acknowledged) == 1


def test_supply_that_comes_brings_four_channels(simulated: Load) -> None:
    library = simulated(variant="5444D", power="usb")
    with (
        Unit.open(library) as unit,
        answers(library, "ps5000aCurrentPowerSource", itertools.repeat(281)),
        answers(library, "ps5000aChangePowerSource", [0]),
    ):
        with pytest.raises(PowerSourceError, match="need the scope's power supply"):
            unit.configure(StreamConfig((ChannelConfig("D"),)))
        assert unit.channel_names == ("A", "B", "C", "D")


def test_source_that_the_driver_refuses_changes_nothing(simulated: Load) -> None:
    library = simulated(variant="5444D", power="usb2")
    with (
        Unit.open(library) as unit,
        answers(library, "ps5000aCurrentPowerSource", itertools.repeat(281)),
    ):
        unit.configure(StreamConfig((ChannelConfig("B"),)))
        assert unit.channel_names == ("A", "B")


# -- calls that meet other calls


@pytest.mark.parametrize("status", [67, 39, 35])
def test_call_that_meets_another_is_made_again(simulated: Load, status: int) -> None:
    library = simulated()
    with Unit.open(library) as unit, answers(library, "ps5000aFlashLed", [status, status, 0]) as n:
        unit.flash_led(1)
        assert next(n) == 3


def test_driver_that_stays_busy_is_given_up(
    simulated: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_PATIENCE_S", 0.01)
    library = simulated()
    with (
        Unit.open(library) as unit,
        answers(library, "ps5000aFlashLed", itertools.repeat(67)),
        pytest.raises(DriverBusyError, match="one at a time"),
    ):
        unit.flash_led(1)


def test_busy_driver_keeps_no_scope_open(simulated: Load) -> None:
    library = simulated()
    unit = Unit.open(library)
    close = library.ps5000aCloseUnit
    met = iter([67, 67])
    library.ps5000aCloseUnit = lambda handle: next(met, None) or close(handle)
    try:
        unit.close()
    finally:
        library.ps5000aCloseUnit = close
    assert not library.simulation.open_handles()


def test_an_interval_of_nothing_is_refused(simulated: Load) -> None:
    library = simulated(habits=Habits(interval_answer="zero"))
    with Unit.open(library) as unit:
        unit.configure(StreamConfig())
        with pytest.raises(SampleRateError, match="time between two samples is 0"):
            unit.run_streaming(StreamConfig(), 1000)
        assert library.ps5000aPingUnit(unit.handle) == 0, "no stream is left running"


@pytest.mark.parametrize("library", [None, "ps5000a", [], object()])
def test_what_is_no_library_is_refused(library: Any) -> None:
    for use in (Unit.open, list_serials):
        with pytest.raises(ConfigurationError, match="a library that load_library gives, not"):
            use(library)


@pytest.mark.parametrize("serial", ["", " ", 5, [], b"ONE/1"])
def test_a_serial_number_is_a_text(simulated: Load, serial: Any) -> None:
    with pytest.raises(ConfigurationError, match="A serial number is a text such as"):
        Unit.open(simulated(), serial)


@pytest.mark.parametrize("simulated", [None, 1, [], np.arange(3), object()])
def test_a_library_is_simulated_or_not(simulated: Any) -> None:
    with pytest.raises(ConfigurationError, match="simulated is True, False, or a text"):
        load_library(simulated=simulated)


@pytest.mark.parametrize("value", [None, "x", [], 0.5, np.arange(3), object()])
def test_another_kind_is_refused_before_the_driver_hears_of_it(simulated: Load, value: Any) -> None:
    with pytest.raises(ConfigurationError, match="unit must be a Unit"):
        Generator(value)
    with Unit.open(simulated()) as unit:
        generator = Generator(unit)
        for call in (
            unit.configure,
            unit.flash_led,
            generator.start,
            generator.retune,
            generator.grid_hz,
            lambda mode: generator.grid_hz(100, mode),
        ):
            with pytest.raises(ConfigurationError):
                call(value)
        generator.running = GeneratorConfig(trigger_source="software")
        with pytest.raises(ConfigurationError, match="high must be True or False"):
            generator.trigger(high=value)
