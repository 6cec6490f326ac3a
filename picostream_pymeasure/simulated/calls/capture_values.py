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

#: The mode that reduces nothing, the only one that is imitated.
_NONE = 0


class _Request(NamedTuple):
    """Which samples of which segments are asked for."""

    start: int
    count_address: int
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
    return _get(unit, start, count, mode, (segment, segment), overflow)


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
    return _get(unit, 0, count, mode, (first_segment, last_segment), overflow)


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
    """The next runs hand the samples over themselves, until they are stopped or for ever."""
    if unit.busy:
        return Status.BUSY
    if segment_range(unit, first_segment, last_segment) is None:
        return Status.SEGMENT_OUT_OF_RANGE
    if not count:
        return Status.NULL_PARAMETER
    if mode != _NONE:
        return Status.RATIO_MODE_NOT_SUPPORTED
    unit.block.overlap = Overlap(start, count, first_segment, last_segment, overflow or 0)
    return Status.OK


def execute(unit: Unit, overlap: Overlap) -> int:
    """Hand over what an overlapped request asked for; on the thread of the run."""
    segments = segment_range(unit, overlap.first_segment, overlap.last_segment)
    if segments is None:
        return Status.SEGMENT_OUT_OF_RANGE
    request = _Request(overlap.start, overlap.count_address, segments, overlap.overflow_address)
    return _hand_over(unit, request)


def _get(
    unit: Unit,
    start: int,
    count: int | None,
    mode: int,
    segments: tuple[int, int],
    overflow: int | None,
) -> int:
    if unit.streaming:
        return Status.DEVICE_SAMPLING
    if unit.block.is_armed:
        return Status.NO_SAMPLES_AVAILABLE
    asked = segment_range(unit, *segments)
    if asked is None:
        return Status.SEGMENT_OUT_OF_RANGE
    if not count:
        return Status.NULL_PARAMETER
    if mode != _NONE:
        return Status.RATIO_MODE_NOT_SUPPORTED
    return _hand_over(unit, _Request(start, count, asked, overflow or 0))


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
    count = _count(unit, request, stored - request.start)
    _transfer(unit, request, captures, targets, count)
    write(request.count_address, ctypes.c_uint32, count)
    return Status.OK


def _targets(unit: Unit, request: _Request) -> NDArray[Any] | None:
    """Buffers of every enabled row and segment asked for; None if there are none at all."""
    targets = np.zeros((layout.N_INPUTS, request.segments.size), TARGET)
    buffers = unit.settings.buffers
    for row in unit.settings.rows:
        found = [buffers.get((row, segment, _NONE)) for segment in request.segments.tolist()]
        targets["address"][row] = [
            (each.max_address or each.min_address) if each else 0 for each in found
        ]
        targets["value_bytes"][row] = [each.value_bytes if each else 0 for each in found]
    return targets if targets["value_bytes"].any() else None


def _count(unit: Unit, request: _Request, stored: int) -> int:
    """Samples to hand over of each capture."""
    asked = ctypes.c_uint32.from_address(request.count_address).value
    fault = unit.block.fault("get_values", "fewer_samples")
    missing = fault.samples if fault else 0
    return max(0, min(asked, stored, _room(unit, request)) - missing)


def _room(unit: Unit, request: _Request) -> int:
    """Values that fit into the smallest of the buffers."""
    rows, segments = set(unit.settings.rows), set(request.segments.tolist())
    return min(
        each.length
        for (row, segment, mode), each in unit.settings.buffers.items()
        if mode == _NONE and row in rows and segment in segments
    )


def _transfer(
    unit: Unit,
    request: _Request,
    captures: NDArray[Any],
    targets: NDArray[Any],
    count: int,
) -> None:
    overflow = np.zeros(captures.size, np.int16)
    if count:
        fill_targets(unit.records, captures, targets, request.start, count, overflow)
    if request.overflow_address:
        ctypes.memmove(request.overflow_address, overflow.ctypes.data, overflow.nbytes)
    speed = unit.scope.block.transfer_bytes_s
    if speed:
        n_values = count * captures.size * int((targets["value_bytes"] > 0).any(axis=1).sum())
        unit.wait(2 * n_values / speed)
