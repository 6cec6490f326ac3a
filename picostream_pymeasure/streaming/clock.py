"""The host's clock as a stream reads it: one that nobody slews, and that goes on in sleep.

Rate and loss come from a clock that no time service corrects. Where that clock stands still while
the machine sleeps, the sleep is added, so that what the scope lost meanwhile shows.
"""

from __future__ import annotations

import numpy as np
from numba import carray, from_dtype, int64, njit

from ..system.native import as_pointer, sleep_ns, slept_ns, unslewed_ns
from .layout import STATE

#: Two clocks cannot be read at once; less than this between them is no sleep.
_SHORTEST_SLEEP_NS = 5_000_000


@njit(nogil=True, cache=True)
def read_clock(state):  # type: ignore[no-untyped-def]
    """Time in ns; notes how long the machine slept."""
    if state.clock_address:
        return carray(as_pointer(state.clock_address), 1, np.int64)[0]
    slept = slept_ns() - state.sleep_base_ns
    if abs(slept - state.slept_ns) > _SHORTEST_SLEEP_NS:
        state.slept_ns = slept
    return unslewed_ns() + state.slept_ns


@njit(nogil=True, cache=True)
def pause(state, duration_ns):  # type: ignore[no-untyped-def]
    """Let time pass without the GIL."""
    if state.clock_address:
        carray(as_pointer(state.clock_address), 1, np.int64)[0] += int64(duration_ns)
    else:
        sleep_ns(duration_ns)


@njit(nogil=True, cache=True)
def start_clock(records):  # type: ignore[no-untyped-def]
    """Begin to note the sleep of the machine, and give the time."""
    state = records[0]
    state.sleep_base_ns = slept_ns()
    state.slept_ns = 0
    return read_clock(state)


@njit(int64(from_dtype(STATE)[::1]), nogil=True, cache=True)  # not first at the first mark
def clock_ns(records):  # type: ignore[no-untyped-def]
    """Give the time of the stream's clock to Python."""
    return read_clock(records[0])
