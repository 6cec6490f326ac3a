"""The native poll loop of the producer thread; no Python runs in it.

It sleeps between polls as long as the driver's buffer allows and polls again at once when more
may be waiting: the chunk ended at the end of that buffer, or the driver hands over faster than the
scope samples. While the pool is too full for a whole buffer it keeps off the driver for a moment:
the scope's own memory may bridge what the pool cannot.
"""

from __future__ import annotations

from numba import from_dtype, int16, int64, njit

from ..config import NOTHING_YET, Status
from ..system.native import address_of, call_poll, load_field, sleep_ns, store_field
from .access import GIVEN_UP, IN_CALL, POLLS, RUNNING, STOP, WAITS
from .callback import room_in_pool
from .clock import pause, read_clock
from .layout import CAUSE_RESTART, NO_LAG, STATE
from .ledger.gaps import enter_open
from .ledger.lag import base_lag, lag_at
from .ledger.order import may_end_early, note_overrun
from .ledger.pairs import note_pair
from .ledger.polls import note_end, note_poll
from .ledger.silent import is_late
from .ledger.target import wanted_samples
from .written import keep_places

#: Why :func:`poll_until` returned.
STOPPED, TARGET_REACHED, AUTO_STOPPED, TIME_OVER, STATUS, STALLED, VIOLATION, LOSS, UNWRITTEN = (
    range(9)
)

_OK, _BUFFER_STALL = int(Status.OK), int(Status.BUFFER_STALL)
# After a BUFFER_STALL a driver may go on by itself if it is polled at once.
_STALLS_WITHOUT_PAUSE = 100
_STALL_PATIENCE_NS = 100_000_000
_HOLD_NS = 25_000_000
_MIN_SLEEP_NS = 500_000
#: A driver that gives so much more than was sampled meanwhile, so often in a row, has more.
_CATCHING_UP = 1.25
_GAINS_IN_A_ROW = 3
_LONGEST_PROBE_PAUSE = 1024
#: What a single poll may add to the time without samples: a driver whose calls take long is slow,
#: and one that stands still does so for many polls.
_LONGEST_SILENCE_NS = 100_000_000
_LONGEST_REST_NS, _LONGEST_SUSPICION_NS = 1_000_000_000, 3_000_000_000


@njit(nogil=True, cache=True)
def _must_hold(state):  # type: ignore[no-untyped-def]
    """Wait for the consumer while the pool could not take a full driver buffer."""
    if room_in_pool(state) >= state.buffer_samples:
        state.hold_since_ns = 0
        return False
    now = read_clock(state)
    if state.hold_since_ns == 0:
        state.hold_since_ns = now
    return now - state.hold_since_ns < _HOLD_NS


@njit(nogil=True, cache=True)
def _note_waiting(state, status):  # type: ignore[no-untyped-def]
    """Judge whether the driver has more to give than it gave, and whether to ask it at once.

    It has when it stopped at the end of its buffer or filled it once round, or gives more than is
    sampled meanwhile, again and again; a BUFFER_STALL between says nothing of that. Where the lag
    is too large, that is tried, at longer and longer distances.
    """
    is_full = state.at_buffer_end or state.delivered >= state.buffer_samples
    if state.delivered > 0:
        state.was_full = is_full
    since_ns = state.now_ns - state.last_data_ns
    gains = state.delivered * state.interval_ns > _CATCHING_UP * since_ns
    excess_ns = lag_at(state, state.now_ns) - base_lag(state)
    is_behind = state.base_ns != NO_LAG and excess_ns > state.poll_ns
    if state.delivered == 0 and status != _BUFFER_STALL:  # it may only have been busy
        state.gains //= 2
    elif status != _BUFFER_STALL:
        state.gains = state.gains + 1 if gains and is_behind else 0
    if state.poll_again and state.gains > 1:  # to look for more pays
        state.probe_wait = state.probe_pause = 0
    state.more_waits = is_full or may_end_early(state) or state.gains >= _GAINS_IN_A_ROW
    state.poll_again = is_full or state.gains > 0
    if not is_behind:
        state.probe_wait = state.probe_pause = 0
    elif state.delivered > 0 and not state.poll_again:
        _perhaps_probe(state)


@njit(nogil=True, cache=True)
def _perhaps_probe(state):  # type: ignore[no-untyped-def]
    if state.probe_wait > 0:
        state.probe_wait -= 1
        return
    state.probe_pause = min(2 * state.probe_pause + 1, _LONGEST_PROBE_PAUSE)
    state.probe_wait = state.probe_pause
    state.poll_again = 1


@njit(nogil=True, cache=True)
def _poll_once(state, function, handle, callback):  # type: ignore[no-untyped-def]
    state.delivered = state.at_buffer_end = 0
    previous_ns = state.now_ns
    state.before_ns = state.now_ns = read_clock(state)
    store_field(state, IN_CALL, 1)
    status = int64(call_poll(function, handle, callback, address_of(state)))
    store_field(state, IN_CALL, 0)
    state.now_ns = read_clock(state)
    if state.delivered > 0:
        state.stalls, state.last_delivered, state.silent_ns = 0, state.delivered, 0
    else:
        _note_nothing(state, status, previous_ns)
    _note_waiting(state, status)
    note_poll(state)
    note_pair(state)
    store_field(state, POLLS, state.polls + 1)
    return status


@njit(nogil=True, cache=True)
def _note_nothing(state, status, previous_ns):  # type: ignore[no-untyped-def]
    state.silent_ns += min(state.now_ns - previous_ns, _LONGEST_SILENCE_NS)
    if status != _BUFFER_STALL:
        return
    if state.stalls == 0:
        state.stalled_since_ns = state.now_ns
    state.stalls += 1
    # it may tell of it late
    note_overrun(state, state.accepted + state.beyond - state.last_delivered)


@njit(nogil=True, cache=True)
def _pause_ns(state, status):  # type: ignore[no-untyped-def]
    """How long to leave the driver alone; 0 when more may be waiting."""
    if status == _BUFFER_STALL:
        return 0 if state.stalls < _STALLS_WITHOUT_PAUSE else _MIN_SLEEP_NS
    return 0 if state.poll_again else state.poll_ns


@njit(nogil=True, cache=True)
def _is_time_over(state):  # type: ignore[no-untyped-def]
    """Whether all samples should have come long ago; a driver that stands still is told as such."""
    stands_still = 2 * state.silent_ns > state.stall_ns
    if state.time_limit_ns == 0 or state.target < 0 or stands_still:
        return False
    began_ns = state.triggered_ns if state.pre_trigger >= 0 else state.run_ns
    return state.now_ns - began_ns > state.time_limit_ns


@njit(nogil=True, cache=True)
def _verdict(state, status):  # type: ignore[no-untyped-def]
    """Say why the loop must end, or -1."""
    if state.violation:
        return VIOLATION
    if state.unwritten_row >= 0:
        return UNWRITTEN
    if wanted_samples(state) == 0:
        return TARGET_REACHED
    if state.loss_seen and state.stop_on_loss:
        return LOSS
    if state.auto_stopped:
        return AUTO_STOPPED
    if _is_time_over(state):
        return TIME_OVER
    if status == _BUFFER_STALL:
        patient = state.now_ns - state.stalled_since_ns < _STALL_PATIENCE_NS
        return -1 if patient else STATUS
    if status != _OK and status not in NOTHING_YET:
        return STATUS
    if state.silent_ns > state.stall_ns:
        return STALLED
    return -1


@njit(nogil=True, cache=True)
def _await_start(state):  # type: ignore[no-untyped-def]
    """Wait until the scope runs; False if it will not.

    An end that is asked for before waits as well: a scope that is being started is to be stopped.
    """
    store_field(state, WAITS, 1)
    while load_field(state, RUNNING) == 0:
        if load_field(state, GIVEN_UP):
            return False
        sleep_ns(_MIN_SLEEP_NS)
    return True


@njit(nogil=True, cache=True)
def _poll_on(state, function, handle, callback):  # type: ignore[no-untyped-def]
    while load_field(state, STOP) == 0:
        if _must_hold(state):
            pause(state, _MIN_SLEEP_NS)
            continue
        status = _poll_once(state, function, handle, callback)
        why = _verdict(state, status)
        if why >= 0:
            return why, status
        pause_ns = _pause_ns(state, status)
        if pause_ns > 0:
            pause(state, pause_ns)
    return STOPPED, int64(0)


@njit(nogil=True, cache=True)
def _worth_ns(state, data_polls, was_late):  # type: ignore[no-untyped-def]
    """How long what follows the end is worth to be waited for.

    It may show whether samples are late or lost, how long a gap is, and, of a driver that told the
    order wrongly before, how much of its last chunk there was.
    """
    is_new = state.data_polls > data_polls
    is_open = state.suspect_since_ns > 0 or not is_new
    is_usual = state.suspect_is_slow and state.steady_share > 0
    if was_late and is_open and not (is_usual or state.lost_beyond):
        return _LONGEST_SUSPICION_NS
    is_unsure = state.order_breaks > 0 and state.sure < state.accepted
    if is_unsure or state.more_waits or state.open_gaps > 0:
        return _LONGEST_REST_NS
    return 0


@njit(nogil=True, cache=True)
def _poll_last(state, function, handle, callback):  # type: ignore[no-untyped-def]
    """Poll once more, and go on for a moment while a gap has no length, or one is suspected.

    What has been sampled by the moment of the end belongs to the recording, also what a mark was
    set at. Whether samples are late or lost shows only in what follows.
    """
    began_ns, data_polls, was_late = state.now_ns, state.data_polls, is_late(state)
    while state.stop_on_loss == 0 or state.loss_seen == 0:
        status = _poll_once(state, function, handle, callback)
        is_served = status in (_OK, _BUFFER_STALL) or status in NOTHING_YET
        is_over = state.now_ns - began_ns >= _worth_ns(state, data_polls, was_late)
        if state.violation or not is_served or is_over:
            break
        pause_ns = _pause_ns(state, status)
        if pause_ns > 0:
            pause(state, pause_ns)


@njit(
    (from_dtype(STATE)[::1], int64, int16, int64),
    nogil=True,
    cache=True,
)
def poll_until(records, function, handle, callback):  # type: ignore[no-untyped-def]
    """Poll the driver until something ends it, and at an end that was asked for to the last sample.

    It begins once the scope has been started (:mod:`.start`).
    The ledger is closed then as well: whoever holds the interpreter may hold up what follows, and
    what the scope loses meanwhile is no loss of the recording.

    :param records: the shared state, one record.
    :param function: address of GetStreamingLatestValues.
    :param callback: address of :func:`~.callback.streaming_ready`.
    :returns: (why, last status): one of the constants above and a ``PICO_STATUS``.
    """
    state = records[0]
    if not _await_start(state):
        return STOPPED, int64(0)
    if state.callbacks == 0:
        keep_places(state, 0, 0)
    why, status = _poll_on(state, function, handle, callback)
    if why in (STOPPED, TARGET_REACHED, TIME_OVER):
        _poll_last(state, function, handle, callback)
        note_end(state)
    return why, status


@njit((from_dtype(STATE)[::1],), nogil=True, cache=True)
def end_ledger(records):  # type: ignore[no-untyped-def]
    """Close the ledger of a stream whose driver is not polled any more."""
    note_end(records[0])


@njit((from_dtype(STATE)[::1],), nogil=True, cache=True)
def enter_restart(records):  # type: ignore[no-untyped-def]
    """Enter a gap that lasts until the driver delivers again; any start index may follow."""
    state = records[0]
    state.next_start = state.broken_start = -1
    state.again = 0
    state.told_at_restart = state.told_total
    enter_open(state, lag_at(state, state.now_ns), int64(0), state.accepted, CAUSE_RESTART)


@njit((from_dtype(STATE)[::1],), nogil=True, cache=True)
def note_data(records):  # type: ignore[no-untyped-def]
    """Give a driver that was started anew its time."""
    state = records[0]
    state.last_data_ns, state.silent_ns, state.stalls = read_clock(state), 0, 0
