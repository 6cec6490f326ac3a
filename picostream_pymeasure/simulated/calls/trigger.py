"""Driver calls: the simple trigger, and what holds for all triggers."""

from __future__ import annotations

import ctypes

from ...config import Status
from ..unit.inputs import PORT_ROWS, trigger_row
from ..unit.trigger_settings import (
    LEVEL,
    RISING_OR_FALLING,
    TRUE,
    Direction,
    Logic,
    Thresholds,
    TriggerSettings,
)
from ..unit.unit import Unit
from .binding import Int16, Int32, Pointer, Uint32, Uint64, unit_call, write


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
    """Edge or level of one channel or EXT, in counts; takes the place of all other triggers.

    ``delay`` is ignored, as it is when streaming.
    """
    if not enable:
        unit.settings.trigger = TriggerSettings()
        return Status.OK
    if trigger_row(unit.model, source) in (None, *PORT_ROWS):
        return Status.INVALID_CHANNEL
    if not 0 <= direction <= RISING_OR_FALLING or auto_trigger_ms < 0:
        return Status.INVALID_PARAMETER
    unit.settings.trigger = TriggerSettings(
        Logic([{source: TRUE}], {source: Direction(direction, LEVEL)}),
        thresholds={source: Thresholds(threshold, threshold, hysteresis=None)},
        is_simple=True,
    )
    unit.settings.auto_trigger_us = auto_trigger_ms * 1000
    return Status.OK


@unit_call()
def set_auto_trigger_micro_seconds(unit: Unit, auto_trigger_us: Uint64) -> int:
    """0 waits for ever."""
    unit.settings.auto_trigger_us = auto_trigger_us
    return Status.OK


@unit_call()
def is_trigger_or_pulse_width_qualifier_enabled(
    unit: Unit, trigger: Pointer, qualifier: Pointer
) -> int:
    """Whether there are conditions, and whether a pulse width is set."""
    write(trigger, ctypes.c_int16, int(unit.settings.trigger.is_enabled))
    write(qualifier, ctypes.c_int16, int(unit.settings.trigger.is_qualified))
    return Status.OK
