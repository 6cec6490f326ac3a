"""What the file tells of: rows of datasets, and the records of state and sync; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ...system.native import as_pointer, now_ns
from ..layout.records import (
    ENTERED,
    FLAGS,
    FORGOTTEN,
    MAGIC,
    MOST_INPUTS,
    OPEN_CHECKSUMS,
    RECORD_BYTES,
    RECORD_WORDS,
    SAMPLES,
    SEQUENCE,
    STATE_MAGIC,
    SYNC_MAGIC,
    SYNCED,
    SYNCING,
    SYNCING_CHECKSUMS,
    SYNCING_GAPS,
    TABLE_ROWS,
    UNITS,
    UNIX_NS,
)
from .areas import put, put_number, seal, seal_record
from .context import TABLE

_STATE_MAGIC, _SYNC_MAGIC = np.int64(STATE_MAGIC), np.int64(SYNC_MAGIC)


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
    words = carray(as_pointer(file.state_address), RECORD_WORDS, np.int64)
    tables = carray(as_pointer(file.tables_address), 4, TABLE)
    words[MAGIC] = _STATE_MAGIC
    words[SEQUENCE] += 1
    words[SAMPLES] = file.published
    for index in range(4):
        words[TABLE_ROWS + index] = tables[index].rows
    words[UNITS] = file.units
    words[ENTERED] = file.entered
    words[UNIX_NS] = now_ns() + file.unix_offset_ns
    words[FORGOTTEN] = file.forgotten_missing
    words[SYNCED] = file.synced
    seal_record(file.state_address)
    put(file, file.state_address, int64(RECORD_BYTES), file.state_at)


@njit(nogil=True, cache=True)
def copy_for_sync(file, address):  # type: ignore[no-untyped-def]
    """What is in the file now, as the record of a sync that begins now."""
    state = carray(as_pointer(file.state_address), RECORD_WORDS, np.int64)
    words = carray(as_pointer(address), RECORD_WORDS, np.int64)
    state[SYNCING], state[SYNCING_GAPS] = state[SAMPLES], state[TABLE_ROWS]
    for index in range(MOST_INPUTS):
        state[SYNCING_CHECKSUMS + index] = state[OPEN_CHECKSUMS + index]
    for index in range(RECORD_WORDS):
        words[index] = state[index] if index < OPEN_CHECKSUMS else 0
    words[MAGIC] = _SYNC_MAGIC
    words[FLAGS] = 0
    seal_record(address)
