"""Which gap the sink is to be told of next, in native code; indices become those of the file."""

from __future__ import annotations

from numba import njit

from ..records import CAUSE_BYTES
from ..system.native import address_of, copy_bytes, load_field, store_field
from .access import FINAL_GAPS, GAP_COUNT, GAP_VERSION
from .layout import DRAIN, GAP, MAX_GAPS, offset
from .ledger.gaps import gap_row
from .zero import zero_of

_ROW_CAUSE, _CAUSE = offset(GAP, "cause"), offset(DRAIN, "cause")
#: An estimate may be taken back for so long.
_FINAL_AFTER_NS = 40_000_000_000


@njit(nogil=True, cache=True)
def _is_before_file(drain, row):  # type: ignore[no-untyped-def]
    """Whether nothing is missing in the file, by the place of a gap alone.

    However short it is: what is told with the first portion may be missing in it.
    """
    return row.index <= drain.first and row.latest <= drain.first


@njit(nogil=True, cache=True)
def _may_be_before_file(drain, row):  # type: ignore[no-untyped-def]
    """Whether a gap that is told may as well lie before the file's first sample."""
    is_possible = row.earliest <= drain.first and (drain.first > 0 or row.index == 0)
    return is_possible and row.missing < 0


@njit(nogil=True, cache=True)
def _account(drain, row, is_before):  # type: ignore[no-untyped-def]
    """Take the change of a gap into the totals of what was, or may have been, before the file."""
    before = max(row.estimate, 0) if is_before else -1
    drain.lost_before += max(before, 0) - max(row.before, 0)
    drain.gaps_before += (before >= 0) - (row.before >= 0)
    row.before = before
    is_doubtful = not is_before and _may_be_before_file(drain, row)
    doubtful = max(row.estimate, 0) if is_doubtful else 0
    drain.lost_doubtful += doubtful - row.doubtful
    row.doubtful = doubtful


@njit(nogil=True, cache=True)
def _write_message(state, drain, row):  # type: ignore[no-untyped-def]
    """Fields of ``GAP_MESSAGE_DTYPE``, in its order."""
    index = row.index
    if index <= drain.first:
        index = row.latest if row.missing < 0 else drain.first + 1
    drain.gap[0] = row.number
    drain.gap[1] = index - drain.first
    drain.gap[2] = max(row.earliest - drain.first, 0)
    drain.gap[3] = row.latest - drain.first
    drain.gap[4] = row.missing
    drain.gap[5] = row.estimate
    drain.gap[6] = max(row.noticed_ns - zero_of(state, drain), 0)
    drain.gap[7] = address_of(drain) + _CAUSE
    copy_bytes(address_of(drain) + _CAUSE, address_of(row) + _ROW_CAUSE, CAUSE_BYTES)


@njit(nogil=True, cache=True)
def _tell(state, drain, row):  # type: ignore[no-untyped-def]
    """Whether there is something to tell of a gap, which is in ``drain.gap`` then."""
    version = load_field(row, GAP_VERSION)
    if version & 1 or version == row.told_version:
        return False
    if row.index <= drain.first and row.estimate < 0:
        return False
    is_before = _is_before_file(drain, row)
    if not is_before:
        _write_message(state, drain, row)
    if load_field(row, GAP_VERSION) != version:
        return False  # it was changed meanwhile
    _account(drain, row, is_before)
    row.told_version = version
    return not is_before


@njit(nogil=True, cache=True)
def _is_final(state, drain, row):  # type: ignore[no-untyped-def]
    """Whether a gap's place in the table can be given back."""
    if row.estimate < 0 or row.told_version != load_field(row, GAP_VERSION):
        return False
    is_crowded = state.gap_count - drain.next_gap > MAX_GAPS // 2
    return is_crowded or state.now_ns - row.noticed_ns > _FINAL_AFTER_NS


@njit(nogil=True, cache=True)
def next_gap(state, drain):  # type: ignore[no-untyped-def]
    """Put the next gap that is new or has changed into ``drain.gap``; tell whether there is one."""
    count = load_field(state, GAP_COUNT)
    while drain.next_gap < count and _is_final(state, drain, gap_row(state, drain.next_gap)):
        drain.next_gap += 1
        store_field(state, FINAL_GAPS, drain.next_gap)
    for number in range(drain.next_gap, count):
        if _tell(state, drain, gap_row(state, number)):
            return True
    return False
