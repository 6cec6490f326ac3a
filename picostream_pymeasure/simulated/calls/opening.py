"""Driver calls: finding, opening and closing units, and what they say of themselves."""

from __future__ import annotations

import ctypes

from ...config import Status
from ..unit.registry import UnitRegistry
from ..unit.settings import BITS
from ..unit.unit import Unit
from .binding import Int16, Int32, Pointer, Uint32, answer_text, library_call, unit_call, write
from .capture_worker import close_runs

_DRIVER_VERSION = "PS5000A Linux Driver, 2.1.0.0 (simulated)"
_DRIVER_PATH = "simulated"


@library_call
def open_unit(units: UnitRegistry, handle: Pointer, serial: Pointer, resolution: Int32) -> int:
    """282 or 286 come with a valid handle; 3 with handle 0 when no unit is left."""
    if not handle:
        return Status.NULL_PARAMETER
    if not 0 <= resolution < len(BITS):
        return Status.INVALID_DEVICE_RESOLUTION
    text = ctypes.string_at(serial).decode("ascii", "replace") if serial else None
    status, opened = units.open(text, resolution)
    write(handle, ctypes.c_int16, opened)
    return status


@unit_call(gated=False)
def close_unit(unit: Unit) -> int:
    """Stop and free the unit, a lost one too; the handle is dead afterwards."""
    close_runs(unit)
    unit.close()
    return Status.OK


@library_call
def enumerate_units(
    units: UnitRegistry, count: Pointer, serials: Pointer, serials_length: Pointer
) -> int:
    """Serial numbers of the unopened units, separated by commas."""
    found = units.unopened
    write(count, ctypes.c_int16, len(found))
    if not found:
        return Status.NOT_FOUND
    if not serials_length:
        return Status.NULL_PARAMETER
    capacity = ctypes.c_int16.from_address(serials_length).value
    text = ",".join(unit.scope.serial for unit in found)
    return answer_text(text, serials, capacity, serials_length, Status.SERIAL_BUFFER_TOO_SMALL)


def _info_texts(unit: Unit) -> list[str]:
    return [
        _DRIVER_VERSION,
        "3.0" if unit.model.usb3 and unit.scope.power != "usb2" else "2.0",
        "1",
        unit.scope.variant,
        unit.scope.serial,
        "01Jan24",
        "0.0",
        "1",
        "1",
        "1.0.0.0",
        "1.0.0.0",
    ]


@library_call
def get_unit_info(
    units: UnitRegistry,
    handle: Int16,
    text: Pointer,
    length: Int16,
    required_size: Pointer,
    info: Uint32,
) -> int:
    """Texts 0 to 10 of an open unit; driver version and path (14) without one."""
    unit = units.open_units.get(handle)
    texts = _info_texts(unit) if unit else [_DRIVER_VERSION]
    if info == 14:
        answer = _DRIVER_PATH
    elif info < len(texts):
        answer = texts[info]
    else:
        return Status.INVALID_INFO if unit else Status.INVALID_HANDLE
    return answer_text(answer, text, length, required_size, Status.STRING_BUFFER_TO_SMALL)
