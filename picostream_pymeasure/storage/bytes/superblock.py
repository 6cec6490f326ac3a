"""HDF5's superblock, version 3: the first 48 bytes of a file.

Source: "HDF5 File Format Specification Version 3.0", II.A. Byte 11 holds the marks of a file that
is open for writing; ours never bear them.
"""

from __future__ import annotations

import struct

from .metadata_checksum import with_checksum

SUPERBLOCK_BYTES = 48
SIGNATURE = b"\x89HDF\r\n\x1a\n"

#: What :func:`with_end` changes begins here.
END_AT = 28

_VERSION_AT, _OFFSET_SIZE_AT, _FLAGS_AT, _CHECKSUM_AT = 8, 9, 11, 44

#: In the superblocks of older programs; 4 bytes later in version 1.
_OLD_END_AT = 40


def of_closed_file(root: int, end: int) -> bytes:
    """The superblock of a file of ours.

    :param root: position of the root group's header.
    :param end: of the file, in bytes.
    """
    body = SIGNATURE + struct.pack("<4B4Q", 3, 8, 8, 0, 0, 2**64 - 1, end, root)
    return with_checksum(body)


def with_end(superblock: bytes, end: int) -> bytes:
    """The superblock of a closed file that ends at byte ``end``."""
    changed = bytearray(superblock[:_CHECKSUM_AT])
    changed[_FLAGS_AT] = 0
    struct.pack_into("<Q", changed, END_AT, end)
    return with_checksum(bytes(changed))


def is_marked_open(superblock: bytes) -> bool:
    """Whether a file that begins with these bytes was not closed by who wrote it."""
    return (
        len(superblock) == SUPERBLOCK_BYTES
        and superblock.startswith(SIGNATURE)
        and superblock[_VERSION_AT] == 3
        and superblock[_OFFSET_SIZE_AT] == 8
        and superblock[_FLAGS_AT] != 0
    )


def stated_end(superblock: bytes) -> int:
    """Where a file that begins with these bytes should end; 0 if it does not say so."""
    if len(superblock) < SUPERBLOCK_BYTES or not superblock.startswith(SIGNATURE):
        return 0
    version = superblock[_VERSION_AT]
    at = END_AT if version > 1 else _OLD_END_AT + 4 * version
    return int.from_bytes(superblock[at : at + 8], "little")
