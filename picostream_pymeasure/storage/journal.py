"""Changes to a file, kept at its end until all of them are written.

A journal is the changes, each with its position and length, and a trailer that is right only if
the journal is whole and the file still begins as it did.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from xxhash import xxh3_64_intdigest

from ..system.files import sync_data
from .raw_file import RawFile
from .superblock import SIZE as SUPERBLOCK_SIZE

_MAGIC = b"picostreamrepair"
_CHANGE = struct.Struct("<QQ")
#: Magic, bytes of the changes, size of the file without the journal, and a checksum.
_TRAILER = struct.Struct("<16sQQQ")


def pack(superblock: bytes, size: int, changes: Iterable[tuple[int, bytes]]) -> bytes:
    """Make a journal.

    :param superblock: how the file begins before the changes.
    :param size: of the file without the journal.
    :param changes: position and content of each.
    """
    body = b"".join(_CHANGE.pack(at, len(content)) + content for at, content in changes)
    checksum = xxh3_64_intdigest(superblock + body)
    return body + _TRAILER.pack(_MAGIC, len(body), size, checksum)


def replay(path: Path) -> bool:
    """Make the changes of a file's journal and remove it; tell whether there was one."""
    with contextlib.closing(RawFile(path, writable=True)) as raw:
        body_at = raw.size() - _TRAILER.size
        if body_at < SUPERBLOCK_SIZE:
            return False
        magic, length, size, checksum = _TRAILER.unpack(raw.read(body_at, _TRAILER.size))
        body_at -= length
        if magic != _MAGIC or not SUPERBLOCK_SIZE <= size <= body_at:
            return False
        body = raw.read(body_at, length)
        if xxh3_64_intdigest(raw.read(0, SUPERBLOCK_SIZE) + body) != checksum:
            return False
        for position, content in _changes(body):
            raw.write(position, content)
            sync_data(raw.descriptor)
        raw.truncate(size)
        return True


def _changes(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        position, length = _CHANGE.unpack_from(body, at)
        at += _CHANGE.size
        yield position, body[at : at + length]
        at += length
