"""The native streaming callback: from the driver's buffers into the pool, without Python.

The driver calls it inside GetStreamingLatestValues with the address of the shared state as its
parameter. ``overflow`` carries two things: bits 0-3 are over-range of channels A-D, all sixteen
bits set means that the driver's own buffers overran and samples are missing.
"""

from __future__ import annotations

from numba import carray, cfunc, int64, njit, types

from ..system.native import as_pointer, copy_bytes, load_field, store_field
from .access import ACCEPTED, HEAD, SURE, TAIL, TRIGGERED_AT
from .layout import CAUSE_OUTSIDE, CAUSE_POOL, STATE
from .ledger.gaps import count_from_here, enter_known
from .ledger.lag import lag_at, next_index
from .ledger.order import (
    OVERRUN,
    find_start,
    note_overrun,
    note_start,
    take_back_break,
    was_told_wrongly,
)
from .ledger.repeated import enter_repeated
from .ledger.target import wanted_samples
from .written import keep_places, unwritten_row

_COUNTER = 0xFFFFFFFF
#: A chunk that reaches beyond the driver's buffer by less than one part in so many is cut.
_OUTSIDE_PARTS = 4


@njit(nogil=True, cache=True)
def room_in_pool(state):  # type: ignore[no-untyped-def]
    """Samples per channel that still fit into the pool."""
    free_blocks = state.n_blocks - (state.head - load_field(state, TAIL))
    return free_blocks * state.block_samples - state.fill


@njit(nogil=True, cache=True)
def _copy_row(state, row, start, index, count):  # type: ignore[no-untyped-def]
    """Copy samples of one block from the buffers to their place in the pool."""
    size, values = state.item_bytes, state.values_per_sample
    slot = index // state.block_samples % state.n_blocks
    block_values = state.block_samples * values
    offset = (slot * state.n_inputs + row) * block_values
    offset += index % state.block_samples * values
    target = state.pool_address + size * offset
    first = state.buffers[2 * row] + size * start
    if values == 1:
        copy_bytes(target, first, size * count)
        return
    second = state.buffers[2 * row + 1] + size * start
    if size == 1:
        _interleave_bytes(target, second, first, count)
    else:
        _interleave(target, second, first, count)


@njit(nogil=True, cache=True)
def _interleave(target, minima, maxima, count):  # type: ignore[no-untyped-def]
    from_min = carray(as_pointer(minima), (count,), types.int16)
    from_max = carray(as_pointer(maxima), (count,), types.int16)
    pairs = carray(as_pointer(target), (count, 2), types.int16)
    for index in range(count):
        pairs[index, 0] = from_min[index]
        pairs[index, 1] = from_max[index]


@njit(nogil=True, cache=True)
def _interleave_bytes(target, minima, maxima, count):  # type: ignore[no-untyped-def]
    from_min = carray(as_pointer(minima), (count,), types.int8)
    from_max = carray(as_pointer(maxima), (count,), types.int8)
    pairs = carray(as_pointer(target), (count, 2), types.int8)
    for index in range(count):
        pairs[index, 0] = from_min[index]
        pairs[index, 1] = from_max[index]


@njit(nogil=True, cache=True)
def _copy(state, start, index, count):  # type: ignore[no-untyped-def]
    """Copy up to the end of a block; how many samples."""
    part = min(count, state.block_samples - index % state.block_samples)
    for row in range(state.n_inputs):
        _copy_row(state, row, start, index, part)
    return part


@njit(nogil=True, cache=True)
def _fill_pool(state, start, count):  # type: ignore[no-untyped-def]
    while count > 0:
        part = _copy(state, start, state.accepted, count)
        start += part
        count -= part
        filled = state.fill + part
        state.fill = filled % state.block_samples
        if filled == state.block_samples:
            store_field(state, HEAD, state.head + 1)
        store_field(state, ACCEPTED, state.accepted + part)


@njit(nogil=True, cache=True)
def _fill_again(state, start, count):  # type: ignore[no-untyped-def]
    """Correct the end of the pool with what comes once more; how many samples that takes."""
    left = again = min(state.again, count)
    while left > 0:
        part = _copy(state, start, state.accepted - state.again, left)
        start += part
        left -= part
        state.again -= part
    return again


@njit(nogil=True, cache=True)
def _within_chunk(state, trigger_at, count):  # type: ignore[no-untyped-def]
    """Find the trigger; drivers count within the chunk, or since a start, with 32 bits."""
    for told in (state.told_total, state.told_total - state.told_at_restart):
        since = (trigger_at - told) & _COUNTER
        if trigger_at >= count > since:
            return since
    return trigger_at


@njit(nogil=True, cache=True)
def _note_trigger(state, trigger_at, count):  # type: ignore[no-untyped-def]
    first = next_index(state)
    within = min(_within_chunk(state, trigger_at, count), max(count - 1, 0))
    if state.post_trigger >= 0:
        state.target = first + within + state.post_trigger
    state.triggered_ns, state.lost_at_trigger = state.before_ns, state.lost
    count_from_here(state, lag_at(state, state.before_ns))
    store_field(state, TRIGGERED_AT, first + within)


@njit(nogil=True, cache=True)
def _count_over_range(state, overflow):  # type: ignore[no-untyped-def]
    for row in range(state.n_inputs):
        if overflow & state.over_range_bits[row]:
            state.over_range[row] += 1


@njit(nogil=True, cache=True)
def _store(state, start, count):  # type: ignore[no-untyped-def]
    """Put a chunk into the pool; what has no room there is missing."""
    store_field(state, SURE, next_index(state))
    again = _fill_again(state, start, count)
    start, count = start + again, count - again
    wanted = min(count, wanted_samples(state))
    stored = min(wanted, room_in_pool(state))
    _fill_pool(state, start, stored)
    state.beyond += count - wanted
    state.chunk_count = again + count if stored == count else 0
    if stored < wanted:
        store_field(state, SURE, state.accepted)
        enter_known(state, state.accepted, wanted - stored, CAUSE_POOL)


@njit(nogil=True, cache=True)
def _inside(state, start, count):  # type: ignore[no-untyped-def]
    """How many samples of a chunk lie within the driver's buffer; -1: it makes no sense."""
    excess = start + count - state.buffer_samples
    if count <= 0 or excess <= 0:
        return max(count, -1)
    if excess >= count or excess * _OUTSIDE_PARTS > state.buffer_samples:
        return -1
    enter_repeated(state, state.accepted, CAUSE_OUTSIDE)
    return count - excess


@njit(nogil=True, cache=True)
def take(state, count, start, overflow, trigger_at, triggered, auto_stop):  # type: ignore[no-untyped-def]
    """Take what a callback brings."""
    state.callbacks += 1
    if count > 0:
        start = find_start(state, start, count)
    count = _inside(state, start, count)
    if count < 0:
        state.violation = 1
        return
    if auto_stop:
        state.auto_stopped = 1
    if overflow == OVERRUN:
        note_overrun(state, state.accepted)
    else:
        _count_over_range(state, overflow)
    if count > 0:
        if was_told_wrongly(state, start):
            take_back_break(state)
            _store(state, state.broken_start, state.chunk_count)
        note_start(state, start, count)
    is_awaited = state.pre_trigger >= 0 and state.triggered_at < 0
    if triggered and is_awaited:
        _note_trigger(state, trigger_at, count)
    state.delivered += count
    state.at_buffer_end = start + count == state.buffer_samples
    if state.told_total == 0 and count > 0:
        state.unwritten_row = unwritten_row(state, start, count)
    if count > 0:
        _store(state, start, count)
        keep_places(state, start, count)
    state.told_total += count


@cfunc(
    types.void(
        types.int16,
        types.int32,
        types.uint32,
        types.int16,
        types.uint32,
        types.int16,
        types.int16,
        types.voidptr,
    ),
    nogil=True,
    cache=True,
)
def streaming_ready(  # type: ignore[no-untyped-def]
    handle, count, start, overflow, trigger_at, triggered, auto_stop, parameter
):
    """``ps5000aStreamingReady``; ``parameter`` is the address of the shared state."""
    take(
        carray(parameter, 1, STATE)[0],
        int64(count),
        int64(start),
        int64(overflow),
        int64(trigger_at),
        int64(triggered),
        int64(auto_stop),
    )
