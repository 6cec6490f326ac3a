"""What goes wrong in a simulated stream, in native code, and what is told wrongly of it."""

from __future__ import annotations

import numpy as np
from numba import carray, njit, uint64

from ...config import Status
from ...system.native import as_pointer
from ..kernels.digitising import GOLDEN, mix64
from . import layout
from .clock import head_of, wait_ns
from .memory import skip_to, tell_loss

#: No status: the poll goes on.
RUNNING = -1


@njit(nogil=True, cache=True)
def draw(unit, number, least, most):  # type: ignore[no-untyped-def]
    """A whole number from ``least`` to ``most`` that depends on the seed and a number only."""
    word = mix64(uint64(uint64(number) * uint64(GOLDEN) + uint64(unit.seed)))
    return least + np.int64(word >> uint64(33)) % (most - least + 1)


@njit(nogil=True, cache=True)
def _die(unit, status):  # type: ignore[no-untyped-def]
    unit.streaming = 0
    unit.dead_status = status
    return status


@njit(nogil=True, cache=True)
def _strike(unit, fault):  # type: ignore[no-untyped-def]
    """Let one fault happen; return a status or RUNNING."""
    fault.done = 1
    if fault.kind == layout.DIE:
        return _die(unit, fault.span)
    if fault.kind == layout.UNPLUG:
        unit.unplugged = 1
        return _die(unit, Status.NOT_RESPONDING.value)
    if fault.kind == layout.POWER_CHANGE:
        unit.supply = unit.pending_power = fault.span
        _die(unit, Status.BUSY.value)
        return fault.span
    if fault.kind == layout.BUSY:
        waited = head_of(unit) - fault.at >= fault.span // unit.interval_ns
        fault.done = 1 if waited or unit.paced == 0 else 0
        return RUNNING if waited else Status.BUSY.value
    if fault.kind == layout.OVERRUN:
        skip_to(unit, fault.at + fault.span)
        tell_loss(unit)
    else:
        wait_ns(unit, fault.span)
    return RUNNING


@njit(nogil=True, cache=True)
def _faults(unit):  # type: ignore[no-untyped-def]
    return carray(as_pointer(unit.faults_address), unit.fault_count, layout.FAULT)


@njit(nogil=True, cache=True)
def run_faults(unit):  # type: ignore[no-untyped-def]
    """Let everything happen that is due; return a status or RUNNING."""
    faults = _faults(unit)
    for index in range(faults.size):
        fault = faults[index]
        is_due = fault.done == 0 and fault.at <= unit.raw_position
        if is_due and fault.kind < layout.FIRST_LIE:
            status = _strike(unit, fault)
            if status != RUNNING:
                return status
    while unit.loss_every and unit.next_loss <= unit.raw_position:
        span = draw(unit, unit.next_loss, unit.loss_least, unit.loss_most)
        skip_to(unit, unit.raw_position + span)
        # where a loss is longer than the time to the next one, a sample comes between them
        unit.next_loss = max(unit.next_loss + unit.loss_every, unit.raw_position + 1)
        tell_loss(unit)
    return RUNNING


@njit(nogil=True, cache=True)
def next_fault(unit, limit):  # type: ignore[no-untyped-def]
    """Raw index up to which samples may be delivered before something has to happen."""
    faults = _faults(unit)
    for index in range(faults.size):
        if faults[index].done == 0 and faults[index].kind < layout.FIRST_LIE:
            limit = min(limit, max(faults[index].at, unit.raw_position))
    return min(limit, max(unit.next_loss, unit.raw_position)) if unit.loss_every else limit


@njit(nogil=True, cache=True)
def next_lie(unit, raw_first, count):  # type: ignore[no-untyped-def]
    """What is told wrongly of a chunk that begins here: a kind of fault or NO_LIE, and a span."""
    faults = _faults(unit)
    for index in range(faults.size if count else 0):
        fault = faults[index]
        if fault.kind >= layout.FIRST_LIE and fault.done == 0 and fault.at <= raw_first:
            fault.done = 1 - fault.always
            return fault.kind, fault.span
    return np.int64(layout.NO_LIE), np.int64(0)
