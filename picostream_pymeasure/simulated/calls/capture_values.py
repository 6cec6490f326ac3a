"""Driver calls: the samples of captures."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...config import Status
from ..device import layout
from ..device.told_captures import TARGET, fill_targets
from ..unit.block_memory import Request
from ..unit.unit import Unit
from .binding import Int32, Pointer, Required, Uint32, unit_call, write


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
    count: Required,
    ratio: Uint32,
    mode: Int32,
    segment: Uint32,
    overflow: Pointer,
) -> int:
    """Samples of one segment."""
    request = Request(start, count, segment, segment, overflow)
    return stored_refusal(unit) or _refusal(unit, request, mode) or hand_over(unit, request)


@unit_call()
def get_values_bulk(
    unit: Unit,
    count: Required,
    first_segment: Uint32,
    last_segment: Uint32,
    ratio: Uint32,
    mode: Int32,
    overflow: Pointer,
) -> int:
    """As many samples of each of several segments."""
    if not unit.busy and unit.block.made == 0:
        return Status.NO_CAPTURES_AVAILABLE
    request = Request(0, count, first_segment, last_segment, overflow)
    return stored_refusal(unit) or _refusal(unit, request, mode) or hand_over(unit, request)


@unit_call()
def get_values_overlapped_bulk(
    unit: Unit,
    start: Uint32,
    count: Required,
    ratio: Uint32,
    mode: Int32,
    first_segment: Uint32,
    last_segment: Uint32,
    overflow: Pointer,
) -> int:
    """The next runs hand the samples over themselves, until they are stopped or for ever."""
    if unit.busy:
        return Status.BUSY
    request = Request(start, count, first_segment, last_segment, overflow)
    if status := _refusal(unit, request, mode):
        return status
    unit.block.overlap = request
    return Status.OK


def stored_refusal(unit: Unit) -> int:
    """Status while captures are made, or OK."""
    if unit.streaming:
        return Status.DEVICE_SAMPLING
    return Status.NO_SAMPLES_AVAILABLE if unit.block.is_armed else Status.OK


def _refusal(unit: Unit, request: Request, mode: int) -> int:
    if segment_range(unit, request.first_segment, request.last_segment) is None:
        return Status.SEGMENT_OUT_OF_RANGE
    return Status.OK if mode == layout.NONE else Status.RATIO_MODE_NOT_SUPPORTED


def hand_over(unit: Unit, request: Request) -> int:
    """Give the samples that are asked for, also on the thread of a run for the next one."""
    block = unit.block
    segments = segment_range(unit, request.first_segment, request.last_segment)
    if segments is None:  # the memory has been divided since
        return Status.SEGMENT_OUT_OF_RANGE
    captures = block.captures[segments]
    if not captures["run"].all():
        return Status.NO_SAMPLES_AVAILABLE
    if (answer := unit.block_fault("get_values")) is not None:
        return answer
    stored = int(captures["count"].min())
    if request.start >= stored:
        return Status.STARTINDEX_INVALID
    targets = _targets(unit, segments)
    if targets is None:
        return Status.BUFFERS_NOT_SET
    count = _count(unit, request, segments, stored - request.start)
    _transfer(unit, request, captures, targets, count)
    write(request.count_address, ctypes.c_uint32, count)
    return Status.OK


def _targets(unit: Unit, segments: NDArray[np.int64]) -> NDArray[Any] | None:
    """Buffers of every enabled row and segment asked for; None if there are none at all."""
    targets = np.zeros((layout.N_INPUTS, segments.size), TARGET)
    buffers = unit.settings.buffers
    for row in unit.settings.rows:
        found = [buffers.get((row, segment, layout.NONE)) for segment in segments.tolist()]
        targets["address"][row] = [
            (each.max_address or each.min_address) if each else 0 for each in found
        ]
        targets["value_bytes"][row] = [each.value_bytes if each else 0 for each in found]
    return targets if targets["value_bytes"].any() else None


def _count(unit: Unit, request: Request, segments: NDArray[np.int64], stored: int) -> int:
    """Samples to hand over of each capture: as many as fit into the smallest of the buffers."""
    asked = ctypes.c_uint32.from_address(request.count_address).value
    asked_for = set(segments.tolist())
    room = min(
        each.length
        for (row, segment, mode), each in unit.settings.buffers.items()
        if mode == layout.NONE and row in unit.settings.rows and segment in asked_for
    )
    fault = unit.block.fault("get_values", "fewer_samples")
    return max(0, min(asked, stored, room) - (fault.samples if fault else 0))


def _transfer(
    unit: Unit,
    request: Request,
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
