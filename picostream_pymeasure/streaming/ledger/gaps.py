"""The table of gaps: entering, settling and joining them.

Each gap has a number. It lies in the table at ``number % MAX_GAPS`` until the drain has told its
final form; where no room is left, a gap is joined with the one before it, and the totals stay
right.
"""

from __future__ import annotations

from numba import carray, njit

from ...records import CAUSE_BYTES
from ...system.native import (
    address_of,
    as_pointer,
    copy_bytes,
    load_field,
    store_field,
)
from ..access import FINAL_GAPS, GAP_COUNT, GAP_VERSION
from ..layout import (
    CAUSE_DRIVER,
    CAUSE_POOL,
    CAUSE_RESTART,
    GAP,
    MAX_GAPS,
    NO_LAG,
    offset,
)
from .lag import base_lag, samples_in
from .target import wanted_samples

_CAUSE = offset(GAP, "cause")


@njit(nogil=True, cache=True)
def gap_row(state, number):  # type: ignore[no-untyped-def]
    """The row of a gap."""
    return carray(as_pointer(state.gaps_address), MAX_GAPS, GAP)[number % MAX_GAPS]


@njit(nogil=True, cache=True)
def begin_change(row):  # type: ignore[no-untyped-def]
    """Keep the drain from taking a row that is being changed."""
    store_field(row, GAP_VERSION, row.version + 1)


@njit(nogil=True, cache=True)
def end_change(row):  # type: ignore[no-untyped-def]
    """Let the drain see a row that was changed."""
    store_field(row, GAP_VERSION, row.version + 1)


@njit(nogil=True, cache=True)
def _has_room(state):  # type: ignore[no-untyped-def]
    return state.gap_count - load_field(state, FINAL_GAPS) < MAX_GAPS


@njit(nogil=True, cache=True)
def _fill(row, state, place, cause):  # type: ignore[no-untyped-def]
    """Write a new row; ``place`` is (most likely, earliest, latest)."""
    row.number = state.gap_count
    row.index, row.earliest, row.latest = place
    row.missing, row.estimate, row.extra, row.claimed = -1, -1, 0, 0
    row.noticed_ns = state.now_ns
    row.told_version = row.before = -1
    row.lag_ns, row.doubtful = 0.0, 0
    source = state.causes_address + cause * CAUSE_BYTES
    copy_bytes(address_of(row) + _CAUSE, source, CAUSE_BYTES)


@njit(nogil=True, cache=True)
def _begin_row(state, place, cause):  # type: ignore[no-untyped-def]
    """Begin a new row, or to change the last one where there is no room; the row's number."""
    if not _has_room(state):
        row = gap_row(state, state.gap_count - 1)
        begin_change(row)
        row.earliest, row.latest = min(row.earliest, place[1]), max(row.latest, place[2])
        return state.gap_count - 1
    row = gap_row(state, state.gap_count)
    begin_change(row)
    _fill(row, state, place, cause)
    return state.gap_count


@njit(nogil=True, cache=True)
def _publish_new(state, row, is_new):  # type: ignore[no-untyped-def]
    end_change(row)
    if is_new:
        store_field(state, GAP_COUNT, state.gap_count + 1)


@njit(nogil=True, cache=True)
def last_is_at(state, index):  # type: ignore[no-untyped-def]
    """Whether the last gap lies there."""
    return state.gap_count > 0 and gap_row(state, state.gap_count - 1).index == index


@njit(nogil=True, cache=True)
def enter_known(state, index, missing, cause):  # type: ignore[no-untyped-def]
    """Enter a gap of known place and length, or add to one of the same kind at the same place."""
    state.loss_seen = 1
    state.lost += missing
    if last_is_at(state, index):
        row = gap_row(state, state.gap_count - 1)
        if row.missing >= 0 and cause == CAUSE_POOL:
            begin_change(row)
            row.missing += missing
            row.estimate += missing
            end_change(row)
            return
    number = _begin_row(state, (index, index, index), cause)
    row, is_new = gap_row(state, number), number == state.gap_count
    if is_new:
        row.missing = row.estimate = missing
    elif row.missing >= 0:
        row.missing += missing
        row.estimate += missing
    else:
        _add_to_estimate(row, missing)
    _publish_new(state, row, is_new)


@njit(nogil=True, cache=True)
def give_up_claim(state, index):  # type: ignore[no-untyped-def]
    """Nothing is missing where the start index said so; whether there is such a gap."""
    if state.open_gaps == 0 or not last_is_at(state, index):
        return False
    row = gap_row(state, state.gap_count - 1)
    if row.estimate >= 0 or row.claimed == 0:
        return False
    settle_row(state, row, 0, index)
    return True


@njit(nogil=True, cache=True)
def _add_to_estimate(row, missing):  # type: ignore[no-untyped-def]
    """Add to a gap whose length is an estimate, or is still to be found."""
    if row.estimate < 0:
        row.extra += missing
    else:
        row.estimate += missing


@njit(nogil=True, cache=True)
def note_settled(state, first, end, is_silent):  # type: ignore[no-untyped-def]
    """Remember the gaps that were estimated last, in case they prove too long.

    Silent ones that follow each other are remembered together: all may have been late samples.
    """
    if not (is_silent and state.settled_is_silent and state.settled_end == first):
        state.settled_gap = first
    state.settled_end, state.settled_ns = end, state.now_ns
    state.settled_is_silent = is_silent
    state.settlements += not is_silent
    state.estimates += 1


@njit(nogil=True, cache=True)
def enter_estimated(state, place, missing, cause):  # type: ignore[no-untyped-def]
    """Enter a gap whose length is an estimate; ``place`` is (most likely, earliest, latest)."""
    state.loss_seen = 1
    state.lost += missing
    number = _begin_row(state, place, cause)
    row, is_new = gap_row(state, number), number == state.gap_count
    row.missing = -1
    if is_new:
        row.estimate = missing
    else:
        _add_to_estimate(row, missing)
    note_settled(state, row.number, row.number + 1, True)
    state.unsure_gap, state.unsure_polls = row.number, 0
    _publish_new(state, row, is_new)


@njit(nogil=True, cache=True)
def open_at_end(state):  # type: ignore[no-untyped-def]
    """Whether no sample came since the last open gap."""
    return state.open_gaps > 0 and last_is_at(state, state.accepted)


@njit(nogil=True, cache=True)
def note_wait(state, lag_ns):  # type: ignore[no-untyped-def]
    """Follow the lag until a sample comes after an open gap: more may wait, and more be missing."""
    last = gap_row(state, state.gap_count - 1)
    last.lag_ns = max(last.lag_ns, lag_ns)


@njit(nogil=True, cache=True)
def _last_good(state):  # type: ignore[no-untyped-def]
    """Up to where nothing is missing that is not told; a break that costs nothing shows nothing."""
    number = state.gap_count - 1
    while number >= 0 and gap_row(state, number).missing == 0:
        number -= 1
    return max(state.good_index, gap_row(state, number).index if number >= 0 else 0)


@njit(nogil=True, cache=True)
def enter_open(state, lag_ns, claimed, earliest, cause):  # type: ignore[no-untyped-def]
    """Enter a gap before the next sample whose length is to be found.

    What is signalled again before another sample came is the same gap. What is lost after the last
    sample that was wanted is none, unless that was late. A driver may tell late, and so may the
    end that a restart follows, but nothing was missing when the lag was at its base last.

    :param lag_ns: before what comes with the signal.
    :param claimed: samples that are missing by the start index, 0 if it says nothing.
    :param earliest: the first sample that may lie behind it.
    """
    index, may_be_late = state.accepted, cause in (CAUSE_DRIVER, CAUSE_RESTART)
    if state.suspect_since_ns > 0:  # its length will be that of what is suspected as well
        earliest = min(earliest, _last_good(state))
    if earliest >= index and wanted_samples(state) == 0:
        state.lost_beyond = 1
        return
    state.loss_seen = 1
    if open_at_end(state):
        note_wait(state, lag_ns)
        return
    if may_be_late:
        earliest = min(earliest, _last_good(state))
    number = _begin_row(state, (index, earliest, index), cause)
    row, is_new = gap_row(state, number), number == state.gap_count
    if not is_new and row.estimate < 0:
        row.claimed = row.claimed + claimed if row.claimed and claimed else 0
        row.lag_ns = lag_ns
    else:
        row.extra, row.missing, row.estimate = max(row.estimate, 0), -1, -1
        row.lag_ns, row.claimed, row.opened_ns = lag_ns, claimed, state.now_ns
        if state.open_gaps == 0:
            count_from_here(state, lag_ns)
        state.open_gaps += 1
    state.open_lag_ns, state.open_calm_polls = NO_LAG, 0
    _publish_new(state, row, is_new)


@njit(nogil=True, cache=True)
def count_from_here(state, lag_ns):  # type: ignore[no-untyped-def]
    """Let what is missing for certain in open gaps be what is missing from now on."""
    state.open_first_lag_ns, state.open_lost = lag_ns, 0


@njit(nogil=True, cache=True)
def note_certain_loss(state, lag_ns):  # type: ignore[no-untyped-def]
    """Follow what is missing for certain, once samples came after the last signal.

    The scope's memory is full at every signal: what the lag grew from the first to the last is
    missing. Where a driver signals with memory left, less is: nothing that came is missing.
    """
    last = gap_row(state, state.gap_count - 1)
    if last.index == 0:  # before the first sample nothing is missing
        count_from_here(state, last.lag_ns)
        return
    grown_ns = last.lag_ns - state.open_first_lag_ns
    least_ns = min(grown_ns, lag_ns - base_lag(state))
    state.open_lost = max(state.open_lost, samples_in(state, least_ns))


@njit(nogil=True, cache=True)
def settle_row(state, row, missing, latest):  # type: ignore[no-untyped-def]
    """Give an open gap its length and the end of its place."""
    begin_change(row)
    row.estimate = missing + row.extra
    row.latest = max(row.earliest, latest)
    end_change(row)
    state.open_gaps -= 1
    if state.open_gaps == 0:
        state.open_lost = 0
    if row.index <= max(state.triggered_at, 0):  # before the first sample nothing is missing
        state.lost_at_trigger += missing
    state.lost += missing
