"""Driver calls: finding, opening and closing units, and what they say of themselves."""

from __future__ import annotations

import ctypes

from ...config import Status
from ..unit.registry import UnitRegistry
from ..unit.settings import BITS
from ..unit.unit import Unit
from .binding import Int16, Int32, Pointer, Uint32, library_call, write, write_text
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


@library_call
def close_unit(units: UnitRegistry, handle: Int16) -> int:
    """Stop and free the unit, a lost one too; the handle is dead afterwards."""
    unit = units.open_units.get(handle)
    if unit is None:
        return Status.INVALID_HANDLE
    if not unit.try_lock():
        return Status.USER_CALLBACK if unit.in_callback else Status.DRIVER_FUNCTION
    try:
        close_runs(unit)
        units.close(unit)
    finally:
        unit.unlock()
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
    write(serials_length, ctypes.c_int16, len(text) + 1)
    if serials is None:
        return Status.OK
    if capacity <= len(text):
        return Status.SERIAL_BUFFER_TOO_SMALL
    write_text(serials, text)
    return Status.OK


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
    write(required_size, ctypes.c_int16, len(answer) + 1)
    if text is None:
        return Status.OK
    if length <= len(answer):
        return Status.STRING_BUFFER_TO_SMALL
    write_text(text, answer)
    return Status.OK
