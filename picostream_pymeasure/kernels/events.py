"""Events of a signal: stretches that leave the running baseline, and what each is like.

The baseline belongs to *windows* of equal length, counted from the recording's first sample. It is
the mean of the window before (of the first window itself), and sigma its standard deviation, both
without what lies beyond three sigma of its median. Sums are whole numbers, so that it makes no
difference in which pieces the samples come.

An event begins with the first sample beyond the *detect* limits of its window, and ends before the
first one that is within them again; its limits stay those of its first sample. It is kept when one
of its samples reaches the *keep* limits.
"""

from __future__ import annotations

import math

import numpy as np
from numba import boolean, int64, njit, void
from numba import from_dtype as numba_type
from numba.types import UniTuple

from .baseline import COUNTS, baseline_of
from .envelope import extremes

_SKIPPED = 1024
_LOWEST, _HIGHEST = -(2**31), 2**31

IDLE, ABOVE, BELOW, CUT = range(4)

#: Limits of a window in counts: at ``low`` and below, at ``high`` and above.
LIMITS = np.dtype(
    [
        ("baseline", "<f8"),
        ("sigma", "<f8"),
        ("detect_low", "<i8"),
        ("detect_high", "<i8"),
        ("keep_low", "<i8"),
        ("keep_high", "<i8"),
    ]
)
#: An event, and the one that a search is in: samples ``start`` up to ``stop``.
EVENT = np.dtype(
    [
        ("start", "<i8"),
        ("stop", "<i8"),
        ("side", "<i8"),
        ("extreme", "<i8"),
        ("total", "<i8"),
        ("baseline", "<f8"),
        ("sigma", "<f8"),
        ("is_cut", "<i8"),
    ]
)
#: Where a search is: ``side`` is IDLE, ABOVE, BELOW, or CUT while a cut event lasts.
STATE = np.dtype([("event", EVENT), ("limits", LIMITS), ("side", "<i8")])

#: What counts as an event: ``keep`` and ``detect`` are sigmas, counts from the baseline, or levels
#: in counts as ``scale`` says; the sides that do not count have ``rises`` or ``falls`` 0.
RULE = np.dtype(
    [
        ("scale", "<i8"),
        ("rises", "<i8"),
        ("falls", "<i8"),
        ("keep", "<f8"),
        ("detect", "<f8"),
        ("least_sigma", "<f8"),
        ("shortest", "<i8"),
        ("longest", "<i8"),
    ]
)
SIGMAS, DEVIATION, LEVEL = range(3)

#: How many events count: samples from the end of one to the next begin at least, samples in a
#: second (counted from the first sample), and events in each of them.
PACE = np.dtype([("hold_off", "<i8"), ("second", "<i8"), ("most", "<i8")])
#: Where the choice is: before ``free_from`` nothing counts.
SELECTION = np.dtype([("free_from", "<i8"), ("next_second", "<i8"), ("in_second", "<i8")])

_Event, _Limits, _State, _Rule = (numba_type(dtype) for dtype in (EVENT, LIMITS, STATE, RULE))
_Pace, _Selection = numba_type(PACE), numba_type(SELECTION)


@njit(nogil=True, cache=True)
def _border(rule, baseline, sigma, amount, sign):  # type: ignore[no-untyped-def]
    if rule.scale == LEVEL:
        return amount
    return baseline + sign * amount * (sigma if rule.scale == SIGMAS else 1.0)


@njit(
    [void(counts[::1], _Rule, _Limits[::1]) for counts in COUNTS],
    nogil=True,
    cache=True,
)
def find_limits(values, rule, limits):  # type: ignore[no-untyped-def]
    """Find the limits that the samples of a window give the next one.

    :param values: counts, one or more.
    :param rule: :data:`RULE`.
    :param limits: shape ``(1,)``, :data:`LIMITS`; written.
    """
    found = limits[0]
    baseline, sigma = baseline_of(values)
    sigma = max(sigma, rule.least_sigma)
    found.baseline, found.sigma = baseline, sigma
    found.detect_low = found.keep_low = _LOWEST
    found.detect_high = found.keep_high = _HIGHEST
    if rule.rises:
        found.detect_high = int64(math.ceil(_border(rule, baseline, sigma, rule.detect, 1)))
        found.keep_high = int64(math.ceil(_border(rule, baseline, sigma, rule.keep, 1)))
    if rule.falls:
        found.detect_low = int64(math.floor(_border(rule, baseline, sigma, rule.detect, -1)))
        found.keep_low = int64(math.floor(_border(rule, baseline, sigma, rule.keep, -1)))


@njit(nogil=True, cache=True)
def _first_beyond(values, begin, limits):  # type: ignore[no-untyped-def]
    """Index of the first value from ``begin`` on that is beyond the detect limits, or the size."""
    low, high = limits.detect_low, limits.detect_high
    index = begin
    while index < values.size:
        stop = min(index + _SKIPPED, values.size)
        smallest, largest = extremes(values[index:stop])
        if smallest <= low or largest >= high:
            while low < values[index] < high:
                index += 1
            return index
        index = stop
    return index


@njit(nogil=True, cache=True)
def _begin(state, limits, index, value):  # type: ignore[no-untyped-def]
    state.side = ABOVE if value >= limits.detect_high else BELOW
    state.limits.detect_low, state.limits.detect_high = limits.detect_low, limits.detect_high
    state.limits.keep_low, state.limits.keep_high = limits.keep_low, limits.keep_high
    event = state.event
    event.start, event.side, event.extreme, event.total = index, state.side, value, 0
    event.baseline, event.sigma, event.is_cut = limits.baseline, limits.sigma, 0


@njit(nogil=True, cache=True)
def _end(state, index, shortest, events, count):  # type: ignore[no-untyped-def]
    """Close the event before a sample; the number of events that are kept now."""
    event, limits = state.event, state.limits
    event.stop = index
    reached = (
        event.extreme >= limits.keep_high
        if event.side == ABOVE
        else (event.extreme <= limits.keep_low)
    )
    if not reached or event.stop - event.start < shortest:
        return count
    events[count] = event
    return count + 1


@njit(nogil=True, cache=True)
def _goes_on(state, value):  # type: ignore[no-untyped-def]
    if state.event.side == ABOVE:
        return value >= state.limits.detect_high
    return value <= state.limits.detect_low


@njit(
    [int64(counts[::1], int64, _Limits, _State[::1], _Rule, _Event[::1]) for counts in COUNTS],
    nogil=True,
    cache=True,
)
def search_window(values, first, limits, states, rule, events):  # type: ignore[no-untyped-def]
    """Search samples of one window, and keep in ``states[0]`` where it ended.

    :param values: counts that follow those of the call before; of one window.
    :param first: index of the first of them.
    :param limits: of the window.
    :param states: shape ``(1,)``, :data:`STATE`; zeros before the first sample.
    :param rule: :data:`RULE`; events of ``longest`` samples are cut, and what follows is passed
        over up to the first sample within the detect limits of its own window: a baseline that has
        moved for good does not hide what comes on it.
    :param events: :data:`EVENT`, room for one more than there are values: above and below may take
        turns with every sample; written.
    :returns: how many were written.
    """
    state, count, index = states[0], 0, 0
    while index < values.size:
        if state.side == IDLE:
            index = _first_beyond(values, index, limits)
            if index < values.size:
                _begin(state, limits, first + index, int64(values[index]))
            continue
        value = int64(values[index])
        if state.side == CUT:
            if limits.detect_low < value < limits.detect_high:
                state.side = IDLE
            else:
                index += 1
            continue
        if not _goes_on(state, value):
            count = _end(state, first + index, rule.shortest, events, count)
            state.side = IDLE
            continue
        event = state.event
        event.total += value
        event.extreme = (
            max(event.extreme, value) if event.side == ABOVE else min(event.extreme, value)
        )
        index += 1
        if first + index - event.start >= rule.longest:
            event.is_cut = 1
            count = _end(state, first + index, rule.shortest, events, count)
            state.side = CUT
    return count


@njit(
    [
        UniTuple(int64, 2)(
            counts[::1], int64, int64, int64, int64, _Rule, _Limits[::1], _State[::1], _Event[::1]
        )
        for counts in COUNTS
    ],
    nogil=True,
    cache=True,
)
def search_windows(values, first, begin, stop, window, rule, limits, states, events):  # type: ignore[no-untyped-def]
    """Search windows one after the other, for as long as there is room for the events of one.

    :param values: counts from the window before ``begin`` on, or from ``begin`` if that is 0.
    :param first: index of the first of them.
    :param begin: of the first window that is searched …
    :param stop: … and behind the last sample that is.
    :param window: samples of a window.
    :param limits: shape ``(1,)``, :data:`LIMITS`; written.
    :param events: room for one more than a window has samples, as :func:`search_window`.
    :returns: how many were written, and where to go on.
    """
    count, most = 0, min(window, stop - begin) + 1
    while begin < stop and count + most <= events.size:
        before = max(begin - window, 0) - first
        find_limits(values[before : before + window], rule, limits)
        part = values[begin - first : min(begin + window, stop) - first]
        count += search_window(part, begin, limits[0], states, rule, events[count:])
        begin += window
    return count, begin


@njit(int64(_State[::1], int64, int64, _Event[::1]), nogil=True, cache=True)
def finish_search(states, stop, shortest, events):  # type: ignore[no-untyped-def]
    """End a search at the last sample; an event that lasts until then ends there.

    :param stop: index after the last sample.
    :param events: :data:`EVENT`, room for one; written.
    :returns: how many were written, 0 or 1.
    """
    state = states[0]
    if state.side == IDLE or state.side == CUT:
        return 0
    state.event.is_cut = 1
    return _end(state, stop, shortest, events, 0)


@njit(boolean(_Selection, int64, int64, _Pace), nogil=True, cache=True)
def select(selection, start, stop, pace):  # type: ignore[no-untyped-def]
    """Tell whether the next event counts: not too soon after the last, not too many in a second.

    :param selection: :data:`SELECTION`, zeros before the first event.
    :param start: sample that it begins with; ``stop`` comes after it.
    :param pace: :data:`PACE`.
    """
    second = start // pace.second
    if second >= selection.next_second:
        selection.next_second, selection.in_second = second + 1, 0
    if start < selection.free_from or selection.in_second >= pace.most:
        return False
    selection.in_second += 1
    selection.free_from = stop + pace.hold_off
    return True


@njit(boolean[::1](_Event[::1], _Pace), nogil=True, cache=True)
def select_all(events, pace):  # type: ignore[no-untyped-def]
    """Tell which of all events count (bool, shape ``(n,)``); see :func:`select`."""
    counts, selections = np.zeros(events.size, np.bool_), np.zeros(1, SELECTION)
    for index in range(events.size):
        counts[index] = select(selections[0], events[index].start, events[index].stop, pace)
    return counts
