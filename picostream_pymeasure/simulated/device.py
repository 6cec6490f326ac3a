"""The device side of a simulated stream in native code: its clock, its FIFO, its faults.

Positions are raw sample indices since the start of the stream; ``raw_position`` is the next
sample to be taken from the FIFO, ``head`` the next one the device will digitise.
"""

from __future__ import annotations

from numba import carray, njit

from ..system.native import as_pointer, now_ns, sleep_ns
from . import layout
from .comparators import forget
from .status import Status

#: No status: the poll goes on.
RUNNING = -1


@njit(nogil=True, cache=True)
def head_of(unit):  # type: ignore[no-untyped-def]
    """Raw samples digitised so far, in whole granules; without pacing, always enough."""
    if unit.paced == 0:
        return unit.raw_position + (unit.buffer_size + 1) * unit.ratio
    digitised = (now_ns() - unit.start_ns) // unit.interval_ns
    return digitised // unit.granule * unit.granule


@njit(nogil=True, cache=True)
def skip_to(unit, position):  # type: ignore[no-untyped-def]
    """Lose what lies before ``position``, and go on at the next whole block of ``ratio``."""
    if position <= unit.raw_position:
        return
    before = unit.raw_position // unit.ratio
    after = (position + unit.ratio - 1) // unit.ratio
    unit.raw_position = after * unit.ratio
    inputs = carray(as_pointer(unit.inputs_address), layout.N_INPUTS, layout.INPUT)
    for row in range(layout.N_INPUTS):
        inputs[row].carry[:] = 0
    forget(unit)
    if after > before:
        unit.lost += after - before
        if unit.hole_count < layout.MAX_HOLES:
            hole = carray(as_pointer(unit.holes_address), layout.MAX_HOLES, layout.HOLE)[
                unit.hole_count
            ]
            hole.sample, hole.missing = before, after - before
            unit.hole_count += 1


@njit(cache=True)
def start_clock(records):  # type: ignore[no-untyped-def]
    """Let the device digitise its first sample now."""
    records[0].start_ns = now_ns()


@njit(cache=True)
def skip_to_head(records):  # type: ignore[no-untyped-def]
    """Lose all that the device has digitised so far."""
    if records[0].paced:
        skip_to(records[0], head_of(records[0]))


@njit(nogil=True, cache=True)
def _tell_overrun(unit):  # type: ignore[no-untyped-def]
    if unit.overrun_signal == layout.TELL_BY_STALL:
        return Status.BUFFER_STALL.value
    if unit.overrun_signal == layout.TELL_BY_FLAG:
        unit.overrun = 1
    return RUNNING


@njit(nogil=True, cache=True)
def check_fifo(unit, head):  # type: ignore[no-untyped-def]
    """Lose the oldest samples when more wait than the FIFO holds; return a status or RUNNING."""
    if unit.paced == 0 or head - unit.raw_position <= unit.fifo_samples:
        return RUNNING
    skip_to(unit, head - unit.fifo_samples)
    return _tell_overrun(unit)


@njit(nogil=True, cache=True)
def _die(unit, status):  # type: ignore[no-untyped-def]
    unit.streaming = 0
    unit.dead_status = status
    return status


@njit(nogil=True, cache=True)
def _strike(unit, fault):  # type: ignore[no-untyped-def]
    """Let one fault happen; return a status or RUNNING."""
    fault.done = 1
    if fault.kind == layout.UNPLUG:
        unit.unplugged = 1
        return _die(unit, Status.NOT_RESPONDING.value)
    if fault.kind == layout.POWER_CHANGE:
        unit.supply = unit.pending_power = fault.span
        _die(unit, Status.BUSY.value)
        return fault.span
    if fault.kind == layout.STALL:
        return _die(unit, Status.BUSY.value)
    if fault.kind == layout.STREAMING_FAILED:
        return _die(unit, Status.STREAMING_FAILED.value)
    if fault.kind == layout.BUFFER_STALL:
        return _die(unit, Status.BUFFER_STALL.value)
    if fault.kind == layout.OVERRUN:
        skip_to(unit, fault.at + fault.span)
        return _tell_overrun(unit)
    if fault.kind == layout.BURST:
        waited = head_of(unit) - fault.at >= fault.span // unit.interval_ns
        fault.done = 1 if waited or unit.paced == 0 else 0
        return RUNNING if waited else Status.BUSY.value
    sleep_ns(fault.span)
    return RUNNING


@njit(nogil=True, cache=True)
def run_faults(unit):  # type: ignore[no-untyped-def]
    """Let every fault happen that is due; return a status or RUNNING."""
    faults = carray(as_pointer(unit.faults_address), unit.fault_count, layout.FAULT)
    for index in range(unit.fault_count):
        fault = faults[index]
        if fault.done == 0 and fault.at <= unit.raw_position:
            status = _strike(unit, fault)
            if status != RUNNING:
                return status
    return RUNNING


@njit(nogil=True, cache=True)
def next_fault(unit, limit):  # type: ignore[no-untyped-def]
    """Raw index up to which samples may be delivered before a fault has to happen."""
    faults = carray(as_pointer(unit.faults_address), unit.fault_count, layout.FAULT)
    for index in range(unit.fault_count):
        if faults[index].done == 0:
            limit = min(limit, max(faults[index].at, unit.raw_position))
    return limit
