"""What the simulated generator does in the course of time: sweeps, bursts and gates.

A course begins at a sample, stays ``dwell`` samples at each of its frequencies, and ends after
``length`` samples; before and after it the output rests. With a gate it begins anew whenever the
gate opens, and rests while the gate is shut. Like all signals it is a function of the index
alone: the phase at the begin of a dwell is a sum of steps, known without going through them.
"""

from __future__ import annotations

import numpy as np
from numba import carray, int32, njit, uint64

from ...system.native import as_pointer
from .waveform import TABLE_POINTS

#: Sample index that no stream reaches.
NEVER = 1 << 62

COURSE = np.dtype(
    [
        ("start", np.int64),  # NEVER while it waits for a trigger
        ("length", np.int64),
        ("rest", np.int64),  # counts
        ("first_step", np.uint64),  # phase a sample at the first frequency, in 2**-64 turns
        ("step_change", np.uint64),
        ("frequencies", np.int64),
        ("sweep_dwells", np.int64),  # dwells until the sweep begins again
        ("mirrored", np.int64),  # the last frequency comes first
        ("dwell", np.int64),
        ("table_address", np.int64),  # int32 counts
        ("gate_step", np.uint64),  # 0: no gate
        ("gate_begin", np.uint64),
        ("gate_span", np.uint64),
        ("gate_shuts", np.int64),  # at the end of its span; otherwise each opening starts a burst
    ]
)


@njit(nogil=True, cache=True)
def number_at(frequencies, mirrored, dwell):  # type: ignore[no-untyped-def]
    """Which of the frequencies the given dwell of a sweep has."""
    number = dwell if dwell < frequencies else 2 * frequencies - 2 - dwell
    return frequencies - 1 - number if mirrored else number


@njit(nogil=True, cache=True)
def numbers_before(frequencies, mirrored, dwells):  # type: ignore[no-untyped-def]
    """Sum of the numbers of the first ``dwells`` frequencies of a sweep."""
    there = min(dwells, frequencies)
    back = dwells - there
    total = there * (there - 1) // 2 + back * (frequencies - 2) - back * (back - 1) // 2
    return dwells * (frequencies - 1) - total if mirrored else total


@njit(nogil=True, cache=True)
def _phase_before(course, sweeps, dwells):  # type: ignore[no-untyped-def]
    """Phase after so many whole sweeps and dwells, mod 2**64."""
    whole = numbers_before(course.frequencies, course.mirrored, course.sweep_dwells)
    part = numbers_before(course.frequencies, course.mirrored, dwells)
    steps = uint64(sweeps) * uint64(course.sweep_dwells) + uint64(dwells)
    changes = uint64(sweeps) * uint64(whole) + uint64(part)
    return uint64(course.dwell) * (steps * course.first_step + changes * course.step_change)


@njit(nogil=True, cache=True)
def _draw_sweep(course, elapsed, wide):  # type: ignore[no-untyped-def]
    """Samples from ``elapsed`` after the begin on, frequency after frequency."""
    table, position = carray(as_pointer(course.table_address), TABLE_POINTS, np.int32), 0
    while position < wide.size:
        dwells = (elapsed + position) // course.dwell
        within = elapsed + position - dwells * course.dwell
        sweeps, dwells = dwells // course.sweep_dwells, dwells % course.sweep_dwells
        number = number_at(course.frequencies, course.mirrored, dwells)
        step = uint64(course.first_step + uint64(number) * course.step_change)
        phase = uint64(_phase_before(course, sweeps, dwells) + uint64(within) * step)
        stop = min(wide.size, position + course.dwell - within)
        for index in range(position, stop):
            wide[index] = table[uint64(phase + uint64(index - position) * step) >> uint64(48)]
        position = stop


@njit(nogil=True, cache=True)
def _since_opening(course, index):  # type: ignore[no-untyped-def]
    """Samples since the gate opened, or -1 when it is shut; and for how many samples that holds."""
    step = course.gate_step
    turn = uint64(uint64(index) * step - course.gate_begin)
    elapsed = np.int64(turn // step)
    holds = np.int64(uint64(uint64(0xFFFFFFFFFFFFFFFF) - turn) // step) + 1
    opened_before = index - elapsed < course.start
    if course.gate_shuts == 0:
        return (-1 if opened_before else elapsed), holds
    if turn >= course.gate_span:
        return -1, holds
    holds = np.int64(uint64(course.gate_span - turn - uint64(1)) // step) + 1
    return (index - course.start if opened_before else elapsed), holds


@njit(nogil=True, cache=True)
def _state(course, index):  # type: ignore[no-untyped-def]
    """Samples since the begin, or -1 for rest; and for how many samples that holds."""
    if index < course.start:
        return -1, course.start - index
    elapsed, holds = index - course.start, NEVER
    if course.gate_step != uint64(0):
        elapsed, holds = _since_opening(course, index)
    if elapsed >= course.length:
        return -1, holds
    return elapsed, (holds if elapsed < 0 else min(holds, course.length - elapsed))


@njit(nogil=True, cache=True)
def draw_course(course, first, wide):  # type: ignore[no-untyped-def]
    """Write samples ``first`` … of the generator's output into ``wide`` (int32 counts)."""
    position = 0
    while position < wide.size:
        elapsed, holds = _state(course, first + position)
        stop = position + min(holds, wide.size - position)
        if elapsed < 0:
            wide[position:stop] = int32(course.rest)
        else:
            _draw_sweep(course, elapsed, wide[position:stop])
        position = stop
