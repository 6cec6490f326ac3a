"""Driver calls: block timebases, which clients ask for before they stream."""

from __future__ import annotations

import ctypes
import math
from typing import Any, NamedTuple

from ..config import MAX_CHANNELS
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

#: ``PS5000A_CHANNEL_FLAGS``: channels from bit 0, digital ports from this one.
_FIRST_PORT_FLAG = 16


def fewest_timebase(unit: Unit, bits: int, n_inputs: int) -> int:
    """Fastest timebase for channels and ports.

    Doubled for two, again for three and four, and once more beyond at 8 and 12 bits; at the others
    the same up to four.
    """
    first = _FORMULAS[bits][0]
    if bits in (8, 12):
        return first + (n_inputs > 1) + (n_inputs > 2) + (n_inputs > 4)
    is_slow = n_inputs > 4 or (n_inputs > 2 and unit.scope.block.slow_14_bit)
    return first + (1 if bits == 14 and is_slow else 0)


def timebase_interval_ns(bits: int, timebase: int) -> int:
    """Interval of a timebase."""
    first, fastest_ns, slow_from, offset, step_ns = _FORMULAS[bits]
    if timebase < slow_from:
        return fastest_ns << (timebase - first)
    return (timebase - offset) * step_ns


class _Question(NamedTuple):
    """Arguments of both forms of ``GetTimebase``."""

    timebase: Uint32
    samples: Int32
    interval: Pointer
    max_samples: Pointer
    segment: Uint32


def _refusal(unit: Unit, question: _Question) -> int:
    status = channels_refusal(unit)
    if status:
        return status
    if question.segment >= unit.block.n_segments:
        return Status.SEGMENT_OUT_OF_RANGE
    if question.timebase < fewest_timebase(unit, unit.settings.bits, len(unit.settings.rows)):
        return Status.INVALID_TIMEBASE
    return Status.OK if question.samples <= _max_samples(unit) else Status.TOO_MANY_SAMPLES


def _max_samples(unit: Unit) -> int:
    return unit.block.samples_a_row(unit.settings.bits, len(unit.settings.rows))


def _answer(unit: Unit, question: _Question, c_type: Any, longest_ns: float) -> int:
    status = _refusal(unit, question)
    if status == Status.OK:
        interval_ns = timebase_interval_ns(unit.settings.bits, question.timebase)
        write(question.interval, c_type, min(interval_ns, longest_ns))
        write(question.max_samples, ctypes.c_int32, _max_samples(unit))
    return status


@unit_call()
def get_timebase(unit: Unit, question: _Question) -> int:
    """Interval as whole nanoseconds."""
    return _answer(unit, question, ctypes.c_int32, 2**31 - 1)


@unit_call()
def get_timebase2(unit: Unit, question: _Question) -> int:
    """Interval as float nanoseconds."""
    return _answer(unit, question, ctypes.c_float, math.inf)


@unit_call()
def get_minimum_timebase_stateless(
    unit: Unit, flags: Uint32, timebase: Pointer, interval: Pointer, resolution: Uint32
) -> int:
    """Fastest timebase for a set of channels and ports; the interval is in seconds."""
    if not timebase or not interval:
        return Status.NULL_PARAMETER
    if resolution >= len(BITS):
        return Status.INVALID_DEVICE_RESOLUTION
    channels, ports = flags & 0xFFFF, flags >> _FIRST_PORT_FLAG
    if not flags or channels >> unit.model.n_channels or ports >> 2 * unit.model.has_ports:
        return Status.INVALID_CHANNEL
    bits = BITS[resolution]
    if channels.bit_count() > MAX_CHANNELS[bits]:
        return Status.INVALID_NUMBER_CHANNELS_FOR_RESOLUTION
    fewest = fewest_timebase(unit, bits, flags.bit_count())
    write(timebase, ctypes.c_uint32, fewest)
    write(interval, ctypes.c_double, timebase_interval_ns(bits, fewest) * 1e-9)
    return Status.OK


@unit_call()
def get_max_down_sample_ratio(
    unit: Unit, samples: Uint32, ratio: Pointer, mode: Int32, segment: Uint32
) -> int:
    """All samples may be reduced to one."""
    if not ratio:
        return Status.NULL_PARAMETER
    write(ratio, ctypes.c_uint32, 1 if mode == 0 else max(1, samples))
    return Status.OK
