"""Published fields of the shared records, read and written in order, by their offsets."""

from __future__ import annotations

import numpy as np
from numba import from_dtype, int64, njit, void
from numpy.typing import NDArray

from ..system.native import load_field, store_field
from .layout import GAP, STATE, offset

HEAD = offset(STATE, "head")
ACCEPTED = offset(STATE, "accepted")
GAP_COUNT = offset(STATE, "gap_count")
PAIR_COUNT = offset(STATE, "pair_count")
SURE = offset(STATE, "sure")
ENDED = offset(STATE, "ended")
IN_CALL = offset(STATE, "in_call")
POLLS = offset(STATE, "polls")
WAITS = offset(STATE, "waits")
GIVEN_UP = offset(STATE, "given_up")
TRIGGERED_AT = offset(STATE, "triggered_at")
TAIL = offset(STATE, "tail")
FINAL_GAPS = offset(STATE, "final_gaps")
STOP = offset(STATE, "stop")
RUNNING = offset(STATE, "running")
GAP_VERSION = offset(GAP, "version")

# Python calls these while samples flow, so they are compiled as they are loaded
_RECORDS = from_dtype(STATE)[::1]


@njit(int64(_RECORDS, int64), nogil=True, cache=True)
def read(records: NDArray[np.void], field: int) -> int:
    """Read a published field of the first record."""
    value: int = load_field(records[0], field)
    return value


@njit(void(_RECORDS, int64, int64), nogil=True, cache=True)
def publish(records: NDArray[np.void], field: int, value: int) -> None:
    """Write a published field of the first record after all that it announces."""
    store_field(records[0], field, value)
