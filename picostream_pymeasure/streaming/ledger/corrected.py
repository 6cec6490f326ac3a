"""Gaps in the table that are put right: their lengths, and how far their places reach."""

from __future__ import annotations

from numba import njit

from ...system.native import load_field
from ..access import FINAL_GAPS
from .gaps import begin_change, end_change, gap_row, last_is_at
from .target import missing_beyond

#: A lag so little above its base is at its base; what is less is no news of a gap's place.
NEAR_NS = 2e6


@njit(nogil=True, cache=True)
def _can_change(state, number):  # type: ignore[no-untyped-def]
    """Whether a row is still that of its gap, and the drain looks at it."""
    return number >= load_field(state, FINAL_GAPS) and gap_row(state, number).number == number


@njit(nogil=True, cache=True)
def reach_on(state, number):  # type: ignore[no-untyped-def]
    """Let the place of a gap reach up to the last sample."""
    row = gap_row(state, number)
    if _can_change(state, number) and row.latest < state.accepted:
        begin_change(row)
        row.latest = state.accepted
        end_change(row)


@njit(nogil=True, cache=True)
def _shorten_row(state, number, excess):  # type: ignore[no-untyped-def]
    row = gap_row(state, number)
    is_known = row.missing >= 0 or row.claimed > 0
    if is_known or not _can_change(state, number):
        return 0
    taken = max(0, min(excess, row.estimate))
    rest_ns = (row.estimate - taken) * state.interval_ns
    if taken > 0 and rest_ns < NEAR_NS <= row.estimate * state.interval_ns:
        taken = row.estimate  # so little is left that no clock tells it from nothing
    if taken > 0:
        begin_change(row)
        row.estimate -= taken
        end_change(row)
        state.lost -= taken
        if row.index <= max(state.triggered_at, 0):  # no duration that begins there counts it
            state.lost_at_trigger -= taken
    return taken


@njit(nogil=True, cache=True)
def end_at_target(state):  # type: ignore[no-untyped-def]
    """Let a gap that was signalled behind the last sample end where the stream had to."""
    if last_is_at(state, state.accepted) and not state.settled_is_silent:
        _shorten_row(state, state.gap_count - 1, missing_beyond(state))


@njit(nogil=True, cache=True)
def take_back(state, excess):  # type: ignore[no-untyped-def]
    """Take back up to so many samples of the last estimates, which prove too long; how many.

    Of silent ones the newest first, as what comes late is the newest that was missing.
    """
    taken = 0
    for place in range(state.settled_end - state.settled_gap):
        number = state.settled_gap + place
        if state.settled_is_silent:
            number = state.settled_end - 1 - place
            if taken >= excess or number < load_field(state, FINAL_GAPS):
                break
        taken += _shorten_row(state, number, excess - taken)
    if state.settled_is_silent:
        taken_ns = taken * state.interval_ns
        state.unreported_ns -= taken_ns
        if taken_ns > NEAR_NS:
            state.unsure_gap, state.unsure_polls = state.settled_gap, 0
    return taken
