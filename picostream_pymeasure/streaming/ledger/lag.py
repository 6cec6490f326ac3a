"""How far the samples are behind the clock.

The *lag* of a moment is the time since the start of the scope, less the time that all samples take
that arrived or are told as missing. Samples can only be late, so the lag of any moment is at least
what it is when nothing waits: the lower envelope of the lag, and never one difference, tells the
time of a sample. All lags are in ns.
"""

from __future__ import annotations

from numba import int64, njit

from ..layout import NO_LAG

#: The largest share of the samples that is taken for lost without doubt.
_MOST_LOST = 0.85


@njit(nogil=True, cache=True)
def next_index(state):  # type: ignore[no-untyped-def]
    """Index of the sample that must come next; what has to come again is not there yet."""
    return state.accepted - state.again


@njit(nogil=True, cache=True)
def lag_at(state, time_ns):  # type: ignore[no-untyped-def]
    """Lag of a moment, with the samples that are known now."""
    passed = float(next_index(state) + state.beyond + state.lost) * state.interval_ns
    return float(time_ns - state.run_ns) - passed


@njit(nogil=True, cache=True)
def base_lag(state):  # type: ignore[no-untyped-def]
    """Lag when nothing waits; until it is known, as if sampling had begun when it was started."""
    return state.base_ns if state.base_ns != NO_LAG else float(state.ran_ns - state.run_ns)


@njit(nogil=True, cache=True)
def hardly_comes(lost_ns, since_ns):  # type: ignore[no-untyped-def]
    """Whether so little came of some time that all that did not may as well wait in the scope."""
    return lost_ns > _MOST_LOST * since_ns


@njit(nogil=True, cache=True)
def samples_in(state, duration_ns):  # type: ignore[no-untyped-def]
    """Whole samples in a time."""
    return int64(duration_ns / state.interval_ns)
