"""What is told of captures, in native code: their samples, and where the trigger was crossed."""

from __future__ import annotations

import numpy as np
from numba import carray, float64, from_dtype, int16, int64, njit, void

from ...records import words
from ...system.native import as_pointer
from . import layout
from .capturing import CAPTURES
from .clock import UNITS
from .samples import generate, narrow

#: Where the samples of one row and segment go; the address is 0 for nowhere.
TARGET = words("address", "value_bytes")


@njit(nogil=True, cache=True)
def _hand_out(unit, row, first, raw, target):  # type: ignore[no-untyped-def]
    """Write the samples of a row; return non-zero when any lies beyond the range."""
    if target.value_bytes == 2:
        return generate(unit, row, first, carray(as_pointer(target.address), raw.size, np.int16))
    clipped = generate(unit, row, first, raw)
    narrow(row, raw, target.address)
    return clipped


@njit(
    void(UNITS, CAPTURES, from_dtype(TARGET)[:, ::1], int64, int64, int16[::1]),
    nogil=True,
    cache=True,
)
def fill_targets(units, captures, targets, start, count, overflow):  # type: ignore[no-untyped-def]
    """Write the samples of some captures.

    :param captures: :data:`~.layout.CAPTURE`, one a segment asked for.
    :param targets: :data:`TARGET`, shape ``(rows, n)``; no addresses for rows without buffers.
    :param start: samples of each capture to leave out.
    :param count: samples to write of each capture.
    :param overflow: int16, over-range bits of each capture, to be written.
    """
    raw = np.empty(count, np.int16)
    for number in range(captures.size):
        bits = 0
        for row in range(targets.shape[0]):
            target = targets[row, number]
            if target.address == 0:
                continue
            first = captures[number].first + start
            if _hand_out(units[0], row, first, raw, target):
                bits |= 1 << row
        overflow[number] = bits


@njit(nogil=True, cache=True)
def _place(level, before, after):  # type: ignore[no-untyped-def]
    """Samples from the second to the crossing, -1 to 0; 1 where there is none."""
    if before == after or not min(before, after) <= level <= max(before, after):
        return 1.0
    return (level - before) / (after - before) - 1.0


@njit(float64[::1](UNITS, CAPTURES, from_dtype(layout.COMPARATOR)[::1]), nogil=True, cache=True)
def crossings(units, captures, comparators):  # type: ignore[no-untyped-def]
    """Samples from each capture's trigger sample to the crossing, by linear interpolation.

    :param captures: :data:`~.layout.CAPTURE`.
    :param comparators: those of the run's trigger; the first level that was crossed counts.
    :return: float64; 0 where nothing was crossed, as after an auto-trigger.
    """
    found, pair = np.zeros(captures.size), np.empty(2, np.int16)
    for number in range(captures.size):
        capture = captures[number]
        if capture.is_auto or capture.trigger == 0:
            continue
        for watch in comparators:
            generate(units[0], watch.row, capture.trigger - 1, pair)
            before, after = np.float64(pair[0]), np.float64(pair[1])
            place = _place(np.float64(watch.in_low), before, after)
            if place > 0:
                place = _place(np.float64(watch.in_high), before, after)
            if place <= 0:
                found[number] = place
                break
    return found
