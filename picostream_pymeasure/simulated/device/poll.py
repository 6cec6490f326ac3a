"""``ps5000aGetStreamingLatestValues`` in native code: no Python, no GIL.

Faults come first, then what the device has collected since the last call, at most to the end of
the buffers, then one callback in the caller's thread.
"""

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types, uint32

from ...config import Status
from ...system.native import as_pointer, exchange
from . import layout
from .clock import head_of, wait_ns
from .delivery import deliver
from .faults import RUNNING, draw, run_faults
from .memory import check_memory


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
def _look(unit, to):  # type: ignore[no-untyped-def]
    """Faults first, then losses, then samples; return a status."""
    status = run_faults(unit)
    if status != RUNNING:
        return status
    check_memory(unit, head_of(unit))
    if unit.owed_stall:
        unit.owed_stall, unit.stalled = 0, 1
        return Status.BUFFER_STALL.value
    return deliver(unit, to)


@njit(nogil=True, cache=True)
def _poll(unit, handle, callback, parameter):  # type: ignore[no-untyped-def]
    status = _refusal(unit, handle, callback)
    if status != RUNNING:
        return status
    unit.calls += 1
    blocked_ns = draw(unit, unit.calls, 0, unit.call_ns)
    before_ns = draw(unit, -unit.calls, 0, blocked_ns)
    if blocked_ns:
        wait_ns(unit, before_ns)
    status = _look(unit, (callback, parameter))
    if blocked_ns:
        wait_ns(unit, blocked_ns - before_ns)
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
