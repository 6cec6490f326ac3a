"""What one call hands over, in native code: how much, where in the buffers, and what is said."""

from __future__ import annotations

import numpy as np
from numba import int16, int32, njit, uint32

from ...config import Status
from ...system.native import call_streaming_ready
from . import layout
from .clock import digitised, head_of
from .faults import draw, next_fault, next_lie
from .memory import cross_breaks, next_break, note_hole, skip_to, tell_loss
from .samples import fill_buffers
from .search import search_trigger

_MAX_RAW = 1 << 31
_LATER_CALLS = 3
#: A driver that wraps early leaves up to one part in so many of the buffers unused.
_EARLY_PARTS = 8


@njit(nogil=True, cache=True)
def _available(unit):  # type: ignore[no-untyped-def]
    """Raw samples that may be handed over now, as the habits have it."""
    count = next_fault(unit, next_break(unit, head_of(unit))) - unit.raw_position
    if count <= 0 and unit.nothing_new == layout.NEVER_NOTHING:
        count = next_fault(unit, next_break(unit, digitised(unit))) - unit.raw_position
    if unit.steady_loss > 0 and count > 0:
        count = max(1, np.int64(count * (1 - unit.steady_loss)))
    if unit.packets_a_call:
        count = min(count, unit.packets_a_call * unit.packet_samples)
    return max(0, count)


@njit(nogil=True, cache=True)
def _raw_count(unit):  # type: ignore[no-untyped-def]
    """Raw samples to take now: what is there, what the buffers hold, up to a fault or the end."""
    if unit.write_index == 0:
        spared = 0
        if unit.wrap == layout.WRAP_EARLY:
            spared = draw(unit, unit.raw_position, 0, unit.buffer_size // _EARLY_PARTS)
        unit.turn_size = unit.buffer_size - spared
    unit.turn_size = min(unit.turn_size, unit.buffer_size)
    room = (unit.turn_size - unit.write_index) * unit.ratio
    return _up_to_end(unit, min(_available(unit), room, _MAX_RAW))


@njit(nogil=True, cache=True)
def _up_to_end(unit, count):  # type: ignore[no-untyped-def]
    """As many of the next ``count`` raw samples as the stream still takes."""
    return max(0, min(count, _end(unit) - unit.raw_position)) if unit.stop_at >= 0 else count


@njit(nogil=True, cache=True)
def _end(unit):  # type: ignore[no-untyped-def]
    """Raw index to stop at: the block that holds the last wanted sample is completed."""
    return (unit.stop_at + unit.ratio - 1) // unit.ratio * unit.ratio


@njit(nogil=True, cache=True)
def _tell(unit, to, count, start, overflow, trigger_at, finished):  # type: ignore[no-untyped-def]
    """Call back; ``to`` is its address and its parameter, ``trigger_at`` -1 for none."""
    flags = overflow
    if unit.overrun and count:
        flags, unit.overrun = -1, 0
    unit.in_callback = 1
    call_streaming_ready(
        to[0],
        int16(unit.handle),
        int32(count),
        uint32(start),
        int16(flags),
        uint32(max(0, trigger_at)),
        int16(trigger_at >= 0),
        int16(finished),
        to[1],
    )
    unit.in_callback = 0
    unit.told += count
    unit.stalled = 0 if count else unit.stalled


@njit(nogil=True, cache=True)
def _trigger_at(unit, first, count):  # type: ignore[no-untyped-def]
    """Where the trigger lies if it is in the chunk from ``first`` on, or -1."""
    block = unit.trigger_at // unit.ratio
    if unit.trigger != layout.FOUND or block >= first + count:
        return -1
    unit.trigger = layout.REPORTED
    return max(0, block - first) + (unit.told if unit.trigger_counts_stream else 0)


@njit(nogil=True, cache=True)
def _hand_over(unit, to, count, overflow, finished):  # type: ignore[no-untyped-def]
    """Tell of the ``count`` samples that have just been written; False if it keeps them secret."""
    start, first = unit.write_index, unit.raw_position // unit.ratio - count
    unit.write_index = (start + count) % unit.turn_size
    if unit.write_index == 0 and unit.wrap == layout.WRAP_LATER:
        unit.quiet_left = _LATER_CALLS
    kind, span = next_lie(unit, first * unit.ratio, count)
    if kind == layout.CHUNK_SKIPPED and not finished:
        note_hole(unit, first, count)
        return False
    told_start, told_count = start, count
    if kind == layout.START_ZERO:
        told_start = 0
    elif kind == layout.START_SHIFT:
        told_start += span
    elif kind == layout.COUNT_SHIFT:
        told_count += span
    elif kind == layout.CHUNK_TWICE:
        unit.repeat_start, unit.repeat_count = start, count
    trigger_at = _trigger_at(unit, first, count)
    _tell(unit, to, told_count, told_start, overflow, trigger_at, finished)
    return True


@njit(nogil=True, cache=True)
def _nothing_new(unit, to):  # type: ignore[no-untyped-def]
    """Say so as the habit has it; return the status."""
    if unit.nothing_new == layout.NOTHING_CALLED_BACK:
        _tell(unit, to, 0, unit.write_index, 0, -1, 0)
        return Status.OK.value
    return Status.BUSY.value if unit.nothing_new == layout.NEVER_NOTHING else unit.nothing_new


@njit(nogil=True, cache=True)
def _lose_share(unit, raw_count):  # type: ignore[no-untyped-def]
    """Lose the share of a hand-over that never comes."""
    unit.owed_loss += raw_count * unit.steady_loss / (1 - unit.steady_loss)
    before = unit.raw_position
    skip_to(unit, before + np.int64(unit.owed_loss))
    if unit.raw_position > before:
        unit.owed_loss -= unit.raw_position - before
        tell_loss(unit)


@njit(nogil=True, cache=True)
def _take(unit, to, most):  # type: ignore[no-untyped-def]
    """Fill the buffers with up to ``most`` samples and call back once; return a status."""
    cross_breaks(unit)
    raw_count = min(_raw_count(unit), most * unit.ratio)
    if unit.trigger == layout.WAITING:
        search_trigger(unit, raw_count)
        raw_count = _up_to_end(unit, raw_count)
    before = unit.raw_position // unit.ratio
    overflow = fill_buffers(unit, raw_count)
    count = unit.raw_position // unit.ratio - before
    finished = unit.auto_stop != 0 and unit.stop_at >= 0 and unit.raw_position >= _end(unit)
    if finished:
        unit.streaming = 0
        unit.dead_status = Status.BUSY.value
    if count == 0 and not finished:
        return _nothing_new(unit, to)
    unit.quiet_left = unit.quiet_calls
    is_told = _hand_over(unit, to, count, overflow, finished)
    if unit.steady_loss > 0:
        _lose_share(unit, raw_count)
    return Status.OK.value if is_told else _nothing_new(unit, to)


@njit(nogil=True, cache=True)
def deliver(unit, to):  # type: ignore[no-untyped-def]
    """Hand over what there is, or say that there is nothing; return a status.

    :param to: addresses of the callback and of its parameter.
    """
    if unit.repeat_count:
        count, unit.repeat_count = unit.repeat_count, 0
        _tell(unit, to, count, unit.repeat_start, 0, -1, 0)
        return Status.OK.value
    if unit.quiet_left:
        unit.quiet_left -= 1
        return _nothing_new(unit, to)
    start = unit.write_index
    status = _take(unit, to, unit.buffer_size)
    wraps = unit.wrap == layout.WRAP_SAME_CALL and unit.write_index == 0 and start > 0
    if wraps and unit.streaming and _raw_count(unit) >= unit.ratio:
        _take(unit, to, start)
    return status
