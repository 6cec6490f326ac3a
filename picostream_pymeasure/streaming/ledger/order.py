"""The order of samples: what the flags and the start index of each callback say."""

from __future__ import annotations

from numba import int64, njit

from ..clock import read_clock
from ..layout import CAUSE_DRIVER, CAUSE_REPEATED, CAUSE_SKIPPED
from ..written import true_start, was_written_again
from .base import forget_newest
from .gaps import enter_open, give_up_claim, note_wait, open_at_end
from .lag import lag_at, next_index
from .repeated import enter_repeated

#: All bits of ``overflow``: the driver's own buffers overran.
OVERRUN = -1
#: A driver may start at 0 again where less than one part in so many of its buffer is left.
_EARLY_PARTS = 4
#: A start index that does not go on so often in a row says nothing.
_MOST_STANDSTILLS = 8


@njit(nogil=True, cache=True)
def _starts_early(state, expected, start):  # type: ignore[no-untyped-def]
    left = state.buffer_samples - expected
    is_skip = left == state.skipped  # as many as before each of the last chunks
    return start == 0 and left * _EARLY_PARTS <= state.buffer_samples and not is_skip


@njit(nogil=True, cache=True)
def may_end_early(state):  # type: ignore[no-untyped-def]
    """Whether the driver may have ended the newest chunk because it starts at 0 again early."""
    left = state.buffer_samples - state.next_start
    return state.wraps_early and left * _EARLY_PARTS <= state.buffer_samples


@njit(nogil=True, cache=True)
def find_start(state, told, count):  # type: ignore[no-untyped-def]
    """Where a chunk begins: not where it is told, if the driver wrote it where it must follow."""
    start = true_start(state, told, count)
    if start != told:
        state.order_breaks += 1
        state.wrong_by = told - start
        cause = CAUSE_SKIPPED if told > start else CAUSE_REPEATED
        enter_repeated(state, state.accepted, cause)
    return start


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
        enter_repeated(state, state.broken_index, CAUSE_REPEATED)
    state.next_start = (state.broken_start + state.chunk_count) % state.buffer_samples
    state.again = state.accepted - state.broken_index


@njit(nogil=True, cache=True)
def note_start(state, start, count):  # type: ignore[no-untyped-def]
    """Compare the start index of a callback with what must follow; before its samples are taken.

    A step forward tells how many samples are missing, unless the clock contradicts. A step back
    within the newest chunk tells that its end had not been there yet: it comes again. A longer one
    tells of samples that come twice, which go into the pool like all others; so does what is new
    in the place of the newest chunk.
    """
    if count > 0 and open_at_end(state):
        note_wait(state, lag_at(state, read_clock(state)))
    expected, size = state.next_start, state.buffer_samples
    stands = start <= (expected - state.chunk_count) % size
    state.next_start = (start + count) % size
    state.broken_start = -1
    if expected in (-1, start) or state.accepted == 0:
        state.standstills = state.skipped = 0
        return
    if _starts_early(state, expected, start):
        state.broken_start, state.broken_index = expected, next_index(state)
        state.wraps_early = 1
        return
    state.order_breaks += 1
    state.standstills = state.standstills + 1 if stands else 0
    if was_written_again(state, start) or state.standstills > _MOST_STANDSTILLS:
        state.again = 0
        enter_repeated(state, state.accepted, CAUSE_REPEATED)
        return
    state.broken_start, state.broken_index = expected, next_index(state)
    _note_break(state, (start - expected) % size, (expected - start) % size)


@njit(nogil=True, cache=True)
def _note_break(state, forward, back):  # type: ignore[no-untyped-def]
    if forward < back:
        state.again, state.skipped = 0, forward
        enter_open(state, lag_at(state, read_clock(state)), forward, state.accepted, CAUSE_SKIPPED)
        return
    enter_repeated(state, state.accepted, CAUSE_REPEATED)
    if state.again + back <= state.accepted + state.beyond - state.sure:
        let_go = min(back, state.beyond)
        state.beyond -= let_go
        state.again += back - let_go
        if back != state.chunk_count:
            forget_newest(state)
    else:
        state.again = 0
        state.settled_gap = -1  # the clock will not tell estimates from what came twice


@njit(nogil=True, cache=True)
def note_overrun(state, earliest):  # type: ignore[no-untyped-def]
    """Take notice that the driver reports lost samples, before those that come with it.

    :param earliest: the first sample that may lie behind the loss.
    """
    enter_open(state, lag_at(state, read_clock(state)), int64(0), earliest, CAUSE_DRIVER)
