"""``ps5000aGetStreamingLatestValues`` in native code: no Python, no GIL.

Follows the core recommended in the driver reference: faults first, then what the device has
collected since the last call, at most to the end of the buffers, one callback in the caller's
thread. Positions are raw sample indices; ``raw_position // ratio`` is the delivered index.
"""

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, from_dtype, int16, int32, njit, types, uint32

from ...kernels.reduction import aggregate, average, decimate
from ...kernels.signal import SIGNAL, fill
from ...system.native import as_pointer, call_streaming_ready, exchange, now_ns, sleep_ns
from . import layout
from .status import Status
from .trigger_search import search_trigger

UNIT = from_dtype(layout.UNIT)
CHANNEL = from_dtype(layout.CHANNEL)
FAULT = from_dtype(layout.FAULT)
WINDOW = from_dtype(layout.WINDOW)
HOLE = from_dtype(layout.HOLE)
SIGNAL_RECORD = from_dtype(SIGNAL)

_N_CHANNELS = 4
_NONE, _AGGREGATE, _DECIMATE = 0, 1, 2
_RUNNING = -1
