"""What each poll means for the ledger, and its end."""

from __future__ import annotations

from numba import njit

from .base import begin_window, note_low_lag, note_window
from .corrected import NEAR_NS, end_at_target
from .lag import base_lag, lag_at, next_index
from .repeated import end_repeated
from .signalled import note_open, settle_open
from .silent import claim_at_end, note_recent, note_unsure, note_untold, suspect
from .usual import note_times


@njit(nogil=True, cache=True)
def note_poll(state):  # type: ignore[no-untyped-def]
    """Take notice of a poll: ``before_ns``, ``now_ns``, ``delivered`` and ``more_waits``."""
    note_times(state)
    if state.data_polls == 0:
        return
    lag_ns, certain_ns = lag_at(state, state.now_ns), lag_at(state, state.before_ns)
    # behind what filled the driver's buffer more may wait, whatever polls say that bring nothing
    is_calm = state.more_waits == 0 and state.was_full == 0
    if state.delivered > 0:
        state.base_kept_ns = state.base_ns
    if state.open_gaps > 0:
        state.base_ns = base_lag(state)
        note_low_lag(state, lag_ns)
        note_open(state, lag_ns, certain_ns, is_calm)
        return
    note_low_lag(state, lag_ns)
    if lag_ns - state.base_ns <= NEAR_NS:
        state.good_index = next_index(state)
    if state.window_ns == 0:
        begin_window(state)
    if state.unsure_gap >= 0:
        note_unsure(state, lag_ns)
    if is_calm and state.delivered > 0:
        note_recent(state, lag_ns, certain_ns)
        suspect(state, lag_ns, certain_ns)
        note_window(state, lag_ns)


@njit(nogil=True, cache=True)
def note_end(state):  # type: ignore[no-untyped-def]
    """Find what can be found when no poll will follow."""
    if state.open_gaps > 0:
        settle_open(state, True)
    else:
        claim_at_end(state)
    note_untold(state)
    end_at_target(state)
    end_repeated(state)
