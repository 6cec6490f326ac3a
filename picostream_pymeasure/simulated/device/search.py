"""The search for the trigger in native code: conditions, pulse widths, what the trigger starts."""

from __future__ import annotations

import numpy as np
from numba import carray, int32, njit

from ...system.native import as_pointer
from ..kernels.course import COURSE, NEVER
from ..kernels.filling import SCHEDULED, SIGNAL
from . import layout
from .comparators import comparators_of, mark
from .samples import generate

_TILE = 4096
_LESS_THAN, _GREATER_THAN, _IN_RANGE = 1, 2, 3


@njit(nogil=True, cache=True)
def _is_any(groups, state):  # type: ignore[no-untyped-def]
    """Whether one of the groups of conditions holds as a whole."""
    for index in range(groups.size):
        if (state ^ groups[index].value) & groups[index].care == 0:
            return True
    return False


@njit(nogil=True, cache=True)
def _is_wanted(unit, width):  # type: ignore[no-untyped-def]
    """Whether a pulse of this many samples counts."""
    if unit.pulse_type == _LESS_THAN:
        return width < unit.pulse_lower
    if unit.pulse_type == _GREATER_THAN:
        return width > unit.pulse_lower
    in_range = unit.pulse_lower <= width <= unit.pulse_upper
    return in_range == (unit.pulse_type == _IN_RANGE)


@njit(nogil=True, cache=True)
def _mark_pulses(unit, first, states):  # type: ignore[no-untyped-def]
    """Set the pulse bit where the pulse under way, or just over, is as wide as it must be."""
    address = as_pointer(unit.pulse_groups_address)
    groups = carray(address, unit.pulse_group_count, layout.GROUP)
    bit = int32(1 << layout.PULSE_BIT)
    for index in range(states.size):
        holds = _is_any(groups, states[index])
        if unit.pulse_begin >= 0 and _is_wanted(unit, first + index - unit.pulse_begin):
            states[index] |= bit
        if holds and not (unit.pulse_lasts and unit.pulse_before):
            unit.pulse_begin = first + index
        elif unit.pulse_lasts and not holds:
            unit.pulse_begin = -1
        unit.pulse_before = int(holds)


@njit(nogil=True, cache=True)
def _mark_all(unit, first, raw, states):  # type: ignore[no-untyped-def]
    states[:] = 0
    comparators = comparators_of(unit)
    for index in range(comparators.size):
        if index == 0 or comparators[index].row != comparators[index - 1].row:
            generate(unit, comparators[index].row, first, raw)
        mark(comparators[index], raw, states)
    if unit.pulse_group_count:
        _mark_pulses(unit, first, states)


@njit(nogil=True, cache=True)
def _first_match(unit, first, states):  # type: ignore[no-untyped-def]
    """Raw index of the trigger among these samples, or -1.

    There is none before ``trigger_from``; at ``auto_trigger_at`` the driver goes on as if there
    had been one.
    """
    groups = carray(as_pointer(unit.groups_address), unit.group_count, layout.GROUP)
    due = unit.auto_trigger_at if unit.auto_trigger_at >= 0 else NEVER
    begin = max(0, unit.trigger_from - first)
    end = max(begin, min(states.size, due - first))
    for number in range(groups.size):
        care, value = int32(groups[number].care), int32(groups[number].value)
        for index in range(begin, end):
            if (states[index] ^ value) & care == 0:
                end = index
                break
    return first + end if end < states.size else -1


@njit(nogil=True, cache=True)
def _trigger_at(unit, position):  # type: ignore[no-untyped-def]
    """Note the trigger; a generator that waited for it starts with the sample after it."""
    unit.trigger = layout.FOUND
    unit.trigger_at = position
    if unit.auto_stop:
        unit.stop_at = position + max(1, unit.post_samples)
    signals = carray(as_pointer(unit.signals_address), layout.N_SIGNALS, SIGNAL)
    for row in range(layout.N_SIGNALS):
        if unit.generator_waits and signals[row].kind == SCHEDULED:
            carray(as_pointer(signals[row].course_address), 1, COURSE)[0].start = position + 1
    unit.generator_waits = 0


@njit(nogil=True, cache=True)
def search_trigger(unit, count):  # type: ignore[no-untyped-def]
    """Look for the trigger in the next ``count`` raw samples."""
    raw, states = np.empty(_TILE, np.int16), np.empty(_TILE, np.int32)
    position, stop = unit.raw_position, unit.raw_position + count
    while position < stop and unit.trigger == layout.WAITING:
        size = min(_TILE, stop - position)
        _mark_all(unit, position, raw[:size], states[:size])
        found = _first_match(unit, position, states[:size])
        if found >= 0:
            _trigger_at(unit, found)
        position += size
