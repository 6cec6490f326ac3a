"""``ps5000aGetStreamingLatestValues`` in native code: no Python, no GIL.

Faults come first, then what the device has collected since the last call, at most to the end of
the buffers, then one callback in the caller's thread.
"""

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, int16, int32, njit, types, uint32

from ..system.native import as_pointer, call_streaming_ready, exchange
from . import layout
from .device import RUNNING, check_fifo, head_of, next_fault, run_faults
from .samples import fill_buffers
from .search import search_trigger
from .status import Status

_MAX_RAW = 1 << 31


@njit(nogil=True, cache=True)
def _refusal(unit, handle, callback):  # type: ignore[no-untyped-def]
    """Status that keeps a poll from looking at the device, or RUNNING."""
    if unit.handle != handle:
        return Status.INVALID_HANDLE.value
    if unit.unplugged:
        return Status.NOT_RESPONDING.value
    if callback == 0:
        return Status.NULL_PARAMETER.value
    if unit.pending_power:
        return unit.pending_power
    if unit.streaming == 0:
        return unit.dead_status if unit.dead_status else Status.INVALID_CALL.value
    if unit.buffer_size == 0:
        return Status.INVALID_BUFFER.value
    return RUNNING


@njit(nogil=True, cache=True)
def _raw_count(unit):  # type: ignore[no-untyped-def]
    """Raw samples to take now: what is there, what the buffers hold, up to a fault or the end."""
    room = (unit.buffer_size - unit.write_index) * unit.ratio
    available = next_fault(unit, head_of(unit)) - unit.raw_position
    return _up_to_end(unit, max(0, min(available, room, _MAX_RAW)))


@njit(nogil=True, cache=True)
def _up_to_end(unit, count):  # type: ignore[no-untyped-def]
    """As many of the next ``count`` raw samples as the stream still takes."""
    return max(0, min(count, _end(unit) - unit.raw_position)) if unit.stop_at >= 0 else count


@njit(nogil=True, cache=True)
def _end(unit):  # type: ignore[no-untyped-def]
    """Raw index to stop at: the block that holds the last wanted sample is completed."""
    return (unit.stop_at + unit.ratio - 1) // unit.ratio * unit.ratio


@njit(nogil=True, cache=True)
def _call_back(unit, callback, parameter, count, overflow, finished):  # type: ignore[no-untyped-def]
    start = unit.write_index
    first = unit.raw_position // unit.ratio - count
    block = unit.trigger_at // unit.ratio
    triggered = unit.trigger == layout.FOUND and block < first + count
    if triggered:
        unit.trigger = layout.REPORTED
    unit.write_index = (start + count) % unit.buffer_size
    flags = -1 if unit.overrun else overflow
    unit.overrun = 0
    unit.in_callback = 1
    call_streaming_ready(
        callback,
        int16(unit.handle),
        int32(count),
        uint32(start),
        int16(flags),
        uint32(max(0, block - first) if triggered else 0),
        int16(triggered),
        int16(finished),
        parameter,
    )
    unit.in_callback = 0


@njit(nogil=True, cache=True)
def _deliver(unit, callback, parameter):  # type: ignore[no-untyped-def]
    """Fill the buffers and call back once, or answer BUSY when nothing is complete."""
    raw_count = _raw_count(unit)
    if unit.trigger == layout.WAITING:
        search_trigger(unit, raw_count)
        raw_count = _up_to_end(unit, raw_count)
    before = unit.raw_position // unit.ratio
    overflow = fill_buffers(unit, raw_count)
    count = unit.raw_position // unit.ratio - before
    finished = unit.auto_stop != 0 and unit.stop_at >= 0 and unit.raw_position >= _end(unit)
    if finished:
        unit.streaming = 0
        unit.dead_status = Status.BUSY.value
    if count == 0 and not finished:
        return Status.BUSY.value
    _call_back(unit, callback, parameter, count, overflow, finished)
    return Status.OK.value


@njit(nogil=True, cache=True)
def _poll(unit, handle, callback, parameter):  # type: ignore[no-untyped-def]
    status = _refusal(unit, handle, callback)
    if status == RUNNING:
        status = run_faults(unit)
    if status == RUNNING:
        status = check_fifo(unit, head_of(unit))
    if status == RUNNING:
        status = _deliver(unit, callback, parameter)
    return status


@cfunc(types.uint32(types.int64, types.int16, types.int64, types.int64), cache=True)
def poll_native(table_address, handle, callback, parameter):  # type: ignore[no-untyped-def]
    """Find the unit in the table of addresses, and poll it if no other call is under way."""
    table = carray(as_pointer(table_address), layout.TABLE_SIZE, np.int64)
    address = table[handle] if handle > 0 else 0
    if address == 0:
        return uint32(Status.INVALID_HANDLE.value)
    unit = carray(as_pointer(address), 1, layout.UNIT)[0]
    lock = carray(as_pointer(address), 1, np.int64)
    if exchange(lock, 0, 1) != 0:
        return uint32(
            Status.USER_CALLBACK.value if unit.in_callback else Status.DRIVER_FUNCTION.value
        )
    status = _poll(unit, handle, callback, parameter)
    exchange(lock, 0, 0)
    return uint32(status)
