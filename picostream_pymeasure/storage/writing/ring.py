"""Live-only files: segments that are used again, without Python.

A reader never sees an older turn follow the newest samples: between them lies a segment that the
index does not name.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..bytes.fixed_array import PAGE_ENTRIES
from .file_bytes import put, put_array
from .places import chunk_position, datasets_of, inputs_of, write_pages
from .published import write_state


@njit(nogil=True, cache=True)
def enter_slot(file, segment):  # type: ignore[no-untyped-def]
    """Use the place of a segment, which is a hole if it was used before; make the next the hole."""
    if segment >= file.segments:  # not in the first turn
        _clear(file, segment)
    file.entered = segment + 1
    write_state(file)
    if segment + 1 >= file.segments:
        hole, first_samples = segment + 1, datasets_of(file)[2 * file.n_inputs]
        write_pages(file, hole % file.segments)
        nothing = np.full(PAGE_ENTRIES, -1, np.int64)  # now that nobody finds the chunks any more
        put_array(file, nothing, chunk_position(file, first_samples, hole))
    write_pages(file, segment % file.segments)


@njit(nogil=True, cache=True)
def _clear(file, segment):  # type: ignore[no-untyped-def]
    """Let nothing of an older turn stand beside the samples that come."""
    inputs, datasets = inputs_of(file), datasets_of(file)
    zeros = np.zeros(8 * PAGE_ENTRIES, np.uint8)
    for index in range(file.n_inputs):
        source = inputs[index]
        put_array(file, zeros, chunk_position(file, datasets[source.checksums], segment))
        for level in range(source.levels, source.levels + source.n_levels):
            dataset = datasets[level]
            size = dataset.chunk_rows * dataset.row_bytes
            put(file, source.fill_address, size, chunk_position(file, dataset, segment))
