"""Chunks that are compressed when they are full, and written one behind the other; without Python.

A chunk that is told of is never written over: what takes its place, when the stream went on after
a pause, lies elsewhere, and is on the disk before the list names it.
"""

from __future__ import annotations

import numpy as np
from numba import int64, njit, uint64

from ...kernels.xxh3 import xxh3_at
from ...system.native import call_filter, call_free, call_malloc, copy_bytes
from ...system.native_files import sync_file
from ..bytes.fixed_array import PAGE_ENTRIES
from .context import NOT_PACKED
from .file_bytes import put
from .file_length import extend, may_write
from .places import chunk_position, datasets_of, packed_rows, write_page

_ROW_BYTES, _SIZE_BITS = np.int64(16), 32


@njit(nogil=True, cache=True)
def pack_chunk(file, source, chunk):  # type: ignore[no-untyped-def]
    """Compress what is staged of an input, a whole chunk, write it and let it be found."""
    n_bytes = file.chunk_samples * file.width * source.item_bytes
    memory = np.array([n_bytes, call_malloc(file.malloc_address, n_bytes)], np.int64)
    size = int64(0)
    if memory[1] != 0:
        copy_bytes(memory[1], source.staged_address, n_bytes)
        size = call_filter(
            file.filter_address,
            np.uint32(0),
            source.n_values,
            source.values_address,
            n_bytes,
            memory.ctypes.data,
            memory.ctypes.data + 8,
        )
    if size > 0:
        _append(file, source, chunk, memory[1], size)
    elif file.failure == 0:
        file.failure = NOT_PACKED
    if memory[1] != 0:
        call_free(file.free_address, memory[1])


@njit(nogil=True, cache=True)
def _append(file, source, chunk, address, size):  # type: ignore[no-untyped-def]
    if not may_write(file, size):
        return
    position = file.tail
    extend(file, position + size)
    put(file, address, size, position)
    if file.failure == 0 and file.padded == chunk:  # what it replaces may be on the disk
        file.failure = min(sync_file(file.handle), 0)
    if file.failure != 0:
        return
    file.tail += size
    file.written += size
    datasets = datasets_of(file)
    counts, listed = datasets[source.counts], datasets[source.packed]
    rows = packed_rows(file, counts)
    checksum = int64(xxh3_at(address, size, uint64(chunk)) & uint64(0xFFFFFFFF))
    rows[chunk, 0], rows[chunk, 1] = position, size | checksum << _SIZE_BITS
    at = chunk_position(file, listed, chunk // PAGE_ENTRIES) + _ROW_BYTES * (chunk % PAGE_ENTRIES)
    put(file, counts.places_address + _ROW_BYTES * chunk, _ROW_BYTES, at)
    write_page(file, counts, chunk // PAGE_ENTRIES)
