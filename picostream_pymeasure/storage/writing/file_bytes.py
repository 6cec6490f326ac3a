"""Bytes of the file as they are written, and checksums in what is written; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ...kernels.hdf5_checksum import lookup3
from ...kernels.xxh3 import xxh3_at
from ...system.native import as_pointer, now_ns, sleep_ns
from ...system.native_files import is_locked, write_at
from ..layout.records import SEALED_BYTES

_PAUSE_NS = 5_000_000


@njit(nogil=True, cache=True)
def put(file, address, count, position):  # type: ignore[no-untyped-def]
    """Write, unless something failed before: then nothing is written any more."""
    if file.failure == 0 and count > 0:
        result = write_at(file.handle, address, count, position)
        while is_tried_again(file, result):
            result = write_at(file.handle, address, count, position)
        file.failure = result


@njit(nogil=True, cache=True)
def put_array(file, array, position):  # type: ignore[no-untyped-def]
    """Write an array; its caller holds it meanwhile, which one that takes its address does not."""
    put(file, int64(array.ctypes.data), array.nbytes, position)


@njit(nogil=True, cache=True)
def is_tried_again(file, result):  # type: ignore[no-untyped-def]
    """Whether to try again, after a pause, what somebody's lock refused: while the pool lasts."""
    now = now_ns()
    if is_locked(result):
        since = file.refused_ns if file.refused_ns else now
        if now - since < file.patience_ns:
            file.refused_ns = since
            sleep_ns(_PAUSE_NS)
            return True
    file.refused_ns = 0
    return False


@njit(nogil=True, cache=True)
def seal(address, count):  # type: ignore[no-untyped-def]
    """Put HDF5's checksum of ``count`` bytes behind them."""
    digest = lookup3(carray(as_pointer(address), count, np.uint8))
    carray(as_pointer(address + count), 1, np.uint32)[0] = digest


@njit(nogil=True, cache=True)
def seal_record(address):  # type: ignore[no-untyped-def]
    """Put the checksum of a record where it belongs."""
    digest = xxh3_at(address, SEALED_BYTES, np.uint64(0))
    carray(as_pointer(address + SEALED_BYTES), 1, np.uint64)[0] = digest


@njit(nogil=True, cache=True)
def put_number(address, number):  # type: ignore[no-untyped-def]
    """Change eight bytes in memory, which need not lie at a multiple of eight."""
    content = carray(as_pointer(address), 8, np.uint8)
    for index in range(8):
        content[index] = (number >> (8 * index)) & 0xFF
