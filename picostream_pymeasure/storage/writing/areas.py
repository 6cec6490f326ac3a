"""Bytes of the file, its length, and areas that are taken one behind the other; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ...kernels.lookup3 import lookup3
from ...kernels.xxh3 import xxh3_at
from ...system.native import as_pointer, now_ns, sleep_ns
from ...system.native_files import free_bytes, is_locked, set_length, write_at
from ..layout.areas import LIST_BYTES, MOST_AREAS
from ..layout.members import MEMORY_PAGE_BYTES
from ..layout.plan import UNIT_BYTES
from ..layout.records import AREAS_DTYPE, AREAS_IN_RECORD, AREAS_MAGIC, RECORD_BYTES, SEALED_BYTES
from .context import AREA, FULL_DISK, FULL_FILE

_AREAS_MAGIC = np.int64(AREAS_MAGIC)

#: The end of file and the checksum of the superblock, the 20 bytes that change.
_END_AT, _SUM_AT, _SUPERBLOCK_BYTES = map(np.int64, (28, 44, 48))

#: After so many bytes the room on the disk is looked at again.
_LOOK_BYTES = 64 * 2**20

#: So long, and at most twice as long, the length has been there when HDF5's end of file tells it:
#: a reader on a busy machine may wait between the two. The length is two seconds ahead.
_LOOKED_AT_NS = 900_000_000

_PAUSE_NS = 5_000_000


@njit(nogil=True, cache=True)
def put(file, address, count, position):  # type: ignore[no-untyped-def]
    """Write, unless something failed before: then nothing is written any more."""
    if file.failure == 0 and count > 0:
        result = write_at(file.handle, address, count, position)
        while _is_tried_again(file, result):
            result = write_at(file.handle, address, count, position)
        file.failure = result


@njit(nogil=True, cache=True)
def _is_tried_again(file, result):  # type: ignore[no-untyped-def]
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


@njit(nogil=True, cache=True)
def add_area(file, units, owner):  # type: ignore[no-untyped-def]
    """Take room behind all that there is; its position, unless that fails.

    See :mod:`~..layout.areas`.
    """
    # behind packed chunks too what is rewritten in place lies in one sector
    position = -(-file.tail // MEMORY_PAGE_BYTES) * MEMORY_PAGE_BYTES
    number, size = file.n_areas, units * UNIT_BYTES
    if number == MOST_AREAS and file.failure == 0:
        file.failure = FULL_FILE
    extend(file, position + size)
    if file.failure != 0:
        return position
    areas = carray(as_pointer(file.areas_address), MOST_AREAS, AREA)
    areas[number].segments_before = file.entered
    areas[number].position, areas[number].owner = position, owner
    areas[number].total = size + (areas[number - 1].total if number > 0 else int64(0))
    within, row = number // AREAS_IN_RECORD * RECORD_BYTES, number % AREAS_IN_RECORD
    address = file.records_address + within
    record = carray(as_pointer(address), 1, AREAS_DTYPE)[0]
    record.magic, record.count = _AREAS_MAGIC, row + 1
    record.areas[row, 0], record.areas[row, 1] = position, units
    record.areas[row, 2], record.areas[row, 3] = owner, file.entered
    seal_record(address)
    for begin in (file.areas_at, file.areas_at + LIST_BYTES):
        put(file, address, int64(RECORD_BYTES), begin + within)
    if file.failure == 0:
        file.n_areas += 1
        file.tail = position + size
    return position


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
        while _is_tried_again(file, result):
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
