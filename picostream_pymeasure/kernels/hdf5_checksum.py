"""HDF5's metadata checksum at the speed of memory, for metadata that often changes."""

from __future__ import annotations

import numpy as np
from numba import int64, njit, types
from numpy.typing import NDArray

_WORD = 0xFFFFFFFF


@njit(nogil=True, cache=True, inline="always")
def _add_words(a, b, c, data, at):  # type: ignore[no-untyped-def]
    """Add the next twelve bytes, the first of four the lowest; zeros beyond the end."""
    for index in range(at, min(at + 4, data.size)):
        a += int64(data[index]) << (8 * (index - at))
    for index in range(at + 4, min(at + 8, data.size)):
        b += int64(data[index]) << (8 * (index - at - 4))
    for index in range(at + 8, min(at + 12, data.size)):
        c += int64(data[index]) << (8 * (index - at - 8))
    return a & _WORD, b & _WORD, c & _WORD


@njit(nogil=True, cache=True, inline="always")
def _rotated(word, bits):  # type: ignore[no-untyped-def]
    return ((word << bits) | (word >> (32 - bits))) & _WORD


@njit(nogil=True, cache=True, inline="always")
def _mix(a, b, c):  # type: ignore[no-untyped-def]
    for bits in (4, 6, 8, 16, 19, 4):
        a = ((a - c) & _WORD) ^ _rotated(c, bits)
        c = (c + b) & _WORD
        a, b, c = b, c, a
    return a, b, c


@njit(nogil=True, cache=True, inline="always")
def _final(a, b, c):  # type: ignore[no-untyped-def]
    for bits in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _rotated(b, bits)) & _WORD
        a, b, c = b, c, a
    return b


@njit(int64(types.Array(types.uint8, 1, "C", readonly=True)), nogil=True, cache=True)
def lookup3(data: NDArray[np.uint8]) -> int:
    """Bob Jenkins' ``hashlittle`` of 2006 with the initial value 0.

    :param data: uint8, at least one byte.
    """
    a = b = c = (0xDEADBEEF + data.size) & _WORD
    at = 0
    while data.size - at > 12:
        a, b, c = _add_words(a, b, c, data, at)
        a, b, c = _mix(a, b, c)
        at += 12
    a, b, c = _add_words(a, b, c, data, at)
    checksum: int = _final(a, b, c)
    return checksum
