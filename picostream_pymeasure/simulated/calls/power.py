"""Driver calls: power supply and whether the unit is alive."""

from __future__ import annotations

from dataclasses import replace

from ...config import Status
from ..unit.unit import Unit
from .binding import Int16, Uint32, unit_call

_SOURCES = (
    Status.POWER_SUPPLY_CONNECTED,
    Status.POWER_SUPPLY_NOT_CONNECTED,
    Status.USB3_0_DEVICE_NON_USB3_0_PORT,
)


@unit_call(gated=False)
def change_power_source(unit: Unit, source: Uint32) -> int:
    """Acknowledge the present supply; 283 for one that is not the present one."""
    if unit.unplugged:
        return Status.NOT_RESPONDING
    if source not in _SOURCES:
        return Status.INVALID_PARAMETER
    if source != (unit.native["supply"] or Status.POWER_SUPPLY_CONNECTED):
        return Status.POWER_SUPPLY_REQUEST_INVALID
    unit.native["pending_power"] = 0
    if unit.two_channels_only:
        inputs = unit.settings.channels
        inputs[2:] = [replace(channel, enabled=False) for channel in inputs[2:]]
    return Status.OK


@unit_call(gated=False)
def current_power_source(unit: Unit) -> int:
    """The status that tells the supply is the return value; 0 for two-channel units."""
    return Status.NOT_RESPONDING if unit.unplugged else int(unit.native["supply"])


@unit_call()
def ping_unit(unit: Unit) -> int:
    """Busy while a stream or a run of block mode is under way."""
    return Status.BUSY if unit.busy else Status.OK


@unit_call()
def flash_led(unit: Unit, start: Int16) -> int:
    """Nobody sees it."""
    return Status.OK
