"""How long the file is, and how long it may become; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, njit

from ...system.native import as_pointer, now_ns
from ...system.native_files import free_bytes, set_length
from .context import FULL_DISK
from .file_bytes import is_tried_again, put, seal

#: The end of file and the checksum of the superblock, the 20 bytes that change.
_END_AT, _SUM_AT, _SUPERBLOCK_BYTES = map(np.int64, (28, 44, 48))

#: After so many bytes the room on the disk is looked at again.
_LOOK_BYTES = 64 * 2**20

#: So long, and at most twice as long, the length has been there when HDF5's end of file tells it:
#: a reader on a busy machine may wait between the two. The length is two seconds ahead.
_LOOKED_AT_NS = 900_000_000


@njit(nogil=True, cache=True)
def extend(file, end):  # type: ignore[no-untyped-def]
    """Let the file be longer than what is taken, and cover that by HDF5's end of file."""
    rest = (file.segments - file.entered) * file.segment_bytes
    length = end + min(file.lead, rest)
    if file.is_packed:  # which goes on by single chunks
        is_ahead = file.length >= end + file.lead // 2
        length = file.length if is_ahead else end + file.lead
    if file.failure != 0:
        return
    if length > file.length:
        result = set_length(file.handle, length)
        while is_tried_again(file, result):
            result = set_length(file.handle, length)
        if result < 0:
            file.failure = result
            return
        file.length = length
    tell_end(file)
    if end > file.told_end:  # faster than it was laid out for
        if end > file.tell_next:
            file.tell_next = file.length
        file.tell_due_ns = 0
        tell_end(file)


@njit(nogil=True, cache=True)
def tell_end(file):  # type: ignore[no-untyped-def]
    """Let HDF5's end of file follow the length, but not at once.

    HDF5 looks at the length before it reads where the file shall end, and refuses a shorter one.
    """
    if file.tell_next != file.told_end and now_ns() >= file.tell_due_ns:
        carray(as_pointer(file.superblock_address + _END_AT), 1, np.int64)[0] = file.tell_next
        seal(file.superblock_address, _SUM_AT)
        put(file, file.superblock_address + _END_AT, _SUPERBLOCK_BYTES - _END_AT, _END_AT)
        file.told_end = file.tell_next
    if file.tell_next == file.told_end and file.length != file.told_end:
        file.tell_next, file.tell_due_ns = file.length, now_ns() + _LOOKED_AT_NS


@njit(nogil=True, cache=True)
def may_write(file, count):  # type: ignore[no-untyped-def]
    """Whether so many bytes leave the reserve on the disk free; if not, that is the failure."""
    if file.budget < count:
        free = free_bytes(file.handle, file.folder_address)
        room = free - file.reserve if free >= 0 else _LOOK_BYTES
        if room < count and file.failure == 0:
            file.failure = FULL_DISK
        file.budget = min(room, _LOOK_BYTES)
    file.budget -= count
    return file.failure == 0
