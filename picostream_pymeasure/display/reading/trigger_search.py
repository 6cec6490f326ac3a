"""Finds the edge that holds a picture still, with reads that are bounded whatever the window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import StorageError
from ...reader import Source, draw_window
from .edge import Edge
from .frame import Samples
from .trace_reader import read_samples

#: Columns that a stretch of time is divided into, again and again, until few samples are left.
_COLUMNS = 1024
_FEW_SAMPLES = 65_536

#: Columns with a possible edge that are looked into, the latest first.
_TRIES = 4

#: Between 0 and 1.
_HALF = 0.5


def find_last_edge(source: Source, edge: Edge, begin_s: float, end_s: float) -> float | None:
    """Time of the last edge in a stretch, interpolated between two samples; None without one.

    :raises StorageError: the file cannot be read.
    """
    if begin_s >= end_s:
        return None
    if edge.bit is not None:
        edge = replace(edge, level_v=_HALF, hysteresis_v=0.0)
    if (end_s - begin_s) / source.interval_s <= _FEW_SAMPLES:
        return _last_in_samples(source, edge, begin_s, end_s)
    edges_s = np.linspace(begin_s, end_s, _COLUMNS + 1)
    columns = _of_bit(draw_window(source, edge.channel, begin_s, end_s, _COLUMNS) * 1e-3, edge.bit)
    for number in _candidates(columns, edge)[::-1][:_TRIES]:
        # the low part may lie in the column before
        found = find_last_edge(source, edge, edges_s[max(number - 1, 0)], edges_s[number + 1])
        if found is not None:
            return found
    return None


def _of_bit(values_v: NDArray[np.float64], bit: int | None) -> NDArray[np.float64]:
    """0 and 1 of one bit in place of patterns, of which 1 reads as 1 mV; NaN stays."""
    if bit is None:
        return values_v
    patterns = np.rint(np.nan_to_num(values_v) * 1e3).astype(np.int64)
    return np.where(np.isnan(values_v), np.nan, (patterns >> bit) & 1)


def _candidates(columns: NDArray[np.float64], edge: Edge) -> NDArray[np.int64]:
    """Columns that reach the level and come, or may come, from beyond the hysteresis."""
    low, high = (columns[:, 1], columns[:, 2]) if edge.rising else (-columns[:, 2], -columns[:, 1])
    level = edge.level_v if edge.rising else -edge.level_v
    return np.flatnonzero(_arrivals(low <= level - edge.hysteresis_v, high >= level))


def _arrivals(below: NDArray[np.bool_], above: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where ``above`` holds for the first time since ``below`` did last; both may hold at once."""
    index = np.arange(below.size)
    last_below = np.maximum.accumulate(np.where(below, index, -1))
    last_above = np.maximum.accumulate(np.where(above, index, -1))
    before = np.concatenate(([-1], last_above[:-1]))
    return above & (last_below >= 0) & (last_below >= before)


def _last_in_samples(source: Source, edge: Edge, begin_s: float, end_s: float) -> float | None:
    samples = _samples(source, edge.channel, begin_s, end_s)
    if samples is None or samples.values_v.size < 2:
        return None
    values = _of_bit(samples.values_v, edge.bit)
    values = values if edge.rising else -values
    level = edge.level_v if edge.rising else -edge.level_v
    above = values >= level
    low = (values <= level - edge.hysteresis_v) & ~above
    found = np.flatnonzero(_arrivals(low, above))
    if not found.size:
        return None
    return _crossing_s(samples.times_s, values, level, int(found[-1]))


def _samples(source: Source, channel: str, begin_s: float, end_s: float) -> Samples | None:
    try:
        return read_samples(source, channel, begin_s, end_s)
    except StorageError:  # chunks are missing, or were overwritten just now
        return None


def _crossing_s(
    times_s: NDArray[np.float64], values: NDArray[np.float64], level: float, index: int
) -> float:
    """When the line from the sample before to this one passes the level."""
    before, after = values[index - 1], values[index]
    if not before < level or times_s[index] == times_s[index - 1]:
        return float(times_s[index])
    share = (level - before) / (after - before)
    return float(times_s[index - 1] + share * (times_s[index] - times_s[index - 1]))
