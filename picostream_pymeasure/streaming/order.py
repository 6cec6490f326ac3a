"""The order of samples: what the flags and the start index of each callback say."""

from __future__ import annotations

from numba import njit

from .clock import read_clock
from .gaps import enter_known, enter_open
from .lag import lag_at
from .layout import CAUSE_DRIVER, CAUSE_REPEATED, CAUSE_SKIPPED

#: All bits of ``overflow``: the driver's own buffers overran.
OVERRUN = -1
#: A driver may start at 0 again where less than one part in so many of its buffer is left.
_EARLY_PARTS = 4


@njit(nogil=True, cache=True)
def _starts_early(state, start):  # type: ignore[no-untyped-def]
    left = state.buffer_samples - state.next_start
    return start == 0 and left * _EARLY_PARTS <= state.buffer_samples


@njit(nogil=True, cache=True)
def note_start(state, start, count):  # type: ignore[no-untyped-def]
    """Compare the start index of a callback with what must follow; before its samples are taken.

    A step forward tells how many samples are missing, unless the clock contradicts; a step back
    tells of samples that came twice, which go into the pool like all others.
    """
    is_right = state.next_start in (-1, start) or _starts_early(state, start)
    step = (start - state.next_start) % state.buffer_samples
    state.next_start = (start + count) % state.buffer_samples
    if is_right or state.accepted == 0:
        return
    state.order_breaks += 1
    if 2 * step > state.buffer_samples:
        state.settled_gap = -1  # the clock will not tell estimates from what came twice
        enter_known(state, state.accepted, 0, CAUSE_REPEATED)
    else:
        enter_open(state, lag_at(state, read_clock(state)), step, state.accepted, CAUSE_SKIPPED)


@njit(nogil=True, cache=True)
def note_overrun(state, earliest):  # type: ignore[no-untyped-def]
    """Take notice that the driver reports lost samples, before those that come with it.

    :param earliest: the first sample that may lie behind the loss.
    """
    enter_open(state, lag_at(state, read_clock(state)), 0, earliest, CAUSE_DRIVER)
