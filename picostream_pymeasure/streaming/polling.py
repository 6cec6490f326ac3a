"""The native poll loop of the producer thread; no Python runs in it.

It sleeps between polls as long as the driver's buffer allows and polls again at once when more
may be waiting: the chunk ended at the end of that buffer, or the clock says so. While the pool is
too full for a whole buffer it keeps off the driver for a moment: the scope's own memory may bridge
what the pool cannot.
"""

from __future__ import annotations

from numba import int16, int64, njit

from ..system.native import call_poll, load_acquire, now_ns, sleep_ns
from . import state as st
from .callback import room_in_pool
from .lag import enter_gap, is_behind, note_drained

#: Why :func:`poll_until` returned.
STOPPED, TARGET_REACHED, AUTO_STOPPED, STATUS, STALLED, VIOLATION, LOSS = range(7)

_OK, _BUFFER_STALL = 0, 28
# Answers that only mean "nothing yet": DATA_NOT_AVAILABLE, USER_CALLBACK (of another scope),
# NO_SAMPLES_AVAILABLE, BUSY and DRIVER_FUNCTION, which real drivers give while they stream.
_NOTHING_YET = (24, 35, 37, 39, 67)
# After a BUFFER_STALL a driver may go on by itself if it is polled at once.
_STALLS_WITHOUT_PAUSE = 100
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


@njit(nogil=True, cache=True)
def _poll_once(state, function, handle, callback):  # type: ignore[no-untyped-def]
    state[st.DELIVERED] = 0
    state[st.AT_BUFFER_END] = 0
    state[st.NOW_NS] = now_ns()
    status = int64(call_poll(function, handle, callback, state.ctypes.data))
    state[st.POLLS] += 1
    state[st.NOW_NS] = now_ns()
    if state[st.DELIVERED] > 0:
        state[st.LAST_DATA_NS] = state[st.NOW_NS]
        state[st.STALLS] = 0
    elif status == _BUFFER_STALL:
        _note_stall(state)
    return status


@njit(nogil=True, cache=True)
def _note_stall(state):  # type: ignore[no-untyped-def]
    if state[st.STALLS] == 0:
        state[st.STALLED_SINCE_NS] = state[st.NOW_NS]
    state[st.STALLS] += 1
    enter_gap(state, state[st.ACCEPTED], st.UNKNOWN, st.CAUSE_DRIVER)


@njit(nogil=True, cache=True)
def _pause_ns(state, status):  # type: ignore[no-untyped-def]
    """How long to leave the driver alone; 0 when more may be waiting."""
    if status == _BUFFER_STALL:
        return 0 if state[st.STALLS] < _STALLS_WITHOUT_PAUSE else _MIN_SLEEP_NS
    if state[st.DELIVERED] > 0 and (state[st.AT_BUFFER_END] or is_behind(state)):
        return 0
    note_drained(state)
    return state[st.POLL_NS]


@njit(nogil=True, cache=True)
def _verdict(state, status):  # type: ignore[no-untyped-def]
    """Say why the loop must end, or -1."""
    if state[st.VIOLATION]:
        return VIOLATION
    if state[st.TARGET] >= 0 and state[st.ACCEPTED] >= state[st.TARGET]:
        return TARGET_REACHED
    if state[st.LOSS_SEEN] and state[st.STOP_ON_LOSS]:
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
        pause_ns = _pause_ns(state, status)
        if pause_ns > 0:
            sleep_ns(pause_ns)
    return STOPPED, 0
