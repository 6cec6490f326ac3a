"""Memory that the native loops of a stream share with Python and with each other.

One record holds every count, address and setting of the streaming path, another what the drain
alone knows; gaps and pairs of the clock have tables. Each field of eight bytes has one writer.
Fields marked *published* are written with release and read with acquire order, at their offsets,
so that what they announce is visible on every processor.

Samples are counted in the *stream*: what went into the pool, from 0 on. Times are nanoseconds of
:func:`~.clock.read_clock`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..records import CAUSE_BYTES, CLOCK_DTYPE, GAP_MESSAGE_DTYPE, HEALTH_MESSAGE_DTYPE

#: Rows of a block: channels A to D and two digital ports.
MAX_INPUTS = 6
#: Gaps and pairs that wait for the drain; more gaps are joined.
MAX_GAPS, MAX_PAIRS = 4096, 256

#: The last lags that are looked at.
RECENT = 4

#: What the driver's buffers held is kept at three places, so many samples of each input.
SEEN_SAMPLES = 64
SEEN_BYTES = 2 * SEEN_SAMPLES

#: Stands for "no lag yet".
NO_LAG = 1e300

CAUSES = (
    "driver overrun",
    "pool full",
    "not reported by the driver",
    "rate lower than reported, or steady loss",
    "start index too high",
    "start index too low",
    "outside the driver's buffer",
    "restart",
)
# not of Python's own type: compiled code has a form for each literal number that it is called with
(
    CAUSE_DRIVER,
    CAUSE_POOL,
    CAUSE_UNREPORTED,
    CAUSE_STEADY,
    CAUSE_SKIPPED,
    CAUSE_REPEATED,
    CAUSE_OUTSIDE,
    CAUSE_RESTART,
) = map(np.int64, range(len(CAUSES)))


def _integers(*names: str) -> list[tuple[str, type]]:
    return [(name, np.int64) for name in names]


def _floats(*names: str) -> list[tuple[str, type]]:
    return [(name, np.float64) for name in names]


STATE = np.dtype(
    [
        # written by the producer's side
        *_integers(
            "head",  # blocks filled; published
            "accepted",  # samples in the pool, the index of the next one; published
            "gap_count",  # numbers of gaps given away; published
            "pair_count",  # pairs of the clock made; published
            "sure",  # index up to which no later callback corrects what is in the pool; published
            "ended",  # no more samples will come; published
            "in_call",  # a driver call is under way; published
            "waits",  # for the scope to be started; published
            "given_up",  # it will not be started; published
            "polls",  # published after each
            "fill",  # samples in the block being filled
            "beyond",  # samples that came after the target
            "triggered_at",  # -1 before it; published
            "triggered_ns",
            "lost_at_trigger",  # told as missing before the trigger
            "told_total",  # delivered since the start of the stream, also what had no room
        ),
        # the counts of a cache line of its own for each other writer
        ("_space_0", np.int64, (2,)),
        *_integers("tail", "final_gaps"),  # by the drain: blocks, gaps given back; published
        ("_space_1", np.int64, (6,)),
        *_integers("stop"),  # by Python: the producer shall end; published
        *_integers("running"),  # by the start: the scope has been started; published
        ("_space_2", np.int64, (6,)),
        # what the last poll left
        *_integers(
            "before_ns",  # when it began
            "now_ns",  # when it returned
            "delivered",
            "last_delivered",  # by the last poll that brought something
            "at_buffer_end",
            "was_full",  # the last that brought something went as far as the driver's buffer
            "auto_stopped",
            "violation",
            "unwritten_row",  # an input that the driver wrote nothing of, -1 for none
            "loss_seen",
            "stalled_since_ns",
            "stalls",
            "last_data_ns",
            "silent_ns",  # time without samples, of each poll a second at most
            "hold_since_ns",
            "more_waits",  # the driver seems to have more to give
            "poll_again",  # poll it at once
            "gains",  # how often in a row it gave more than was sampled meanwhile
            "callbacks",
            "next_start",  # start index that must follow, -1 for any
            "order_breaks",
            "wraps_early",  # the driver started at 0 again before the end of its buffer
            "chunk_count",  # samples of the newest chunk, 0 if it is not whole in the pool
            "broken_start",  # where it had to start if it did not, else -1
            "broken_index",  # of its first sample then
            "again",  # samples at the end of the pool that the driver has to hand over again
            "told_at_restart",  # delivered before the driver was started anew
            "wrong_by",  # samples that the last wrong start index was too high
            "standstills",  # chunks in a row that do not begin behind the one before
            "skipped",  # samples that the last start index left out, 0 if it followed
            "probe_wait",  # polls until the next look whether more waits
            "probe_pause",
            "slept_ns",
            "sleep_base_ns",
        ),
        # the ledger
        *_integers(
            "run_ns",  # before the scope was started
            "ran_ns",  # after that
            "lost",  # samples told as missing
            "lost_beyond",  # more are missing after the last one that was wanted
            "open_gaps",  # gaps whose length is not known yet
            "open_calm_polls",
            "open_best_ns",  # when the lag was lowest since the last of them
            "open_lost",  # samples that are missing for certain in them, or of a steady loss
            "first_data_ns",
            "data_polls",
            "good_index",  # accepted when the lag was at its base last
            "suspect_since_ns",
            "suspect_polls",
            "suspect_index",
            "suspect_sure",  # what comes from here on lies behind the suspected loss
            "suspect_is_slow",
            "suspect_rest_ns",  # since when it has not fallen
            "suspect_rises",  # how often the lag was higher than ever in it
            "rise_polls",  # deliveries since the lag was near its base
            "window_ns",  # start of the window
            "window_open_ns",  # so long of it gaps were open: no lag tells then
            "window_low_ns",  # when its lag was lowest
            "window_low_index",
            "anchor_ns",  # the last moment up to which clocks explain all
            "anchor_index",
            "recent_count",
            "settled_gap",  # the first of the gaps that were estimated last, -1 for none
            "settled_end",
            "settled_ns",
            "settled_is_silent",  # the driver did not tell of them
            "unsure_gap",  # a silent one in whose length later losses may hide, -1 for none
            "unsure_polls",
            "settlements",  # how often the lag was put right by an estimate
            "estimates",  # how often a length was estimated
            "first_low_ns",  # when the lag was lowest in the first window
            "pair_ns",  # start of the time that the next pair stands for
            "pair_index",
            "pair_at_ns",
            "rate_index",  # the newest moment of a low lag
            "rate_ns",
        ),
        *_floats(
            "base_ns",  # lag when nothing is wrong, follows the scope's clock
            "base_kept_ns",  # before the newest delivery
            "first_base_ns",
            "first_low_lag_ns",
            "anchor_lag_ns",
            "open_lag_ns",
            "open_first_lag_ns",
            "suspect_lag_ns",
            "suspect_top_ns",
            "suspect_low_ns",  # the lag when it had fallen last
            "window_lag_ns",
            "pair_lag_ns",
            "window_share",  # of the samples that is missing since the anchor, by the last window
            "steady_share",  # of the samples that was lost when a steady loss was claimed last
            "handover_ns",  # usual time between two deliveries
            "call_ns",  # usual length of a call
            "late_ns",  # so far a lag may lie above the true one although nothing waits
            "visible_ns",  # smallest loss that would have been seen, 0 for none yet
            "unreported_ns",  # losses that only the clock shows
            "untold_wait_ns",  # of what was told as lost, so much may have waited in the scope
            "mark_late_ns",  # the largest accuracy that a mark was told with; by Python
        ),
        ("seen_first", np.int64, (3,)),  # start index of each place
        ("seen_count", np.int64, (3,)),
        ("seen", np.uint8, (3, MAX_INPUTS, SEEN_BYTES)),
        ("recent_lag_ns", np.float64, (RECENT,)),
        ("recent_certain_ns", np.float64, (RECENT,)),  # before the calls that brought them
        ("recent_ns", np.int64, (RECENT,)),
        # settings
        *_floats(
            "interval_ns",  # actual, between two delivered samples; by the start
            "wanted_ns",  # the end is that of a time; 0: of a number
            "pre_trigger_ns",
        ),
        *_integers(
            "ratio",
            "n_blocks",
            "block_samples",
            "n_inputs",
            "values_per_sample",
            "item_bytes",
            "buffer_samples",
            "pool_address",
            "gaps_address",
            "pairs_address",
            "causes_address",
            "clock_address",  # of a clock that tests advance, 0: the host's
            "target",  # index to stop at, -1 for none
            "target_counts_lost",
            "wanted",  # samples, -1 without an end
            "post_trigger",
            "pre_trigger",  # -1: there is no trigger
            "time_limit_ns",  # for all samples, by the host's clock; 0: none
            "stop_on_loss",
            "stall_ns",
            "poll_ns",
        ),
        ("over_range", np.int64, (MAX_INPUTS,)),
        ("over_range_bits", np.int64, (MAX_INPUTS,)),
        ("buffers", np.int64, (2 * MAX_INPUTS,)),  # addresses (max, min) of each row
    ]
)

#: A gap, at ``number % MAX_GAPS``; indices of the stream.
GAP = np.dtype(
    [
        *_integers(
            "version",  # published before and after each change; odd meanwhile
            "number",
            "index",
            "earliest",
            "latest",
            "missing",
            "estimate",  # -1 while it is open
            "extra",  # samples of other gaps that were joined with an open one
            "claimed",  # samples that are missing by the start index, 0 if it says nothing
            "noticed_ns",
            "opened_ns",
            "told_version",  # by the drain
            "before",  # by the drain: samples told as missing before the file, -1: it lies in it
            "doubtful",  # by the drain: samples told as missing in it that may lie before it
        ),
        *_floats(
            "lag_ns",  # when it was signalled, before what came then
            "least_lag_ns",  # the lowest from then on
        ),
        ("cause", np.int64, (CAUSE_BYTES // 8,)),
    ]
)

#: How far samples and clock were: index of the next sample, host's time, time slept.
PAIR = np.dtype(_integers("index", "host_ns", "slept_ns"))

DRAIN = np.dtype(
    [
        *_integers(
            "first",  # index in the stream of the file's first sample, -1 until it is known
            "next",  # index of the next sample to hand over
            "pending",  # samples of the stretch that is handed over now
            "stored",
            "lost_before",  # before the file
            "gaps_before",
            "lost_doubtful",  # in the file or before it
            "next_gap",  # the first gap that may still change
            "next_pair",
            "zero_ns",  # time of the file's first sample
            "zero_is_final",
            "polls_at_first",  # deliveries when the file's first sample was known
            "stretch_ns",  # when samples were handed over last
            "health_ns",
            "failed",  # the native sink's answer
            "pause_ns",
        ),
        ("stretch", np.int64, (4,)),
        ("gap", np.int64, (GAP_MESSAGE_DTYPE.itemsize // 8,)),
        ("cause", np.int64, (CAUSE_BYTES // 8,)),
        ("clock", np.int64, (CLOCK_DTYPE.itemsize // 8,)),
        ("health", np.int64, (HEALTH_MESSAGE_DTYPE.itemsize // 8,)),
    ]
)


def offset(dtype: np.dtype[np.void], name: str) -> int:
    """Where a field lies in its record, in bytes."""
    assert dtype.fields is not None
    return dtype.fields[name][1]


def cause_texts(texts: Iterable[str] = CAUSES) -> NDArray[np.uint8]:
    """Texts as fixed fields, shape ``(n, CAUSE_BYTES)``."""
    padded = b"".join(text.encode()[:CAUSE_BYTES].ljust(CAUSE_BYTES, b"\0") for text in texts)
    return np.frombuffer(padded, np.uint8).reshape(-1, CAUSE_BYTES)
