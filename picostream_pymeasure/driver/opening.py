"""Finding and opening scopes, and what they say about themselves."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Any

from ..config import RESOLUTIONS
from ..errors import ConfigurationError, DeviceNotFoundError, DriverError, shown
from ..system import sdk
from .connection import call, close_handle, held_serials
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

_LONGEST_SERIAL = 64


def list_serials(library: Any) -> list[str]:
    """List the serial numbers of the connected scopes that nobody has opened."""
    count, length = ctypes.c_int16(0), ctypes.c_int16(1024)
    text = ctypes.create_string_buffer(1024)
    arguments = (ctypes.byref(count), text, ctypes.byref(length))
    if call(library, "ps5000aEnumerateUnits", *arguments, accepted=(NOT_FOUND,)) == NOT_FOUND:
        return []
    return [serial for serial in _printable(text.value).split(",") if serial]


def _printable(raw: bytes) -> str:
    """What a terminal can show of a driver's string: control characters would steer it."""
    return "".join(filter(str.isprintable, raw.decode(errors="replace")))


def open_handle(library: Any, serial: str | None) -> tuple[int, PowerSource]:
    """Open the scope with a serial number, or the first free one, at 8 bit.

    At 8 bit every channel may be enabled, as all are after the opening.

    :param serial: blanks around it and its case do not matter.
    :raises ConfigurationError: it is no such text.
    :raises DeviceNotFoundError: none, or not this one; names those that are there.
    :raises PowerSourceError: the supply does not suffice.
    """
    if serial is not None and not _may_be_serial(serial):
        raise ConfigurationError(
            f"A serial number is a text such as CQ123/0456, not {shown(serial)}."
        )
    handle = ctypes.c_int16(0)
    try:
        status = _open(library, serial.strip() if serial else None, handle)
        if _is_missing(status, handle):
            status = _open_as_spelt(library, serial, handle)
        return handle.value, PowerSource.acknowledged(library, handle.value, status)
    except BaseException:
        if handle.value >= 1:  # an error may come with a handle as well
            close_handle(library, handle.value)
        raise


def _may_be_serial(serial: object) -> bool:
    if not isinstance(serial, str):
        return False
    name = serial.strip()
    return name.isprintable() and 0 < len(name) <= _LONGEST_SERIAL


def _open(library: Any, serial: str | None, handle: ctypes.c_int16) -> int:
    name = serial.encode() if serial else None
    arguments = (ctypes.byref(handle), name, RESOLUTIONS[8])
    return call(library, "ps5000aOpenUnit", *arguments, accepted=(NOT_FOUND, *POWER_STATES))


def _open_as_spelt(library: Any, serial: str | None, handle: ctypes.c_int16) -> int:
    connected = _connected(library)
    if spelling := next((one for one in connected if serial and _is_same(one, serial)), None):
        status = _open(library, spelling, handle)
        if not _is_missing(status, handle):
            return status
    raise _not_found(library, serial, connected)


def _is_missing(status: int, handle: ctypes.c_int16) -> bool:
    return status == NOT_FOUND or handle.value < 1


def _connected(library: Any) -> list[str]:
    try:
        return list_serials(library)
    except DriverError:
        return []


def read_info(library: Any, handle: int) -> dict[str, str]:
    """Read what an open scope says about itself; what it does not know is left out."""
    found = {}
    for name, code in _INFO.items():
        text, needed = ctypes.create_string_buffer(256), ctypes.c_int16()
        with suppress(DriverError):
            arguments = (handle, text, len(text), ctypes.byref(needed), code)
            call(library, "ps5000aGetUnitInfo", *arguments)
            found[name] = _printable(text.value)
    return found


def _not_found(library: Any, serial: str | None, connected: list[str]) -> DriverError:
    listed = [one for one in connected if not serial or _is_same(one, serial)]
    return DeviceNotFoundError(
        _not_opened(library, serial, listed) if listed else _not_there(library, serial, connected),
        function="ps5000aOpenUnit",
        status=NOT_FOUND,
        status_name="NOT_FOUND",
    )


def _not_opened(library: Any, serial: str | None, listed: list[str]) -> str:
    why = _why_held(library, serial) or _usb_hint(library)
    return (
        f"{', '.join(listed)} is connected but cannot be opened: most likely another program uses "
        f"it, or it was unplugged just now; close that program, or plug the scope in again.{why}"
    )


def _not_there(library: Any, serial: str | None, connected: list[str]) -> str:
    there = f"connected: {', '.join(connected)}" if connected else "none is connected and free"
    which = f"with the serial number {serial.strip()}" if serial else "that can be opened"
    return f"There is no scope {which} ({there}).{why_none(library, serial)}"


def why_none(library: Any, serial: str | None = None) -> str:
    """What the user can do where no scope is found: sentences to go on with, or nothing."""
    if held := _why_held(library, serial):
        return held
    if _is_simulated(library):
        return ""
    return f"{_usb_hint(library)} The PicoScope 5000E series has another driver (psospa)."


def _why_held(library: Any, serial: str | None) -> str:
    held = [one for one in held_serials(library) if not serial or _is_same(one, serial)]
    if not held:
        return ""
    return (
        f" {', '.join(held)} is open in this program already, as by another window or by a "
        "notebook's cell that runs again: end what opened it before."
    )


def _usb_hint(library: Any) -> str:
    return "" if _is_simulated(library) else sdk.usb_hint()


def _is_simulated(library: Any) -> bool:
    return getattr(library, "simulation", None) is not None


def _is_same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
