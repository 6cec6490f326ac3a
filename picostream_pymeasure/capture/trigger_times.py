"""When captures were triggered: from the scope's counter of samples, and from the samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Widths the counter may have in bits, the likeliest first; nothing public settles it.
_COUNTER_BITS = (56, 64, 48, 32)
#: How much later than it happened the host may see the end of a run.
_HOST_DELAY_S = 0.05
#: Of a status: a code about times and stamps, and that the stamp was not asked for.
_CODES, _NO_STAMP = (0, 1, 2, 3), 0x100
#: Samples beside the trigger sample in which the crossing is looked for.
_NEIGHBOURS = 2


def seconds_between(
    triggers: NDArray[np.void], samples: int, interval_ns: float, run_s: float
) -> NDArray[np.float64]:
    """Seconds from the first trigger of a run to each; NaN where the scope does not say.

    The counter counts sample intervals. Its origin is arbitrary and it wraps; a width is believed
    when no capture overlaps the one before and all of them fit into the run.

    :param triggers: shape ``(n,)``, as the driver gives them.
    :param samples: of a capture.
    :param run_s: how long the run took by the host's clock.
    """
    counters = triggers["counter"].astype(np.uint64)
    has_stamp = _has_stamp(triggers["status"])
    if not has_stamp.all() or counters.size < 2:
        return np.where(np.arange(counters.size) == 0, 0.0, np.nan)
    for bits in _COUNTER_BITS:
        mask = np.uint64((1 << bits) - 1)
        steps = ((counters[1:] - counters[:-1]) & mask).astype(np.float64)
        seconds = steps.sum() * interval_ns * 1e-9
        if steps.min() >= samples and seconds <= run_s + _HOST_DELAY_S:
            return np.concatenate(([0.0], np.cumsum(steps))) * (interval_ns * 1e-9)
    return np.where(np.arange(counters.size) == 0, 0.0, np.nan)


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
