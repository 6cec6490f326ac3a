"""Rows of the tables, and of ``/health``; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ...kernels.xxh3 import xxh3_at
from ...records import CAPTURE_DTYPE, KEPT_BINS, KEPT_DTYPE
from ...system.native import as_pointer, copy_bytes, now_ns
from ..layout.plan import RING_UNITS, UNIT_CONTENT_BYTES, UNIT_HEAD_BYTES
from ..layout.records import RECORD_BYTES, TABLE_MAGIC, UNIT_DTYPE
from .context import FULL_FILE, GAP_NUMBERS, TABLE, TOLD_GAP
from .file_bytes import put, put_array, seal_record
from .places import datasets_of, take_unit
from .published import set_rows, write_state

# not of Python's own type: compiled code has a form for each literal number that it is called with
GAPS, CLOCK, EVENTS, CAPTURES = map(np.int64, range(4))

_GAP_NUMBERS, _GAP_BYTES, _CAUSE_BYTES = 5, 128, 64
_GAP_WORDS = _GAP_BYTES // 8
_CAUSE_BEGIN, _CAUSE_END = _GAP_NUMBERS + 1, _GAP_NUMBERS + 1 + _CAUSE_BYTES // 8
#: Cause of the last row of a table that has no room for more.
_JOINED = np.frombuffer(b"more gaps than the table lists".ljust(_CAUSE_BYTES, b"\0"), np.int64)
_CAPTURE_BYTES, _TOTALS = CAPTURE_DTYPE.itemsize, KEPT_DTYPE.itemsize // 8
_MAGIC = np.int64(TABLE_MAGIC)

#: Clock pairs are kept so far apart, at first and in proportion to the time that has passed.
_CLOCK_PERIOD_NS, _CLOCK_SHARE = 90_000_000, 8192


@njit(nogil=True, cache=True)
def _most_rows(file, dataset):  # type: ignore[no-untyped-def]
    return (RING_UNITS if file.is_ring else dataset.most_chunks) * dataset.chunk_rows


@njit(nogil=True, cache=True)
def _content_of(table, chunk):  # type: ignore[no-untyped-def]
    return table.content_address + chunk % table.kept_chunks * UNIT_CONTENT_BYTES


@njit(nogil=True, cache=True)
def put_row(file, number, index, address):  # type: ignore[no-untyped-def]
    """Write a row of a table, a new one or one again; False if there is no room for more.

    :param index: counted since the start; live-only files keep the newest.
    """
    table = carray(as_pointer(file.tables_address), 4, TABLE)[number]
    dataset = datasets_of(file)[table.dataset]
    most = _most_rows(file, dataset)
    if index >= most:
        if not file.is_ring:
            return False
        if number == GAPS and index >= table.rows:
            _forget_gap(file, table, index % most)
    row = index % most
    chunk, within = row // dataset.chunk_rows, row % dataset.chunk_rows
    places = carray(as_pointer(dataset.places_address), dataset.most_chunks, np.int64)
    content = _content_of(table, chunk)
    if places[chunk] == 0:
        take_unit(file, number, chunk)
        if places[chunk] == 0:
            return True  # something failed, and that is told
        carray(as_pointer(content), UNIT_CONTENT_BYTES, np.uint8)[:] = 0
    at = within * dataset.row_bytes
    copy_bytes(content + at, address, dataset.row_bytes)
    put(file, content + at, dataset.row_bytes, places[chunk] + at)
    if file.failure != 0:
        return True  # what is not in the file does not count
    table.rows = max(table.rows, index + 1)
    rows_here = min(min(table.rows, most) - chunk * dataset.chunk_rows, dataset.chunk_rows)
    _write_head(file, table, number, chunk, rows_here, places[chunk] - UNIT_HEAD_BYTES)
    write_state(file)
    set_rows(file, dataset, min(table.rows, most))
    return True


@njit(nogil=True, cache=True)
def _put_array(file, number, index, row):  # type: ignore[no-untyped-def]
    """:func:`put_row` of what its caller holds meanwhile."""
    put_row(file, number, index, int64(row.ctypes.data))


@njit(nogil=True, cache=True)
def _write_head(file, table, number, chunk, rows, position):  # type: ignore[no-untyped-def]
    head = carray(as_pointer(table.heads_address), 1, UNIT_DTYPE)[0]
    content = _content_of(table, chunk)
    head.magic, head.table, head.chunk, head.rows = _MAGIC, number, chunk, rows
    head.checksum = xxh3_at(content, UNIT_CONTENT_BYTES, np.uint64(chunk))
    seal_record(table.heads_address)
    put(file, table.heads_address, int64(RECORD_BYTES), position)


@njit(nogil=True, cache=True)
def _forget_gap(file, table, row):  # type: ignore[no-untyped-def]
    """Keep the length of a gap whose row is used again."""
    old = carray(as_pointer(table.content_address + row * _GAP_BYTES), 16, np.int64)
    file.forgotten_missing += max(old[4], 0)


@njit(nogil=True, cache=True)
def _gap_row(message):  # type: ignore[no-untyped-def]
    """What a gap's row is to hold."""
    row = np.zeros(_GAP_WORDS, np.int64)
    row[0], row[1], row[2] = message.sample_index, message.earliest, message.latest
    row[3], row[4] = message.missing, message.estimated_missing
    row.view(np.float64)[_GAP_NUMBERS] = message.time_ns * 1e-9
    cause = row.ctypes.data + 8 * (_GAP_NUMBERS + 1)
    copy_bytes(cause, message.cause_address, _CAUSE_BYTES)
    return row


@njit(nogil=True, cache=True)
def _tell_of(file, table, most, message):  # type: ignore[no-untyped-def]
    """Which row a gap has, and how many more are missing in it than were told before."""
    told_gaps = carray(as_pointer(file.told_gaps_address), GAP_NUMBERS, TOLD_GAP)
    told = told_gaps[message.number % GAP_NUMBERS]
    if told.number != message.number + 1:
        told.number, told.row, told.missing = message.number + 1, table.rows, 0
        file.joined_gaps += file.is_ring == 0 and table.rows == most
    more = max(message.estimated_missing, 0) - told.missing
    told.missing += more
    return told.row, more


@njit(nogil=True, cache=True)
def take_gap(file, message):  # type: ignore[no-untyped-def]
    """Write or rewrite the row of a gap; the last row of a full table stands for all others too."""
    row = _gap_row(message)
    table = carray(as_pointer(file.tables_address), 4, TABLE)[GAPS]
    dataset = datasets_of(file)[table.dataset]
    most = _most_rows(file, dataset)
    place, more = _tell_of(file, table, most, message)
    if file.is_ring and place < table.rows - most:
        file.forgotten_missing += more
        return
    if file.joined_gaps > 0 and place >= most - 1:
        place = most - 1
        _join(row, table, dataset, place, more)
    _put_array(file, GAPS, place, row)


@njit(nogil=True, cache=True)
def _join(row, table, dataset, place, more):  # type: ignore[no-untyped-def]
    """Let a row of a gap be what is there already with so many more missing samples."""
    content = _content_of(table, place // dataset.chunk_rows)
    at = content + place % dataset.chunk_rows * _GAP_BYTES
    old = carray(as_pointer(at), _GAP_WORDS, np.int64)
    latest = max(old[2], row[2])
    missing = max(old[4], 0) + more
    row[:] = old
    row[2], row[3], row[4] = latest, -1, missing
    row[_CAUSE_BEGIN:_CAUSE_END] = _JOINED


@njit(nogil=True, cache=True)
def take_clock(file, message):  # type: ignore[no-untyped-def]
    """Write a pair of sample index and host time, unless the last one is still near."""
    table = carray(as_pointer(file.tables_address), 4, TABLE)[CLOCK]
    period = max(_CLOCK_PERIOD_NS, message.host_ns // _CLOCK_SHARE)
    if table.rows and message.host_ns - file.last_clock_ns < period:
        return
    file.last_clock_ns = message.host_ns
    row = np.zeros(4, np.int64)
    row[0] = message.sample_index
    row.view(np.float64)[1] = message.host_ns * 1e-9
    row.view(np.float64)[2] = message.slept_ns * 1e-9
    _put_array(file, CLOCK, table.rows, row)


@njit(nogil=True, cache=True)
def take_health(file, message):  # type: ignore[no-untyped-def]
    """Rewrite the row of ``/health``; see :data:`~..schema.HEALTH_DTYPE` for its fields."""
    row = np.zeros(13, np.int64)
    numbers = row.view(np.float64)
    row[1], row[2], row[3], row[4] = file.published, message.received, message.lost, message.gaps
    numbers[5] = message.pool_permille * 1e-3
    row[6], row[7] = message.over_range_A, message.over_range_B
    row[8], row[9] = message.over_range_C, message.over_range_D
    elapsed_s = message.host_ns * 1e-9
    numbers[10] = elapsed_s
    numbers[11] = message.received / elapsed_s if elapsed_s > 0 else 0.0
    numbers[12] = (now_ns() + file.unix_offset_ns) * 1e-9
    put_array(file, row, file.health_at)


@njit(nogil=True, cache=True)
def take_captures(file, message):  # type: ignore[no-untyped-def]
    """Write rows of captures, new ones or some of the last again."""
    for number in range(message.count):
        address = message.rows_address + number * _CAPTURE_BYTES
        if not put_row(file, CAPTURES, message.number + number, address) and file.failure == 0:
            file.failure = FULL_FILE


@njit(nogil=True, cache=True)
def take_kept(file, message):  # type: ignore[no-untyped-def]
    """Tell of the whole stream, of which only events are kept: totals and overview.

    They have their place from the start on, so that they are told where the disk is full, too.
    """
    failure, file.failure = file.failure, 0
    places = carray(as_pointer(file.kept_places_address), file.n_inputs, np.int64)
    row = carray(as_pointer(file.scratch_address), _TOTALS, np.int64)
    row[0], row[1], row[2] = message.samples, message.found, message.kept
    row[3], row[4] = message.passed_over, message.samples_per_bin
    if file.kept_factor != message.samples_per_bin:
        # nobody shall take old bins for new ones
        file.kept_factor, row[5] = message.samples_per_bin, 0
        put(file, file.scratch_address, 8 * _TOTALS, file.kept_totals_at)
    bin_bytes = message.row_bytes // KEPT_BINS
    begin = message.first_bin * bin_bytes
    for index in range(file.n_inputs):
        address = message.bins_address + index * message.row_bytes + begin
        put(file, address, message.n_bins * bin_bytes - begin, places[index] + begin)
    row[5] = message.n_bins
    put(file, file.scratch_address, 8 * _TOTALS, file.kept_totals_at)
    file.failure = failure if failure != 0 else file.failure
