"""HDF5's superblock, version 3: the first 48 bytes of a file, with its mark of being open.

Source: "HDF5 File Format Specification Version 3.0", II.A. While a program has the file open for
writing its consistency flags are set, and stay so after a crash.
"""

from __future__ import annotations

import struct

SIZE = 48

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_VERSION_AT, _OFFSET_SIZE_AT, _FLAGS_AT, _END_AT, _CHECKSUM_AT = 8, 9, 11, 28, 44
_WORD = 0xFFFFFFFF


def is_marked_open(superblock: bytes) -> bool:
    """Whether a file that begins with these bytes was not closed by who wrote it."""
    return (
        len(superblock) == SIZE
        and superblock.startswith(_SIGNATURE)
        and superblock[_VERSION_AT] == 3
        and superblock[_OFFSET_SIZE_AT] == 8
        and superblock[_FLAGS_AT] != 0
    )


def unmarked(superblock: bytes, end: int) -> bytes:
    """The superblock of a closed file that ends at byte ``end``."""
    changed = bytearray(superblock)
    changed[_FLAGS_AT] = 0
    struct.pack_into("<Q", changed, _END_AT, end)
    struct.pack_into("<I", changed, _CHECKSUM_AT, _lookup3(bytes(changed[:_CHECKSUM_AT])))
    return bytes(changed)


def _lookup3(data: bytes) -> int:
    """Bob Jenkins' ``hashlittle`` of 2006 with the initial value 0, HDF5's metadata checksum."""
    a = b = c = (0xDEADBEEF + len(data)) & _WORD
    words = struct.unpack(
        f"<{-(-len(data) // 12) * 3}I", data.ljust(-(-len(data) // 12) * 12, b"\0")
    )
    for index in range(0, len(words), 3):
        a, b, c = (
            (x + y) & _WORD for x, y in zip((a, b, c), words[index : index + 3], strict=True)
        )
        if index + 3 < len(words):
            a, b, c = _mix(a, b, c)
    return _final(a, b, c)


def _rotated(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (32 - bits))) & _WORD


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    for bits in (4, 6, 8, 16, 19, 4):
        a = ((a - c) & _WORD) ^ _rotated(c, bits)
        c = (c + b) & _WORD
        a, b, c = b, c, a
    return a, b, c


def _final(a: int, b: int, c: int) -> int:
    for bits in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - _rotated(b, bits)) & _WORD
        a, b, c = b, c, a
    return b
