"""Where the driver wrote, whatever it says: its buffers hold something else there than before.

They begin with a value that no ADC and no port gives. An input that still has it where the first
samples are told to lie was never written, and would be recorded as a signal.

Around the place that must follow, and where the newest chunk began, what the buffers hold is kept
for comparison. Nothing is put into them: a driver may fill them when it likes.
"""

from __future__ import annotations

import numpy as np
from numba import carray, njit, types

from ..system.native import address_of, as_pointer, copy_bytes
from .layout import MAX_INPUTS, SEEN_BYTES, SEEN_SAMPLES, STATE, offset

#: So many samples are hardly all equal to those of before.
_MANY = 8
#: A clipped sample or two may be the lowest number there is.
_CERTAIN = 16
_NO_SAMPLE = np.iinfo(np.int16).min
_BEFORE, _BEHIND, _NEWEST = map(np.int64, range(3))
_SEEN = offset(STATE, "seen")


@njit(nogil=True, cache=True)
def _kept_at(state, place, row):  # type: ignore[no-untyped-def]
    return address_of(state) + _SEEN + (place * MAX_INPUTS + row) * SEEN_BYTES


@njit(nogil=True, cache=True)
def _keep(state, place, first, count):  # type: ignore[no-untyped-def]
    state.seen_first[place], state.seen_count[place] = first, count
    size = state.item_bytes
    for row in range(state.n_inputs):
        source = state.buffers[2 * row] + size * first
        copy_bytes(_kept_at(state, place, row), source, size * count)


@njit(nogil=True, cache=True)
def unwritten_row(state, start, count):  # type: ignore[no-untyped-def]
    """The input of whose first samples the driver wrote none, else -1; bytes have no such value."""
    if count < _CERTAIN or state.item_bytes == 1:
        return -1
    for row in range(state.n_inputs):
        for half in range(state.values_per_sample):
            buffer = carray(
                as_pointer(state.buffers[2 * row + half]), (start + count,), types.int16
            )
            if (buffer[start : start + min(count, SEEN_SAMPLES)] == _NO_SAMPLE).all():
                return row
    return -1


@njit(nogil=True, cache=True)
def keep_places(state, start, count):  # type: ignore[no-untyped-def]
    """Keep what the buffers hold at the begin of a chunk, and on both sides of its end."""
    end = start + count
    following = end % state.buffer_samples
    before, behind = min(SEEN_SAMPLES, end), min(SEEN_SAMPLES, state.buffer_samples - following)
    _keep(state, _BEFORE, end - before, before)
    _keep(state, _BEHIND, following, behind)
    _keep(state, _NEWEST, start, min(SEEN_SAMPLES, count))


@njit(nogil=True, cache=True)
def _first_changed(state, place, row, first, stop):  # type: ignore[no-untyped-def]
    size = state.item_bytes
    shape = (size * (stop - first),)
    address = _kept_at(state, place, row) + size * (first - state.seen_first[place])
    before = carray(as_pointer(address), shape, types.uint8)
    now = carray(as_pointer(state.buffers[2 * row] + size * first), shape, types.uint8)
    for number in range(shape[0]):
        if before[number] != now[number]:
            return first + number // size
    return stop


@njit(nogil=True, cache=True)
def _first_written(state, place, first, stop):  # type: ignore[no-untyped-def]
    """The first sample from ``first`` to before ``stop`` that has changed, else ``stop``."""
    kept = state.seen_first[place]
    begin, end = max(first, kept), min(stop, kept + state.seen_count[place])
    found = end
    for row in range(state.n_inputs if begin < end else 0):
        found = min(found, _first_changed(state, place, row, begin, end))
    return found if found < end else stop


@njit(nogil=True, cache=True)
def true_start(state, told, count):  # type: ignore[no-untyped-def]
    """Where a chunk begins: where it must follow, if it was written there and not before.

    Where the end of the chunk before has changed, that had not been there yet: it begins there.
    Where a few samples have not changed, the new ones may equal the old ones: a driver that was
    wrong by as much before is wrong again. So it is where the chunk would reach beyond the buffer;
    else its count is wrong.

    :param told: its start as the driver tells it.
    """
    expected, size = state.next_start, state.buffer_samples
    if expected < 0 or expected + count > size:
        return told
    first = _first_written(state, _BEFORE, expected - SEEN_SAMPLES, expected)
    if told >= expected and first < expected:
        return first
    if told == expected:
        return told
    is_outside = told + count > size
    reach = expected + count if told < expected else min(expected + count, told)
    if _first_written(state, _BEHIND, expected, reach) == reach:
        is_usual = told - expected == state.wrong_by and (is_outside or state.wrong_by < _MANY)
        return expected if is_usual or told >= size else told
    is_before = told < expected and _first_written(state, _BEFORE, told, expected) < expected
    return told if is_before else expected


@njit(nogil=True, cache=True)
def was_written_again(state, start):  # type: ignore[no-untyped-def]
    """Whether something new lies where the newest chunk began, and the next one begins there."""
    newest = state.seen_first[_NEWEST]
    end = newest + SEEN_SAMPLES
    return start == newest and _first_written(state, _NEWEST, newest, end) < end
