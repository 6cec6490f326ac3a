"""How long calls usually take, how long it is from delivery to delivery, and what follows."""

from __future__ import annotations

from numba import njit

LEAST_STEP_NS = 30e6
#: What a single one may tell of those that follow.
_LONGEST_FIRST_NS = 25e6
#: So many polls without more that waits are a rest.
CALM_POLLS = 4


@njit(nogil=True, cache=True)
def floor_ns(state):  # type: ignore[no-untyped-def]
    """The smallest step of the lag that is taken for a loss."""
    return max(LEAST_STEP_NS, 2 * state.handover_ns, 2 * state.interval_ns)


@njit(nogil=True, cache=True)
def several(state, shortest_ns):  # type: ignore[no-untyped-def]
    """A time, but at least several deliveries and samples."""
    return max(shortest_ns, 8 * state.handover_ns, 4 * state.interval_ns)


@njit(nogil=True, cache=True)
def note_times(state):  # type: ignore[no-untyped-def]
    """Follow how long calls take, how long it is from delivery to delivery, and what follows.

    A lag may lie above the true one by a delivery and a call. Deliveries that follow each other at
    once, while the loop catches up, do not make the pause before them shorter.
    """
    call_ns = float(state.now_ns - state.before_ns)
    state.call_ns += (min(call_ns, 4 * state.call_ns + 1e6) - state.call_ns) / 16
    if state.delivered > 0:
        _note_delivery(state, call_ns)
    delivery_ns = max(state.handover_ns, float(state.poll_ns))
    state.late_ns = delivery_ns + state.call_ns + state.interval_ns


@njit(nogil=True, cache=True)
def _note_delivery(state, call_ns):  # type: ignore[no-untyped-def]
    if state.data_polls > 0:
        since_ns = float(state.now_ns - state.last_data_ns)
        if state.data_polls == 1:
            state.handover_ns = min(since_ns, _LONGEST_FIRST_NS)
        usual = state.handover_ns
        state.handover_ns += (min(since_ns, 4 * usual + 1e6) - usual) / 16
    else:
        state.first_data_ns = state.now_ns
        state.call_ns = max(state.call_ns, min(call_ns, _LONGEST_FIRST_NS))
    state.data_polls += 1
    state.last_data_ns = state.now_ns
