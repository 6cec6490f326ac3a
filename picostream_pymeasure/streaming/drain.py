"""From the pool to the sink, in native code: what the sink is told next, and when.

:func:`next_message` is the whole order of it. :func:`drain_to` calls a native sink with each
message until the stream has ended; for sinks in Python the same messages are taken one by one.
"""

from __future__ import annotations

from numba import from_dtype, int64, njit, types

from ..records import CLOCK, GAP, HEALTH, STRETCH
from ..system.native import address_of, call_sink, load_field, now_ns, sleep_ns, store_field
from .access import ACCEPTED, ENDED, GAP_COUNT, HEAD, PAIR_COUNT, SURE, TAIL, TRIGGERED_AT
from .layout import DRAIN, MAX_PAIRS, STATE, offset
from .ledger.pairs import pair_row
from .told_gaps import next_gap
from .zero import fix_zero

#: What :func:`next_message` returns beside the kinds of messages.
NOTHING, END = -1, -2

_STRETCH_NS = 400_000_000
_HEALTH_NS = 190_000_000
_OFFSETS = (
    offset(DRAIN, "stretch"),
    offset(DRAIN, "gap"),
    offset(DRAIN, "clock"),
    offset(DRAIN, "health"),
)


@njit(nogil=True, cache=True)
def _hold_back(state, sure):  # type: ignore[no-untyped-def]
    """Before a trigger keep the blocks of the time before it, and let older ones go."""
    held = state.pre_trigger // state.block_samples + 1
    tail = max(sure // state.block_samples - held, 0)
    if tail > state.tail:
        store_field(state, TAIL, tail)


@njit(nogil=True, cache=True)
def _find_first(state, drain, sure):  # type: ignore[no-untyped-def]
    """Fix the file's first sample; False as long as the trigger has not come."""
    if drain.first >= 0:
        return True
    if state.pre_trigger < 0:
        drain.first = drain.next = 0
        return True
    triggered_at = load_field(state, TRIGGERED_AT)
    if triggered_at < 0:
        _hold_back(state, sure)
        return False
    kept = state.tail * state.block_samples
    drain.first = drain.next = max(triggered_at - state.pre_trigger, kept)
    return True


@njit(nogil=True, cache=True)
def _give_back(state, drain):  # type: ignore[no-untyped-def]
    """The stretch that was handed over is stored."""
    if drain.pending == 0:
        return
    drain.next += drain.pending
    drain.stored += drain.pending
    drain.pending = 0
    tail = drain.next // state.block_samples
    if tail > state.tail:
        store_field(state, TAIL, tail)


@njit(nogil=True, cache=True)
def _next_stretch(state, drain, sure, ended):  # type: ignore[no-untyped-def]
    """Put the next stretch into ``drain.stretch``; tell whether it is time for it."""
    block = drain.next // state.block_samples
    within = drain.next % state.block_samples
    count = min(sure, (block + 1) * state.block_samples) - drain.next
    if count <= 0:
        return False
    is_block = within + count == state.block_samples
    now = now_ns()
    if not (is_block or ended or now - drain.stretch_ns >= _STRETCH_NS):
        return False
    drain.stretch_ns = now
    sample_bytes = state.values_per_sample * state.item_bytes
    row_bytes = state.block_samples * sample_bytes
    slot = block % state.n_blocks
    drain.stretch[0] = drain.next - drain.first
    drain.stretch[1] = drain.pending = count
    drain.stretch[2] = state.pool_address + slot * state.n_inputs * row_bytes
    drain.stretch[2] += within * sample_bytes
    drain.stretch[3] = row_bytes
    return True


@njit(nogil=True, cache=True)
def _next_pair(state, drain):  # type: ignore[no-untyped-def]
    """Put the next pair of the clock into ``drain.clock``; tell whether there is one."""
    count = load_field(state, PAIR_COUNT)
    drain.next_pair = max(drain.next_pair, count - MAX_PAIRS // 2)
    while drain.next_pair < count:
        row = pair_row(state, drain.next_pair)
        drain.next_pair += 1
        if row.index > drain.first:
            drain.clock[0] = row.index - drain.first
            drain.clock[1] = row.host_ns - drain.zero_ns
            drain.clock[2] = row.slept_ns
            return True
    return False


@njit(
    types.UniTuple(int64, 5)(from_dtype(STATE), from_dtype(DRAIN)),
    nogil=True,
    cache=True,
)
def running_totals(state, drain):  # type: ignore[no-untyped-def]
    """What has come and what is missing so far; Python calls it as well, from any thread.

    :returns: time in ns since the file's first sample, or since the start as long as there is
        none; samples received, and lost in the file; its gaps; blocks that wait in the pool.
    """
    zero_ns = drain.zero_ns if drain.zero_ns != 0 else state.run_ns
    has_begun = drain.first >= 0
    return (
        max(state.now_ns - zero_ns, 0),
        load_field(state, ACCEPTED),
        has_begun * (state.lost - drain.lost_before),
        has_begun * (load_field(state, GAP_COUNT) - drain.gaps_before),
        # the last block is given back although it is not full
        max(load_field(state, HEAD) - load_field(state, TAIL), 0),
    )


@njit(nogil=True, cache=True)
def _next_health(state, drain):  # type: ignore[no-untyped-def]
    """Put the totals into ``drain.health`` five times a second; tell whether it is time."""
    now = now_ns()
    if now - drain.health_ns < _HEALTH_NS:
        return False
    drain.health_ns = now
    elapsed_ns, received, lost, gaps, filled = running_totals(state, drain)
    drain.health[0], drain.health[1] = elapsed_ns, received
    drain.health[2], drain.health[3] = lost, gaps
    drain.health[4] = 1000 * filled // max(state.n_blocks, 1)
    drain.health[5:] = 0
    for row in range(state.n_inputs):
        bits = state.over_range_bits[row]
        for channel in range(4):
            if bits == 1 << channel:
                drain.health[5 + channel] = state.over_range[row]
    return True


@njit(nogil=True, cache=True)
def _message(state, drain, is_samples_turn):  # type: ignore[no-untyped-def]
    """The kind of the message that is ready, NOTHING or END.

    :param is_samples_turn: samples that are ready come before what is told beside them, which a
        slow sink may never be done with.
    """
    ended = load_field(state, ENDED)
    sure = load_field(state, ACCEPTED if ended else SURE)
    if not _find_first(state, drain, sure):
        if _next_health(state, drain):
            return HEALTH
        return END if ended else NOTHING
    has_lengths = state.open_gaps == 0  # a gap that gets one from here on is not told yet
    if next_gap(state, drain):
        return GAP
    fix_zero(state, drain, has_lengths)
    if is_samples_turn and _next_stretch(state, drain, sure, ended):
        return STRETCH
    if (drain.zero_is_final or ended) and _next_pair(state, drain):
        return CLOCK
    if _next_health(state, drain):
        return HEALTH
    if _next_stretch(state, drain, sure, ended):
        return STRETCH
    return END if ended and drain.next == sure else NOTHING


@njit(
    int64(from_dtype(STATE)[::1], from_dtype(DRAIN)[::1], int64),
    nogil=True,
    cache=True,
)
def next_message(records, drains, timeout_ns):  # type: ignore[no-untyped-def]
    """Wait for the next message; the one before it is done with by then.

    :param records: the shared state, one record.
    :param drains: what the drain knows, one record; it has the message.
    :returns: a kind of :class:`~picostream_pymeasure.records.NativeSink`; NOTHING when the time is
        out; END when all has been told.
    """
    state, drain = records[0], drains[0]
    is_samples_turn = drain.pending == 0
    _give_back(state, drain)
    deadline = now_ns() + timeout_ns
    while True:
        kind = _message(state, drain, is_samples_turn)
        if kind != NOTHING or now_ns() >= deadline:
            return kind
        sleep_ns(drain.pause_ns)


@njit(nogil=True, cache=True)
def message_address(drain, kind):  # type: ignore[no-untyped-def]
    """Where the record of a message lies."""
    return address_of(drain) + _OFFSETS[kind]


@njit(
    types.void(from_dtype(STATE)[::1], from_dtype(DRAIN)[::1], int64, int64),
    nogil=True,
    cache=True,
)
def drain_to(records, drains, function, context):  # type: ignore[no-untyped-def]
    """Hand every message to a native sink until the stream has ended, or the sink fails.

    :param function: address of the sink's function.
    :param context: passed through to it.
    """
    drain = drains[0]
    while drain.failed == 0:
        kind = next_message(records, drains, 1_000_000_000)
        if kind == END:
            return
        if kind != NOTHING:
            drain.failed = call_sink(function, context, kind, message_address(drain, kind))
