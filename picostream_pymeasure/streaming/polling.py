"""The native poll loop of the producer thread; no Python runs in it.

It sleeps between polls as long as the driver's buffer allows, polls again at once when a chunk
ended at the end of that buffer (there may be more), and keeps off the driver for a moment while
the pool is too full for a whole buffer: the scope's own memory may bridge what the pool cannot.
"""

from __future__ import annotations

from numba import int16, int64, njit

from ..system.native import call_poll, load_acquire, now_ns, sleep_ns, store_release
from . import state as st
from .callback import note_loss, room_in_pool

#: Why :func:`poll_until` returned.
STOPPED, TARGET_REACHED, AUTO_STOPPED, STATUS, STALLED, VIOLATION, LOSS = range(7)

_OK, _BUFFER_STALL = 0, 28
# Answers that only mean "nothing yet": DATA_NOT_AVAILABLE, NO_SAMPLES_AVAILABLE, BUSY and
# DRIVER_FUNCTION, which real drivers give now and then while they stream.
_NOTHING_YET = (24, 37, 39, 67)
# After a BUFFER_STALL a driver may go on by itself; it is polled without pause for so long.
_STALL_PATIENCE_NS = 100_000_000
_HOLD_NS = 25_000_000
_MIN_SLEEP_NS = 500_000


@njit(nogil=True, cache=True)
def _must_hold(state):  # type: ignore[no-untyped-def]
    """Wait for the consumer while the pool could not take a full driver buffer."""
    if room_in_pool(state) >= state[st.BUFFER_SAMPLES]:
        state[st.HOLD_SINCE_NS] = 0
        return False
    now = now_ns()
    if state[st.HOLD_SINCE_NS] == 0:
        state[st.HOLD_SINCE_NS] = now
    return now - state[st.HOLD_SINCE_NS] < _HOLD_NS


@njit((int64[::1],), nogil=True, cache=True)
def settle_gaps(state):  # type: ignore[no-untyped-def]
    """Estimate the length of gaps the driver did not tell, once it has been drained.

    What is missing is what the clock says must have been sampled since the driver was last
    drained, less what arrived.
    """
    elapsed = float(state[st.NOW_NS] - state[st.START_NS])
    lag = int64(elapsed * 1e6 / state[st.INTERVAL_FS]) - state[st.RECEIVED] - state[st.LOST]
    first = state[st.UNSETTLED_GAP]
    if first >= 0:
        missing = max(lag - state[st.LAG_SAMPLES], 0)
        row = st.GAPS + first * st.GAP_FIELDS
        state[row + st.GAP_ESTIMATE] += missing
        state[st.LOST] += missing
        lag -= missing
        store_release(state, st.UNSETTLED_GAP, -1)
    state[st.LAG_SAMPLES] = lag


@njit(nogil=True, cache=True)
def _poll_once(state, function, handle, callback):  # type: ignore[no-untyped-def]
    state[st.DELIVERED] = 0
    state[st.AT_BUFFER_END] = 0
    state[st.LOST_NOW] = 0
    state[st.NOW_NS] = now_ns()
    status = int64(call_poll(function, handle, callback, state.ctypes.data))
    state[st.POLLS] += 1
    state[st.NOW_NS] = now_ns()
    if state[st.DELIVERED] > 0:
        state[st.LAST_DATA_NS] = state[st.NOW_NS]
        state[st.STALLED_SINCE_NS] = 0
        if not state[st.AT_BUFFER_END]:
            settle_gaps(state)
    elif status == _BUFFER_STALL:
        if state[st.STALLED_SINCE_NS] == 0:
            state[st.STALLED_SINCE_NS] = state[st.NOW_NS]
        note_loss(state, st.UNKNOWN, st.CAUSE_DRIVER)
    return status


@njit(nogil=True, cache=True)
def _verdict(state, status):  # type: ignore[no-untyped-def]
    """Say why the loop must end, or -1."""
    if state[st.VIOLATION]:
        return VIOLATION
    if state[st.TARGET] >= 0 and state[st.ACCEPTED] >= state[st.TARGET]:
        return TARGET_REACHED
    if state[st.LOST_NOW] and state[st.STOP_ON_LOSS]:
        return LOSS
    if state[st.AUTO_STOPPED]:
        return AUTO_STOPPED
    if status == _BUFFER_STALL:
        patient = state[st.NOW_NS] - state[st.STALLED_SINCE_NS] < _STALL_PATIENCE_NS
        return -1 if patient else STATUS
    if status != _OK and status not in _NOTHING_YET:
        return STATUS
    if state[st.NOW_NS] - state[st.LAST_DATA_NS] > state[st.STALL_NS]:
        return STALLED
    return -1


@njit((int64[::1], int64, int16, int64), nogil=True, cache=True)
def poll_until(state, function, handle, callback):  # type: ignore[no-untyped-def]
    """Poll the driver until something ends it.

    :param state: the shared state.
    :param function: address of GetStreamingLatestValues.
    :param callback: address of :func:`~.callback.streaming_ready`.
    :returns: (why, last status): one of the constants above and a ``PICO_STATUS``.
    """
    while load_acquire(state, st.STOP) == 0:
        if _must_hold(state):
            sleep_ns(_MIN_SLEEP_NS)
            continue
        status = _poll_once(state, function, handle, callback)
        why = _verdict(state, status)
        if why >= 0:
            return why, status
        behind = state[st.AT_BUFFER_END] or state[st.DELIVERED] * 2 > state[st.BUFFER_SAMPLES]
        if not behind and status != _BUFFER_STALL:
            sleep_ns(state[st.POLL_NS])
    return STOPPED, 0
