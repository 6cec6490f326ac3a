"""Block and rapid block mode: captures in the scope's own memory, one segment each.

Segments are numbered from 0; ranges of them have both ends inside. A buffer that was registered is
written to by every later fetch until it is taken back, for each input and segment by itself.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DeviceLostError, DriverError
from .connection import Connection
from .status import (
    BUSY,
    DRIVER_FUNCTION,
    INVALID_TIMEBASE,
    NO_CAPTURES_AVAILABLE,
    NO_SAMPLES_AVAILABLE,
    TOO_MANY_SAMPLES,
)

#: One trigger's facts as ``GetTriggerInfoBulk`` writes them, packed, 32 bytes.
TRIGGER_INFO = np.dtype(
    [
        ("status", "<u4"),
        ("segment", "<u4"),
        ("trigger_index", "<u4"),
        ("time", "<i8"),
        ("time_units", "<i2"),
        ("reserved", "<i2"),
        ("counter", "<u8"),
    ]
)
#: ``PS5000A_TIME_UNITS`` in seconds: fs, ps, ns, µs, ms, s.
TIME_UNITS_S = np.array([1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1.0])

#: Over-range bits of a capture: channels A to D.
_CHANNELS = np.int16(0b1111)

#: What the wait for captures may be answered besides OK: none of it ends the run.
_STILL_WAITING = (BUSY, DRIVER_FUNCTION, NO_SAMPLES_AVAILABLE)


@dataclass(frozen=True)
class TimebaseAnswer:
    """What the driver says of a timebase for the inputs that are enabled now.

    :param status: ``OK``, ``INVALID_TIMEBASE`` or ``TOO_MANY_SAMPLES``.
    :param interval_ns: float32 of the driver; 0 unless it is OK.
    """

    status: int
    interval_ns: float


def ask_timebase(connection: Connection, timebase: int, samples: int) -> TimebaseAnswer:
    """Ask for a timebase; :param samples: of one capture of one input."""
    interval_ns, largest = ctypes.c_float(), ctypes.c_int32()
    pointers = ctypes.byref(interval_ns), ctypes.byref(largest)
    status = connection.call(
        "ps5000aGetTimebase2",
        timebase,
        samples,
        *pointers,
        0,
        accepted=(INVALID_TIMEBASE, TOO_MANY_SAMPLES),
    )
    return TimebaseAnswer(status, 0.0 if status else interval_ns.value)


def most_segments(connection: Connection) -> int:
    """Ask into how many segments the memory can be divided."""
    segments = ctypes.c_uint32()
    connection.call("ps5000aGetMaxSegments", ctypes.byref(segments))
    return segments.value


def divide_memory(connection: Connection, segments: int) -> int:
    """Divide the memory, and give the samples of a segment, all inputs together.

    Captures that the scope still holds are thrown away.
    """
    samples = ctypes.c_int32()
    connection.call("ps5000aMemorySegments", segments, ctypes.byref(samples))
    connection.segments = segments
    return samples.value


def set_captures(connection: Connection, captures: int) -> None:
    """Set how many captures a run makes, at most as many as there are segments."""
    connection.call("ps5000aSetNoOfCaptures", captures)
    connection.run_captures = captures


def divide_again(connection: Connection) -> None:
    """Divide the memory as it was: a scope whose power has changed may have forgotten it."""
    if connection.segments > 1:
        divide_memory(connection, connection.segments)
        set_captures(connection, connection.run_captures)


def run_block(connection: Connection, before: int, after: int, timebase: int) -> None:
    """Arm the scope from segment 0 on; it is asked with :func:`is_ready` later.

    :raises PowerSourceError: the state of the power source must be acknowledged first.
    """
    connection.call("ps5000aRunBlock", before, after, timebase, None, 0, None, None)


def is_ready(connection: Connection) -> bool:
    """Ask whether all captures of the run are made."""
    ready = ctypes.c_int16()
    connection.call("ps5000aIsReady", ctypes.byref(ready), accepted=_STILL_WAITING)
    return ready.value != 0


def captures_made(connection: Connection) -> int | None:
    """Ask how many captures of the run are complete, during it or after its end; None: unknown."""
    made = ctypes.c_uint32()
    accepted = (*_STILL_WAITING, NO_CAPTURES_AVAILABLE)
    status = connection.call("ps5000aGetNoOfCaptures", ctypes.byref(made), accepted=accepted)
    return None if status else made.value


def fetch(connection: Connection, captures: int, samples: int) -> tuple[int, NDArray[np.int16]]:
    """Transfer the first captures into the registered buffers.

    :param samples: of a capture, as they were asked for.
    :returns: samples of a capture that came; over-range of each capture, bit 0 for channel A.
    """
    came = ctypes.c_uint32(samples)
    overflow = np.zeros(captures, np.int16)
    connection.call(
        "ps5000aGetValuesBulk",
        ctypes.byref(came),
        0,
        captures - 1,
        1,
        0,
        overflow.ctypes.data_as(ctypes.POINTER(ctypes.c_int16)),
    )
    return min(came.value, samples), overflow & _CHANNELS


class OverlappedRequest:
    """Samples that the driver hands over by itself at the end of the next run.

    It writes here then.

    :param captures: of the run.
    :param samples: of a capture.
    """

    #: Never a set of over-range bits: nothing was written yet.
    _NOTHING = -1

    def __init__(self, captures: int, samples: int) -> None:
        self._asked, self._came = samples, ctypes.c_uint32(samples)
        self.overflow = np.full(captures, self._NOTHING, np.int16)

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Of the driver's function."""
        overflow = self.overflow.ctypes.data_as(ctypes.POINTER(ctypes.c_int16))
        return 0, ctypes.byref(self._came), 1, 0, 0, self.overflow.size - 1, overflow

    @property
    def has_come(self) -> bool:
        """Whether the driver has written to all that it was given."""
        return bool((self.overflow != self._NOTHING).all())

    @property
    def over_range(self) -> NDArray[np.int16]:
        """Over-range of each capture, bit 0 for channel A."""
        return self.overflow & _CHANNELS

    @property
    def samples(self) -> int:
        """Samples of a capture that came."""
        return min(self._came.value, self._asked)


def request_overlapped(
    connection: Connection, captures: int, samples: int
) -> OverlappedRequest | None:
    """Let the next run hand its samples over by itself; None if the driver does not do that.

    ``RunBlock`` executes it, and ``Stop`` drops it; nobody says that it always does, so that the
    memory is kept until the driver has other memory or the scope is closed.
    """
    request = OverlappedRequest(captures, samples)
    try:
        connection.call("ps5000aGetValuesOverlappedBulk", *request.arguments)
    except DeviceLostError:
        raise
    except DriverError:
        connection.stop()  # and drop an earlier request
        return None
    connection.overlapped = request
    return request


def fetch_triggers(connection: Connection, captures: int) -> NDArray[np.void]:
    """Facts of the first captures' triggers; :data:`TRIGGER_INFO`, each with a status of its own.

    The call may fail although some of them are right, so that only their own statuses count.
    """
    infos = np.zeros(captures, TRIGGER_INFO)
    infos["status"] = NO_SAMPLES_AVAILABLE
    with suppress(DriverError):
        connection.call("ps5000aGetTriggerInfoBulk", infos.ctypes.data, 0, captures - 1)
    return infos


def fetch_time_offsets(connection: Connection, captures: int) -> NDArray[np.float64]:
    """From each trigger's sample to the crossing in s, as the driver says; NaN if it does not."""
    times, units = np.zeros(captures, np.int64), np.full(captures, -1, np.int32)
    pointers = times.ctypes.data, units.ctypes.data
    with suppress(DriverError):
        connection.call("ps5000aGetValuesTriggerTimeOffsetBulk64", *pointers, 0, captures - 1)
    known = (units >= 0) & (units < TIME_UNITS_S.size)
    return np.where(known, times * TIME_UNITS_S[np.where(known, units, 0)], np.nan)
