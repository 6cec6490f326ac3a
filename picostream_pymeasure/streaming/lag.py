"""How far the driver is behind the clock, and what that says about samples it lost.

The *lag* is what the clock says must have been sampled, less what arrived and what is known to be
missing. Its smallest value of the last seconds is what delivery costs when nothing is wrong; only
moments at which the driver has nothing more to give count. From it follow

- whether to poll again at once: more is waiting than a pause brings;
- the length of a gap the driver reported without a number;
- a loss the driver did not report at all: a lag that stays. It becomes a gap as well, placed
  where the lag began, because a file must not claim to be whole when it cannot be.
"""

from __future__ import annotations

from numba import int64, njit

from ..system.native import store_release
from . import state as st

_WINDOW_NS = 5_000_000_000
_SUSPICION_S = 0.1
_SUSPICION_NS = 1_000_000_000
_NEVER = 2**62


@njit((int64[::1], int64, int64, int64), nogil=True, cache=True)
def enter_gap(state, index, missing, cause):  # type: ignore[no-untyped-def]
    """Enter a gap before a sample, or add to the one that is there already.

    :param missing: samples, or ``UNKNOWN`` for a number that is estimated later.
    """
    state[st.LOSS_SEEN] = 1
    count = state[st.GAP_COUNT]
    row = st.GAPS + (count - 1) * st.GAP_FIELDS
    same_place = count > 0 and state[row + st.GAP_INDEX] == index
    if not same_place and count < st.MAX_GAPS:
        row += st.GAP_FIELDS
        count += 1
        state[row + st.GAP_INDEX] = index
        state[row + st.GAP_MISSING] = 0
        state[row + st.GAP_ESTIMATE] = 0
        state[row + st.GAP_CAUSE] = cause
        state[row + st.GAP_TIME_NS] = state[st.NOW_NS] - state[st.START_NS]
    if missing == st.UNKNOWN:
        state[row + st.GAP_MISSING] = st.UNKNOWN
        if state[st.UNSETTLED_GAP] < 0:
            state[st.UNSETTLED_GAP] = count - 1
    else:
        if state[row + st.GAP_MISSING] != st.UNKNOWN:
            state[row + st.GAP_MISSING] += missing
        state[row + st.GAP_ESTIMATE] += missing
        state[st.LOST] += missing
    store_release(state, st.GAP_COUNT, count)


@njit(nogil=True, cache=True)
def _samples_in(state, duration_ns):  # type: ignore[no-untyped-def]
    return int64(float(duration_ns) * 1e6 / state[st.INTERVAL_FS])


@njit(nogil=True, cache=True)
def lag(state):  # type: ignore[no-untyped-def]
    """Samples the driver is behind the clock."""
    due = _samples_in(state, state[st.NOW_NS] - state[st.START_NS])
    return due - state[st.RECEIVED] - state[st.LOST]


@njit(nogil=True, cache=True)
def excess_lag(state):  # type: ignore[no-untyped-def]
    """Samples the driver is further behind than usual."""
    usual = min(state[st.LAG_LOWEST], state[st.LAG_LOWEST_BEFORE])
    return lag(state) - usual if usual != _NEVER else 0


@njit(nogil=True, cache=True)
def is_behind(state):  # type: ignore[no-untyped-def]
    """Whether more waits in the driver than a pause between two polls brings."""
    return excess_lag(state) > _samples_in(state, state[st.POLL_NS])


@njit(nogil=True, cache=True)
def _settle_gap(state):  # type: ignore[no-untyped-def]
    """Estimate the gap whose length the driver did not tell."""
    missing = max(excess_lag(state), 0)
    row = st.GAPS + state[st.UNSETTLED_GAP] * st.GAP_FIELDS
    state[row + st.GAP_ESTIMATE] += missing
    state[st.LOST] += missing
    store_release(state, st.UNSETTLED_GAP, -1)


@njit(nogil=True, cache=True)
def _suspect(state):  # type: ignore[no-untyped-def]
    """Look for a lag that stays although the driver reported nothing."""
    if excess_lag(state) * float(state[st.INTERVAL_FS]) < _SUSPICION_S * 1e15:
        state[st.SUSPECT_SINCE_NS] = 0
        return
    if state[st.SUSPECT_SINCE_NS] == 0:
        state[st.SUSPECT_SINCE_NS] = state[st.NOW_NS]
        state[st.SUSPECT_INDEX] = state[st.ACCEPTED]
    elif state[st.NOW_NS] - state[st.SUSPECT_SINCE_NS] > _SUSPICION_NS:
        enter_gap(state, state[st.SUSPECT_INDEX], st.UNKNOWN, st.CAUSE_UNREPORTED)
        _settle_gap(state)
        state[st.SUSPECT_SINCE_NS] = 0


@njit((int64[::1],), nogil=True, cache=True)
def note_drained(state):  # type: ignore[no-untyped-def]
    """Take notice that the driver has nothing more to give at this moment."""
    if state[st.UNSETTLED_GAP] >= 0:
        _settle_gap(state)
    _suspect(state)
    if state[st.SUSPECT_SINCE_NS] != 0:
        return
    if state[st.NOW_NS] - state[st.LAG_WINDOW_NS] > _WINDOW_NS:
        state[st.LAG_WINDOW_NS] = state[st.NOW_NS]
        state[st.LAG_LOWEST_BEFORE] = state[st.LAG_LOWEST]
        state[st.LAG_LOWEST] = _NEVER
    state[st.LAG_LOWEST] = min(state[st.LAG_LOWEST], lag(state))
