"""Bob Jenkins' ``lookup3`` (``hashlittle``, initial value 0), of bytes and of many rows at once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_MIX = (4, 6, 8, 16, 19, 4)
_FINAL = (14, 11, 25, 16, 4, 14, 24)
_MASK = np.int64(0xFFFFFFFF)
_BEGIN = np.int64(0xDEADBEEF)


def lookup3(data: bytes | memoryview) -> int:
    """The checksum of at least one byte."""
    return int(lookup3_rows(np.frombuffer(data, np.uint8)[np.newaxis])[0])


def lookup3_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The checksum of each row of equal length, at least one byte."""
    count, length = rows.shape
    padded = np.zeros((count, -(-length // 12) * 12), np.uint8)
    padded[:, :length] = rows
    found = np.empty(count, np.uint32)
    _hash_rows(padded.view("<u4"), length, found)
    return found


@njit(cache=True)
def _rotated(word, bits):  # type: ignore[no-untyped-def]
    return (word << bits | word >> 32 - bits) & _MASK


@njit(cache=True)
def _hash_rows(rows, length, found):  # type: ignore[no-untyped-def]
    for number in range(rows.shape[0]):
        words = rows[number]
        a = b = c = (_BEGIN + length) & _MASK
        for at in range(0, words.size, 3):
            a = (a + np.int64(words[at])) & _MASK
            b = (b + np.int64(words[at + 1])) & _MASK
            c = (c + np.int64(words[at + 2])) & _MASK
            if at + 3 < words.size:
                for bits in _MIX:
                    a = ((a - c) & _MASK) ^ _rotated(c, bits)
                    c = (c + b) & _MASK
                    a, b, c = b, c, a
        for bits in _FINAL:
            c = ((c ^ b) - _rotated(b, bits)) & _MASK
            a, b, c = b, c, a
        found[number] = b
