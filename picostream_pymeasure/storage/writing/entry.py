"""The function that takes a stream without Python, and the loop that syncs what it wrote."""

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, int64, njit

from ...records import (
    CAPTURES,
    CAPTURES_MESSAGE_DTYPE,
    CLOCK,
    CLOCK_DTYPE,
    GAP,
    GAP_MESSAGE_DTYPE,
    HEALTH,
    HEALTH_MESSAGE_DTYPE,
    KEPT,
    KEPT_MESSAGE_DTYPE,
    STRETCH,
    STRETCH_DTYPE,
)
from ...system.native import as_pointer, exchange, load_acquire, now_ns, sleep_ns, store_release
from ...system.native_files import forget_cached, is_locked, sync_file, write_at
from ..layout.records import RECORD_BYTES
from .context import FILE
from .published import copy_for_sync, write_state
from .samples import publish_open, take_stretch, tell_overview
from .tables import put_row, take_captures, take_clock, take_gap, take_health, take_kept

#: HDF5 never syncs; at this period a power cut costs less than the last second.
_SYNC_PERIOD_NS = 500_000_000
_PAUSE_NS, _LOCK_PAUSE_NS = 10_000_000, 20_000

#: Others lock a file for a moment without harm; this long is told.
_NAMED_AFTER_NS = 500_000_000

#: The newest part of the file that stays in memory, for a live plot and for verifying.
_CACHED_BYTES = 512 * 2**20

_STOP_WORD = (FILE.names or ()).index("stop_sync")
_FILE_WORDS = FILE.itemsize // 8


@njit(nogil=True, cache=True)
def _file_at(context):  # type: ignore[no-untyped-def]
    return carray(as_pointer(context), 1, FILE)[0]


@njit(nogil=True, cache=True)
def _lock(context, is_patient=True):  # type: ignore[no-untyped-def]
    """Lock; whether it was locked, or ``is_patient`` is False and a write is refused."""
    file = _file_at(context)
    words = carray(as_pointer(context), 2, np.int64)
    while exchange(words, 1, 1) != 0:
        if not is_patient and file.refused_ns != 0:
            return False
        sleep_ns(_LOCK_PAUSE_NS)
    return True


@njit(nogil=True, cache=True)
def _unlock(context):  # type: ignore[no-untyped-def]
    store_release(carray(as_pointer(context), 2, np.int64), 1, 0)


@cfunc("int64(int64, int64, int64)", cache=True)
def native_sink(context, kind, address):  # type: ignore[no-untyped-def]
    """Take one message of a stream; 0, or what failed. See :class:`~...records.NativeSink`."""
    _lock(context)
    file = _file_at(context)
    if kind == STRETCH:
        stretch = carray(as_pointer(address), 1, STRETCH_DTYPE)[0]
        take_stretch(file, stretch.count, stretch.rows_address, stretch.row_bytes)
    elif kind == GAP:
        take_gap(file, carray(as_pointer(address), 1, GAP_MESSAGE_DTYPE)[0])
    elif kind == CLOCK:
        take_clock(file, carray(as_pointer(address), 1, CLOCK_DTYPE)[0])
    elif kind == HEALTH:
        file.budget = 0  # others fill the disk too
        # a packed chunk, which is written anew each time, is told of only in a pause
        if not file.is_packed or file.published == file.looked_at:
            publish_open(file)
        file.looked_at = file.published
        tell_overview(file)
        take_health(file, carray(as_pointer(address), 1, HEALTH_MESSAGE_DTYPE)[0])
        write_state(file)
    elif kind == CAPTURES:
        take_captures(file, carray(as_pointer(address), 1, CAPTURES_MESSAGE_DTYPE)[0])
    elif kind == KEPT:
        take_kept(file, carray(as_pointer(address), 1, KEPT_MESSAGE_DTYPE)[0])
    failure = file.failure
    _unlock(context)
    return failure


@njit(int64(int64, int64, int64, int64, int64, int64), nogil=True, cache=True)
def add_rows(context, table, first, address, row_bytes, count):  # type: ignore[no-untyped-def]
    """Write rows of a table from Python, one behind the other.

    :param first: index of the first of them.
    :returns: 1 if there is no room, 0, or what failed before.
    """
    for number in range(count):
        _lock(context)
        file = _file_at(context)
        has_room = put_row(file, table, first + number, address + number * row_bytes)
        failure = file.failure
        _unlock(context)
        if failure != 0 or not has_room:
            return failure if failure != 0 else int64(1)
    return int64(0)


@njit(int64(int64), nogil=True, cache=True)
def finish_stream(context):  # type: ignore[no-untyped-def]
    """Tell of all that came; 0, or what failed."""
    _lock(context)
    file = _file_at(context)
    publish_open(file)
    write_state(file)
    failure = file.failure
    _unlock(context)
    return failure


@njit(int64(int64, int64), nogil=True, cache=True)
def sync_once(context, handle):  # type: ignore[no-untyped-def]
    """Force to the disk what is written, and then say up to where that is; 0, or an error.

    Not while somebody's lock is in the way: the next time tells the same.

    :param handle: another one of the same file.
    """
    file = _file_at(context)
    if not _lock(context, False):
        return int64(0)
    samples = copy_for_sync(file)
    _unlock(context)
    result = sync_file(handle)
    if result >= 0:
        result = write_at(handle, file.sync_address, int64(RECORD_BYTES), file.sync_at)
    if is_locked(result):
        return int64(0)
    if result >= 0:
        file.synced = samples
    return min(result, 0)


@njit(int64(int64, int64, int64), nogil=True, cache=True)
def keep_synced(context, handle, is_named):  # type: ignore[no-untyped-def]
    """Sync about twice a second until that is to stop, or fails; 0, or an error.

    :param is_named: 1 while it is known that somebody's lock refuses the writes.
    :returns: 1 also when that changes.
    """
    file = _file_at(context)
    words = carray(as_pointer(context), _FILE_WORDS, np.int64)
    forgotten = 0
    due = now_ns() + _SYNC_PERIOD_NS
    while load_acquire(words, _STOP_WORD) == 0:
        sleep_ns(_PAUSE_NS)
        now, since = now_ns(), file.refused_ns
        if since == 0 and is_named:
            return 1
        if since != 0 and not is_named and now - since > _NAMED_AFTER_NS:
            return 1
        if now < due:
            continue
        old = file.written - _CACHED_BYTES
        result = sync_once(context, handle)
        if result < 0:
            return result
        if old > forgotten and file.is_ring == 0:
            forget_cached(handle, file.base + forgotten, old - forgotten)
            forgotten = old
        due = now_ns() + _SYNC_PERIOD_NS
    return 0
