"""The native form of what a stream tells: what a native sink is called with, a record a message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Kinds of messages, see :class:`NativeSink`.
STRETCH, GAP, CLOCK, HEALTH = range(4)

#: Bytes of a cause: UTF-8, padded with zeros.
CAUSE_BYTES = 64


def _words(*names: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in names])


#: Input r's samples lie one behind the other from ``rows_address + r * row_bytes`` on: ``count *
#: values_per_sample`` items of the description's ``counts_dtype``; never beyond a block.
STRETCH_DTYPE = _words("first_sample", "count", "rows_address", "row_bytes")
#: As :class:`Gap`; a number that was seen before settles that gap.
GAP_MESSAGE_DTYPE = _words(
    "number",
    "sample_index",
    "earliest",
    "latest",
    "missing",
    "estimated_missing",
    "time_ns",
    "cause_address",
)
#: As :class:`ClockPair`.
CLOCK_DTYPE = _words("sample_index", "host_ns", "slept_ns")
#: As :class:`Health`; comes at least five times a second, also when nothing else does.
HEALTH_MESSAGE_DTYPE = _words(
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
