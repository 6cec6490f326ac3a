"""Pairs of sample and clock: about ten a second, each at the lowest lag of its time."""

from __future__ import annotations

from numba import carray, njit

from ...system.native import as_pointer, store_field
from ..access import PAIR_COUNT
from ..layout import MAX_PAIRS, NO_LAG, PAIR
from .lag import lag_at, next_index

_PERIOD_NS = 100_000_000


@njit(nogil=True, cache=True)
def pair_row(state, number):  # type: ignore[no-untyped-def]
    """The row of a pair."""
    return carray(as_pointer(state.pairs_address), MAX_PAIRS, PAIR)[number % MAX_PAIRS]


@njit(nogil=True, cache=True)
def note_pair(state):  # type: ignore[no-untyped-def]
    """Look at a poll's moment, and make a pair of the best one ten times a second.

    What comes behind the end moves the clock and not the samples.
    """
    if state.delivered == 0 or state.beyond > 0:
        return
    lag_ns = lag_at(state, state.now_ns)
    if state.pair_ns == 0:
        state.pair_ns, state.pair_lag_ns = state.now_ns, NO_LAG
    if lag_ns <= state.pair_lag_ns:
        state.pair_lag_ns = lag_ns
        state.pair_index, state.pair_at_ns = next_index(state), state.now_ns
    if state.now_ns - state.pair_ns >= _PERIOD_NS:
        _add_pair(state)


@njit(nogil=True, cache=True)
def _add_pair(state):  # type: ignore[no-untyped-def]
    row = pair_row(state, state.pair_count)
    row.index, row.host_ns, row.slept_ns = state.pair_index, state.pair_at_ns, state.slept_ns
    state.rate_index, state.rate_ns = state.pair_index, state.pair_at_ns
    state.pair_ns, state.pair_lag_ns = state.now_ns, NO_LAG
    store_field(state, PAIR_COUNT, state.pair_count + 1)
