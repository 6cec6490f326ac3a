"""The native streaming callback: from the driver's buffers into the pool, without Python.

The driver calls it inside GetStreamingLatestValues with the address of the shared state as its
parameter. ``overflow`` carries two things: bits 0-3 are over-range of channels A-D, all sixteen
bits set means that the driver's own buffers overran and samples are missing.
"""

from __future__ import annotations

from numba import carray, cfunc, int64, njit, types

from ..system.native import as_pointer, copy_bytes, load_field, store_field
from .access import ACCEPTED, HEAD, TAIL, TRIGGERED_AT
from .gaps import enter_known
from .layout import CAUSE_POOL, STATE
from .order import OVERRUN, note_overrun, note_start


@njit(nogil=True, cache=True)
def room_in_pool(state):  # type: ignore[no-untyped-def]
    """Samples per channel that still fit into the pool."""
    free_blocks = state.n_blocks - (state.head - load_field(state, TAIL))
    return free_blocks * state.block_samples - state.fill


@njit(nogil=True, cache=True)
def _copy_row(state, row, start, fill, count):  # type: ignore[no-untyped-def]
    size, values = state.item_bytes, state.values_per_sample
    slot = state.head % state.n_blocks
    block_values = state.block_samples * values
    offset = (slot * state.n_inputs + row) * block_values + fill * values
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
def _fill_pool(state, start, count):  # type: ignore[no-untyped-def]
    while count > 0:
        fill = state.fill
        part = min(count, state.block_samples - fill)
        for row in range(state.n_inputs):
            _copy_row(state, row, start, fill, part)
        start += part
        count -= part
        state.fill = (fill + part) % state.block_samples
        if fill + part == state.block_samples:
            store_field(state, HEAD, state.head + 1)
        store_field(state, ACCEPTED, state.accepted + part)


@njit(nogil=True, cache=True)
def _note_trigger(state, trigger_at, count):  # type: ignore[no-untyped-def]
    """Find the trigger; drivers count within the chunk, or since the start of the stream."""
    within = trigger_at
    if trigger_at >= count:
        within = trigger_at - state.told_total
    within = min(max(within, 0), max(count - 1, 0))
    if state.post_trigger >= 0:
        state.target = state.accepted + within + state.post_trigger
    state.triggered_ns, state.lost_at_trigger = state.before_ns, state.lost
    store_field(state, TRIGGERED_AT, state.accepted + within)


@njit(nogil=True, cache=True)
def _count_over_range(state, overflow):  # type: ignore[no-untyped-def]
    for row in range(state.n_inputs):
        if overflow & state.over_range_bits[row]:
            state.over_range[row] += 1


@njit(nogil=True, cache=True)
def wanted_samples(state):  # type: ignore[no-untyped-def]
    """Samples that the stream still takes; more than ever come without an end."""
    if state.target < 0:
        return 1 << 62
    counted = state.accepted
    if state.target_counts_lost:
        counted += state.lost - state.lost_at_trigger
    return max(0, state.target - counted)


@njit(nogil=True, cache=True)
def _store(state, start, count):  # type: ignore[no-untyped-def]
    """Put samples into the pool; what has no room there is missing."""
    wanted = min(count, wanted_samples(state))
    stored = min(wanted, room_in_pool(state))
    _fill_pool(state, start, stored)
    state.beyond += count - wanted
    if stored < wanted:
        enter_known(state, state.accepted, wanted - stored, CAUSE_POOL)


@njit(nogil=True, cache=True)
def take(state, count, start, overflow, trigger_at, triggered, auto_stop):  # type: ignore[no-untyped-def]
    """Take what a callback brings."""
    state.callbacks += 1
    if count < 0 or start < 0 or start + count > state.buffer_samples:
        state.violation = 1
        return
    if auto_stop:
        state.auto_stopped = 1
    if overflow == OVERRUN:
        note_overrun(state, state.accepted)
    else:
        _count_over_range(state, overflow)
    if count > 0:
        note_start(state, start, count)
    if triggered and state.triggered_at < 0:
        _note_trigger(state, trigger_at, count)
    state.delivered += count
    state.at_buffer_end = start + count == state.buffer_samples
    _store(state, start, count)
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
