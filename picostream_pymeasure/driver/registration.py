"""Handing the driver the memory of many segments, natively: there may be 100 000."""

from __future__ import annotations

import ctypes
import time

import numpy as np
from numba import int16, int32, int64, njit, types, uint32
from numpy.typing import NDArray

from ..system.native import call_set_data_buffer
from . import call_log
from .connection import Connection, patient
from .status import check

_FUNCTION = "ps5000aSetDataBuffer"


def register(connection: Connection, source: int, rows: NDArray[np.int16], segments: range) -> None:
    """Let the driver deliver segment n of an input into row n.

    :param source: ``PS5000A_CHANNEL``.
    :param rows: int16, shape ``(captures, samples)``, each row contiguous. The driver writes to it
        until :func:`take_back`; the caller keeps it alive.
    :param segments: those that are handed over now.
    """
    _set(connection, source, segments, rows.ctypes.data, rows.strides[0], rows.shape[1])


def take_back(connection: Connection, source: int, segments: range) -> None:
    """Take the memory of segments back from the driver."""
    _set(connection, source, segments, 0, 0, 0)


def _set(
    connection: Connection, source: int, segments: range, address: int, step: int, samples: int
) -> None:
    pointer = ctypes.cast(getattr(connection.library, _FUNCTION), ctypes.c_void_p)
    end, following = segments.stop, np.array([segments.start], np.int64)
    arguments = connection.handle, source, end, address, step, samples, following

    def make() -> int:
        begun_s, told = time.perf_counter(), f"segments {following[0]} to {end - 1}"
        status: int = _set_segments(pointer.value or 0, *arguments)
        took_s = time.perf_counter() - begun_s
        call_log.note(_FUNCTION, (connection.handle, source, samples, told), status, took_s)
        return status

    patient(lambda: check(make(), _FUNCTION))


@njit(
    types.int64(int64, int16, int64, int64, int64, int64, int64, int64[::1]),
    nogil=True,
    cache=True,
)
def _set_segments(function, handle, source, end, address, step, samples, following):  # type: ignore[no-untyped-def]
    for segment in range(following[0], end):  # once more from the one that was refused on
        status = call_set_data_buffer(
            function,
            handle,
            int32(source),
            address + segment * step,
            int32(samples),
            uint32(segment),
            int32(0),
        )
        if status != 0:
            return int64(status)
        following[0] = segment + 1
    return 0
