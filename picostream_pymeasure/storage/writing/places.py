"""Where chunks lie, and the index and length of the file that say so; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit, uint64

from ...kernels.lookup3 import lookup3
from ...kernels.xxh3 import xxh3_at
from ...system.native import as_pointer, copy_bytes, now_ns, sleep_ns
from ...system.native_files import free_bytes, is_locked, set_length, write_at
from ..bytes.fixed_array import PAGE_BYTES, PAGE_ENTRIES
from ..layout.areas import (
    AREA_WORDS,
    AREAS_AT,
    AREAS_IN_RECORD,
    INDEX_GROWTH,
    LIST_BYTES,
    MOST_AREAS,
    TABLE_UNITS,
)
from ..layout.plan import N_TABLES, RING_UNITS, UNIT_BYTES, UNIT_HEAD_BYTES
from ..layout.records import (
    AREAS_MAGIC,
    MAGIC,
    RECORD_BYTES,
    RECORD_WORDS,
    SEAL,
    SEALED_BYTES,
)
from .context import AREA, DATASET, FULL_DISK, FULL_FILE

_NOWHERE = np.uint64(2**64 - 1)
_AREAS_MAGIC = np.int64(AREAS_MAGIC)

#: Bytes of an index before its bitmap, and of the header that names it before its checksum; where
#: in that the number of elements and the position are.
_PREFIX_BYTES, _INDEX_HEADER_BYTES, _ELEMENTS_AT, _BLOCK_AT = 14, 24, 8, 16

#: Areas for tables are so small a part of what tables have already.
_TABLE_GROWTH_BITS = 4

#: The end of file and the checksum of the superblock, the 20 bytes that change.
_END_AT, _SUM_AT, _SUPERBLOCK_BYTES = 28, 44, 48

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
    carray(as_pointer(address), RECORD_WORDS, np.int64)[SEAL] = int64(digest)


@njit(nogil=True, cache=True)
def put_number(address, number):  # type: ignore[no-untyped-def]
    """Change eight bytes in memory, which need not lie at a multiple of eight."""
    content = carray(as_pointer(address), 8, np.uint8)
    for index in range(8):
        content[index] = (number >> (8 * index)) & 0xFF


@njit(nogil=True, cache=True)
def datasets_of(file):  # type: ignore[no-untyped-def]
    """All growing datasets."""
    return carray(as_pointer(file.datasets_address), file.n_datasets, DATASET)


@njit(nogil=True, cache=True)
def slot_position(file, segment):  # type: ignore[no-untyped-def]
    """Where a segment begins, counted since the start."""
    if file.is_ring:
        return file.base + segment % file.segments * file.segment_bytes
    areas = carray(as_pointer(file.areas_address), MOST_AREAS, AREA)
    index = file.n_areas
    while index > 0 and areas[index - 1].segments_before > segment:  # mostly it is the newest
        index -= 1
    inserted = areas[index - 1].total if index > 0 else int64(0)
    return file.base + segment * file.segment_bytes + inserted


@njit(nogil=True, cache=True)
def chunk_position(file, dataset, chunk):  # type: ignore[no-untyped-def]
    """Where a chunk lies, counted since the start; not of tables."""
    if dataset.per_segment == PAGE_ENTRIES:
        segment, within = chunk // PAGE_ENTRIES, chunk % PAGE_ENTRIES
    else:
        segment, within = chunk * dataset.step, 0
    return slot_position(file, segment) + dataset.offset + within * dataset.stride


@njit(nogil=True, cache=True)
def _entry(file, dataset, number):  # type: ignore[no-untyped-def]
    """What the index has to say of a chunk."""
    if dataset.per_segment == 0:
        if number >= dataset.most_chunks:
            return _NOWHERE
        places = carray(as_pointer(dataset.places_address), dataset.most_chunks, np.int64)
        return uint64(places[number]) if places[number] else _NOWHERE
    is_counts = dataset.per_segment == PAGE_ENTRIES
    slot = number // PAGE_ENTRIES if is_counts else number * dataset.step
    within = number % PAGE_ENTRIES if is_counts else 0
    if file.is_ring:
        newest = file.entered - 1
        segment = newest - (newest - slot) % file.segments
        is_hole = segment == newest + 1 - file.segments or slot >= file.segments
        present = -(-file.published // file.chunk_samples)
        if segment < 0 or is_hole or (is_counts and segment * PAGE_ENTRIES + within >= present):
            return _NOWHERE
    elif slot >= file.entered:
        return _NOWHERE
    return uint64(slot_position(file, slot) + dataset.offset + within * dataset.stride)


@njit(nogil=True, cache=True)
def write_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Write a page of an index as it must be now."""
    _fill_page(file, dataset, page)
    put(file, file.scratch_address, PAGE_BYTES, dataset.pages_at + page * PAGE_BYTES)


@njit(nogil=True, cache=True)
def _fill_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Put the bytes of a page into the scratch memory."""
    entries = carray(as_pointer(file.scratch_address), PAGE_ENTRIES, np.uint64)
    for index in range(PAGE_ENTRIES):
        entries[index] = _entry(file, dataset, page * PAGE_ENTRIES + index)
    seal(file.scratch_address, 8 * PAGE_ENTRIES)


@njit(nogil=True, cache=True)
def _make_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Let the index have room for a page: make it anew, longer, and then let it be found there."""
    while page >= dataset.n_pages:
        n_pages = dataset.n_pages * INDEX_GROWTH
        pages_at = _PREFIX_BYTES + n_pages // 8 + 4
        block = np.full(pages_at + n_pages * PAGE_BYTES, 255, np.uint8)
        address = block.ctypes.data
        block[:6] = np.array([70, 65, 68, 66, 0, 0], np.uint8)  # FADB, version and kind
        put_number(address + 6, dataset.index_header)
        seal(address, pages_at - 4)
        for number in range(n_pages):
            _fill_page(file, dataset, number)
            at = address + pages_at + number * PAGE_BYTES
            copy_bytes(at, file.scratch_address, PAGE_BYTES)
        if not may_write(file, block.size):
            return
        position = add_area(file, -(-block.size // UNIT_BYTES), dataset.number)
        if file.failure != 0:
            return
        put(file, address, block.size, position)
        put_number(dataset.index_address + _ELEMENTS_AT, n_pages * PAGE_ENTRIES)
        put_number(dataset.index_address + _BLOCK_AT, position)
        seal(dataset.index_address, _INDEX_HEADER_BYTES)
        put(file, dataset.index_address, _INDEX_HEADER_BYTES + 4, dataset.index_header)
        dataset.n_pages, dataset.pages_at = n_pages, position + pages_at
        # told with the next rows: nobody goes by it before
        most_rows = n_pages * PAGE_ENTRIES * dataset.chunk_rows
        put_number(dataset.header_address + dataset.most_at, most_rows)


@njit(nogil=True, cache=True)
def add_area(file, units, owner):  # type: ignore[no-untyped-def]
    """Take room behind all that there is; its position, unless that fails.

    See :mod:`~..layout.areas`.
    """
    number, position, size = file.n_areas, file.tail, units * UNIT_BYTES
    if number == MOST_AREAS and file.failure == 0:
        file.failure = FULL_FILE
    _extend(file, position + size)
    if file.failure != 0:
        return position
    areas = carray(as_pointer(file.areas_address), MOST_AREAS, AREA)
    areas[number].segments_before = file.entered
    areas[number].total = size + (areas[number - 1].total if number > 0 else int64(0))
    record, row = number // AREAS_IN_RECORD, number % AREAS_IN_RECORD
    address = file.records_address + record * RECORD_BYTES
    words = carray(as_pointer(address), RECORD_WORDS, np.int64)
    words[MAGIC], words[1] = _AREAS_MAGIC, row + 1
    at = AREAS_AT + AREA_WORDS * row
    words[at], words[at + 1] = position, units
    words[at + 2], words[at + 3] = owner, file.entered
    seal_record(address)
    for begin in (file.areas_at, file.areas_at + LIST_BYTES):
        put(file, address, RECORD_BYTES, begin + record * RECORD_BYTES)
    if file.failure == 0:
        file.n_areas += 1
        file.tail += size
    return position


@njit(nogil=True, cache=True)
def _extend(file, end):  # type: ignore[no-untyped-def]
    """Let the file be longer than what is taken, and cover that by HDF5's end of file."""
    rest = (file.segments - file.entered) * file.segment_bytes
    length = end + min(file.lead, rest)
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
def enter(file, segment):  # type: ignore[no-untyped-def]
    """Take room for a segment of a file that keeps all, and let the index name its chunks."""
    if segment >= file.segments:
        if file.failure == 0:
            file.failure = FULL_FILE
        return
    datasets = datasets_of(file)
    for index in range(file.n_datasets - N_TABLES):
        dataset = datasets[index]
        is_counts = dataset.per_segment == PAGE_ENTRIES
        _make_page(file, dataset, segment if is_counts else segment // dataset.step // PAGE_ENTRIES)
    _extend(file, file.tail + file.segment_bytes)
    file.tail += file.segment_bytes
    file.entered = segment + 1
    write_pages(file, segment)


@njit(nogil=True, cache=True)
def write_pages(file, slot):  # type: ignore[no-untyped-def]
    """Write the pages of all indexes that name something in a segment."""
    datasets = datasets_of(file)
    for index in range(file.n_datasets):
        dataset = datasets[index]
        if dataset.per_segment == PAGE_ENTRIES:
            write_page(file, dataset, slot)
        elif dataset.per_segment == 1 and slot % dataset.step == 0:
            write_page(file, dataset, slot // dataset.step // PAGE_ENTRIES)


@njit(nogil=True, cache=True)
def take_unit(file, table, chunk):  # type: ignore[no-untyped-def]
    """Find room for a chunk of a table, and let the index name it, unless that fails."""
    dataset = datasets_of(file)[file.n_datasets - N_TABLES + table]
    if file.is_ring:
        unit = RING_UNITS * table + chunk
        position = file.base - (RING_UNITS * N_TABLES - unit) * UNIT_BYTES
    else:
        if file.units == file.table_units:
            more = max(file.units >> _TABLE_GROWTH_BITS, 1)
            file.next_unit = add_area(file, more, TABLE_UNITS)
            file.table_units += more
        _make_page(file, dataset, chunk // PAGE_ENTRIES)
        if file.failure != 0:
            return
        position = file.next_unit
        file.next_unit += UNIT_BYTES
        file.units += 1
    places = carray(as_pointer(dataset.places_address), dataset.most_chunks, np.int64)
    places[chunk] = position + UNIT_HEAD_BYTES
    write_page(file, dataset, chunk // PAGE_ENTRIES)


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
