"""Where chunks lie, and the index of the file that says so; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit, uint64

from ...system.native import as_pointer, copy_bytes
from ..bytes.fixed_array import NOWHERE, PAGE_ENTRIES
from ..layout.areas import (
    GROWTH_BITS,
    INDEX_GROWTH,
    LIST_BYTES,
    MOST_AREAS,
    SEGMENTS_OWNER,
    TABLE_UNITS,
)
from ..layout.members import MEMORY_PAGE_BYTES
from ..layout.plan import N_TABLES, RING_UNITS, UNIT_BYTES, UNIT_HEAD_BYTES
from ..layout.records import AREAS_DTYPE, AREAS_IN_RECORD, AREAS_MAGIC, RECORD_BYTES
from .context import AREA, DATASET, FULL_FILE, INPUT
from .file_bytes import put, put_array, put_number, seal, seal_record
from .file_length import extend, may_write

#: Bytes of an index before its bitmap, and of the header that names it before its checksum; where
#: in that the number of elements and the position are.
_PREFIX_BYTES, _ELEMENTS_AT, _BLOCK_AT = 14, 8, 16
_INDEX_HEADER_BYTES = np.int64(24)

#: Where in an entry of a packed chunk its size is, of so many bits in the row of that chunk.
_SIZE_AT, _SIZE_BITS = 8, 32

_AREAS_MAGIC = np.int64(AREAS_MAGIC)


@njit(nogil=True, cache=True)
def datasets_of(file):  # type: ignore[no-untyped-def]
    """All growing datasets."""
    return carray(as_pointer(file.datasets_address), file.n_datasets, DATASET)


@njit(nogil=True, cache=True)
def inputs_of(file):  # type: ignore[no-untyped-def]
    """All inputs."""
    return carray(as_pointer(file.inputs_address), file.n_inputs, INPUT)


@njit(nogil=True, cache=True)
def slot_position(file, segment):  # type: ignore[no-untyped-def]
    """Where a segment begins, counted since the start."""
    if file.is_ring:
        return file.base + segment % file.segments * file.segment_bytes
    areas = carray(as_pointer(file.areas_address), MOST_AREAS, AREA)
    index = file.n_areas
    if file.is_packed:
        area = areas[index - 1]
        while area.owner != SEGMENTS_OWNER or area.segments_before > segment:
            index -= 1
            area = areas[index - 1]
        return area.position + (segment - area.segments_before) * file.segment_bytes
    while index > 0 and areas[index - 1].segments_before > segment:  # mostly it is the newest
        index -= 1
    inserted = areas[index - 1].total if index > 0 else int64(0)
    return file.base + segment * file.segment_bytes + inserted


@njit(nogil=True, cache=True)
def chunk_position(file, dataset, chunk):  # type: ignore[no-untyped-def]
    """Where a chunk lies, counted since the start; not of tables."""
    segment, within = chunk // dataset.per_segment * dataset.step, chunk % dataset.per_segment
    return slot_position(file, segment) + dataset.offset + within * dataset.stride


@njit(nogil=True, cache=True)
def _page_of(dataset, segment):  # type: ignore[no-untyped-def]
    """The page of an index that names the chunks in a segment, or that the segment belongs to."""
    return segment // dataset.step * dataset.per_segment // PAGE_ENTRIES


@njit(nogil=True, cache=True)
def _entry(file, dataset, number):  # type: ignore[no-untyped-def]
    """What the index has to say of a chunk."""
    if dataset.per_segment == 0:
        if number >= dataset.most_chunks:
            return NOWHERE
        places = carray(as_pointer(dataset.places_address), dataset.most_chunks, np.int64)
        return uint64(places[number]) if places[number] else NOWHERE
    slot, within = number // dataset.per_segment * dataset.step, number % dataset.per_segment
    if file.is_ring:
        is_counts = dataset.per_segment == PAGE_ENTRIES
        newest = file.entered - 1
        segment = newest - (newest - slot) % file.segments
        is_hole = segment == newest + 1 - file.segments or slot >= file.segments
        present = -(-file.published // file.chunk_samples)
        if segment < 0 or is_hole or (is_counts and segment * PAGE_ENTRIES + within >= present):
            return NOWHERE
    elif slot >= file.entered:
        return NOWHERE
    return uint64(slot_position(file, slot) + dataset.offset + within * dataset.stride)


@njit(nogil=True, cache=True)
def write_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Write a page of an index as it must be now."""
    _fill_page(file, dataset, page)
    size = dataset.page_bytes
    put(file, file.scratch_address, size, dataset.pages_at + page * size)


@njit(nogil=True, cache=True)
def _fill_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Put the bytes of a page into the scratch memory."""
    if dataset.is_packed:
        _fill_packed_page(file, dataset, page)
        return
    entries = carray(as_pointer(file.scratch_address), PAGE_ENTRIES, np.uint64)
    for index in range(PAGE_ENTRIES):
        entries[index] = _entry(file, dataset, page * PAGE_ENTRIES + index)
    seal(file.scratch_address, 8 * PAGE_ENTRIES)


@njit(nogil=True, cache=True)
def packed_rows(file, dataset):  # type: ignore[no-untyped-def]
    """Rows of :data:`~..schema.PACKED_DTYPE` as two words each, of all chunks that can be."""
    shape = (file.segments * PAGE_ENTRIES, 2)
    return carray(as_pointer(dataset.places_address), shape, np.int64)


@njit(nogil=True, cache=True)
def _fill_packed_page(file, dataset, page):  # type: ignore[no-untyped-def]
    rows = packed_rows(file, dataset)
    size_bytes = dataset.entry_bytes - 12
    for index in range(PAGE_ENTRIES):
        chunk = page * PAGE_ENTRIES + index
        at = file.scratch_address + index * dataset.entry_bytes
        position, size = int64(-1), int64(0)
        if chunk < rows.shape[0] and rows[chunk, 0] != 0:
            position, size = rows[chunk, 0], rows[chunk, 1] & ((int64(1) << _SIZE_BITS) - 1)
        put_number(at, position)
        entry = carray(as_pointer(at + _SIZE_AT), dataset.entry_bytes - _SIZE_AT, np.uint8)
        for number in range(entry.size):  # the size, and that no filter was left out
            entry[number] = (size >> (8 * number)) & 0xFF if number < size_bytes else 0
    seal(file.scratch_address, dataset.entry_bytes * PAGE_ENTRIES)


@njit(nogil=True, cache=True)
def _add_area(file, units, owner):  # type: ignore[no-untyped-def]
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
def _make_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Let the index have room for a page: make it anew, longer, and then let it be found there."""
    while page >= dataset.n_pages:
        n_pages = dataset.n_pages * INDEX_GROWTH
        pages_at = _PREFIX_BYTES + n_pages // 8 + 4
        page_bytes = dataset.page_bytes
        block = np.full(pages_at + n_pages * page_bytes, 255, np.uint8)
        address = int64(block.ctypes.data)
        block[:6] = np.array([70, 65, 68, 66, 0, 0], np.uint8)  # FADB, version and kind
        block[5] = dataset.is_packed
        put_number(address + 6, dataset.index_header)
        seal(address, pages_at - 4)
        for number in range(n_pages):
            _fill_page(file, dataset, number)
            at = address + pages_at + number * page_bytes
            copy_bytes(at, file.scratch_address, page_bytes)
        if not may_write(file, block.size):
            return
        position = _add_area(file, -(-block.size // UNIT_BYTES), dataset.number)
        if file.failure != 0:
            return
        put_array(file, block, position)
        put_number(dataset.index_address + _ELEMENTS_AT, n_pages * PAGE_ENTRIES)
        put_number(dataset.index_address + _BLOCK_AT, position)
        seal(dataset.index_address, _INDEX_HEADER_BYTES)
        put(file, dataset.index_address, _INDEX_HEADER_BYTES + 4, dataset.index_header)
        dataset.n_pages, dataset.pages_at = n_pages, position + pages_at
        # told with the next rows: nobody goes by it before
        most_rows = n_pages * PAGE_ENTRIES * dataset.chunk_rows
        put_number(dataset.header_address + dataset.most_at, most_rows)


@njit(nogil=True, cache=True)
def enter(file, segment):  # type: ignore[no-untyped-def]
    """Take room for a segment of a file that keeps all, and let the index name its chunks."""
    if segment >= file.segments:
        if file.failure == 0:
            file.failure = FULL_FILE
        return
    datasets = datasets_of(file)
    for index in range(file.n_datasets - N_TABLES):
        _make_page(file, datasets[index], _page_of(datasets[index], segment))
    if not file.is_packed:
        extend(file, file.tail + file.segment_bytes)
        file.tail += file.segment_bytes
    elif segment == file.packed_segments:
        more = max(segment >> GROWTH_BITS, 1)
        _add_area(file, -(-more * file.segment_bytes // UNIT_BYTES), int64(SEGMENTS_OWNER))
        file.packed_segments += more
        if file.failure != 0:
            return
    file.entered = segment + 1
    write_pages(file, segment)


@njit(nogil=True, cache=True)
def write_pages(file, slot):  # type: ignore[no-untyped-def]
    """Write the pages of all indexes that name something in a segment."""
    datasets = datasets_of(file)
    for index in range(file.n_datasets):
        dataset = datasets[index]
        if dataset.per_segment > 0 and slot % dataset.step == 0:
            write_page(file, dataset, _page_of(dataset, slot))


@njit(nogil=True, cache=True)
def take_unit(file, table, chunk):  # type: ignore[no-untyped-def]
    """Find room for a chunk of a table, and let the index name it, unless that fails."""
    dataset = datasets_of(file)[file.n_datasets - N_TABLES + table]
    if file.is_ring:
        unit = RING_UNITS * table + chunk
        position = file.base - (RING_UNITS * N_TABLES - unit) * UNIT_BYTES
    else:
        if file.units == file.table_units:
            more = max(file.units >> GROWTH_BITS, 1)
            file.next_unit = _add_area(file, more, int64(TABLE_UNITS))
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
