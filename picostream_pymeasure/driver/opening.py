"""Finding and opening scopes, and what they say about themselves."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Any

from ..config import RESOLUTIONS
from ..errors import DeviceNotFoundError, DriverError
from .connection import call, close_handle
from .power import PowerSource
from .status import NOT_FOUND, POWER_STATES

#: PICO_INFO codes worth keeping, by the name they get.
_INFO = {
    "driver_version": 0,
    "usb_version": 1,
    "hardware_version": 2,
    "variant": 3,
    "serial": 4,
    "calibration_date": 5,
    "kernel_version": 6,
    "digital_hardware_version": 7,
    "analogue_hardware_version": 8,
    "firmware_1": 9,
    "firmware_2": 10,
}


def list_serials(library: Any) -> list[str]:
    """List the serial numbers of the connected scopes that nobody has opened."""
    count, length = ctypes.c_int16(0), ctypes.c_int16(1024)
    text = ctypes.create_string_buffer(1024)
    arguments = (ctypes.byref(count), text, ctypes.byref(length))
    if call(library, "ps5000aEnumerateUnits", *arguments, accepted=(NOT_FOUND,)) == NOT_FOUND:
        return []
    return [serial for serial in text.value.decode(errors="replace").split(",") if serial]


def open_handle(library: Any, serial: str | None) -> tuple[int, PowerSource]:
    """Open the scope with a serial number, or the first free one, at 8 bit.

    At 8 bit every channel may be enabled, as all are after the opening.

    :raises DeviceNotFoundError: none, or not this one; names those that are there.
    :raises PowerSourceError: the supply does not suffice.
    """
    handle = ctypes.c_int16(0)
    name = serial.encode() if serial else None
    arguments = (ctypes.byref(handle), name, RESOLUTIONS[8])
    status = call(library, "ps5000aOpenUnit", *arguments, accepted=(NOT_FOUND, *POWER_STATES))
    if status == NOT_FOUND or handle.value < 1:
        raise _not_found(library, serial)
    try:
        return handle.value, PowerSource.acknowledged(library, handle.value, status)
    except BaseException:
        close_handle(library, handle.value)
        raise


def read_info(library: Any, handle: int) -> dict[str, str]:
    """Read what an open scope says about itself; what it does not know is left out."""
    found = {}
    for name, code in _INFO.items():
        text, needed = ctypes.create_string_buffer(256), ctypes.c_int16()
        with suppress(DriverError):
            arguments = (handle, text, len(text), ctypes.byref(needed), code)
            call(library, "ps5000aGetUnitInfo", *arguments)
            found[name] = text.value.decode(errors="replace")
    return found


def _not_found(library: Any, serial: str | None) -> DriverError:
    try:
        connected = list_serials(library)
    except DriverError:
        connected = []
    there = f"connected: {', '.join(connected)}" if connected else "none is connected and free"
    which = f"with the serial number {serial}" if serial else "that can be opened"
    return DeviceNotFoundError(
        f"There is no scope {which} ({there}).",
        function="ps5000aOpenUnit",
        status=NOT_FOUND,
        status_name="NOT_FOUND",
    )
