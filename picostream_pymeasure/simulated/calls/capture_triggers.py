"""Driver calls: where and when captures were triggered."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from ...config import Status
from ..device.told_captures import crossings
from ..scopes.block_habits import TIME_UNITS
from ..unit.unit import Unit
from .binding import Required, Uint32, unit_call
from .capture_values import segment_range, stored_refusal

#: ``PS5000A_TRIGGER_INFO``, packed, 32 bytes; after the header, so that the driver's is tried.
TRIGGER_INFO = np.dtype(
    [
        ("status", "<u4"),
        ("segment", "<u4"),
        ("trigger_index", "<u4"),
        ("time", "<i8"),
        ("time_units", "<i2"),
        ("reserved", "<i2"),
        ("counter", "<u8"),
    ]
)
_STAMP_RESET = 0x0100_0000
_NOT_CALCULABLE = 0x0200_0004
_UNIT_NS = np.array([1e-6, 1e-3, 1.0, 1e3, 1e6, 1e9])


def _segments(unit: Unit, first: int, last: int) -> tuple[int, NDArray[np.int64]]:
    """Status, and the segments if they can be told of."""
    nothing, segments = np.zeros(0, np.int64), segment_range(unit, first, last)
    if refusal := stored_refusal(unit):
        return refusal, nothing
    if segments is None:
        return Status.SEGMENT_OUT_OF_RANGE, nothing
    if not unit.block.captures["run"][segments].all():
        return Status.NO_SAMPLES_AVAILABLE, nothing
    return Status.OK, segments


@unit_call()
def get_trigger_info_bulk(
    unit: Unit, infos: Required, first_segment: Uint32, last_segment: Uint32
) -> int:
    """Both ends of the range are inside."""
    status, segments = _segments(unit, first_segment, last_segment)
    if status:
        return status
    captures, habits = unit.block.captures[segments], unit.scope.block
    filled = np.zeros(segments.size, TRIGGER_INFO)
    times, units = _time_offsets(unit, segments)
    filled["segment"], filled["time"], filled["time_units"] = segments, times, units
    filled["trigger_index"] = unit.block.runs[0]["pre"]
    filled["status"][captures["is_first"] == 1] |= _STAMP_RESET
    if habits.offset_of_auto == "not_calculable":
        filled["status"][captures["is_auto"] == 1] |= _NOT_CALCULABLE
    filled["counter"] = _stamps(unit, captures["since_run"])
    ctypes.memmove(infos, filled.ctypes.data, filled.nbytes)
    return Status.OK


def _stamps(unit: Unit, samples: NDArray[np.int64]) -> NDArray[np.uint64]:
    habits = unit.scope.block
    if habits.stamp_ns:
        samples = samples * int(unit.history.sample_interval_ns) // habits.stamp_ns
    counter = samples.astype(np.uint64) + np.uint64(habits.stamp_start)
    return counter & np.uint64((1 << habits.stamp_bits) - 1)


def _time_offsets(
    unit: Unit, segments: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """From each trigger's sample to the crossing: numbers, and their units."""
    found = crossings(unit.records, unit.block.captures[segments], unit.shared.comparators)
    offset_ns = found * unit.history.sample_interval_ns * unit.scope.block.offset_sign
    word = unit.scope.block.offset_unit
    units = segments % 3 if word == "varies" else np.full(segments.size, TIME_UNITS.index(word))
    return np.rint(offset_ns / _UNIT_NS[units]).astype(np.int64), units


@unit_call()
def get_values_trigger_time_offset_bulk64(
    unit: Unit, times: Required, time_units: Required, first_segment: Uint32, last_segment: Uint32
) -> int:
    """Of several segments; the units are int32."""
    if unit.streaming:
        return Status.NOT_USED_IN_THIS_CAPTURE_MODE
    status, segments = _segments(unit, first_segment, last_segment)
    if status == Status.OK:
        found, units = _time_offsets(unit, segments)
        units = units.astype(np.int32)
        ctypes.memmove(times, found.ctypes.data, found.nbytes)
        ctypes.memmove(time_units, units.ctypes.data, units.nbytes)
    return status
