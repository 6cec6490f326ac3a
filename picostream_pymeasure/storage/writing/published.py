"""What the file tells of: rows of datasets, and the records of state and sync; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ...system.native import as_pointer, copy_bytes, now_ns
from ..layout.records import MOST_INPUTS, RECORD_BYTES, STATE_DTYPE, STATE_MAGIC, SYNC_MAGIC
from .context import TABLE
from .file_bytes import put, put_number, seal, seal_record

_STATE_MAGIC, _SYNC_MAGIC = np.int64(STATE_MAGIC), np.int64(SYNC_MAGIC)

#: What a sync tells as well.
_SYNC_BYTES = STATE_DTYPE.fields["open_checksums"][1]  # type: ignore[index]


@njit(nogil=True, cache=True)
def set_rows(file, dataset, rows):  # type: ignore[no-untyped-def]
    """Let a dataset have so many rows: one write, from the number to the header's checksum."""
    rows = min(rows, dataset.most_rows)
    if rows == dataset.rows:
        return
    dataset.rows = rows
    at = dataset.header_address + dataset.rows_at
    put_number(at, rows)
    seal(dataset.header_address, dataset.header_bytes - 4)
    put(file, at, dataset.header_bytes - dataset.rows_at, dataset.header + dataset.rows_at)


@njit(nogil=True, cache=True)
def write_state(file):  # type: ignore[no-untyped-def]
    """Tell what is in the file now; the checksums of an open chunk are there already."""
    state = carray(as_pointer(file.state_address), 1, STATE_DTYPE)[0]
    tables = carray(as_pointer(file.tables_address), 4, TABLE)
    state.magic = _STATE_MAGIC
    state.sequence += 1
    state.samples = file.published
    for index in range(4):
        state.table_rows[index] = tables[index].rows
    state.units = file.units
    state.segments = file.entered
    state.unix_ns = now_ns() + file.unix_offset_ns
    state.missing_overwritten = file.forgotten_missing
    state.synced_samples = file.synced
    seal_record(file.state_address)
    put(file, file.state_address, int64(RECORD_BYTES), file.state_at)
    if file.failure == 0:
        file.stated = file.published


@njit(nogil=True, cache=True)
def copy_for_sync(file):  # type: ignore[no-untyped-def]
    """Keep what is in the file as the record of a sync that begins now; how many samples that are.

    Nothing of it lies in an array of this call: numba frees one with its last use, at which a
    field may not have been read yet.
    """
    state = carray(as_pointer(file.state_address), 1, STATE_DTYPE)[0]
    is_over = state.syncing_samples == file.synced
    state.syncing_samples, state.syncing_gaps = state.samples, state.table_rows[0]
    for index in range(MOST_INPUTS):
        if is_over:  # of the sync before; one that came to nothing is forgotten
            state.synced_checksums[index] = state.syncing_checksums[index]
        state.syncing_checksums[index] = state.open_checksums[index]
    copy_bytes(file.sync_address, file.state_address, _SYNC_BYTES)
    carray(as_pointer(file.sync_address), 1, STATE_DTYPE)[0].magic = _SYNC_MAGIC
    seal_record(file.sync_address)
    return state.samples
