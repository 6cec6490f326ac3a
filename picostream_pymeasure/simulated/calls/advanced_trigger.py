"""Driver calls: triggers from conditions, directions, thresholds and pulse widths.

Structures are read as the driver's header packs them, whatever a wrapper declares.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from ...config import Status
from ..device.layout import MAX_GROUPS
from ..unit.inputs import PORT_ROWS, trigger_row
from ..unit.trigger_settings import (
    DONT_CARE,
    FALLING_LOWER,
    FALSE,
    LEVEL,
    PULSE_WIDTH_SOURCE,
    RISING_OR_FALLING,
    WINDOW,
    Direction,
    Logic,
    Thresholds,
    TriggerSettings,
)
from ..unit.unit import Unit
from .binding import Int16, Int32, Pointer, Uint16, Uint32, unit_call

_CONDITION = struct.Struct("<ii")  # source, state
_DIRECTION = struct.Struct("<iii")  # source, direction, mode
_PROPERTIES = struct.Struct("<hHhHi")  # upper, hysteresis, lower, hysteresis, source
_DIGITAL = struct.Struct("<ii")  # digital channel, direction
_CLEAR, _ADD = 1, 2
_MOST_DIGITAL = 5
_MAX_PULSE_SAMPLES = 16_777_215


def _records(form: struct.Struct, address: int | None, count: int) -> list[tuple[Any, ...]]:
    """Structures at an address; none at NULL."""
    return list(form.iter_unpack(ctypes.string_at(address, form.size * count))) if address else []


def _fresh(unit: Unit) -> TriggerSettings:
    """Settings to change: those of the simple trigger give way."""
    if unit.settings.trigger.is_simple:
        unit.settings.trigger = TriggerSettings()
    return unit.settings.trigger


def _add_conditions(
    unit: Unit, logic: Logic, conditions: int | None, count: int, info: int, others: tuple[int, ...]
) -> int:
    """All conditions of a call must hold; the groups of several calls are alternatives."""
    if info not in (_CLEAR, _ADD, _CLEAR | _ADD):
        return Status.INVALID_CONDITION_INFO
    if count < 0 or (count and not conditions):
        return Status.NULL_CONDITIONS
    found = _records(_CONDITION, conditions, count)
    sources = [source for source, _ in found]
    if any(trigger_row(unit.model, s) is None and s not in others for s in sources):
        return Status.INVALID_CONDITION_CHANNEL
    if len(set(sources)) != len(sources):
        return Status.DUPLICATE_CONDITION_SOURCE
    group = {source: state for source, state in found if state != DONT_CARE}
    kept = [] if info & _CLEAR else logic.groups
    added = [group] if group and info & _ADD else []
    if len(kept) + len(added) > MAX_GROUPS or not set(group.values()) <= {1, FALSE}:
        return Status.CONDITIONS
    logic.groups = [*kept, *added]
    return Status.OK


@unit_call()
def set_trigger_channel_conditions_v2(
    unit: Unit, conditions: Pointer, count: Int16, info: Int32
) -> int:
    """Add a group of conditions, clear all, or both; none switch the trigger off."""
    logic = _fresh(unit).logic
    return _add_conditions(unit, logic, conditions, count, info, (PULSE_WIDTH_SOURCE,))


@unit_call()
def set_pulse_width_qualifier_conditions(
    unit: Unit, conditions: Pointer, count: Int16, info: Int32
) -> int:
    """The same for what a pulse is: it begins when these conditions begin to hold.

    Levels make a pulse that ends when they hold no more; edges only begin one.
    """
    return _add_conditions(unit, _fresh(unit).pulse, conditions, count, info, ())


def _set_directions(unit: Unit, logic: Logic, directions: int | None, count: int) -> int:
    if count < 0 or (count and not directions):
        return Status.NULL_PARAMETER
    found = {}
    for source, direction, mode in _records(_DIRECTION, directions, count):
        if trigger_row(unit.model, source) in (None, *PORT_ROWS):
            return Status.INVALID_TRIGGER_CHANNEL
        highest = {LEVEL: FALLING_LOWER, WINDOW: RISING_OR_FALLING}.get(mode, -1)
        if not 0 <= direction <= highest:
            return Status.INVALID_PARAMETER
        found[source] = Direction(direction, mode)
    logic.directions.update(found)
    return Status.OK


@unit_call()
def set_trigger_channel_directions_v2(unit: Unit, directions: Pointer, count: Uint16) -> int:
    """What sources must do; runts are not imitated."""
    return _set_directions(unit, _fresh(unit).logic, directions, count)


@unit_call()
def set_pulse_width_qualifier_directions(unit: Unit, directions: Pointer, count: Int16) -> int:
    """What begins a pulse."""
    return _set_directions(unit, _fresh(unit).pulse, directions, count)


@unit_call()
def set_trigger_channel_properties_v2(
    unit: Unit, properties: Pointer, count: Int16, aux_output: Int16
) -> int:
    """Thresholds and hystereses in counts; the auxiliary output is not imitated."""
    if count < 0 or (count and not properties):
        return Status.NULL_PARAMETER
    found = {}
    for upper, upper_hysteresis, lower, lower_hysteresis, source in _records(
        _PROPERTIES, properties, count
    ):
        if trigger_row(unit.model, source) in (None, *PORT_ROWS):
            return Status.INVALID_TRIGGER_CHANNEL
        found[source] = Thresholds(upper, lower, (upper_hysteresis, lower_hysteresis))
    _fresh(unit).thresholds.update(found)
    return Status.OK


def _set_digital(unit: Unit, logic: Logic, directions: int | None, count: int) -> int:
    """Digital channels that are not named do not matter."""
    if not unit.model.has_ports:
        return Status.INVALID_DIGITAL_PORT
    if count < 0 or (count and not directions):
        return Status.NULL_PARAMETER
    found = dict(_records(_DIGITAL, directions, count))
    if not all(0 <= channel < 8 * len(PORT_ROWS) for channel in found):
        return Status.INVALID_DIGITAL_CHANNEL
    if not all(0 <= direction <= _MOST_DIGITAL for direction in found.values()):
        return Status.INVALID_DIGITAL_TRIGGER_DIRECTION
    logic.digital = found
    return Status.OK


@unit_call()
def set_trigger_digital_port_properties(unit: Unit, directions: Pointer, count: Int16) -> int:
    """What digital channels must do where a condition names their port; all of them at once."""
    return _set_digital(unit, _fresh(unit).logic, directions, count)


@unit_call()
def set_pulse_width_digital_port_properties(unit: Unit, directions: Pointer, count: Int16) -> int:
    """What digital channels begin a pulse."""
    return _set_digital(unit, _fresh(unit).pulse, directions, count)


@unit_call()
def set_pulse_width_qualifier_properties(
    unit: Unit, lower: Uint32, upper: Uint32, pulse_type: Int32
) -> int:
    """Widths in raw samples; ``upper`` matters to ranges only."""
    is_range = pulse_type in (3, 4)
    if not 0 <= pulse_type <= 4 or max(lower, upper) > _MAX_PULSE_SAMPLES:
        return Status.PULSE_WIDTH_QUALIFIER
    if is_range and upper < lower:
        return Status.PULSE_WIDTH_QUALIFIER
    trigger = _fresh(unit)
    trigger.pulse_type, trigger.pulse_lower, trigger.pulse_upper = pulse_type, lower, upper
    return Status.OK
