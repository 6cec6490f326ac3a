"""The overview while it is recorded: bins of every level, without Python."""

from __future__ import annotations

from numba import carray, int64, njit

from ...kernels.bounds import bounds_of, lower, upper
from ...kernels.envelope import summarise
from ...system.native import as_pointer
from .context import LEVEL
from .file_bytes import put
from .places import chunk_position, datasets_of
from .published import set_rows

_BINS = 4


@njit(nogil=True, cache=True)
def levels_of(source):  # type: ignore[no-untyped-def]
    """The levels of an input."""
    return carray(as_pointer(source.levels_address), source.n_levels, LEVEL)


@njit(nogil=True, cache=True, inline="always")
def _merge(level, first, low, high, last, count):  # type: ignore[no-untyped-def]
    """Add values, or a finer bin, to the bin that is being filled."""
    if level.count == 0:
        level.first, level.low, level.high = first, low, high
    else:
        level.low, level.high = lower(level.low, low), upper(level.high, high)
    level.last = last
    level.count += count


@njit(nogil=True, cache=True)
def add_values(file, source, values):  # type: ignore[no-untyped-def]
    """Take counts that follow the last ones."""
    levels = levels_of(source)
    finest = levels[0]
    at = 0
    while at < values.size:
        if finest.count == 0 and values.size - at >= finest.group:
            at += _add_whole_bins(file, levels, values[at:])
            continue
        count = min(finest.group - finest.count, values.size - at)
        part = values[at : at + count]
        low, high = bounds_of(part)
        _merge(finest, part[0], low, high, part[count - 1], count)
        at += count
        _finish_bins(file, levels, int64(0), values)


@njit(nogil=True, cache=True)
def _add_whole_bins(file, levels, values):  # type: ignore[no-untyped-def]
    """Take as many of the finest bins as values and the bins' chunk allow; how many values."""
    finest = levels[0]
    dataset = datasets_of(file)[finest.dataset]
    row = finest.done % dataset.chunk_rows
    count = min(values.size // finest.group, dataset.chunk_rows - row)
    bins = _buffer_of(finest, dataset, values)[row : row + count]
    summarise(values, finest.group, bins)
    finest.done += count
    for index in range(count if levels.size > 1 else 0):
        _merge(levels[1], bins[index, 0], bins[index, 1], bins[index, 2], bins[index, 3], 1)
        if levels[1].count == levels[1].group:
            _finish_bins(file, levels, int64(1), values)
    if row + count == dataset.chunk_rows:
        _store(file, finest, dataset)
    return count * finest.group


@njit(nogil=True, cache=True)
def _finish_bins(file, levels, first, values):  # type: ignore[no-untyped-def]
    """Keep the bin of a level if it is full, and coarser ones that are full with it."""
    for index in range(first, levels.size):
        level = levels[index]
        if level.count < level.group:
            return
        _keep_bin(file, level, values)
        if index + 1 < levels.size:
            low, high = values.dtype.type(level.low), values.dtype.type(level.high)
            _merge(levels[index + 1], level.first, low, high, level.last, 1)


@njit(nogil=True, cache=True)
def _buffer_of(level, dataset, values):  # type: ignore[no-untyped-def]
    """The bins of the chunk that is being filled.

    :param values: an array of the counts' type, to tell compiled code which that is.
    """
    return carray(as_pointer(level.buffer_address), (dataset.chunk_rows, _BINS), values.dtype)


@njit(nogil=True, cache=True)
def _keep_bin(file, level, values):  # type: ignore[no-untyped-def]
    """Put a bin beside the others of its chunk."""
    dataset = datasets_of(file)[level.dataset]
    row = level.done % dataset.chunk_rows
    bins = _buffer_of(level, dataset, values)
    bins[row, 0], bins[row, 1] = level.first, level.low
    bins[row, 2], bins[row, 3] = level.high, level.last
    level.done += 1
    level.count = 0
    if row + 1 == dataset.chunk_rows:
        _store(file, level, dataset)


@njit(nogil=True, cache=True)
def _store(file, level, dataset):  # type: ignore[no-untyped-def]
    """Write the bins that are not in the file yet; they lie in one chunk."""
    count = level.done - level.stored
    if count:
        row = level.stored % dataset.chunk_rows
        position = chunk_position(file, dataset, level.stored // dataset.chunk_rows)
        begin = row * dataset.row_bytes
        put(file, level.buffer_address + begin, count * dataset.row_bytes, position + begin)
        level.stored = level.done


@njit(nogil=True, cache=True)
def store_levels(file, source):  # type: ignore[no-untyped-def]
    """Write all full bins of an input."""
    levels, datasets = levels_of(source), datasets_of(file)
    for index in range(levels.size):
        _store(file, levels[index], datasets[levels[index].dataset])


@njit(nogil=True, cache=True)
def tell_levels(file, source):  # type: ignore[no-untyped-def]
    """Let the datasets have the rows that are stored."""
    levels, datasets = levels_of(source), datasets_of(file)
    for index in range(levels.size):
        set_rows(file, datasets[levels[index].dataset], levels[index].stored)
