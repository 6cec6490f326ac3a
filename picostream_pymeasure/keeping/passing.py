"""Messages to the sink behind, without Python: samples that are kept, and rows of events."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ..kernels.envelope import extremes
from ..records import CAPTURE_DTYPE, CAPTURES, KEPT, STRETCH
from ..system.native import as_pointer, call_sink
from .context import GAP_NOTE, OVERVIEW_BINS, RECENT_GAPS, RECENT_ROWS

_MESSAGE_WORDS, _ROW_BYTES = 16, CAPTURE_DTYPE.itemsize


@njit(nogil=True, cache=True)
def message_of(keeper):  # type: ignore[no-untyped-def]
    """Room for a message, in words."""
    return carray(as_pointer(keeper.message_address), _MESSAGE_WORDS, np.int64)


@njit(nogil=True, cache=True)
def send(keeper, kind, address):  # type: ignore[no-untyped-def]
    """Tell the sink behind, unless there is none, or it failed before."""
    if keeper.function != 0 and keeper.failure == 0:
        keeper.failure = call_sink(keeper.function, keeper.context, kind, address)


@njit(nogil=True, cache=True)
def store_kept(keeper):  # type: ignore[no-untyped-def]
    """Store what is to be kept of the samples that have come."""
    stop = min(keeper.keep_to, keeper.received)
    message = message_of(keeper)
    while keeper.next_stored < stop and keeper.failure == 0:
        at = keeper.next_stored % keeper.capacity
        count = min(stop - keeper.next_stored, keeper.capacity - at)
        message[0], message[1] = keeper.file_next, count
        message[2] = keeper.ring_address + at * keeper.item_bytes
        message[3] = keeper.capacity * keeper.item_bytes
        send(keeper, STRETCH, keeper.message_address)
        keeper.next_stored += count
        keeper.file_next += count


@njit(nogil=True, cache=True)
def keep_event(keeper, event, ring):  # type: ignore[no-untyped-def]
    """Write the row of an event, and let what lies around it be stored.

    The row comes before its samples: none is ever in the file without one.

    :param ring: the row of the ring that is searched.
    """
    begin, stop = max(event.start - keeper.before, 0), event.stop + keeper.after
    if begin > keeper.keep_to:
        store_kept(keeper)
        keeper.next_stored = begin
    rows = carray(as_pointer(keeper.rows_address), RECENT_ROWS, CAPTURE_DTYPE)
    number = keeper.kept
    row = rows[number % RECENT_ROWS]
    samples = event.stop - event.start
    row.stream_sample = begin
    row.first_sample = keeper.file_next + begin - keeper.next_stored
    row.samples = stop - begin
    row.trigger_sample = row.first_sample + event.start - begin
    row.time_s = (event.start + _lost_before(keeper, event.start)) * keeper.interval_s
    row.over_range = _over_range(keeper, event.start, event.stop, ring)
    row.event_samples, row.is_cut = samples, event.is_cut
    row.amplitude_v = (event.extreme - event.baseline) * keeper.volts_per_count
    area = (event.total - samples * event.baseline) * keeper.volts_per_count
    row.area_vs = area * keeper.interval_s
    row.baseline_v = event.baseline * keeper.volts_per_count - keeper.offset_v
    row.sigma_v = event.sigma * keeper.volts_per_count
    _send_row(keeper, number)
    keeper.kept += 1
    keeper.cut += event.is_cut
    keeper.keep_to = stop


@njit(nogil=True, cache=True)
def _send_row(keeper, number):  # type: ignore[no-untyped-def]
    message = message_of(keeper)
    message[0], message[1] = number, 1
    message[2] = keeper.rows_address + (number % RECENT_ROWS) * _ROW_BYTES
    send(keeper, CAPTURES, keeper.message_address)


@njit(nogil=True, cache=True)
def shorten_rows(keeper):  # type: ignore[no-untyped-def]
    """Let no event have samples beyond the last one of the file."""
    rows = carray(as_pointer(keeper.rows_address), RECENT_ROWS, CAPTURE_DTYPE)
    for number in range(max(keeper.kept - RECENT_ROWS, 0), keeper.kept):
        row = rows[number % RECENT_ROWS]
        if row.first_sample + row.samples > keeper.file_next:
            row.samples = keeper.file_next - row.first_sample
            _send_row(keeper, number)


@njit(nogil=True, cache=True)
def _over_range(keeper, start, stop, ring):  # type: ignore[no-untyped-def]
    """A bit for each channel that was clipped during an event."""
    bits = carray(as_pointer(keeper.bits_address), keeper.n_inputs, np.int64)
    found = np.int64(0)
    for index in range(keeper.n_inputs):
        address = keeper.ring_address + index * keeper.capacity * keeper.item_bytes
        row = carray(as_pointer(address), keeper.capacity, ring.dtype)
        position = start
        while bits[index] != 0 and position < stop:
            at = position % keeper.capacity
            count = min(stop - position, keeper.capacity - at)
            low, high = extremes(row[at : at + count])
            if high >= keeper.highest or low <= -keeper.highest:
                found |= bits[index]
            position += count
    return found


@njit(nogil=True, cache=True)
def note_gap(keeper, message):  # type: ignore[no-untyped-def]
    """Note how much is missing, for the times of later events."""
    notes = carray(as_pointer(keeper.gaps_address), RECENT_GAPS, GAP_NOTE)
    note = notes[message.number % RECENT_GAPS]
    if message.number < note.number:
        return
    missing = max(message.estimated_missing, 0)
    keeper.lost += missing - (note.missing if note.number == message.number else 0)
    note.number, note.place, note.missing = message.number, message.sample_index, missing


@njit(nogil=True, cache=True)
def _lost_before(keeper, sample):  # type: ignore[no-untyped-def]
    lost = keeper.lost
    if lost == 0:
        return lost
    notes = carray(as_pointer(keeper.gaps_address), RECENT_GAPS, GAP_NOTE)
    for index in range(RECENT_GAPS):
        if notes[index].number >= 0 and notes[index].place > sample:
            lost -= notes[index].missing
    return lost


@njit(nogil=True, cache=True)
def send_totals(keeper):  # type: ignore[no-untyped-def]
    """Tell of the stream as a whole, and what of its overview has changed.

    Also where the sink behind has failed: what it has stored of the stream is to be told with it.
    """
    message = message_of(keeper)
    n_bins = -(-keeper.received // keeper.samples_per_bin)
    message[0], message[1] = keeper.received, keeper.found
    message[2], message[3] = keeper.kept, keeper.passed_over
    message[4], message[5] = keeper.samples_per_bin, n_bins
    message[6], message[7] = keeper.first_bin, keeper.bins_address
    message[8] = 2 * OVERVIEW_BINS * keeper.item_bytes
    failure = int64(0)
    if keeper.function != 0:
        failure = call_sink(keeper.function, keeper.context, KEPT, keeper.message_address)
        keeper.failure = keeper.failure if keeper.failure != 0 else failure
    if failure == 0:  # bins that did not come to the file are sent again
        keeper.first_bin = max(n_bins - 1, 0)
