"""The native streaming callback: from the driver's buffers into the pool, without Python.

The driver calls it inside GetStreamingLatestValues with the address of the shared state as its
parameter. ``overflow`` carries two things: bits 0-3 are over-range of channels A-D, all sixteen
bits set means that the driver's own buffers overran and samples are missing *before* this chunk.
"""

from __future__ import annotations

from numba import carray, cfunc, int64, njit, types

from ..system.native import as_pointer, copy_bytes, load_acquire, store_release
from . import state as st
from .lag import enter_gap

_STATE_SIZE = st.SIZE
_OVERRUN = -1


@njit(nogil=True, cache=True)
def room_in_pool(state):  # type: ignore[no-untyped-def]
    """Samples per channel that still fit into the pool."""
    free_blocks = state[st.N_BLOCKS] - (state[st.HEAD] - load_acquire(state, st.TAIL))
    return free_blocks * state[st.BLOCK_SAMPLES] - state[st.FILL]


@njit(nogil=True, cache=True)
def _copy_row(state, row, start, fill, count):  # type: ignore[no-untyped-def]
    values = state[st.VALUES_PER_SAMPLE]
    slot = state[st.HEAD] % state[st.N_BLOCKS]
    block_values = state[st.BLOCK_SAMPLES] * values
    offset = (slot * state[st.N_INPUTS] + row) * block_values + fill * values
    target = state[st.POOL_ADDRESS] + 2 * offset
    first = state[st.BUFFER_ADDRESSES + 2 * row] + 2 * start
    if values == 1:
        copy_bytes(target, first, 2 * count)
        return
    second = state[st.BUFFER_ADDRESSES + 2 * row + 1] + 2 * start
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
def _fill_pool(state, start, count):  # type: ignore[no-untyped-def]
    block_samples = state[st.BLOCK_SAMPLES]
    while count > 0:
        fill = state[st.FILL]
        part = min(count, block_samples - fill)
        for row in range(state[st.N_INPUTS]):
            _copy_row(state, row, start, fill, part)
        start += part
        count -= part
        state[st.ACCEPTED] += part
        state[st.FILL] = (fill + part) % block_samples
        if fill + part == block_samples:
            store_release(state, st.HEAD, state[st.HEAD] + 1)


@njit(nogil=True, cache=True)
def _note_trigger(state, trigger_at):  # type: ignore[no-untyped-def]
    state[st.TRIGGERED_AT] = state[st.ACCEPTED] + trigger_at
    if state[st.POST_TRIGGER] >= 0:
        state[st.TARGET] = state[st.TRIGGERED_AT] + state[st.POST_TRIGGER]


@njit(nogil=True, cache=True)
def _count_over_range(state, overflow):  # type: ignore[no-untyped-def]
    for row in range(state[st.N_INPUTS]):
        if overflow & state[st.OVER_RANGE_BITS + row]:
            state[st.OVER_RANGE + row] += 1


@njit(nogil=True, cache=True)
def _take(state, count, start, overflow, trigger_at, triggered, auto_stop):  # type: ignore[no-untyped-def]
    state[st.CALLBACKS] += 1
    if count < 0 or start + count > state[st.BUFFER_SAMPLES]:
        state[st.VIOLATION] = 1
        return
    if auto_stop:
        state[st.AUTO_STOPPED] = 1
    if overflow == _OVERRUN:
        enter_gap(state, state[st.ACCEPTED], st.UNKNOWN, st.CAUSE_DRIVER)
    else:
        _count_over_range(state, overflow)
    if triggered and state[st.TRIGGERED_AT] < 0:
        _note_trigger(state, trigger_at)
    state[st.DELIVERED] = count
    state[st.AT_BUFFER_END] = start + count == state[st.BUFFER_SAMPLES]
    state[st.RECEIVED] += count
    wanted = count
    if state[st.TARGET] >= 0:
        wanted = min(count, state[st.TARGET] - state[st.ACCEPTED])
    accepted = min(wanted, room_in_pool(state))
    _fill_pool(state, start, accepted)
    if accepted < wanted:
        enter_gap(state, state[st.ACCEPTED], wanted - accepted, st.CAUSE_POOL)


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
    state = carray(parameter, (_STATE_SIZE,), int64)
    _take(
        state,
        int64(count),
        int64(start),
        int64(overflow),
        int64(trigger_at),
        int64(triggered),
        int64(auto_stop),
    )
