"""Bob Jenkins' ``lookup3`` (``hashlittle``, initial value 0), of bytes and of many rows at once."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MIX = (4, 6, 8, 16, 19, 4)
_FINAL = (14, 11, 25, 16, 4, 14, 24)
_MASK = 0xFFFFFFFF


def lookup3(data: bytes | memoryview) -> int:
    """The checksum of at least one byte."""
    padded = bytes(data) + bytes(-len(data) % 12)
    words = struct.unpack(f"<{len(padded) // 4}I", padded)
    return _hashed(words, len(data))


def lookup3_rows(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """The checksum of each row of equal length, at least one byte."""
    count, length = rows.shape
    padded = np.zeros((count, -(-length // 12) * 12), np.uint8)
    padded[:, :length] = rows
    columns = np.ascontiguousarray(padded.view("<u4").astype(np.uint64).T)
    return _hashed(columns, length).astype(np.uint32)


def _rotated(word: Any, bits: int) -> Any:
    return (word << bits | word >> 32 - bits) & _MASK


def _hashed(words: Any, length: int) -> Any:
    """The same for numbers and for columns of them."""
    a = b = c = (0xDEADBEEF + length) & _MASK
    for at in range(0, len(words), 3):
        a, b, c = (
            (a + words[at]) & _MASK,
            (b + words[at + 1]) & _MASK,
            (c + words[at + 2]) & _MASK,
        )
        if at + 3 < len(words):
            for bits in _MIX:
                a = ((a - c) & _MASK) ^ _rotated(c, bits)
                c = (c + b) & _MASK
                a, b, c = b, c, a
    for bits in _FINAL:
        c = ((c ^ b) - _rotated(b, bits)) & _MASK
        a, b, c = b, c, a
    return b
