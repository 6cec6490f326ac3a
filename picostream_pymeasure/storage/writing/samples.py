"""Samples on their way into the file: positioned writes, checksums and overview; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit, uint64

from ...kernels import xxh3
from ...system.native import as_pointer, copy_bytes, now_ns
from ..bytes.fixed_array import PAGE_ENTRIES
from ..layout.records import STATE_DTYPE
from .file_bytes import put
from .file_length import may_write, tell_end
from .levels import add_values, store_levels, tell_levels
from .packing import pack_chunk
from .places import chunk_position, datasets_of, enter, inputs_of, write_page
from .published import set_rows, write_state
from .ring import enter_slot

_STRIPE = 64
_INT16, _INT8, _UINT8 = range(3)

#: The rows of the overview follow its bins that often: each is a write for each level.
_LEVELS_PERIOD_NS = 40_000_000


@njit(nogil=True, cache=True)
def take_stretch(file, count, rows_address, row_bytes):  # type: ignore[no-untyped-def]
    """Store samples that follow the last ones.

    :param rows_address: of the first row; the others follow every ``row_bytes``.
    """
    done = int64(0)
    while done < count and file.failure == 0:
        within = file.next % file.chunk_samples
        part = min(file.chunk_samples - within, count - done)
        if within == 0 and not _begin_chunk(file, file.next // file.chunk_samples):
            return
        if not _store_part(file, within, part, done, rows_address, row_bytes):
            return
        file.next += part
        done += part
        if within + part == file.chunk_samples:
            _finish_chunk(file, (file.next - 1) // file.chunk_samples)


@njit(nogil=True, cache=True)
def _begin_chunk(file, chunk):  # type: ignore[no-untyped-def]
    if chunk % PAGE_ENTRIES == 0:
        if file.is_ring:
            enter_slot(file, chunk // PAGE_ENTRIES)
        else:
            enter(file, chunk // PAGE_ENTRIES)
    inputs = inputs_of(file)
    for index in range(file.n_inputs):
        source = inputs[index]
        xxh3.begin(_hash_of(source), uint64(chunk))
        source.rest_bytes = 0
    return file.failure == 0


@njit(nogil=True, cache=True)
def _hash_of(source):  # type: ignore[no-untyped-def]
    return carray(as_pointer(source.state_address), xxh3.STATE_WORDS, np.uint64)


@njit(nogil=True, cache=True)
def _store_part(file, within, part, done, rows_address, row_bytes):  # type: ignore[no-untyped-def]
    """Store a stretch that lies in one chunk; whether it could be."""
    inputs, datasets = inputs_of(file), datasets_of(file)
    values, before = part * file.width, within * file.width
    chunk = file.next // file.chunk_samples
    for index in range(file.n_inputs):
        source = inputs[index]
        n_bytes = values * source.item_bytes
        if not file.is_packed and not may_write(file, n_bytes):
            return False
        begin = rows_address + index * row_bytes + done * file.width * source.source_bytes
        if source.source_bytes != source.item_bytes:
            begin = _converted(source, begin, values)
        if file.is_packed:
            copy_bytes(source.staged_address + before * source.item_bytes, begin, n_bytes)
        else:
            position = chunk_position(file, datasets[source.counts], chunk)
            put(file, begin, n_bytes, position + before * source.item_bytes)
            file.written += n_bytes
        if file.failure != 0:
            return False
        _add_to_hash(source, begin, n_bytes, file.chunk_samples * file.width * source.item_bytes)
        _summarise(file, source, begin, values)
    return True


@njit(nogil=True, cache=True)
def _converted(source, address, count):  # type: ignore[no-untyped-def]
    """Eight inputs of a port, delivered as int16, as one byte a sample."""
    values = carray(as_pointer(address), count, np.int16)
    out = carray(as_pointer(source.converted_address), count, np.uint8)
    for index in range(count):
        out[index] = np.uint8(values[index] & 0xFF)
    return source.converted_address


@njit(nogil=True, cache=True)
def _summarise(file, source, address, count):  # type: ignore[no-untyped-def]
    if source.kind == _INT16:
        add_values(file, source, carray(as_pointer(address), count, np.int16))
    elif source.kind == _INT8:
        add_values(file, source, carray(as_pointer(address), count, np.int8))
    else:
        add_values(file, source, carray(as_pointer(address), count, np.uint8))


@njit(nogil=True, cache=True)
def _add_to_hash(source, address, count, chunk_bytes):  # type: ignore[no-untyped-def]
    """Add bytes of a chunk; what is no whole stripe yet, and the last stripe of all, waits."""
    state = _hash_of(source)
    done = 0
    while done < count:
        taken = int64(state[xxh3.STATE_WORDS - 1]) * _STRIPE
        if source.rest_bytes == 0:
            stripes = min((count - done) // _STRIPE, (chunk_bytes - taken) // _STRIPE - 1)
            xxh3.update(state, address + done, stripes)
            done += stripes * _STRIPE
        part = min(_STRIPE - source.rest_bytes, count - done)
        copy_bytes(source.rest_address + source.rest_bytes, address + done, part)
        source.rest_bytes += part
        done += part
        taken = int64(state[xxh3.STATE_WORDS - 1]) * _STRIPE
        if source.rest_bytes == _STRIPE and taken + _STRIPE < chunk_bytes:
            xxh3.update(state, source.rest_address, int64(1))
            source.rest_bytes = 0


@njit(nogil=True, cache=True)
def _finish_chunk(file, chunk):  # type: ignore[no-untyped-def]
    inputs, datasets = inputs_of(file), datasets_of(file)
    state = carray(as_pointer(file.state_address), 1, STATE_DTYPE)[0]
    for index in range(file.n_inputs):
        source = inputs[index]
        n_bytes = file.chunk_samples * file.width * source.item_bytes
        if file.is_packed:
            pack_chunk(file, source, chunk)
        digest = xxh3.finish(_hash_of(source), source.rest_address, n_bytes)
        _put_word(file, datasets[source.checksums], chunk, int64(digest))
        state.open_checksums[index] = 0
    publish(file)


@njit(nogil=True, cache=True)
def _put_word(file, dataset, chunk, word):  # type: ignore[no-untyped-def]
    """Write what a dataset has for a chunk of counts, its checksum or its first sample."""
    carray(as_pointer(file.scratch_address), 1, np.int64)[0] = word
    position = chunk_position(file, dataset, chunk // PAGE_ENTRIES)
    put(file, file.scratch_address, int64(8), position + 8 * (chunk % PAGE_ENTRIES))


@njit(nogil=True, cache=True)
def _open_checksum(file, source, filled):  # type: ignore[no-untyped-def]
    """Checksum of a chunk whose first bytes are stored, the rest being the fill value."""
    state = _hash_of(source).copy()
    n_bytes = file.chunk_samples * file.width * source.item_bytes
    taken = filled - source.rest_bytes
    if source.rest_bytes:
        rest = _STRIPE - source.rest_bytes
        copy_bytes(source.rest_address + source.rest_bytes, source.fill_address, rest)
        taken += _STRIPE
        if taken == n_bytes:
            return xxh3.finish(state, source.rest_address, n_bytes)
        xxh3.update(state, source.rest_address, int64(1))
    xxh3.update(state, source.fill_address, (n_bytes - taken) // _STRIPE - 1)
    return xxh3.finish(state, source.fill_address, n_bytes)


@njit(nogil=True, cache=True)
def publish_open(file):  # type: ignore[no-untyped-def]
    """Tell of samples of a chunk that is not full; its rest holds the fill value.

    Its checksum is in the state alone. In its row a power cut could leave it beside samples of the
    same moment, where all else tells of a full chunk: zeros of a port would seem to be samples.
    """
    if file.next == file.published or file.failure != 0:
        return
    chunk, within = file.next // file.chunk_samples, file.next % file.chunk_samples
    inputs, datasets = inputs_of(file), datasets_of(file)
    state = carray(as_pointer(file.state_address), 1, STATE_DTYPE)[0]
    for index in range(file.n_inputs):
        source = inputs[index]
        filled = within * file.width * source.item_bytes
        rest = file.chunk_samples * file.width * source.item_bytes - filled
        if file.is_packed:
            copy_bytes(source.staged_address + filled, source.fill_address, rest)
            pack_chunk(file, source, chunk)
        elif file.padded != chunk:
            position = chunk_position(file, datasets[source.counts], chunk) + filled
            put(file, source.fill_address, rest, position)
        state.open_checksums[index] = _open_checksum(file, source, filled)
    file.padded = chunk
    publish(file)


@njit(nogil=True, cache=True)
def publish(file):  # type: ignore[no-untyped-def]
    """Tell of all samples that are stored, with their bins."""
    inputs, datasets = inputs_of(file), datasets_of(file)
    for index in range(file.n_inputs):
        store_levels(file, inputs[index])
    if file.failure != 0:
        return
    chunks = -(-file.next // file.chunk_samples)
    if file.is_ring:
        first_samples = datasets[2 * file.n_inputs]
        _put_word(file, first_samples, chunks - 1, (chunks - 1) * file.chunk_samples)
        set_rows(file, first_samples, chunks)
    file.published = file.next
    write_state(file)
    tell_end(file)
    now = now_ns()
    for index in range(file.n_inputs):
        source = inputs[index]
        if file.is_ring:
            slot = (chunks - 1) // PAGE_ENTRIES % file.segments
            write_page(file, datasets[source.counts], slot)
        set_rows(file, datasets[source.checksums], chunks)
        if file.is_packed:
            set_rows(file, datasets[source.packed], chunks)
        set_rows(file, datasets[source.counts], file.next * file.width)
    if now >= file.levels_due_ns:
        tell_overview(file)
        file.levels_due_ns = now + _LEVELS_PERIOD_NS


@njit(nogil=True, cache=True)
def tell_overview(file):  # type: ignore[no-untyped-def]
    """Let the levels of the overview have all rows that are stored."""
    inputs = inputs_of(file)
    for index in range(file.n_inputs):
        tell_levels(file, inputs[index])
