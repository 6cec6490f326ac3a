"""The zero of time: when the file's first sample was taken."""

from __future__ import annotations

from numba import int64, njit

from .ledger.lag import base_lag

_ZERO_POLLS = 8


@njit(nogil=True, cache=True)
def zero_of(state, drain):  # type: ignore[no-untyped-def]
    """Time of the file's first sample, by the gaps before it that have been told."""
    if drain.zero_is_final == 0:
        before = max(drain.first, 0) + drain.lost_before
        drain.zero_ns = state.run_ns + int64(base_lag(state) + before * state.interval_ns)
    return drain.zero_ns


@njit(nogil=True, cache=True)
def fix_zero(state, drain, has_lengths):  # type: ignore[no-untyped-def]
    """Let it be final after some deliveries.

    :param has_lengths: all gaps before the file have one, and have been told.
    """
    zero_of(state, drain)
    if has_lengths and state.data_polls >= _ZERO_POLLS:
        drain.zero_is_final = 1
