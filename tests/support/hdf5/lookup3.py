"""Bob Jenkins' ``lookup3`` (``hashlittle``, initial value 0) over many rows at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MIX = (4, 6, 8, 16, 19, 4)
_FINAL = (14, 11, 25, 16, 4, 14, 24)


def lookup3(data: bytes | memoryview) -> int:
    """The checksum of some bytes."""
    return int(lookup3_rows(np.frombuffer(data, np.uint8)[None])[0])


def lookup3_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The checksum of each row of equal length, at least one byte."""
    count, length = rows.shape
    padded = np.zeros((count, -(-length // 12) * 12), np.uint8)
    padded[:, :length] = rows
    words = padded.view("<u4").astype(np.uint32)
    a = np.full(count, 0xDEADBEEF + length & 0xFFFFFFFF, np.uint32)
    b, c = a.copy(), a.copy()
    for at in range(0, words.shape[1], 3):
        a, b, c = a + words[:, at], b + words[:, at + 1], c + words[:, at + 2]
        a, b, c = _mix(a, b, c) if at + 3 < words.shape[1] else _final(a, b, c)
    return c


def _rotated(word: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    return (word << np.uint32(bits)) | (word >> np.uint32(32 - bits))


def _mix(a, b, c):
    for bits in _MIX:
        a = (a - c) ^ _rotated(c, bits)
        c = c + b
        a, b, c = b, c, a
    return a, b, c


def _final(a, b, c):
    for bits in _FINAL:
        c = (c ^ b) - _rotated(b, bits)
        a, b, c = b, c, a
    return c, a, b
