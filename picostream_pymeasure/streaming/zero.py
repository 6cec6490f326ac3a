"""The zero of time: when the file's first sample was taken."""

from __future__ import annotations

from numba import int64, njit

from .ledger.lag import base_lag

_ZERO_POLLS = 8
#: The ledger has looked at the delivery of the first sample when another one has come.
_SHOWN_POLLS = 2


@njit(nogil=True, cache=True)
def zero_of(state, drain):  # type: ignore[no-untyped-def]
    """Time of the file's first sample, by the gaps before it that have been told."""
    if drain.zero_is_final == 0:
        before = max(drain.first, 0) + drain.lost_before
        drain.zero_ns = state.run_ns + int64(base_lag(state) + before * state.interval_ns)
    return drain.zero_ns


@njit(nogil=True, cache=True)
def fix_zero(state, drain, has_lengths):  # type: ignore[no-untyped-def]
    """Let it be final after some deliveries, when nothing is suspected to be missing before it.

    What is lost silently shows in the delivery behind it, which may bring the first sample.

    :param has_lengths: all gaps before the file have one, and have been told.
    """
    zero_of(state, drain)
    if drain.polls_at_first == 0:
        drain.polls_at_first = state.data_polls
    is_shown = state.data_polls >= drain.polls_at_first + _SHOWN_POLLS
    is_calm = has_lengths and state.suspect_since_ns == 0
    if is_calm and is_shown and state.data_polls >= _ZERO_POLLS:
        drain.zero_is_final = 1
