"""The target of a stream: how much it still takes, and what lies beyond it."""

from __future__ import annotations

from numba import njit


@njit(nogil=True, cache=True)
def wanted_samples(state):  # type: ignore[no-untyped-def]
    """Samples that the stream still takes; more than ever come without an end."""
    if state.target < 0:
        return 1 << 62
    if state.beyond > 0:
        return 0  # also when less turns out to be missing: what came was let go
    counted = state.accepted
    if state.target_counts_lost:
        counted += state.lost + state.open_lost - state.lost_at_trigger
    return max(0, state.target - counted)


@njit(nogil=True, cache=True)
def missing_beyond(state):  # type: ignore[no-untyped-def]
    """Samples told as missing that lie beyond a target that counts them, if they are the last."""
    if state.target < 0 or not state.target_counts_lost:
        return 0
    return max(0, state.accepted + state.lost - state.lost_at_trigger - state.target)
