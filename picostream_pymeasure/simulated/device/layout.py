"""Memory that the Python side of the simulated library shares with its native poll.

All fields have eight bytes, so that a record has no padding, and any that are whole numbers can
travel as addresses.
"""

from __future__ import annotations

import numpy as np

from ...config import DownsampleMode
from ...records import words
from ..kernels.reduction import CARRY_WORDS

#: Rows that can be streamed (A to D, two ports), and those that have a signal (also EXT).
N_INPUTS, N_SIGNALS = 6, 7
FIRST_PORT_ROW = 4
#: Handles are int16 and above 0.
TABLE_SIZE = 32768
#: Raw samples generated at a time when they are reduced.
SCRATCH_SAMPLES = 65536
MAX_HOLES = 1 << 18
#: Stretches of dropped samples between those that wait.
MAX_BREAKS = 64

#: ``PS5000A_RATIO_MODE``
MODES = {mode.ratio_mode: mode.value for mode in DownsampleMode}
NONE, AGGREGATE, DECIMATE, AVERAGE = MODES

NO_TRIGGER, WAITING, FOUND, REPORTED = range(4)

#: Kinds of faults; at DIE the stream gives up and polls answer a status from then on.
DIE, UNPLUG, POWER_CHANGE, BUSY, OVERRUN, HANG = range(6)
#: From here on what happens is true and only what is told of it is not.
FIRST_LIE = START_ZERO = 6
START_SHIFT, COUNT_SHIFT, CHUNK_TWICE, CHUNK_SKIPPED = range(7, 11)
NO_LIE = -1


_WHOLE_NUMBERS = words(
    "lock",  # must be first: taken and released as one int64
    "in_callback",
    "handle",  # 0 when closed
    "unplugged",
    "supply",  # status that tells the present power supply
    "pending_power",  # 281, 282, 286 until acknowledged, else 0
    "streaming",
    "dead_status",  # what polls answer once the stream has died, else 0
    "paced",
    "clock_address",  # of the time in ns, or 0 for the host's clock
    "start_ns",
    "interval_ns",
    "packet_samples",
    "packets_a_call",  # or 0
    "quiet_calls",
    "quiet_left",  # calls until samples are handed over again
    "nothing_new",  # a status, or one of the constants below
    "wrap",  # one of the constants below
    "call_ns",  # longest time that a call blocks
    "calls",
    "seed",
    "trigger_counts_stream",
    "fifo_samples",
    "drops_newest",
    "told_at_hole",
    "told_by_flag",
    "told_by_stall",
    "overrun",  # a loss that the next delivery tells
    "owed_stall",  # a loss that the next call tells
    "stalled",  # a call has told so, and nothing has come since
    "loss_every",  # raw samples between losses now and then, or 0
    "loss_least",
    "loss_most",
    "next_loss",  # raw index
    "breaks_address",
    "first_break",
    "break_count",
    "ratio_mode",
    "ratio",
    "overview_size",
    "buffer_size",  # delivered samples before the write index starts again; 0: no buffer
    "turn_size",  # the same for the present turn, a little less for a driver that wraps early
    "write_index",
    "repeat_start",
    "repeat_count",  # of a chunk that is handed over twice
    "told",  # samples that callbacks have told of
    "raw_position",  # next raw sample to be taken from the device
    "auto_stop",
    "stop_at",  # raw index, or -1
    "post_samples",
    "trigger",
    "comparator_count",
    "group_count",
    "pulse_group_count",
    "pulse_type",  # PS5000A_PULSE_WIDTH_TYPE
    "pulse_lower",
    "pulse_upper",
    "pulse_lasts",  # the pulse ends when its conditions do; otherwise they only begin one
    "pulse_begin",  # raw index, or -1
    "pulse_before",  # whether its conditions held at the sample before
    "generator_waits",  # for the trigger
    "trigger_from",  # raw index before which there is no trigger
    "auto_trigger_at",  # raw index, or -1
    "trigger_at",
    "comparators_address",
    "groups_address",
    "pulse_groups_address",
    "inputs_address",
    "signals_address",
    "faults_address",
    "fault_count",
    "windows_address",
    "window_count",
    "holes_address",
    "hole_count",
    "scratch_address",
)

UNIT = np.dtype(
    [
        *_WHOLE_NUMBERS.descr,
        ("samples_a_ns", np.float64),  # by the scope's own clock
        ("drift_a_ns", np.float64),  # by which that clock gains
        ("steady_loss", np.float64),
        ("owed_loss", np.float64),  # raw samples that the steady loss has not taken yet
    ]
)

INPUT = np.dtype(
    [
        ("enabled", np.int64),
        ("value_bytes", np.int64),  # 1 for unscaled buffers
        ("max_address", np.int64),
        ("min_address", np.int64),
        ("carry", np.int64, (CARRY_WORDS,)),
    ]
)

#: ``span``: samples lost or told too many, a status, or nanoseconds.
FAULT = words("kind", "at", "span", "always", "done")

#: Watches one row for the trigger: intervals of its values, or bits of a port.
COMPARATOR = words(
    "row",
    "bit",  # of the state word; set where the comparator finds what it watches for
    "watch",  # one of the constants below
    "in_low",  # inside: in_low <= value <= in_high
    "in_high",
    "out_low",  # outside: not (out_low <= value <= out_high)
    "out_high",
    "deep_low",  # so far inside that leaving counts
    "deep_high",
    "far_low",  # so far outside, if not within this, that entering counts
    "far_high",
    "was_deep",
    "was_far",
    "high",  # bits of a port that must be so
    "low",
    "rising",
    "falling",
    "changing",
    "previous",  # value of a port, or -1
)
WATCH_INSIDE, WATCH_OUTSIDE, WATCH_ENTER, WATCH_EXIT, WATCH_BOTH, WATCH_BITS = range(6)

#: Bits of the state word that matter, and how they must be.
GROUP = words("care", "value")
#: Bits of the state word: one a row for the trigger, then the pulse width, then the pulse's rows.
PULSE_BIT, PULSE_ROWS_BIT = 8, 9
MAX_COMPARATORS = 14
MAX_GROUPS = 64

#: Raw samples of a channel that lie beyond its range.
WINDOW = words("channel", "begin", "end")

#: Samples that are missing in what waits: raw index from which, and where it goes on.
BREAK = words("at", "resumes")

#: Delivered index, and how many samples are missing there.
HOLE = words("sample", "missing")

#: What says that nothing is new, when it is no status with nothing called back.
NOTHING_CALLED_BACK, NEVER_NOTHING, SILENT = -1, -2, 0

WRAP_NEXT_CALL, WRAP_LATER, WRAP_SAME_CALL, WRAP_EARLY = range(4)

#: One run: what it makes, and how far it is.
RUN = words(
    "stop",  # must be first: set by one thread, seen by the other
    "made",  # must be second: likewise
    "first",  # raw index at which the run was armed
    "pre",
    "post",
    "captures",
    "first_segment",
    "segments",
    "rearm_samples",
    "auto_samples",  # from being armed to the auto-trigger, or -1
    "has_trigger",
    "never_triggers",
    "ends_after",  # captures after which the unit fails, or -1
)
STOP, MADE = 0, 1

#: What one segment holds; raw indices.
CAPTURE = words(
    "run",  # which made it, counted from 1; 0 for an empty segment
    "first",
    "count",
    "trigger",
    "since_run",  # samples from the run's begin to the trigger
    "is_first",  # of its run
    "is_auto",
)
