"""Driver calls: sample intervals of block mode."""

from __future__ import annotations

import ctypes

from ...config import Status, fastest_timebase, timebase_interval_ns
from ..unit.intervals import channels_refusal
from ..unit.unit import Unit
from .binding import Int32, Pointer, Uint32, unit_call, write


def fewest_timebase(unit: Unit) -> int:
    """Fastest timebase for the enabled channels and ports."""
    bits = unit.settings.bits
    n_inputs = max(1, len(unit.settings.rows))
    is_slow = bits == 14 and n_inputs in (3, 4) and unit.scope.block.slow_14_bit
    return fastest_timebase(bits, n_inputs) + int(is_slow)


@unit_call()
def get_timebase2(
    unit: Unit,
    timebase: Uint32,
    samples: Int32,
    interval_ns: Pointer,
    max_samples: Pointer,
    segment: Uint32,
) -> int:
    """Interval as float nanoseconds, and the samples of a segment, of each input."""
    status = channels_refusal(unit)
    if status != Status.OK:
        return status
    if segment >= unit.block.n_segments:
        return Status.SEGMENT_OUT_OF_RANGE
    bits = unit.settings.bits
    if timebase < fewest_timebase(unit):
        return Status.INVALID_TIMEBASE
    most = unit.block.samples_a_row(bits, len(unit.settings.rows))
    if samples > most:
        return Status.TOO_MANY_SAMPLES
    write(interval_ns, ctypes.c_float, timebase_interval_ns(bits, timebase))
    write(max_samples, ctypes.c_int32, most)
    return Status.OK
