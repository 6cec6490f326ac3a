"""How often each voltage occurs in a stretch of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...kernels.statistics import CODES, ZERO, count_codes
from ...reader import PicoStreamReader
from .stretches import chosen_stretches, read_difference, read_stretch, sample_range

#: More bins than this are no better to look at.
_MAX_BINS = 256


@dataclass(frozen=True)
class Histogram:
    """Numbers of samples in bins of equal width; empty arrays where there were no samples.

    :param edges_v: float64, shape ``(n + 1,)``, ascending.
    :param counts: int64, shape ``(n,)``.
    :param exact: every sample was counted; otherwise stretches of them, evenly spread.
    """

    edges_v: NDArray[np.float64]
    counts: NDArray[np.int64]
    exact: bool


def make_histogram(
    reader: PicoStreamReader, channel: str, begin_s: float, end_s: float
) -> Histogram:
    """Count a channel's voltages from ``begin_s`` up to, not including, ``end_s``.

    At most 4 million samples are read. Every bin is as wide as the same number of the converter's
    steps, so that a coarse resolution makes no combs. Of aggregate recordings both values of a
    (min, max) pair count. Digital ports have no histogram.

    :raises ConfigurationError: there is no such channel, or the times are not finite.
    :raises StorageError: the file cannot be read.
    """
    settings = reader.settings(channel)
    first, stop = sample_range(reader, begin_s, end_s)
    table, looked_at = np.zeros(CODES, np.int64), 0
    for start, end in [] if settings.is_digital else chosen_stretches(first, stop):
        _, counts = read_stretch(reader, channel, start, end)
        count_codes(counts.ravel(), table)
        looked_at += len(counts)
    edges, numbers = _binned(table)
    edges_v = settings.count_scale.volts(edges - ZERO)
    return Histogram(edges_v, numbers, looked_at == stop - first)


def difference_histogram(
    reader: PicoStreamReader, minuend: str, subtrahend: str, begin_s: float, end_s: float
) -> Histogram:
    """Count the voltages of one channel less another one, as :func:`histogram` does.

    Nothing is known where min and max of samples are recorded.

    :raises ConfigurationError: there is no such channel, or the times are not finite.
    :raises StorageError: the file cannot be read.
    """
    first, stop = sample_range(reader, begin_s, end_s)
    stretches = chosen_stretches(first, stop)
    read = [read_difference(reader, minuend, subtrahend, *ends)[1] for ends in stretches]
    values_v = np.concatenate([np.empty(0), *read])
    if not values_v.size:
        return Histogram(np.empty(0), np.empty(0, np.int64), stop == first)
    low_v = float(values_v.min())
    steps_v = [reader.settings(each).count_scale.volts_per_count for each in (minuend, subtrahend)]
    places = np.rint((values_v - low_v) / max(steps_v)).astype(np.int64)
    edges, numbers = _binned(np.bincount(places))
    return Histogram(low_v + edges * max(steps_v), numbers, values_v.size == stop - first)


def _binned(table: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges of bins on the scale of the table's places, and numbers of samples between them."""
    codes = np.flatnonzero(table)
    if not codes.size:
        return np.empty(0), np.empty(0, np.int64)
    step = max(int(np.gcd.reduce(np.diff(codes))), 1)  # of the converter, 16 counts at 12 bit
    numbers = table[codes[0] : codes[-1] + 1 : step]
    steps_per_bin = -(-numbers.size // _MAX_BINS)
    counts = np.add.reduceat(numbers, np.arange(0, numbers.size, steps_per_bin))
    edges = codes[0] - step / 2 + np.arange(counts.size + 1) * (step * steps_per_bin)
    return edges, counts
