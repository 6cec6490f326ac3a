"""What the native search works with: one record in memory; its arrays are kept alive by Python.

Samples are counted as the stream delivers them, those of the file by ``file_next`` alone.
"""

from __future__ import annotations

import numpy as np

from ..kernels.events import PACE, RULE, SELECTION
from ..records import KEPT_BINS

#: Samples that are taken at a time.
PIECE_SAMPLES = 1 << 18

#: Bins of the overview; when they are full, two become one.
OVERVIEW_BINS = KEPT_BINS
FIRST_BIN_SAMPLES = 256

#: Rows that can be changed at the end, and gaps of which the place is known.
RECENT_ROWS, RECENT_GAPS = 4096, 1024

#: A gap: its number (-1: none), the first sample after it, how many are missing.
GAP_NOTE = np.dtype([("number", "<i8"), ("place", "<i8"), ("missing", "<i8")])

_WORDS = (
    "function",  # of the sink behind, 0: none
    "context",
    "failure",  # what that sink returned
    "n_inputs",
    "item_bytes",
    "searched_row",  # the input that is searched
    "highest",  # count of a sample that is clipped
    "ring_address",  # the newest samples, a row of ``capacity`` an input
    "capacity",  # whole windows
    "window",
    "before",
    "after",
    "received",
    "searched",
    "is_last",  # no more samples will come
    "next_stored",  # the next sample to store, up to ``keep_to``
    "keep_to",
    "file_next",  # samples in the file
    "found",
    "kept",
    "cut",
    "passed_over",
    "lost",
    "bits_address",  # of each input, its bit in ``over_range``
    "limits_address",
    "state_address",
    "events_address",
    "rows_address",
    "gaps_address",
    "message_address",
    "bins_address",
    "samples_per_bin",
    "first_bin",  # that has changed since the last message
)

KEEPER = np.dtype(
    [
        *((name, "<i8") for name in _WORDS),
        ("interval_s", "<f8"),
        ("volts_per_count", "<f8"),
        ("offset_v", "<f8"),
        ("rule", RULE),
        ("pace", PACE),
        ("selection", SELECTION),
    ]
)
