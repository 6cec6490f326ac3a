"""Where chunks lie, and the index and length of the file that say so; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, njit, uint64

from ...kernels.lookup3 import lookup3
from ...system.native import as_pointer
from ...system.native_files import free_bytes, set_length, write_at
from ..bytes.fixed_array import PAGE_ENTRIES
from ..layout.image import PAGES_PER_BATCH
from ..layout.plan import RING_UNITS, UNIT_BYTES, UNIT_HEAD_BYTES
from .context import DATASET, FULL_DISK, FULL_FILE

_NOWHERE = np.uint64(2**64 - 1)
_PAGE_BYTES = 8 * PAGE_ENTRIES + 4

#: The end of file and the checksum of the superblock, the 20 bytes that change.
_END_AT, _SUM_AT, _SUPERBLOCK_BYTES = 28, 44, 48

#: After so many bytes the room on the disk is looked at again.
_LOOK_BYTES = 64 * 2**20


@njit(nogil=True, cache=True)
def put(file, address, count, position):  # type: ignore[no-untyped-def]
    """Write, unless something failed before: then nothing is written any more."""
    if file.failure == 0 and count > 0:
        file.failure = write_at(file.handle, address, count, position)


@njit(nogil=True, cache=True)
def seal(address, count):  # type: ignore[no-untyped-def]
    """Put HDF5's checksum of ``count`` bytes behind them."""
    digest = lookup3(carray(as_pointer(address), count, np.uint8))
    carray(as_pointer(address + count), 1, np.uint32)[0] = digest


@njit(nogil=True, cache=True)
def datasets_of(file):  # type: ignore[no-untyped-def]
    """All growing datasets."""
    return carray(as_pointer(file.datasets_address), file.n_datasets, DATASET)


@njit(nogil=True, cache=True)
def slot_position(file, segment):  # type: ignore[no-untyped-def]
    """Where a segment begins, counted since the start."""
    slot = segment % file.segments if file.is_ring else segment
    return file.base + slot * file.segment_bytes


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
        places = carray(
            as_pointer(dataset.places_address), dataset.n_pages * PAGE_ENTRIES, np.int64
        )
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
    place = file.base + slot * file.segment_bytes + dataset.offset + within * dataset.stride
    return uint64(place)


@njit(nogil=True, cache=True)
def write_page(file, dataset, page):  # type: ignore[no-untyped-def]
    """Write a page of an index as it must be now."""
    while page >= dataset.made_pages:
        _make_pages(file, dataset)
    entries = carray(as_pointer(file.scratch_address), PAGE_ENTRIES, np.uint64)
    for index in range(PAGE_ENTRIES):
        entries[index] = _entry(file, dataset, page * PAGE_ENTRIES + index)
    seal(file.scratch_address, 8 * PAGE_ENTRIES)
    position = dataset.block + dataset.prefix_bytes + page * _PAGE_BYTES
    put(file, file.scratch_address, _PAGE_BYTES, position)


@njit(nogil=True, cache=True)
def _make_pages(file, dataset):  # type: ignore[no-untyped-def]
    """Make the next pages of an index, all entries undefined, and then let the bitmap say so."""
    first = dataset.made_pages
    stop = min(first + PAGES_PER_BATCH, dataset.n_pages)
    content = np.full((stop - first) * _PAGE_BYTES, 255, np.uint8)
    for index in range(stop - first):
        seal(content.ctypes.data + index * _PAGE_BYTES, _PAGE_BYTES - 4)
    position = dataset.block + dataset.prefix_bytes + first * _PAGE_BYTES
    put(file, content.ctypes.data, content.size, position)
    prefix = carray(as_pointer(dataset.prefix_address), dataset.prefix_bytes, np.uint8)
    for page in range(first, stop):
        prefix[14 + page // 8] |= 0x80 >> (page % 8)
    seal(dataset.prefix_address, dataset.prefix_bytes - 4)
    put(file, dataset.prefix_address, dataset.prefix_bytes, dataset.block)
    dataset.made_pages = stop


@njit(nogil=True, cache=True)
def extend(file, segments):  # type: ignore[no-untyped-def]
    """Let the file and HDF5's end of file cover so many segments."""
    if segments <= file.ahead or file.failure != 0:
        return
    end = file.base + segments * file.segment_bytes
    result = set_length(file.handle, end)
    if result < 0:
        file.failure = result
        return
    carray(as_pointer(file.superblock_address + _END_AT), 1, np.int64)[0] = end
    seal(file.superblock_address, _SUM_AT)
    put(file, file.superblock_address + _END_AT, _SUPERBLOCK_BYTES - _END_AT, _END_AT)
    file.ahead = segments


@njit(nogil=True, cache=True)
def enter(file, segment):  # type: ignore[no-untyped-def]
    """Let the index name the chunks of a segment of a file that keeps all."""
    if segment >= file.segments:
        if file.failure == 0:
            file.failure = FULL_FILE
        return
    extend(file, min(segment + 1 + file.lead, file.segments))
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
    """Find room for a chunk of a table; the position of its head."""
    unit = RING_UNITS * table + chunk
    if not file.is_ring:
        unit = file.units
        file.units += 1
    if unit < file.first_units:
        position = file.base - (file.first_units - unit) * UNIT_BYTES
    else:
        extend(file, unit - file.first_units + 1)
        position = file.base + (unit - file.first_units) * file.segment_bytes
    dataset = datasets_of(file)[file.n_datasets - 4 + table]
    places = carray(as_pointer(dataset.places_address), dataset.n_pages * PAGE_ENTRIES, np.int64)
    places[chunk] = position + UNIT_HEAD_BYTES
    write_page(file, dataset, chunk // PAGE_ENTRIES)
    return position


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
