"""What is missing and where: a pure function of what the driver said and when.

:func:`note_poll` is told of every poll: when it began and returned, and, through the callback, what
came. Nothing depends on one habit of a driver: it may never say that nothing is left, never signal
a loss, hand over whole packets or all there is, lose a little at every call.

- What the driver signals is an *open* gap, told at once. Its length is what the lag grew by, read
  when the lag has stopped falling. Between two signals without such rest the scope's memory was
  full both times, so that the difference of the lag is the loss of the second.
- What it does not signal shows by a lag that stays: a step above a floor that lasts, or a slow
  growth of more than any clock.
- An estimate that proves too long, because the lag falls below what it was, is taken back.

Samples can only be late, so that lags are compared by their lowest: of a moment without a loss the
one at the return of a call, which errs upwards, of a suspicion the one at its begin, which errs
downwards.
"""

from __future__ import annotations

from numba import njit

from .gaps import enter_estimated, gap_row, note_settled, settle_row, take_back
from .lag import base_lag, lag_at, samples_in
from .layout import CAUSE_STEADY, CAUSE_UNREPORTED, NO_LAG

#: Clocks differ by less; what is slower loses samples.
_LARGEST_RATE_ERROR = 1e-3
_FLOOR_NS = 30e6
_STAY_NS = 1e9
_SETTLE_NS = 0.3e9
_CALM_POLLS = 4
#: A lag that falls by so much is still falling.
_FALLING_NS = 2e6
_LONGEST_OPEN_NS = 10e9
_CORRECTABLE_NS = 30e9
_WINDOW_NS = 1e9
#: The place of a signalled gap, found by the clock, may be wrong by so much.
_PLACE_ERROR_NS = 5e6


@njit(nogil=True, cache=True)
def floor_ns(state):  # type: ignore[no-untyped-def]
    """The smallest step of the lag that is taken for a loss."""
    return max(_FLOOR_NS, 2 * state.handover_ns, 2 * state.interval_ns)


@njit(nogil=True, cache=True)
def _several(state, shortest_ns):  # type: ignore[no-untyped-def]
    """A time, but at least several deliveries and samples."""
    return max(shortest_ns, 8 * state.handover_ns, 4 * state.interval_ns)


# -- usual times


@njit(nogil=True, cache=True)
def _note_times(state):  # type: ignore[no-untyped-def]
    """Follow how long calls take, and how long it is from delivery to delivery."""
    call_ns = float(state.now_ns - state.before_ns)
    state.call_ns += (min(call_ns, 4 * state.call_ns + 1e6) - state.call_ns) / 16
    if state.delivered == 0:
        return
    if state.data_polls > 0:
        since_ns = float(state.now_ns - state.last_data_ns)
        if state.data_polls == 1:
            state.handover_ns = min(since_ns, 25e6)
        usual = state.handover_ns
        state.handover_ns += (min(since_ns, 4 * usual + 1e6) - usual) / 16
    else:
        state.first_data_ns = state.now_ns
    state.data_polls += 1
    state.last_data_ns = state.now_ns


# -- the lag when nothing is wrong


@njit(nogil=True, cache=True)
def _note_low_lag(state, lag_ns):  # type: ignore[no-untyped-def]
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
    state.base_ns -= max(short_ns, 0.0)


@njit(nogil=True, cache=True)
def _begin_window(state):  # type: ignore[no-untyped-def]
    state.window_ns = state.now_ns
    state.window_lag_ns = state.window_certain_ns = NO_LAG


@njit(nogil=True, cache=True)
def _note_window(state, lag_ns, certain_ns):  # type: ignore[no-untyped-def]
    """Let the base rise as clocks may differ, once a second; then look for a slow loss."""
    state.window_lag_ns = min(state.window_lag_ns, lag_ns)
    state.window_certain_ns = min(state.window_certain_ns, certain_ns)
    length_ns = float(state.now_ns - state.window_ns)
    if length_ns < _several(state, _WINDOW_NS):
        return
    if state.first_base_ns == NO_LAG:
        state.first_base_ns = state.anchor_lag_ns = state.base_ns
        state.anchor_ns, state.anchor_index = state.now_ns, state.accepted
    elif state.suspect_since_ns == 0:
        rise_ns = state.window_lag_ns - state.base_ns
        state.base_ns += max(0.0, min(rise_ns, _LARGEST_RATE_ERROR * length_ns))
    state.visible_ns = max(state.visible_ns, floor_ns(state) + state.call_ns)
    _look_for_steady_loss(state)
    _begin_window(state)


@njit(nogil=True, cache=True)
def _look_for_steady_loss(state):  # type: ignore[no-untyped-def]
    """Find a lag that grows by more than clocks differ, too slowly for a step."""
    since_ns = float(state.now_ns - state.anchor_ns)
    grown_ns = state.window_certain_ns - state.anchor_lag_ns
    if grown_ns < floor_ns(state) + _LARGEST_RATE_ERROR * since_ns:
        state.steady_lag_ns = NO_LAG
        return
    if state.steady_lag_ns != NO_LAG:
        lag_ns = min(state.steady_lag_ns, state.window_lag_ns)
        _claim(state, state.anchor_index, lag_ns - state.anchor_lag_ns, CAUSE_STEADY)
        state.base_ns = state.anchor_lag_ns
        state.anchor_ns, state.anchor_index = state.now_ns, state.accepted
        return
    state.steady_lag_ns = state.window_lag_ns


# -- losses that nobody signalled


@njit(nogil=True, cache=True)
def _claim(state, earliest, loss_ns, cause):  # type: ignore[no-untyped-def]
    """Enter a loss that only the clock shows, somewhere from a sample on."""
    missing = samples_in(state, loss_ns)
    state.suspect_since_ns = 0
    if missing <= 0:
        return
    likely = state.accepted
    if cause == CAUSE_UNREPORTED:
        likely = max(earliest, state.suspect_index)
    enter_estimated(state, (likely, earliest, state.accepted), missing, cause)
    state.unreported_ns += missing * state.interval_ns
    state.steady_lag_ns = NO_LAG  # what was measured before is not comparable
    _begin_window(state)


@njit(nogil=True, cache=True)
def _rise_is_loss(state):  # type: ignore[no-untyped-def]
    """Whether the base has risen as fast as it may all the time, which no clock does."""
    if state.first_base_ns == NO_LAG:
        return False
    since_ns = float(state.now_ns - state.anchor_ns)
    return state.base_ns - state.anchor_lag_ns > 0.8 * _LARGEST_RATE_ERROR * since_ns > 1e6


@njit(nogil=True, cache=True)
def _claim_step(state):  # type: ignore[no-untyped-def]
    """Enter a loss that shows as a step of the lag."""
    earliest = state.good_index
    if _rise_is_loss(state):
        earliest = min(earliest, state.anchor_index)
        state.base_ns = state.anchor_lag_ns
        state.anchor_ns, state.anchor_index = state.now_ns, state.accepted
    _claim(state, earliest, state.suspect_lag_ns - state.base_ns, CAUSE_UNREPORTED)


@njit(nogil=True, cache=True)
def _suspect(state, lag_ns, certain_ns):  # type: ignore[no-untyped-def]
    """Look for a lag that stays from delivery to delivery although nothing seems to wait."""
    if lag_ns - state.base_ns <= floor_ns(state) / 2:
        state.good_index = state.accepted
    if certain_ns - state.base_ns <= floor_ns(state):
        state.suspect_since_ns = 0
        return
    if state.suspect_since_ns == 0:
        state.suspect_since_ns, state.suspect_polls = state.now_ns, 0
        state.suspect_lag_ns = NO_LAG
        state.suspect_index = state.accepted - state.delivered
    state.suspect_lag_ns = min(state.suspect_lag_ns, lag_ns)
    state.suspect_polls += 1
    stayed_ns = state.now_ns - state.suspect_since_ns
    if stayed_ns >= _several(state, _STAY_NS) and state.suspect_polls >= _CALM_POLLS:
        _claim_step(state)


# -- losses that were signalled


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
def settle_open(state):  # type: ignore[no-untyped-def]
    """Give all open gaps their lengths, from the lowest lag since the last of them.

    Of several without rest between, the later ones get the differences of their lags, the first
    one what is left.
    """
    base_ns = base_lag(state)
    left_ns = max(0.0, state.open_lag_ns - base_ns)
    first = _first_open(state)
    later_ns = _loss_of_later(state, first, left_ns)
    lost_ns = previous_ns = 0.0
    for number in range(first, state.gap_count):
        row = gap_row(state, number)
        if row.estimate >= 0:
            continue
        own_ns = left_ns - later_ns
        if number > first:
            own_ns = min(max(0.0, row.lag_ns - previous_ns), left_ns - lost_ns)
        previous_ns, lost_ns = row.lag_ns, lost_ns + own_ns
        waiting_ns = row.lag_ns - base_ns - lost_ns + 4 * _PLACE_ERROR_NS
        waiting_ns += 2 * state.interval_ns + state.handover_ns + state.call_ns
        latest = min(state.accepted, row.index + samples_in(state, max(0.0, waiting_ns)))
        settle_row(state, row, _loss_by_clock(state, row, own_ns), latest)
    note_settled(state, first, state.gap_count)


@njit(nogil=True, cache=True)
def _loss_of_later(state, first, left_ns):  # type: ignore[no-untyped-def]
    """What the open gaps after the first one take of a loss."""
    later_ns, previous_ns = 0.0, gap_row(state, first).lag_ns
    for number in range(first + 1, state.gap_count):
        row = gap_row(state, number)
        if row.estimate < 0:
            later_ns = min(left_ns, later_ns + max(0.0, row.lag_ns - previous_ns))
            previous_ns = row.lag_ns
    return later_ns


@njit(nogil=True, cache=True)
def _note_open(state, lag_ns, is_calm):  # type: ignore[no-untyped-def]
    """Settle the open gaps once the lag has stopped falling."""
    if lag_ns < state.open_lag_ns - _FALLING_NS:
        state.open_best_ns, state.open_calm_polls = state.now_ns, 0
    state.open_lag_ns = min(state.open_lag_ns, lag_ns)
    state.open_calm_polls += is_calm
    rested_ns = state.now_ns - state.open_best_ns
    is_rest = state.open_calm_polls >= _CALM_POLLS and rested_ns >= _several(state, _SETTLE_NS)
    if is_rest or state.now_ns - gap_row(state, _first_open(state)).noticed_ns > _LONGEST_OPEN_NS:
        settle_open(state)


# -- the whole


@njit(nogil=True, cache=True)
def note_poll(state):  # type: ignore[no-untyped-def]
    """Take notice of a poll: ``before_ns``, ``now_ns``, ``delivered`` and ``more_waits``."""
    _note_times(state)
    if state.data_polls == 0:
        return
    lag_ns, certain_ns = lag_at(state, state.now_ns), lag_at(state, state.before_ns)
    is_calm = state.more_waits == 0
    if state.open_gaps > 0:
        if state.base_ns == NO_LAG:
            state.base_ns = min(base_lag(state), lag_ns)
        _note_open(state, lag_ns, is_calm)
        return
    _note_low_lag(state, lag_ns)
    if state.window_ns == 0:
        _begin_window(state)
    if is_calm and state.delivered > 0:
        _suspect(state, lag_ns, certain_ns)
        _note_window(state, lag_ns, certain_ns)


@njit(nogil=True, cache=True)
def note_end(state):  # type: ignore[no-untyped-def]
    """Find what can be found when no poll will follow."""
    if state.open_gaps > 0:
        settle_open(state)
        return
    if state.first_base_ns == NO_LAG:
        return
    if state.suspect_since_ns > 0 and state.suspect_polls >= _CALM_POLLS:
        if state.now_ns - state.suspect_since_ns >= _several(state, _STAY_NS) / 2:
            _claim_step(state)
    elif state.window_certain_ns != NO_LAG:
        _look_for_steady_loss(state)
