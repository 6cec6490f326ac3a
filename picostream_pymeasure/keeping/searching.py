"""The search for events while samples come, without Python."""

from __future__ import annotations

from numba import carray, njit

from ..kernels.events import EVENT, LIMITS, STATE, find_limits, finish_search, search_window, select
from ..system.native import as_pointer, copy_bytes
from .context import PIECE_SAMPLES
from .overview import add_to_bins, make_room
from .passing import keep_event, send_totals, shorten_rows, store_kept

_EVENTS = PIECE_SAMPLES + 1


@njit(nogil=True, cache=True)
def take_samples(keeper, count, rows_address, row_bytes, like):  # type: ignore[no-untyped-def]
    """Take samples that follow the last ones; store those that are kept.

    :param rows_address: of the first input's; the others' follow every ``row_bytes``.
    :param like: an array of the counts' type.
    """
    done = 0
    while done < count and keeper.failure == 0:
        rest = keeper.window - keeper.received % keeper.window
        part = min(min(count - done, rest), PIECE_SAMPLES)
        make_room(keeper, keeper.received + part, like)
        for index in range(keeper.n_inputs):
            begin = rows_address + index * row_bytes + done * keeper.item_bytes
            at = index * keeper.capacity + keeper.received % keeper.capacity
            target = keeper.ring_address + at * keeper.item_bytes
            copy_bytes(target, begin, part * keeper.item_bytes)
            add_to_bins(keeper, index, carray(as_pointer(target), part, like.dtype))
        keeper.received += part
        done += part
        _search(keeper, like)
        store_kept(keeper)


@njit(nogil=True, cache=True)
def finish(keeper, like):  # type: ignore[no-untyped-def]
    """No more samples come: settle what is open.

    :param like: an array of the counts' type.
    """
    keeper.is_last = 1
    _search(keeper, like)
    events = carray(as_pointer(keeper.events_address), _EVENTS, EVENT)
    states = carray(as_pointer(keeper.state_address), 1, STATE)
    if finish_search(states, keeper.received, keeper.rule.shortest, events):
        _take_event(keeper, events[0], _searched_row(keeper, like))
    store_kept(keeper)
    shorten_rows(keeper)
    send_totals(keeper)


@njit(nogil=True, cache=True)
def _searched_row(keeper, like):  # type: ignore[no-untyped-def]
    begin = keeper.searched_row * keeper.capacity * keeper.item_bytes
    return carray(as_pointer(keeper.ring_address + begin), keeper.capacity, like.dtype)


@njit(nogil=True, cache=True)
def _search(keeper, like):  # type: ignore[no-untyped-def]
    """Search all samples that have come; of the first window only when it is whole."""
    ring, window = _searched_row(keeper, like), keeper.window
    limits = carray(as_pointer(keeper.limits_address), 1, LIMITS)
    states = carray(as_pointer(keeper.state_address), 1, STATE)
    events = carray(as_pointer(keeper.events_address), _EVENTS, EVENT)
    while keeper.searched < keeper.received:
        first, number = keeper.searched, keeper.searched // window
        if first % window == 0:
            if number == 0 and keeper.received < window and not keeper.is_last:
                return
            begin = max(number - 1, 0) * window
            at, size = begin % keeper.capacity, min(window, keeper.received - begin)
            find_limits(ring[at : at + size], keeper.rule, limits)
        stop = min(min(keeper.received, (number + 1) * window), first + PIECE_SAMPLES)
        at = first % keeper.capacity
        part = ring[at : at + stop - first]
        n_events = search_window(part, first, limits[0], states, keeper.rule, events)
        keeper.searched = stop
        for index in range(n_events):
            _take_event(keeper, events[index], ring)


@njit(nogil=True, cache=True)
def _take_event(keeper, event, ring):  # type: ignore[no-untyped-def]
    keeper.found += 1
    if select(keeper.selection, event.start, event.stop, keeper.pace):
        keep_event(keeper, event, ring)
    else:
        keeper.passed_over += 1
