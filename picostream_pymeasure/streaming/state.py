"""The int64 array that the native producer and Python share, field by field.

One array holds every count, address and setting of the streaming path. Fields marked *published*
are written with release and read with acquire order, so that what they announce is visible on
every processor. Each side's counters have a cache line of their own.
"""

from __future__ import annotations

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from ..system.native import load_acquire, now_ns, store_release

# written by the producer
HEAD = 0  # blocks filled; published
ENDED = 1  # the producer will deliver no more; published
GAP_COUNT = 2  # rows of the gap table in use; published
ACCEPTED = 3  # samples put into the pool, the index of the next one
RECEIVED = 4  # samples the driver delivered
LOST = 5  # samples known or estimated to be missing
FILL = 6  # samples in the block being filled
TRIGGERED_AT = 7  # index of the trigger, -1 before it
# written by Python
TAIL = 8  # blocks the consumer has given back; published
STOP = 16  # the producer shall end; published
# what the last poll left
DELIVERED = 24  # samples of the last callback, 0 when there was none
AT_BUFFER_END = 25  # the last callback reached the end of the driver's buffer
AUTO_STOPPED = 26  # the driver ended the collection by itself
VIOLATION = 27  # the driver reported samples outside the buffer
LOSS_SEEN = 28  # samples are missing
STALLED_SINCE_NS = 29  # first BUFFER_STALL since the last data, 0 for none
POLLS = 30
CALLBACKS = 31
NOW_NS = 32
START_NS = 33
LAST_DATA_NS = 34
HOLD_SINCE_NS = 35
LAG_LOWEST = 36  # smallest lag in this window of time, and in the one before
LAG_LOWEST_BEFORE = 37
LAG_WINDOW_NS = 38  # start of the window
UNSETTLED_GAP = 39  # first gap whose length is not estimated yet, or -1; published
SUSPECT_SINCE_NS = 40  # since when the lag is too large to be usual, 0 if it is not
SUSPECT_INDEX = 41  # where that began
STALLS = 42  # BUFFER_STALL answers since the last data
# settings
N_BLOCKS = 44
BLOCK_SAMPLES = 45
N_INPUTS = 46  # rows of a block: channels and digital ports
VALUES_PER_SAMPLE = 47
BUFFER_SAMPLES = 48
POOL_ADDRESS = 49
TARGET = 50  # index to stop at, -1 for none
POST_TRIGGER = 51  # samples to keep after the trigger, -1 for no end
STOP_ON_LOSS = 52
STALL_NS = 53
POLL_NS = 54
INTERVAL_FS = 55  # delivered interval in femtoseconds
MAX_INPUTS = 6
OVER_RANGE = 56  # one count a row
OVER_RANGE_BITS = OVER_RANGE + MAX_INPUTS  # the driver's overflow bit of each row, 0 for none
BUFFER_ADDRESSES = OVER_RANGE_BITS + MAX_INPUTS  # (max, min) addresses of each row
GAPS = BUFFER_ADDRESSES + 2 * MAX_INPUTS
GAP_FIELDS = 5
GAP_INDEX, GAP_MISSING, GAP_ESTIMATE, GAP_CAUSE, GAP_TIME_NS = range(GAP_FIELDS)
MAX_GAPS = 4096
SIZE = GAPS + MAX_GAPS * GAP_FIELDS

UNKNOWN = -1

CAUSE_DRIVER, CAUSE_POOL, CAUSE_UNREPORTED, CAUSE_RESTART = range(4)
CAUSES = ("driver overrun", "pool full", "not reported by the driver", "restart")


def new_state() -> NDArray[np.int64]:
    """Make a state in which nothing has happened."""
    state = np.zeros(SIZE, np.int64)
    state[[TRIGGERED_AT, TARGET, POST_TRIGGER, UNSETTLED_GAP]] = -1
    state[[LAG_LOWEST, LAG_LOWEST_BEFORE]] = 2**62
    return state


@njit(int64(int64[::1], int64), nogil=True, cache=True)
def read(state: NDArray[np.int64], field: int) -> int:
    """Read a published field."""
    return load_acquire(state, field)


@njit((int64[::1], int64, int64), nogil=True, cache=True)
def publish(state: NDArray[np.int64], field: int, value: int) -> None:
    """Write a published field after all that it announces."""
    store_release(state, field, value)


@njit(int64(), nogil=True, cache=True)
def clock_ns() -> int:
    """Read the clock that native code uses, from Python."""
    return now_ns()
