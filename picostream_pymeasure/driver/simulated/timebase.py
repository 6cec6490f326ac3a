"""Driver calls: block timebases, which clients ask for before they stream (reference, 6.6)."""

from __future__ import annotations

import ctypes

from ...config import MAX_CHANNELS
from .binding import Int32, Pointer, Uint32, unit_call, write
from .intervals import channels_refusal
from .settings import BITS
from .status import Status
from .unit import Unit

#: Bits -> (first timebase, interval of it in ns, timebase from which the slow formula holds,
#: what that formula subtracts, its step in ns).
_FORMULAS = {
    8: (0, 1, 3, 2, 8),
    12: (1, 2, 4, 3, 16),
    14: (3, 8, 4, 2, 8),
    15: (3, 8, 4, 2, 8),
    16: (4, 16, 5, 3, 16),
}


def _fewest(bits: int, n_channels: int) -> int:
    """Fastest timebase for so many inputs: doubled for 2, again for 3 and 4 (8 and 12 bit)."""
    first = _FORMULAS[bits][0]
    if bits not in (8, 12):
        return first
    return first + (0 if n_channels == 1 else 1 if n_channels == 2 else 2)


def _interval_ns(bits: int, timebase: int) -> int:
    first, fastest_ns, slow_from, offset, step_ns = _FORMULAS[bits]
    if timebase < slow_from:
        return fastest_ns << (timebase - first)
    return (timebase - offset) * step_ns


def _look_up(unit: Unit, timebase: int, segment: int) -> tuple[int, int]:
    """Status and interval in ns."""
    status = channels_refusal(unit)
    if status:
        return status, 0
    if segment != 0:
        return Status.SEGMENT_OUT_OF_RANGE, 0
    if timebase < _fewest(unit.settings.bits, len(unit.settings.enabled)):
        return Status.INVALID_TIMEBASE, 0
    return Status.OK, _interval_ns(unit.settings.bits, timebase)


def _max_samples(unit: Unit) -> int:
    n_channels = len(unit.settings.enabled)
    return unit.model.memory_samples // (1 if n_channels < 2 else 2 if n_channels == 2 else 4)


@unit_call()
def get_timebase(
    unit: Unit,
    timebase: Uint32,
    samples: Int32,
    interval: Pointer,
    max_samples: Pointer,
    segment: Uint32,
) -> int:
    """Interval as whole nanoseconds."""
    status, interval_ns = _look_up(unit, timebase, segment)
    if status == Status.OK:
        write(interval, ctypes.c_int32, min(interval_ns, 2**31 - 1))
        write(max_samples, ctypes.c_int32, _max_samples(unit))
    return status


@unit_call()
def get_timebase2(
    unit: Unit,
    timebase: Uint32,
    samples: Int32,
    interval: Pointer,
    max_samples: Pointer,
    segment: Uint32,
) -> int:
    """Interval as float nanoseconds."""
    status, interval_ns = _look_up(unit, timebase, segment)
    if status == Status.OK:
        write(interval, ctypes.c_float, interval_ns)
        write(max_samples, ctypes.c_int32, _max_samples(unit))
    return status


@unit_call()
def get_minimum_timebase_stateless(
    unit: Unit, flags: Uint32, timebase: Pointer, interval: Pointer, resolution: Uint32
) -> int:
    """Fastest timebase for a set of inputs; the interval is in seconds."""
    if not timebase or not interval:
        return Status.NULL_PARAMETER
    if resolution >= len(BITS):
        return Status.INVALID_DEVICE_RESOLUTION
    if not flags or flags >> unit.model.n_channels:
        return Status.INVALID_CHANNEL
    bits, n_channels = BITS[resolution], flags.bit_count()
    if n_channels > MAX_CHANNELS[bits]:
        return Status.INVALID_NUMBER_CHANNELS_FOR_RESOLUTION
    fewest = _fewest(bits, n_channels)
    write(timebase, ctypes.c_uint32, fewest)
    write(interval, ctypes.c_double, _interval_ns(bits, fewest) * 1e-9)
    return Status.OK


@unit_call()
def memory_segments(unit: Unit, segments: Uint32, max_samples: Pointer) -> int:
    """One segment only, because block mode is not imitated."""
    if unit.streaming:
        return Status.BUSY
    if segments != 1:
        return Status.TOO_MANY_SEGMENTS
    write(max_samples, ctypes.c_int32, unit.model.memory_samples)
    return Status.OK


@unit_call()
def get_max_segments(unit: Unit, segments: Pointer) -> int:
    """One."""
    write(segments, ctypes.c_uint32, 1)
    return Status.OK if segments else Status.NULL_PARAMETER


@unit_call()
def get_max_down_sample_ratio(
    unit: Unit, samples: Uint32, ratio: Pointer, mode: Int32, segment: Uint32
) -> int:
    """All samples may be reduced to one."""
    if not ratio:
        return Status.NULL_PARAMETER
    write(ratio, ctypes.c_uint32, 1 if mode == 0 else max(1, samples))
    return Status.OK
