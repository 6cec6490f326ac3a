"""Samples of a simulated stream in native code, into the user's buffers."""

from __future__ import annotations

import numpy as np
from numba import carray, njit

from ...system.native import as_pointer
from ..kernels.filling import SIGNAL, fill
from ..kernels.reduction import aggregate, average, decimate
from . import layout


@njit(nogil=True, cache=True)
def generate(unit, row, first, out):  # type: ignore[no-untyped-def]
    """Raw samples of one row; return non-zero when any lies beyond the range."""
    signal = carray(as_pointer(unit.signals_address), layout.N_SIGNALS, SIGNAL)[row]
    clipped = np.int64(fill(signal, first, out))
    windows = carray(as_pointer(unit.windows_address), unit.window_count, layout.WINDOW)
    for index in range(unit.window_count):
        window = windows[index]
        begin, end = max(0, window.begin - first), min(out.size, window.end - first)
        if window.channel == row and begin < end:
            out[begin:end] = np.int16(signal.limit)
            clipped = np.int64(1)
    return clipped


@njit(nogil=True, cache=True)
def _scratch(unit, number):  # type: ignore[no-untyped-def]
    """One of three stretches of :data:`~.layout.SCRATCH_SAMPLES` samples."""
    size = layout.SCRATCH_SAMPLES
    every = carray(as_pointer(unit.scratch_address), 3 * size, np.int16)
    return every[number * size : (number + 1) * size]


@njit(nogil=True, cache=True)
def narrow(row, values, address):  # type: ignore[no-untyped-def]
    """Write one byte a sample: the counts of an 8-bit channel without the low byte, or a port."""
    shift = 0 if row >= layout.FIRST_PORT_ROW else 8
    out = carray(as_pointer(address), values.size, np.int8)
    for index in range(values.size):
        out[index] = np.int8(values[index] >> shift)


@njit(nogil=True, cache=True)
def _reduce(unit, buffers, raw, upper, lower):  # type: ignore[no-untyped-def]
    """Reduce raw samples; return values written."""
    if unit.ratio_mode == layout.AGGREGATE:
        return aggregate(raw, unit.ratio, buffers.carry, lower, upper)
    if unit.ratio_mode == layout.DECIMATE:
        return decimate(raw, unit.ratio, buffers.carry, upper)
    return average(raw, unit.ratio, buffers.carry, upper)


@njit(nogil=True, cache=True)
def _put(unit, row, buffers, raw, position):  # type: ignore[no-untyped-def]
    """Put raw samples into the buffers from ``position`` on; return values written."""
    address = buffers.max_address if buffers.max_address else buffers.min_address
    if buffers.value_bytes == 2:
        room = unit.buffer_size - position
        upper = carray(as_pointer(address + 2 * position), room, np.int16)
        lower = carray(as_pointer(buffers.min_address + 2 * position), room, np.int16)
        return _reduce(unit, buffers, raw, upper, lower)
    written, upper, lower = raw.size, raw, _scratch(unit, 1)
    if unit.ratio_mode != layout.NONE:
        upper = _scratch(unit, 2)
        written = _reduce(unit, buffers, raw, upper, lower)
    narrow(row, upper[:written], address + position)
    if unit.ratio_mode == layout.AGGREGATE:
        narrow(row, lower[:written], buffers.min_address + position)
    return written


@njit(nogil=True, cache=True)
def _fill_row(unit, row, buffers, count):  # type: ignore[no-untyped-def]
    position = unit.write_index
    if unit.ratio_mode == layout.NONE and buffers.value_bytes == 2:
        address = buffers.max_address if buffers.max_address else buffers.min_address
        out = carray(as_pointer(address + 2 * position), count, np.int16)
        return generate(unit, row, unit.raw_position, out)
    scratch, clipped, done = _scratch(unit, 0), np.int64(0), 0
    while done < count:
        raw = scratch[: min(layout.SCRATCH_SAMPLES, count - done)]
        clipped |= generate(unit, row, unit.raw_position + done, raw)
        position += _put(unit, row, buffers, raw, position)
        done += raw.size
    return clipped


@njit(nogil=True, cache=True)
def fill_buffers(unit, count):  # type: ignore[no-untyped-def]
    """Take ``count`` raw samples into every registered buffer; return the over-range bits."""
    inputs = carray(as_pointer(unit.inputs_address), layout.N_INPUTS, layout.INPUT)
    overflow = 0
    for row in range(layout.N_INPUTS):
        buffers = inputs[row]
        registered = buffers.max_address != 0 or buffers.min_address != 0
        if buffers.enabled and registered and _fill_row(unit, row, buffers, count) != 0:
            overflow |= 1 << row
    unit.raw_position += count
    return overflow
