"""Finding, opening and powering simulated units, through picosdk's own wrapper."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure import Unit
from picostream_pymeasure.errors import DeviceNotFoundError
from picostream_pymeasure.simulated import load_simulated
from tests.support.simulated_client import OK, Client

Load = Callable[..., Any]


def test_units_are_found_opened_and_found_again() -> None:
    library = load_simulated()
    found = library.list_units()
    assert [(unit.variant, unit.serial) for unit in found] == [
        (b"5444D", b"SIM44/0001"),
        (b"5242D", b"SIM42/0002"),
    ]
    with Client(library) as first, Client(library) as second, Client(library) as none:
        assert (first.open_status, second.open_status) == (OK, OK)
        assert (none.open_status, none.handle) == (3, 0)
        assert library.simulation.open_handles() == [first.handle, second.handle]
    with Client(library, serial=b"SIM42/0002") as second, Client(library, serial=b"X") as none:
        assert second.handle > 2
        assert none.open_status == 3
        assert second.call("CloseUnit") == OK
        assert second.call("CloseUnit") == 12
        assert second.poll() == 12


def test_enumeration(simulated: Load) -> None:
    library = load_simulated()
    count, length = ctypes.c_int16(), ctypes.c_int16(100)
    text = ctypes.create_string_buffer(100)
    arguments = (ctypes.byref(count), text, ctypes.byref(length))
    assert library.ps5000aEnumerateUnits(*arguments) == OK
    assert (count.value, text.value) == (2, b"SIM44/0001,SIM42/0002")
    assert length.value == len(text.value) + 1
    length.value = 5
    assert library.ps5000aEnumerateUnits(*arguments) == 315
    with Client(library), Client(library):
        assert library.ps5000aEnumerateUnits(*arguments) == 3
        assert count.value == 0


def _info(client: Client, info: int) -> tuple[int, bytes]:
    text, needed = ctypes.create_string_buffer(100), ctypes.c_int16()
    status = client.call("GetUnitInfo", text, 100, ctypes.byref(needed), info)
    assert needed.value == len(text.value) + 1
    return status, text.value


def test_unit_information(simulated: Load) -> None:
    with Client(simulated(variant="5444DMSO", serial="AB/1")) as client:
        assert _info(client, 3) == (OK, b"5444DMSO")
        assert _info(client, 4) == (OK, b"AB/1")
        assert _info(client, 1) == (OK, b"3.0")
        assert b"PS5000A" in _info(client, 0)[1]
        assert client.call("GetUnitInfo", None, 0, None, 99) == 41
        assert client.call("GetUnitInfo", ctypes.create_string_buffer(2), 2, None, 4) == 25


@pytest.mark.parametrize(
    ("variant", "power", "status"),
    [
        ("5444D", "mains", 0),
        ("5444D", "usb", 282),
        ("5444B", "usb", 282),
        ("5242D", "usb", 0),
        ("5242D", "usb2", 286),
        ("5444D", "usb2", 286),
        ("5242B", "usb2", 0),
    ],
)
def test_power_has_to_be_acknowledged(
    simulated: Load, variant: str, power: str, status: int
) -> None:
    with Client(simulated(variant=variant, power=power)) as client:
        assert client.open_status == status
        assert client.handle == 1
        assert client.call("PingUnit") == status
        assert client.poll() == (status or 60)
        if status:
            assert client.call("CurrentPowerSource") == status
            assert client.call("SetChannel", 0, 1, 1, 7, 0.0) == status
            assert client.call("ChangePowerSource", 281) == 283
            assert client.call("ChangePowerSource", 1) == 13
            assert client.call("ChangePowerSource", status) == OK
        assert client.call("SetChannel", 0, 1, 1, 7, 0.0) == OK


def test_usb_power_leaves_two_channels(simulated: Load) -> None:
    with Client(simulated(power="usb")) as client:
        client.call("ChangePowerSource", 282)
        assert client.call("SetChannel", 2, 1, 1, 7, 0.0) == 290
        assert client.call("SetChannel", 2, 0, 1, 7, 0.0) == OK
        client.register("A", 100)
        assert client.run(15)[0] == 43
        assert client.run(16) == (OK, 16)


def test_serial_numbers_are_compared_without_case_and_blanks(simulated: Any) -> None:
    library = simulated()
    with Unit.open(library, "  sim44/0001 ") as unit:
        assert unit.info["serial"] == "SIM44/0001"


def test_a_scope_that_this_program_has_open_is_named(simulated: Any) -> None:
    library = simulated()
    with Unit.open(library):
        for serial in (None, "sim44/0001"):
            with pytest.raises(DeviceNotFoundError, match="SIM44/0001 is open in this program"):
                Unit.open(library, serial)
    Unit.open(library).close()
