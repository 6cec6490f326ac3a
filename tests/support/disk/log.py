"""The log of what a program did to the files of a folder."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from pathlib import Path

_RECORD = struct.Struct("<IIQqq")


class Kind(enum.IntEnum):
    """What was done; as in ``preload.c``."""

    CREATE = 0
    WRITE = 1
    RESIZE = 2
    SYNC_BEGIN = 3
    SYNC_END = 4
    RENAME = 5
    LINK = 6
    UNLINK = 7
    CLOSE = 8
    LOCK = 9
    OPEN = 10
    MAP = 11
    FAILED = 12


#: How the failing calls of ``DISK_FAIL`` are called by what they leave in the log.
CALLS = {
    Kind.OPEN: "open",
    Kind.WRITE: "write",
    Kind.RESIZE: "truncate",
    Kind.SYNC_BEGIN: "sync",
    Kind.RENAME: "rename",
    Kind.LINK: "link",
    Kind.UNLINK: "unlink",
    Kind.CLOSE: "close",
    Kind.LOCK: "lock",
}


@dataclass(frozen=True)
class Operation:
    """One call that succeeded.

    :param offset: of a write in the file; the new length of a resize.
    :param payload: what was written, or the names, separated by a zero.
    """

    index: int
    kind: Kind
    inode: int
    offset: int
    thread: int
    payload: bytes

    @property
    def names(self) -> list[str]:
        return self.payload.decode().split("\0")


def read_log(path: Path) -> list[Operation]:
    """All that is in a log; a record that a kill cut off is left out."""
    content = path.read_bytes() if path.exists() else b""
    operations = []
    at = 0
    while at + _RECORD.size <= len(content):
        kind, count, inode, offset, thread = _RECORD.unpack_from(content, at)
        at += _RECORD.size
        payload = content[at : at + count]
        at += count
        if len(payload) == count:
            index = len(operations)
            operations.append(Operation(index, Kind(kind), inode, offset, thread, payload))
    return operations
