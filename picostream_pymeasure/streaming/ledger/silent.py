"""Losses that nobody signalled: a lag that stays above its base although nothing waits."""

from __future__ import annotations

from numba import njit

from ..layout import CAUSE_STEADY, CAUSE_UNREPORTED, NO_LAG, RECENT
from .base import LARGEST_RATE_ERROR, WINDOW_NS, begin_window, is_at_base, note_low, set_anchor
from .corrected import reach_on
from .gaps import enter_estimated
from .lag import hardly_comes, lag_at, samples_in
from .target import wanted_samples
from .usual import CALM_POLLS, LEAST_STEP_NS, floor_ns, several

_STAY_NS = 1e9
#: A lag that falls by so much is still falling: what is late comes, a bit faster than usual.
_FALLING_NS = 2e6
#: Longer than what a lag may fall for before it is told as a loss.
_LONGEST_FALL_NS = 30e9
#: One that has not fallen for so long falls no more.
_FALLS_ON_NS = 0.25e9
#: A lag that takes so many deliveries from its base to the floor does not rise at once.
_SLOW_POLLS = 4
#: Nor does one that rises at more than one of so many deliveries.
_RISING_POLLS = 4
#: How long it is from delivery to delivery is hardly known before so many.
_KNOWN_POLLS = 32


@njit(nogil=True, cache=True)
def _claim(state, earliest, loss_ns, cause):  # type: ignore[no-untyped-def]
    """Enter a loss that only the clock shows, somewhere from a sample on."""
    missing = samples_in(state, loss_ns)
    _end_suspicion(state)
    if missing <= 0:
        return
    likely = state.accepted
    if cause == CAUSE_UNREPORTED:
        likely = max(earliest, state.suspect_index)
    enter_estimated(state, (likely, earliest, state.accepted), missing, cause)
    state.unreported_ns += missing * state.interval_ns
    begin_window(state)  # what was measured before is not comparable
    state.recent_count = 0


@njit(nogil=True, cache=True)
def _end_suspicion(state):  # type: ignore[no-untyped-def]
    state.suspect_since_ns = state.open_lost = 0


@njit(nogil=True, cache=True)
def note_unsure(state, lag_ns):  # type: ignore[no-untyped-def]
    """Let a silent gap reach up to where the lag is at its base for sure.

    Its length may be too long, and a later loss hide in it.
    """
    reach_on(state, state.unsure_gap)
    if state.delivered > 0:
        state.unsure_polls += is_at_base(state, lag_ns)
    if state.unsure_polls >= CALM_POLLS:
        state.unsure_gap = -1


@njit(nogil=True, cache=True)
def _doubt(state, lost):  # type: ignore[no-untyped-def]
    """What was entered at the end may lie behind the last sample, if all that came waited before.

    :param lost: what had been before.
    """
    if state.accepted <= state.suspect_sure:
        state.untold_wait_ns += (state.lost - lost) * state.interval_ns


@njit(nogil=True, cache=True)
def _claim_suspicion(state):  # type: ignore[no-untyped-def]
    """Enter a loss by how the lag rose."""
    is_slow = state.suspect_is_slow or _rises_on(state)
    if is_slow and state.first_base_ns != NO_LAG:
        _claim_slow(state, _share_lost(state))
    else:
        loss_ns = state.suspect_lag_ns - state.base_ns
        if state.suspect_since_ns - state.first_data_ns <= several(state, WINDOW_NS):
            state.untold_wait_ns += max(0.0, state.base_ns)  # its begin may look like a late start
        _claim(state, state.good_index, loss_ns, CAUSE_UNREPORTED)


@njit(nogil=True, cache=True)
def _rises_on(state):  # type: ignore[no-untyped-def]
    """Whether the lag has risen all the time since it was suspected."""
    known = min(RECENT, state.recent_count)
    is_often = _RISING_POLLS * state.suspect_rises > state.suspect_polls
    if known == 0 or not is_often:
        return False
    return state.recent_lag_ns[:known].min() - state.suspect_lag_ns > floor_ns(state)


@njit(nogil=True, cache=True)
def _share_lost(state):  # type: ignore[no-untyped-def]
    """The share of the samples that is lost since the anchor, by the lowest of the last lags.

    A call that returns late makes no sample late.
    """
    share = NO_LAG
    for number in range(min(RECENT, state.recent_count)):
        since_ns = float(state.recent_ns[number] - state.anchor_ns)
        if since_ns > 0:
            share = min(share, (state.recent_certain_ns[number] - state.anchor_lag_ns) / since_ns)
    return share if share != NO_LAG else 0.0


@njit(nogil=True, cache=True)
def _claim_slow(state, share):  # type: ignore[no-untyped-def]
    """Enter what was lost steadily since the anchor, which is nothing before it but at first."""
    earliest, since_ns = state.anchor_index, float(state.last_data_ns - state.anchor_ns)
    if state.anchor_ns - state.first_data_ns <= several(state, WINDOW_NS):
        earliest = 0
    state.steady_share = share
    state.base_ns = state.anchor_lag_ns
    if hardly_comes(share, 1.0):
        state.untold_wait_ns += share * since_ns
    _claim(state, earliest, share * since_ns, CAUSE_STEADY)
    set_anchor(state, state.last_data_ns, state.accepted)
    note_low(state, state.base_ns, state.last_data_ns)


@njit(nogil=True, cache=True)
def note_recent(state, lag_ns, certain_ns):  # type: ignore[no-untyped-def]
    """Keep the lag of a delivery for a while, also that of the moment when it was asked for."""
    place = state.recent_count % RECENT
    state.recent_lag_ns[place], state.recent_ns[place] = lag_ns, state.now_ns
    state.recent_certain_ns[place] = certain_ns
    state.recent_count += 1


@njit(nogil=True, cache=True)
def is_late(state):  # type: ignore[no-untyped-def]
    """Whether more is to come than usual, which waits or is lost."""
    excess_ns = lag_at(state, state.now_ns) - state.base_ns
    return state.base_ns != NO_LAG and excess_ns > floor_ns(state)


@njit(nogil=True, cache=True)
def suspect(state, lag_ns, certain_ns):  # type: ignore[no-untyped-def]
    """Look for a lag that stays from delivery to delivery although nothing seems to wait."""
    state.rise_polls = 0 if is_at_base(state, lag_ns) else state.rise_polls + 1
    if certain_ns - state.base_ns <= floor_ns(state):
        _end_suspicion(state)
        return
    usual_ns = state.steady_share * float(state.last_data_ns - state.anchor_ns)
    is_usual = state.steady_share > 0 and certain_ns - state.anchor_lag_ns < 2 * usual_ns
    if state.suspect_since_ns == 0:
        state.suspect_since_ns, state.suspect_polls = state.now_ns, 0
        state.suspect_lag_ns, state.suspect_top_ns, state.suspect_rises = NO_LAG, certain_ns, 0
        state.suspect_index = state.accepted - state.delivered
        state.suspect_rest_ns, state.suspect_low_ns = state.now_ns, lag_ns
        state.suspect_is_slow = state.rise_polls > _SLOW_POLLS or is_usual
    # one more loss may follow that is suspected
    if state.suspect_polls == 0 or certain_ns - state.suspect_lag_ns > floor_ns(state):
        waits = samples_in(state, certain_ns - state.base_ns)
        state.suspect_sure = state.accepted + state.beyond + waits
    state.suspect_lag_ns = min(state.suspect_lag_ns, lag_ns)
    if lag_ns < state.suspect_low_ns - _FALLING_NS or _waits_more(state, lag_ns):
        state.suspect_rest_ns, state.suspect_low_ns = state.now_ns, lag_ns
    state.suspect_rises += certain_ns > state.suspect_top_ns
    state.suspect_top_ns = max(state.suspect_top_ns, certain_ns)
    state.suspect_polls += 1
    if is_usual:  # it is told late, but the end shall not be
        state.open_lost = samples_in(state, min(usual_ns, certain_ns - state.base_ns))
    if _stays(state) and state.suspect_polls >= CALM_POLLS:
        lost = state.lost
        _claim_suspicion(state)
        if wanted_samples(state) == 0:
            _doubt(state, lost)


@njit(nogil=True, cache=True)
def _waits_more(state, lag_ns):  # type: ignore[no-untyped-def]
    """Whether the lag was falling, and the newest delivery follows a pause and is later by that."""
    if state.recent_count < 2:
        return False
    before = (state.recent_count - 2) % RECENT
    rested_ns = float(state.recent_ns[before] - state.suspect_rest_ns)
    if rested_ns > several(state, _FALLS_ON_NS):
        return False
    paused_ns = float(state.now_ns - state.recent_ns[before])
    later_ns = lag_ns - state.recent_lag_ns[before]
    return min(paused_ns, later_ns) > floor_ns(state)


@njit(nogil=True, cache=True)
def _stays(state):  # type: ignore[no-untyped-def]
    """Whether the suspected lag falls no more, or has fallen for so long that it counts."""
    rested_ns = state.now_ns - state.suspect_rest_ns
    is_long = state.now_ns - state.suspect_since_ns >= _LONGEST_FALL_NS
    return rested_ns >= several(state, _STAY_NS) or is_long


@njit(nogil=True, cache=True)
def note_untold(state):  # type: ignore[no-untyped-def]
    """What the newest samples are late by when no poll will follow may be a loss."""
    late_ns = lag_at(state, state.last_data_ns) - state.base_ns
    if state.first_base_ns != NO_LAG and late_ns > floor_ns(state):
        state.visible_ns = max(state.visible_ns, late_ns + state.late_ns)
        state.untold_wait_ns += late_ns


@njit(nogil=True, cache=True)
def claim_at_end(state):  # type: ignore[no-untyped-def]
    """Enter what is lost for all that is known when no poll will follow."""
    if state.first_base_ns == NO_LAG or state.lost_beyond:
        return
    lost = state.lost
    share, stayed_ns = _share_lost(state), state.now_ns - state.suspect_since_ns
    stays = state.suspect_since_ns > 0 and state.suspect_polls >= CALM_POLLS
    if state.steady_share > 0 and share > state.steady_share / 2:
        _claim_slow(state, share if stays else min(share, state.steady_share))
    elif stays and stayed_ns >= several(state, _STAY_NS) / 2:
        _claim_suspicion(state)
    elif _is_certainly_slow(state, min(share, state.window_share)):
        _claim_slow(state, min(share, state.window_share))
    _doubt(state, lost)


@njit(nogil=True, cache=True)
def _is_certainly_slow(state, share):  # type: ignore[no-untyped-def]
    """Whether more is missing since the anchor than clocks and all that is late explain.

    :param share: of the samples that is missing, also a while before the end.
    """
    since_ns = float(state.last_data_ns - state.anchor_ns)
    unknown_ns = max(LEAST_STEP_NS, state.late_ns * (1 + state.settlements))
    is_known = state.data_polls >= _KNOWN_POLLS
    return is_known and (share - LARGEST_RATE_ERROR) * since_ns > unknown_ns
