"""Where between two samples the signal crossed the level of the trigger, in native code."""

from __future__ import annotations

import numpy as np
from numba import njit

from .samples import generate


@njit(nogil=True, cache=True)
def _place(level, before, after):  # type: ignore[no-untyped-def]
    """Samples from the second to the crossing, -1 to 0; 1 where there is none."""
    if before == after or not min(before, after) <= level <= max(before, after):
        return 1.0
    return (level - before) / (after - before) - 1.0


@njit(nogil=True, cache=True)
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
