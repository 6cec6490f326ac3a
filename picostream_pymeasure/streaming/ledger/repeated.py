"""Rows that say that the order of samples broke, and that nothing is missing."""

from __future__ import annotations

from numba import int64, njit

from .gaps import begin_change, end_change, enter_known, gap_row

#: Breaks of the order that cost nothing are one row for so long.
_SAME_BREAK_NS = 10e9


@njit(nogil=True, cache=True)
def enter_repeated(state, index, cause):  # type: ignore[no-untyped-def]
    """Enter that the order broke and nothing is missing; a row stands for all of some seconds."""
    if state.gap_count > 0:
        row = gap_row(state, state.gap_count - 1)
        if row.missing == 0 and state.now_ns - row.noticed_ns < _SAME_BREAK_NS:
            begin_change(row)
            row.latest = index
            end_change(row)
            return
    enter_known(state, index, int64(0), cause)


@njit(nogil=True, cache=True)
def end_repeated(state):  # type: ignore[no-untyped-def]
    """The end of the last samples may not have been there yet, and nothing follows that tells."""
    if state.gap_count > 0:
        row = gap_row(state, state.gap_count - 1)
        if row.missing == 0 and row.latest >= state.sure:
            begin_change(row)
            row.latest = state.accepted
            end_change(row)
