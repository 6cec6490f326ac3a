"""The native form of what a stream tells: what a native sink is called with, a record a message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Kinds of messages, see :class:`NativeSink`; the last two come where only events are kept.
STRETCH, GAP, CLOCK, HEALTH, CAPTURES, KEPT = range(6)

#: Bytes of a cause: UTF-8, padded with zeros.
CAUSE_BYTES = 64


def words(*names: str) -> np.dtype[np.void]:
    """A record of int64 fields."""
    return np.dtype([(name, np.int64) for name in names])


#: Input r's samples lie one behind the other from ``rows_address + r * row_bytes`` on: ``count *
#: values_per_sample`` items of the description's ``counts_dtype``; never beyond a block.
STRETCH_DTYPE = words("first_sample", "count", "rows_address", "row_bytes")
#: As :class:`Gap`; a number that was seen before settles that gap.
GAP_NUMBERS = ("number", "sample_index", "earliest", "latest", "missing", "estimated_missing")
GAP_MESSAGE_DTYPE = words(*GAP_NUMBERS, "time_ns", "cause_address")
#: As :class:`ClockPair`.
CLOCK_DTYPE = words("sample_index", "host_ns", "slept_ns")
#: As :class:`Health`; comes at least five times a second, also when nothing else does.
HEALTH_MESSAGE_DTYPE = words(
    "host_ns",
    "received",
    "lost",
    "gaps",
    "pool_permille",
    "over_range_A",
    "over_range_B",
    "over_range_C",
    "over_range_D",
)


#: Rows of :data:`CAPTURE_DTYPE` one behind the other; numbers that were seen before change.
CAPTURES_MESSAGE_DTYPE = words("number", "count", "rows_address")
#: As :data:`KEPT_DTYPE`, and where the overview lies: of input r the ``n_bins`` pairs of smallest
#: and largest count, of the description's ``counts_dtype``, from ``bins_address + r * row_bytes``.
#: Bins before ``first_bin`` are those of the message before.
KEPT_MESSAGE_DTYPE = words(
    "samples",
    "found",
    "kept",
    "passed_over",
    "samples_per_bin",
    "n_bins",
    "first_bin",
    "bins_address",
    "row_bytes",
)
#: Bins of that overview at most; when they are full, two become one.
KEPT_BINS = 1 << 17
#: What is known of a stream of which only events are kept; samples of the stream.
KEPT_DTYPE = np.dtype([(name, "<i8") for name in (KEPT_MESSAGE_DTYPE.names or ())[:6]])

#: A capture: ``samples`` from ``first_sample`` of the file on. Of an event that was kept
#: ``stream_sample`` is where that lies in the stream as it was delivered; else it is -1, and what
#: only an event has is NaN.
CAPTURE_DTYPE = np.dtype(
    [
        ("first_sample", "<i8"),
        ("samples", "<i8"),
        ("trigger_sample", "<i8"),
        ("time_s", "<f8"),
        ("offset_s", "<f8"),
        ("over_range", "<i8"),
        ("run", "<i8"),
        ("stream_sample", "<i8"),
        ("event_samples", "<i8"),
        ("amplitude_v", "<f8"),
        ("area_vs", "<f8"),
        ("baseline_v", "<f8"),
        ("sigma_v", "<f8"),
        ("is_cut", "<i8"),
        ("reserved_1", "<i8"),  # numbers each: not every reader knows arrays in a row
        ("reserved_2", "<i8"),
    ]
)


#: Columns of it that only an event has.
EVENT_VALUES = ("amplitude_v", "area_vs", "baseline_v", "sigma_v")


@dataclass(frozen=True)
class NativeSink:
    """A sink that is called without Python.

    ``int64 function(int64 context, int64 kind, int64 address)`` is called from one native thread
    without the GIL, in order, with the address of one record of the kind, which is valid during
    the call. It returns 0; after anything else it is not called again, and :meth:`Sink.update`
    tells why.

    :param function: address of the function.
    :param context: passed through to it.
    """

    function: int
    context: int
