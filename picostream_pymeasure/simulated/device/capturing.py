"""One run of block mode in native code: armed, triggered, collected, armed again."""

from __future__ import annotations

import numpy as np
from numba import from_dtype, int64, njit

from ...system.native import load_acquire, sleep_ns, store_release
from . import layout
from .clock import UNITS, digitised
from .comparators import forget
from .layout import MADE, STOP
from .search import search_trigger

#: How a run ended.
DONE, STOPPED, FAILED = range(3)

#: Of block mode, as Python hands them over.
RUNS, CAPTURES = from_dtype(layout.RUN)[::1], from_dtype(layout.CAPTURE)[::1]

_SCANNED = 1 << 18
_PAUSE_NS = 100_000
_FOR_EVER = 1 << 62


@njit(nogil=True, cache=True)
def _arm(unit, run, position):  # type: ignore[no-untyped-def]
    """Begin to collect; the trigger counts once all samples before it are there."""
    unit.raw_position = position
    unit.trigger_from = position + run.pre
    unit.auto_trigger_at = -1
    if run.auto_samples >= 0:
        unit.auto_trigger_at = max(position + run.auto_samples, unit.trigger_from)
    forget(unit)
    unit.trigger = layout.WAITING
    if run.has_trigger == 0:
        unit.trigger, unit.trigger_at = layout.FOUND, unit.trigger_from


@njit(nogil=True, cache=True)
def _search(unit, run, head):  # type: ignore[no-untyped-def]
    """Look on among what has been digitised; False when more must come first."""
    count = min(head - unit.raw_position, _SCANNED)
    if count <= 0 or run.never_triggers:
        return False
    search_trigger(unit, count)
    if unit.trigger == layout.WAITING:
        unit.raw_position += count
    return True


@njit(nogil=True, cache=True)
def _note(unit, run, number, number_of_run, captures):  # type: ignore[no-untyped-def]
    """Keep where the capture lies; return the raw index behind it."""
    capture = captures[(run.first_segment + number) % run.segments]
    capture.first = unit.trigger_at - run.pre
    capture.count = run.pre + run.post
    capture.trigger = unit.trigger_at
    capture.since_run = unit.trigger_at - run.first
    capture.is_first = number == 0
    capture.is_auto = run.has_trigger == 0 or unit.trigger_at == unit.auto_trigger_at
    capture.run = number_of_run
    return capture.first + capture.count


@njit(int64(UNITS, RUNS, int64[::1], int64, CAPTURES), nogil=True, cache=True)
def make_captures(units, runs, words, number_of_run, captures):  # type: ignore[no-untyped-def]
    """Make all captures of a run, at the pace of the scope's clock.

    :param units: the unit's record, shape ``(1,)``.
    :param runs: :data:`~.layout.RUN`, shape ``(1,)``.
    :param words: the same memory as int64.
    :param captures: :data:`~.layout.CAPTURE`, one a segment.
    :return: DONE, STOPPED or FAILED.
    """
    unit, run = units[0], runs[0]
    made = 0
    _arm(unit, run, run.first)
    while made < run.captures:
        if load_acquire(words, STOP):
            return STOPPED
        if made == run.ends_after:
            return FAILED
        head = digitised(unit) if unit.paced else _FOR_EVER
        if unit.trigger == layout.WAITING:
            if not _search(unit, run, head):
                sleep_ns(_PAUSE_NS)
            continue
        end = unit.trigger_at + run.post
        if head < end:
            missing_ns = np.int64((end - head) / unit.samples_a_ns)
            sleep_ns(min(_PAUSE_NS, missing_ns + 1000))
            continue
        end = _note(unit, run, made, number_of_run, captures)
        made += 1
        store_release(words, MADE, made)
        _arm(unit, run, end + run.rearm_samples)
    return DONE
