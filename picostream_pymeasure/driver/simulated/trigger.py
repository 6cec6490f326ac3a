"""Driver calls: the simple trigger; of the other triggers only how to switch them off."""

from __future__ import annotations

import ctypes

from .binding import Int16, Int32, Pointer, Uint32, Uint64, unit_call, write
from .settings import TriggerSettings
from .status import Status
from .unit import Unit

_DIRECTIONS = range(5)


@unit_call()
def set_simple_trigger(
    unit: Unit,
    enable: Int16,
    source: Int32,
    threshold: Int16,
    direction: Int32,
    delay: Uint32,
    auto_trigger_ms: Int16,
) -> int:
    """Edge or level of one analogue input, in counts; ``delay`` does not matter when streaming."""
    if not enable:
        unit.settings.trigger = None
        return Status.OK
    if not 0 <= source < unit.model.n_channels:
        return Status.INVALID_CHANNEL
    if direction not in _DIRECTIONS or auto_trigger_ms < 0:
        return Status.INVALID_PARAMETER
    unit.settings.trigger = TriggerSettings(source, threshold, direction)
    unit.settings.auto_trigger_us = auto_trigger_ms * 1000
    return Status.OK


@unit_call()
def set_auto_trigger_micro_seconds(unit: Unit, auto_trigger_us: Uint64) -> int:
    """0 waits for ever."""
    unit.settings.auto_trigger_us = auto_trigger_us
    return Status.OK


@unit_call()
def set_trigger_delay(unit: Unit, delay: Uint32) -> int:
    """Ignored when streaming (reference, section 7.5)."""
    return Status.OK


@unit_call()
def set_trigger_channel_conditions_v2(
    unit: Unit, conditions: Pointer, count: Int16, info: Int32
) -> int:
    """No conditions switch the trigger off; setting some is not imitated."""
    if count:
        return Status.TRIGGER_ERROR
    unit.settings.trigger = None
    return Status.OK


@unit_call()
def is_trigger_or_pulse_width_qualifier_enabled(
    unit: Unit, trigger: Pointer, qualifier: Pointer
) -> int:
    """There is never a pulse-width qualifier."""
    write(trigger, ctypes.c_int16, int(unit.settings.trigger is not None))
    write(qualifier, ctypes.c_int16, 0)
    return Status.OK
