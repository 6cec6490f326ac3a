"""When captures were triggered: from the scope's counter of samples, and from the samples."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

#: Widths the counter may have in bits, the likeliest first; nothing public settles it.
_COUNTER_BITS = (56, 48, 32)
#: A width is wrong when the counter says that a run took so much longer than it did: one that
#: wraps is wrong by hours, while clocks and the view of the host differ by little.
_TIMES_LONGER, _LONGER_S = 2.0, 1.0
#: Of a status: codes about times and stamps, those of a new origin, a bit that there is no stamp.
_CODES, _NEW_ORIGINS, _NO_STAMP = (0, 1, 2, 3), (1, 3), 0x100
#: Samples beside the trigger sample in which the crossing is looked for.
_NEIGHBOURS = 2


def counted_stretches(
    triggers: NDArray[np.void], samples: int, interval_ns: float, run_s: float
) -> list[tuple[int, NDArray[np.float64]]]:
    """Seconds between the triggers of a run by the scope's counter.

    The counter counts sample intervals. Its origin is arbitrary, may change within a run, which the
    scope tells, and it wraps; a width is believed when no capture overlaps the one before, and all
    of them fit into the run.

    :param triggers: shape ``(n,)``, as the driver gives them.
    :param samples: of a capture.
    :param run_s: how long the run took by the host's clock.
    :returns: stretches with one origin: their first capture, and float64 seconds of each from the
        first one that has a stamp; NaN where the scope does not say. Where it says nothing the
        first has 0.
    """
    has_stamp = _has_stamp(triggers["status"])
    origins = np.flatnonzero(np.isin(triggers["status"] >> 24, _NEW_ORIGINS))
    firsts = [0, *(int(place) for place in origins if place)]
    stretches = []
    for begin, end in pairwise([*firsts, len(triggers)]):
        seconds = np.full(end - begin, np.nan)
        places = np.flatnonzero(has_stamp[begin:end])
        counters = triggers["counter"][begin:end][places].astype(np.uint64)
        counted = _counted(counters, np.diff(places) * samples, interval_ns, run_s)
        if counted is None:
            seconds[0] = 0.0
        else:
            seconds[places] = counted
        stretches.append((begin, seconds))
    return stretches


def earliest_seconds(seconds: NDArray[np.float64], length_s: float) -> NDArray[np.float64]:
    """When each capture of a stretch was triggered at the earliest, counted as the others are.

    :param seconds: of those that are known; NaN of others.
    :param length_s: of a capture: none overlaps the one before.
    :returns: -inf before the first that is known.
    """
    steps_s = length_s * np.arange(len(seconds))
    known = np.where(np.isnan(seconds), -np.inf, seconds - steps_s)
    earliest: NDArray[np.float64] = np.maximum.accumulate(known) + steps_s
    return earliest


def _counted(
    counters: NDArray[np.uint64], least: NDArray[np.int64], interval_ns: float, run_s: float
) -> NDArray[np.float64] | None:
    """Seconds from the first counter to each; None if they cannot be believed."""
    longest_s = _TIMES_LONGER * run_s + _LONGER_S
    for bits in _COUNTER_BITS if counters.size else ():
        steps = (np.diff(counters) & np.uint64((1 << bits) - 1)).astype(np.float64)
        if (steps >= least).all() and steps.sum() * interval_ns * 1e-9 <= longest_s:
            return np.concatenate(([0.0], np.cumsum(steps))) * (interval_ns * 1e-9)
    return None


def _has_stamp(status: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Zero, or a code that says something else than that there is no stamp."""
    code = status >> 24
    is_code = np.isin(code, _CODES) & ((code > 0) | (status == 0))
    has_stamp: NDArray[np.bool_] = is_code & ((status & _NO_STAMP) == 0)
    return has_stamp


def crossings(
    counts: NDArray[np.int16], trigger_index: int, level: float, rises: bool, falls: bool
) -> NDArray[np.float64]:
    """Samples from the trigger sample to where a signal crosses a level; NaN where it does not.

    :param counts: int16, shape ``(n, k)``.
    :param level: in counts.
    :param rises: whether a rising crossing counts, as ``falls`` for a falling one.
    :returns: float64, shape ``(n,)``; by linear interpolation between two samples.
    """
    first = max(trigger_index - _NEIGHBOURS, 0)
    near = counts[:, first : trigger_index + _NEIGHBOURS + 1].astype(np.float64) - level
    before, after = near[:, :-1], near[:, 1:]
    found = np.zeros(before.shape, bool)
    if rises:
        found |= (before < 0) & (after >= 0)
    if falls:
        found |= (before > 0) & (after <= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = first + np.arange(before.shape[1]) + before / (before - after)
    distances = np.where(found, places - trigger_index, np.inf)
    if not distances.shape[1]:
        return np.full(len(counts), np.nan)
    nearest = distances[np.arange(len(counts)), np.abs(distances).argmin(axis=1)]
    return np.where(np.isfinite(nearest), nearest, np.nan)
