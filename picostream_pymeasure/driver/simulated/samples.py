"""Samples of a simulated stream in native code: into the user's buffers, or past the trigger."""

from __future__ import annotations

import numpy as np
from numba import carray, njit

from ...kernels.reduction import aggregate, average, decimate
from ...kernels.signal import SIGNAL, fill
from ...system.native import as_pointer
from . import layout

_N_CHANNELS = 4
_NONE, _AGGREGATE, _DECIMATE = 0, 1, 2
_ABOVE, _BELOW, _RISING, _FALLING = range(4)


@njit(nogil=True, cache=True)
def _generate(unit, channel, first, out):  # type: ignore[no-untyped-def]
    """Raw samples of one channel; return non-zero when any lies beyond the range."""
    signal = carray(as_pointer(unit.signals_address), _N_CHANNELS, SIGNAL)[channel]
    clipped = np.int64(fill(signal, first, out))
    windows = carray(as_pointer(unit.windows_address), unit.window_count, layout.WINDOW)
    for index in range(unit.window_count):
        window = windows[index]
        begin, end = max(0, window.begin - first), min(out.size, window.end - first)
        if window.channel == channel and begin < end:
            out[begin:end] = np.int16(signal.limit)
            clipped = np.int64(1)
    return clipped


@njit(nogil=True, cache=True)
def _reduce(unit, channel, raw, position):  # type: ignore[no-untyped-def]
    """Reduce raw samples into the buffers from ``position`` on; return values written."""
    room = unit.buffer_size - position
    address = channel.max_address if channel.max_address else channel.min_address
    out = carray(as_pointer(address + 2 * position), room, np.int16)
    if unit.ratio_mode == _DECIMATE:
        return decimate(raw, unit.ratio, channel.carry, out)
    if unit.ratio_mode != _AGGREGATE:
        return average(raw, unit.ratio, channel.carry, out)
    lower = carray(as_pointer(channel.min_address + 2 * position), room, np.int16)
    return aggregate(raw, unit.ratio, channel.carry, lower, out)


@njit(nogil=True, cache=True)
def _fill_channel(unit, index, channel, count):  # type: ignore[no-untyped-def]
    position = unit.write_index
    if unit.ratio_mode == _NONE:
        address = channel.max_address if channel.max_address else channel.min_address
        out = carray(as_pointer(address + 2 * position), count, np.int16)
        return _generate(unit, index, unit.raw_position, out)
    scratch = carray(as_pointer(unit.scratch_address), layout.SCRATCH_SAMPLES, np.int16)
    clipped, done = np.int64(0), 0
    while done < count:
        raw = scratch[: min(layout.SCRATCH_SAMPLES, count - done)]
        clipped |= _generate(unit, index, unit.raw_position + done, raw)
        position += _reduce(unit, channel, raw, position)
        done += raw.size
    return clipped


@njit(nogil=True, cache=True)
def fill_buffers(unit, count):  # type: ignore[no-untyped-def]
    """Take ``count`` raw samples into every registered buffer; return the over-range bits."""
    channels = carray(as_pointer(unit.channels_address), _N_CHANNELS, layout.CHANNEL)
    overflow = 0
    for index in range(_N_CHANNELS):
        channel = channels[index]
        registered = channel.max_address != 0 or channel.min_address != 0
        if channel.enabled and registered and _fill_channel(unit, index, channel, count) != 0:
            overflow |= 1 << index
    unit.raw_position += count
    return overflow


@njit(nogil=True, cache=True)
def _edge(unit, value):  # type: ignore[no-untyped-def]
    """Whether the trigger fires at this sample; remembers from which side the signal came."""
    direction, threshold = unit.trigger_direction, unit.threshold
    if direction == _ABOVE:
        return value >= threshold
    if direction == _BELOW:
        return value <= threshold
    if unit.armed_low and value >= threshold and direction != _FALLING:
        return True
    if unit.armed_high and value <= threshold and direction != _RISING:
        return True
    unit.armed_low |= value < threshold - unit.hysteresis
    unit.armed_high |= value > threshold + unit.hysteresis
    return False


@njit(nogil=True, cache=True)
def _trigger_at(unit, position):  # type: ignore[no-untyped-def]
    unit.trigger = layout.FOUND
    unit.trigger_at = position
    if unit.auto_stop:
        unit.stop_at = position + max(1, unit.post_samples)


@njit(nogil=True, cache=True)
def search_trigger(unit, count):  # type: ignore[no-untyped-def]
    """Look for the trigger in the next ``count`` raw samples.

    There is none before ``trigger_from``; at ``auto_trigger_at`` the driver goes on as if there
    had been one (reference, section 7.5).
    """
    scratch = carray(as_pointer(unit.scratch_address), layout.SCRATCH_SAMPLES, np.int16)
    position, stop = unit.raw_position, unit.raw_position + count
    while position < stop and unit.trigger == layout.WAITING:
        raw = scratch[: min(layout.SCRATCH_SAMPLES, stop - position)]
        _generate(unit, unit.trigger_channel, position, raw)
        for index in range(raw.size):
            at = position + index
            due = unit.auto_trigger_at >= 0 and at >= unit.auto_trigger_at
            if at >= unit.trigger_from and (_edge(unit, np.int64(raw[index])) or due):
                _trigger_at(unit, at)
                break
        position += raw.size
