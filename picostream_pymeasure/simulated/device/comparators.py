"""The comparators of the trigger in native code: which samples do what they watch for.

Each sets its bit in the state word of every sample where that is so. Edges need a sample beyond
the hysteresis first, and hold for one sample; levels hold as long as the signal is there.
"""

from __future__ import annotations

from numba import carray, int32, njit, uint32

from ...system.native import as_pointer
from . import layout


@njit(nogil=True, cache=True)
def comparators_of(unit):  # type: ignore[no-untyped-def]
    """Records of the comparators in use."""
    address = as_pointer(unit.comparators_address)
    return carray(address, unit.comparator_count, layout.COMPARATOR)


@njit(nogil=True, cache=True)
def forget(unit):  # type: ignore[no-untyped-def]
    """Start afresh: what was seen before samples were lost says nothing of those after."""
    comparators = comparators_of(unit)
    for index in range(comparators.size):
        comparators[index].was_deep = comparators[index].was_far = 0
        comparators[index].previous = -1
    unit.pulse_begin, unit.pulse_before = -1, 0


@njit(nogil=True, cache=True, inline="always")
def _is_within(value, low, high):  # type: ignore[no-untyped-def]
    return uint32(int32(value) - low) <= uint32(high - low)


@njit(nogil=True, cache=True)
def _mark_levels(bit, low, high, beyond, raw, states):  # type: ignore[no-untyped-def]
    """Mark values from ``low`` to ``high``, or those beyond."""
    low, high = int32(low), int32(high)
    for index in range(raw.size):
        if _is_within(raw[index], low, high) != beyond:
            states[index] |= bit


@njit(nogil=True, cache=True)
def _mark_edges(bit, watch, enters, armed, raw, states):  # type: ignore[no-untyped-def]
    """Mark where the signal enters, or leaves; return whether it could again after ``raw``."""
    if enters:
        low, high = int32(watch.in_low), int32(watch.in_high)
        arm_low, arm_high = int32(watch.far_low), int32(watch.far_high)
    else:
        low, high = int32(watch.out_low), int32(watch.out_high)
        arm_low, arm_high = int32(watch.deep_low), int32(watch.deep_high)
    for index in range(raw.size):
        if not armed:
            armed = _is_within(raw[index], arm_low, arm_high) != enters
        elif _is_within(raw[index], low, high) == enters:
            states[index] |= bit
            armed = False
    return armed


@njit(nogil=True, cache=True)
def _mark_bits(bit, watch, raw, states):  # type: ignore[no-untyped-def]
    """All bits of a port must be, rise, fall or change as they are watched for."""
    previous = watch.previous
    for index in range(raw.size):
        value = raw[index]
        changed = 0 if previous < 0 else value ^ previous
        missing = (watch.high | watch.rising) & ~value | (watch.low | watch.falling) & value
        missing |= (watch.rising | watch.falling | watch.changing) & ~changed
        if missing == 0:
            states[index] |= bit
        previous = value
    watch.previous = previous


@njit(nogil=True, cache=True)
def mark(watch, raw, states):  # type: ignore[no-untyped-def]
    """Set one comparator's bit in ``states`` for the samples ``raw`` of its row."""
    bit, kind = int32(1 << watch.bit), watch.watch
    if kind == layout.WATCH_BITS:
        _mark_bits(bit, watch, raw, states)
    elif kind == layout.WATCH_INSIDE:
        _mark_levels(bit, watch.in_low, watch.in_high, False, raw, states)
    elif kind == layout.WATCH_OUTSIDE:
        _mark_levels(bit, watch.out_low, watch.out_high, True, raw, states)
    if kind == layout.WATCH_ENTER or kind == layout.WATCH_BOTH:
        watch.was_far = int(_mark_edges(bit, watch, True, watch.was_far != 0, raw, states))
    if kind == layout.WATCH_EXIT or kind == layout.WATCH_BOTH:
        watch.was_deep = int(_mark_edges(bit, watch, False, watch.was_deep != 0, raw, states))
