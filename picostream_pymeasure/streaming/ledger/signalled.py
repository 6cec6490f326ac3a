"""Losses that the driver signalled: open gaps, and how they get their lengths."""

from __future__ import annotations

from numba import njit

from ..layout import CAUSE_UNREPORTED, MAX_GAPS, NO_LAG
from .base import WINDOW_NS
from .gaps import (
    begin_change,
    end_change,
    enter_estimated,
    gap_row,
    note_certain_loss,
    note_settled,
    open_at_end,
    settle_row,
)
from .lag import base_lag, hardly_comes, samples_in
from .target import wanted_samples
from .usual import CALM_POLLS, floor_ns, several

_SETTLE_NS = 0.15e9
#: A lag that falls by so much is still falling.
_FALLING_NS = 2e6
_LONGEST_OPEN_NS = 10e9
#: In place of a number of polls.
_NOTHING_CAME = -1
#: The place of a signalled gap, found by the clock, may be wrong by so much.
_PLACE_ERROR_NS = 5e6


@njit(nogil=True, cache=True)
def _first_open(state):  # type: ignore[no-untyped-def]
    """Number of the first open gap; there is one."""
    number, left = state.gap_count, state.open_gaps
    while left > 0:
        number -= 1
        if gap_row(state, number).estimate < 0:
            left -= 1
    return number


@njit(nogil=True, cache=True)
def _loss_by_clock(state, row, loss_ns):  # type: ignore[no-untyped-def]
    """Samples of a gap, also by the start index, which is exact unless the clock contradicts."""
    missing = samples_in(state, loss_ns)
    if row.claimed == 0:
        return missing
    uncertain = samples_in(state, max(_PLACE_ERROR_NS, state.handover_ns))
    if missing > row.claimed + uncertain:
        return missing
    return row.claimed if missing + uncertain >= row.claimed else 0


@njit(nogil=True, cache=True)
def _is_rest(state):  # type: ignore[no-untyped-def]
    """Whether the lag has stopped falling."""
    rested_ns = state.now_ns - state.open_best_ns
    return state.open_calm_polls >= CALM_POLLS and rested_ns >= several(state, _SETTLE_NS)


@njit(nogil=True, cache=True)
def _limit_losses(state, first, lag_ns):  # type: ignore[no-untyped-def]
    """Note of each open gap the lowest lag from its signal on: up to it no more can be missing.

    :param lag_ns: the lowest since the last of them.
    :returns: the most that must have waited at a signal, since the lag fell by as much.
    """
    waited_ns = 0.0
    for number in range(state.gap_count - 1, first - 1, -1):
        row = gap_row(state, number)
        if row.estimate < 0:
            lag_ns = row.least_lag_ns = min(row.lag_ns, lag_ns)
            waited_ns = max(waited_ns, row.lag_ns - lag_ns)
    return waited_ns


@njit(nogil=True, cache=True)
def settle_open(state, is_end):  # type: ignore[no-untyped-def]
    """Give all open gaps their lengths, from the lowest lag since the last of them.

    Of several without rest between, the scope's memory was as full at each signal as it ever was:
    what the lag was beyond that is missing up to there, but no more than any later lag. What is
    missing beyond all that start indices say is a gap of its own.

    :param is_end: no sample will follow.
    """
    base_ns = base_lag(state)
    left_ns = max(0.0, state.open_lag_ns - base_ns) if state.open_lag_ns != NO_LAG else 0.0
    first = _first_open(state)
    waited_ns = _limit_losses(state, first, base_ns + left_ns)
    _note_uncertain(state, base_ns, waited_ns)
    is_first, is_unknown = _is_first(state, first), state.recent_count == 0
    since_ns = float(state.now_ns - gap_row(state, first).opened_ns)
    state.window_open_ns += state.now_ns - gap_row(state, first).opened_ns
    if state.open_gaps > 1 and hardly_comes(left_ns, since_ns):
        state.untold_wait_ns += left_ns
    lost_ns = told_ns = 0.0
    for number in range(first, state.gap_count):
        row = gap_row(state, number)
        if row.estimate >= 0:
            continue
        waiting_ns = row.lag_ns - base_ns - lost_ns
        own_ns = max(0.0, min(waiting_ns - waited_ns, row.least_lag_ns - base_ns - lost_ns))
        if state.open_gaps == 1:
            own_ns, waiting_ns = left_ns - lost_ns, waiting_ns - (left_ns - lost_ns)
        lost_ns += own_ns
        waiting_ns += 2 * state.interval_ns + state.handover_ns + state.call_ns
        waiting_ns += 4 * _PLACE_ERROR_NS
        latest = row.latest + samples_in(state, max(0.0, waiting_ns))
        missing = _loss_by_clock(state, row, own_ns)
        settle_row(state, row, missing, min(state.accepted, latest))
        # it may lie behind the last sample
        if latest >= state.accepted and (is_end or wanted_samples(state) == 0):
            state.untold_wait_ns += missing * state.interval_ns
        told_ns += missing * state.interval_ns
    if is_first:
        _note_late_start(state, first, base_ns, is_unknown)
    state.recent_count = state.suspect_since_ns = 0
    note_settled(state, first, state.gap_count, False)
    untold_ns = left_ns - told_ns
    if untold_ns > floor_ns(state):
        place = (state.accepted, gap_row(state, first).earliest, state.accepted)
        enter_estimated(state, place, samples_in(state, untold_ns), CAUSE_UNREPORTED)
        state.unreported_ns += untold_ns


@njit(nogil=True, cache=True)
def _note_uncertain(state, base_ns, waited_ns):  # type: ignore[no-untyped-def]
    """Add up what cannot be told from a loss.

    Without rest as much may wait in the scope as at the first of the signals, at most the lag, or
    as ever between them.
    """
    if not _is_rest(state):
        state.untold_wait_ns += max(waited_ns, state.open_first_lag_ns - base_ns)


@njit(nogil=True, cache=True)
def _is_first(state, first):  # type: ignore[no-untyped-def]
    """Whether gaps are the first ones, of the first second."""
    opened_ns = gap_row(state, first).opened_ns - state.first_data_ns
    return state.settlements == 0 and opened_ns <= several(state, WINDOW_NS)


@njit(nogil=True, cache=True)
def _note_late_start(state, first, base_ns, is_unknown):  # type: ignore[no-untyped-def]
    """Add what may be missing behind the first sample, where it looks like a late start.

    Sampling may begin as soon as the scope is told to, and all that came may be older than a loss,
    which then is what was taken for the start, or begins with it.
    """
    row = gap_row(state, first)
    begin_change(row)
    row.earliest = 0
    end_change(row)
    late_ns = max(0.0, base_ns)
    state.untold_wait_ns += late_ns
    if is_unknown and state.pre_trigger < 0:
        state.visible_ns = max(state.visible_ns, late_ns)


@njit(nogil=True, cache=True)
def note_open(state, lag_ns, certain_ns, is_calm):  # type: ignore[no-untyped-def]
    """Settle the open gaps once the lag has stopped falling.

    Where the table gets full of them, a poll that brings nothing has to do for that.
    """
    # Before a sample comes after it, more may be lost; behind the last wanted one that is no loss.
    if open_at_end(state) and wanted_samples(state) > 0:
        state.open_lag_ns, state.open_calm_polls = lag_ns, _NOTHING_CAME
        is_calm = False
    elif state.open_calm_polls == _NOTHING_CAME:
        state.open_lag_ns, state.open_calm_polls = NO_LAG, 0
    if state.delivered > 0 and state.more_waits == 0:
        note_certain_loss(state, certain_ns)
    if lag_ns < state.open_lag_ns - _FALLING_NS:
        state.open_best_ns, state.open_calm_polls = state.now_ns, 0
    state.open_lag_ns = min(state.open_lag_ns, lag_ns)
    state.open_calm_polls += is_calm
    open_ns = state.now_ns - gap_row(state, _first_open(state)).opened_ns
    is_long = open_ns > _LONGEST_OPEN_NS and state.open_calm_polls >= CALM_POLLS
    is_crowded = state.open_gaps > MAX_GAPS // 2 and state.delivered == state.stalls == 0
    if _is_rest(state) or is_long or is_crowded or open_ns > 2 * _LONGEST_OPEN_NS:
        settle_open(state, False)
