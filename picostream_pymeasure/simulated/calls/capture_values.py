"""Driver calls: the samples of captures."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...config import Status
from ..device import layout
from ..device.transfer import TARGET, fill_targets
from ..unit.block_memory import Overlap
from ..unit.unit import Unit
from .binding import Int32, Pointer, Uint32, unit_call, write

_NONE, _AGGREGATE = 0, 1
_MODES = (0, 1, 2, 4)


class _Request(NamedTuple):
    """Which samples of which segments are asked for, and how they are reduced."""

    start: int
    count_address: int
    ratio: int
    mode: int
    segments: NDArray[np.int64]
    overflow_address: int


def segment_range(unit: Unit, first: int, last: int) -> NDArray[np.int64] | None:
    """Segments from the first to the last, both inside, past the end if need be; None: no such."""
    count = unit.block.n_segments
    if not (first < count and last < count):
        return None
    return np.arange(first, last + 1 + (count if last < first else 0)) % count


@unit_call()
def get_values(
    unit: Unit,
    start: Uint32,
    count: Pointer,
    ratio: Uint32,
    mode: Int32,
    segment: Uint32,
    overflow: Pointer,
) -> int:
    """Samples of one segment."""
    return _get(unit, start, count, ratio, mode, (segment, segment), overflow)


@unit_call()
def get_values_bulk(
    unit: Unit,
    count: Pointer,
    first_segment: Uint32,
    last_segment: Uint32,
    ratio: Uint32,
    mode: Int32,
    overflow: Pointer,
) -> int:
    """As many samples of each of several segments."""
    if not unit.busy and unit.block.made == 0:
        return Status.NO_CAPTURES_AVAILABLE
    return _get(unit, 0, count, ratio, mode, (first_segment, last_segment), overflow)


@unit_call()
def get_values_overlapped(
    unit: Unit,
    start: Uint32,
    count: Pointer,
    ratio: Uint32,
    mode: Int32,
    segment: Uint32,
    overflow: Pointer,
) -> int:
    """The next runs hand the samples over themselves, until they are stopped."""
    return _overlap(unit, start, count, ratio, mode, (segment, segment), overflow)


@unit_call()
def get_values_overlapped_bulk(
    unit: Unit,
    start: Uint32,
    count: Pointer,
    ratio: Uint32,
    mode: Int32,
    first_segment: Uint32,
    last_segment: Uint32,
    overflow: Pointer,
) -> int:
    """The same for several segments."""
    return _overlap(unit, start, count, ratio, mode, (first_segment, last_segment), overflow)


def _overlap(
    unit: Unit,
    start: int,
    count: int | None,
    ratio: int,
    mode: int,
    segments: tuple[int, int],
    overflow: int | None,
) -> int:
    if unit.busy:
        return Status.BUSY
    if segment_range(unit, *segments) is None:
        return Status.SEGMENT_OUT_OF_RANGE
    if not count:
        return Status.NULL_PARAMETER
    status = _reduction_refusal(ratio, mode)
    if status == Status.OK:
        unit.block.overlap = Overlap(start, count, ratio, mode, *segments, overflow or 0)
    return status


def execute(unit: Unit, overlap: Overlap) -> int:
    """Hand over what an overlapped request asked for; on the thread of the run."""
    segments = segment_range(unit, overlap.first_segment, overlap.last_segment)
    if segments is None:
        return Status.SEGMENT_OUT_OF_RANGE
    request = _Request(
        overlap.start,
        overlap.count_address,
        overlap.ratio,
        overlap.mode,
        segments,
        overlap.overflow_address,
    )
    status = _hand_over(unit, request)
    if status == Status.OK:
        unit.block.processed = segments.size
    return status


def _get(
    unit: Unit,
    start: int,
    count: int | None,
    ratio: int,
    mode: int,
    segments: tuple[int, int],
    overflow: int | None,
) -> int:
    if unit.streaming:
        return Status.DEVICE_SAMPLING
    if unit.block.is_armed and not unit.scope.block.read_while_armed:
        return Status.NO_SAMPLES_AVAILABLE
    asked = segment_range(unit, *segments)
    if asked is None:
        return Status.SEGMENT_OUT_OF_RANGE
    if not count:
        return Status.NULL_PARAMETER
    status = _reduction_refusal(ratio, mode)
    if status != Status.OK:
        return status
    return _hand_over(unit, _Request(start, count, ratio, mode, asked, overflow or 0))


def _reduction_refusal(ratio: int, mode: int) -> int:
    if mode not in _MODES:
        return Status.RATIO_MODE_NOT_SUPPORTED
    return Status.INVALID_SAMPLERATIO if mode != _NONE and ratio < 1 else Status.OK


def _hand_over(unit: Unit, request: _Request) -> int:
    block = unit.block
    captures = block.captures[request.segments]
    if not captures["run"].all():
        return Status.NO_SAMPLES_AVAILABLE
    fault = block.fault("get_values", "unplug", "power_change", "answer")
    if fault is not None and fault.kind == "answer":
        return fault.status
    if fault is not None:
        unit.fail(fault)
        return unit.refusal
    stored = int(captures["count"].min())
    if request.start >= stored:
        return Status.STARTINDEX_INVALID
    targets = _targets(unit, request)
    if targets is None:
        return Status.BUFFERS_NOT_SET
    raw_count, count = _counts(unit, request, stored - request.start)
    _transfer(unit, request, captures, targets, raw_count, count)
    write(request.count_address, ctypes.c_uint32, count)
    return Status.OK


def _targets(unit: Unit, request: _Request) -> NDArray[Any] | None:
    """Buffers of every enabled row and segment asked for; None if there are none at all."""
    targets = np.zeros((layout.N_INPUTS, request.segments.size), TARGET)
    buffers = unit.settings.buffers
    for row in unit.settings.rows:
        found = [buffers.get((row, segment, request.mode)) for segment in request.segments.tolist()]
        targets["max_address"][row] = [each.max_address if each else 0 for each in found]
        targets["min_address"][row] = [each.min_address if each else 0 for each in found]
        targets["value_bytes"][row] = [each.value_bytes if each else 0 for each in found]
    return targets if targets["value_bytes"].any() else None


def _counts(unit: Unit, request: _Request, stored: int) -> tuple[int, int]:
    """Raw samples to look at, and values to hand over, of each capture."""
    habits = unit.scope.block
    asked = ctypes.c_uint32.from_address(request.count_address).value
    room = _room(unit, request)
    fault = unit.block.fault("get_values", "fewer_samples")
    missing = fault.samples if fault else 0
    if request.mode == _NONE:
        count = max(0, min(asked, stored, room) - missing)
        return count, count
    if habits.count_asked == "raw":
        asked = -(-asked // request.ratio)
    whole, rest = divmod(stored, request.ratio)
    available = whole + (1 if rest and habits.partial_block else 0)
    count = max(0, min(asked, available, room) - missing)
    return min(stored, count * request.ratio), count


def _room(unit: Unit, request: _Request) -> int:
    """Values that fit into the smallest of the buffers."""
    rows, segments = set(unit.settings.rows), set(request.segments.tolist())
    return min(
        each.length
        for (row, segment, mode), each in unit.settings.buffers.items()
        if mode == request.mode and row in rows and segment in segments
    )


def _transfer(
    unit: Unit,
    request: _Request,
    captures: NDArray[Any],
    targets: NDArray[Any],
    raw_count: int,
    count: int,
) -> None:
    overflow = np.zeros(captures.size, np.int16)
    if count:
        fill_targets(
            unit.records,
            captures,
            targets,
            request.start,
            (raw_count, count),
            (request.mode, request.ratio),
            overflow,
        )
    if request.overflow_address:
        ctypes.memmove(request.overflow_address, overflow.ctypes.data, overflow.nbytes)
    speed = unit.scope.block.transfer_bytes_s
    if speed:
        narrow = unit.scope.block.narrow_transfer and unit.settings.bits == 8
        n_values = count * captures.size * int((targets["value_bytes"] > 0).any(axis=1).sum())
        factor = 2 if request.mode == _AGGREGATE else 1
        unit.wait(n_values * factor * (1 if narrow else 2) / speed)
