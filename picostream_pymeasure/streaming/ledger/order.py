"""The order of samples: what the flags and the start index of each callback say."""

from __future__ import annotations

from numba import njit

from ..clock import read_clock
from ..layout import CAUSE_DRIVER, CAUSE_SKIPPED
from .gaps import enter_open, enter_repeated, give_up_claim, note_wait, open_at_end
from .lag import lag_at

#: All bits of ``overflow``: the driver's own buffers overran.
OVERRUN = -1
#: A driver may start at 0 again where less than one part in so many of its buffer is left.
_EARLY_PARTS = 4


@njit(nogil=True, cache=True)
def _starts_early(state, expected, start):  # type: ignore[no-untyped-def]
    left = state.buffer_samples - expected
    return start == 0 and left * _EARLY_PARTS <= state.buffer_samples


@njit(nogil=True, cache=True)
def may_end_early(state):  # type: ignore[no-untyped-def]
    """Whether the driver may have ended the newest chunk because it starts at 0 again early."""
    left = state.buffer_samples - state.next_start
    return state.wraps_early and left * _EARLY_PARTS <= state.buffer_samples


@njit(nogil=True, cache=True)
def was_told_wrongly(state, start):  # type: ignore[no-untyped-def]
    """Whether the chunk before lies where it had to: this one follows it as if it did."""
    end = state.broken_start + state.chunk_count
    if state.broken_start < 0 or state.chunk_count == 0 or end > state.buffer_samples:
        return False
    return start != state.next_start and start == end % state.buffer_samples


@njit(nogil=True, cache=True)
def take_back_break(state):  # type: ignore[no-untyped-def]
    """Nothing is missing before the newest chunk, whose start index was wrong."""
    if not give_up_claim(state, state.broken_index):
        enter_repeated(state, state.broken_index)
    state.next_start = (state.broken_start + state.chunk_count) % state.buffer_samples
    state.again = state.accepted - state.broken_index


@njit(nogil=True, cache=True)
def note_start(state, start, count):  # type: ignore[no-untyped-def]
    """Compare the start index of a callback with what must follow; before its samples are taken.

    A step forward tells how many samples are missing, unless the clock contradicts. A step back
    within the newest chunk tells that its end had not been there yet: it comes again. A longer one
    tells of samples that come twice, which go into the pool like all others.
    """
    if count > 0 and open_at_end(state):
        note_wait(state, lag_at(state, read_clock(state)))
    expected, size = state.next_start, state.buffer_samples
    state.next_start = (start + count) % size
    state.broken_start = -1
    if expected in (-1, start) or state.accepted == 0:
        return
    is_early = _starts_early(state, expected, start)
    state.broken_start, state.broken_index = expected, state.accepted - state.again
    if is_early:
        state.wraps_early = 1
        return
    state.order_breaks += 1
    forward, back = (start - expected) % size, (expected - start) % size
    if forward < back:
        state.again = 0
        enter_open(state, lag_at(state, read_clock(state)), forward, state.accepted, CAUSE_SKIPPED)
        return
    enter_repeated(state, state.accepted)
    if state.again + back <= state.accepted - state.sure:
        state.again += back
    else:
        state.again = 0
        state.settled_gap = -1  # the clock will not tell estimates from what came twice


@njit(nogil=True, cache=True)
def note_overrun(state, earliest):  # type: ignore[no-untyped-def]
    """Take notice that the driver reports lost samples, before those that come with it.

    :param earliest: the first sample that may lie behind the loss.
    """
    enter_open(state, lag_at(state, read_clock(state)), 0, earliest, CAUSE_DRIVER)
