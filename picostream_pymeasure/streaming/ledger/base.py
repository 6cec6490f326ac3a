"""The lag when nothing is wrong: it follows the scope's clock, as far as clocks may differ."""

from __future__ import annotations

from numba import njit

from ..layout import NO_LAG
from .corrected import NEAR_NS, take_back
from .lag import samples_in
from .usual import floor_ns, several

#: Clocks differ by less; what is slower loses samples.
LARGEST_RATE_ERROR = 1e-3
_CORRECTABLE_NS = 30e9
WINDOW_NS = 1e9
#: Where gaps are open nearly all the time, clocks that differ must be followed all the same.
_LONGEST_WINDOW_NS = 20e9


@njit(nogil=True, cache=True)
def note_low_lag(state, lag_ns):  # type: ignore[no-untyped-def]
    """Let the base follow a lag below it, and take back an estimate that proves too long."""
    if state.base_ns == NO_LAG:
        state.base_ns = lag_ns
        return
    short_ns = state.base_ns - lag_ns
    if short_ns <= 0:
        return
    recent = state.now_ns - state.settled_ns < _CORRECTABLE_NS
    if state.settled_gap >= 0 and recent:
        taken = take_back(state, samples_in(state, short_ns))
        short_ns -= taken * state.interval_ns
    state.base_ns -= short_ns


@njit(nogil=True, cache=True)
def forget_newest(state):  # type: ignore[no-untyped-def]
    """The newest chunk had more samples than there were: its lag was too low."""
    if state.base_kept_ns == NO_LAG:
        return
    state.base_ns, state.recent_count = state.base_kept_ns, 0
    state.window_lag_ns = NO_LAG


@njit(nogil=True, cache=True)
def is_at_base(state, lag_ns):  # type: ignore[no-untyped-def]
    """Whether nothing is missing, or so little that no clock tells."""
    return lag_ns - state.base_ns <= max(NEAR_NS, state.handover_ns / 2)


@njit(nogil=True, cache=True)
def begin_window(state):  # type: ignore[no-untyped-def]
    """Look for the lowest lag anew."""
    state.window_ns, state.window_open_ns = state.now_ns, 0
    state.window_lag_ns = NO_LAG


@njit(nogil=True, cache=True)
def note_low(state, lag_ns, now_ns):  # type: ignore[no-untyped-def]
    """Keep the lowest lag of the window with its moment and place."""
    state.window_lag_ns = lag_ns
    state.window_low_ns, state.window_low_index = now_ns, state.accepted


@njit(nogil=True, cache=True)
def set_anchor(state, now_ns, index):  # type: ignore[no-untyped-def]
    """Let what is slow be reckoned from here on."""
    state.anchor_ns, state.anchor_index = now_ns, index
    state.anchor_lag_ns, state.window_share = state.base_ns, 0.0


@njit(nogil=True, cache=True)
def note_window(state, lag_ns):  # type: ignore[no-untyped-def]
    """Let the base rise as clocks may differ, once in a second without an open gap."""
    if lag_ns < state.window_lag_ns:
        note_low(state, lag_ns, state.now_ns)
    length_ns = float(state.now_ns - state.window_ns)
    is_first = state.first_base_ns == NO_LAG
    watched_ns = length_ns if is_first else length_ns - state.window_open_ns
    if watched_ns < several(state, WINDOW_NS) and length_ns < _LONGEST_WINDOW_NS:
        return
    if is_first:
        state.first_base_ns = state.base_ns
        state.first_low_ns, state.first_low_lag_ns = state.window_low_ns, state.window_lag_ns
        set_anchor(state, state.first_data_ns, 0)
        # what is lost while it is started, or behind the first sample, looks like a late start
        if state.pre_trigger < 0:
            state.visible_ns = max(state.visible_ns, state.base_ns + state.late_ns)
    rise_ns, most_ns = state.window_lag_ns - state.base_ns, LARGEST_RATE_ERROR * length_ns
    since_ns = float(state.window_low_ns - state.anchor_ns)
    if since_ns > 0:
        state.window_share = (state.window_lag_ns - state.anchor_lag_ns) / since_ns
    if state.suspect_since_ns == 0:
        state.base_ns += max(0.0, min(rise_ns, most_ns))
        if rise_ns <= most_ns:
            set_anchor(state, state.window_low_ns, state.window_low_index)
    state.visible_ns = max(state.visible_ns, floor_ns(state) + state.call_ns)
    begin_window(state)
