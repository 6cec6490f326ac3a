"""Reads a channel's trace for a stretch of time: no more than the pixels need."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ...errors import ConfigurationError, StorageError
from ...kernels import decimation
from ...reader import Source, draw_window
from .frame import Columns, Samples, Trace

#: With fewer samples a column than this, a line through all of them is drawn.
SAMPLES_PER_COLUMN = 2

#: A time so little (in sample intervals) before another counts as the same one.
_JUST_AFTER = 2e-3


#: Samples that are read whole where a file has no overview, as those of PicoStream.
_MOST_WITHOUT_OVERVIEW = 200_000_000


def read_traces(
    source: Source, names: Iterable[str], begin_s: float, end_s: float, n_columns: int
) -> dict[str, Trace]:
    """Read what a picture of some channels needs.

    :raises ConfigurationError: it would take ages, because the file has no overview.
    :raises StorageError: the file cannot be read.
    """
    if not is_bounded(source, begin_s, end_s):
        shortest_s = _MOST_WITHOUT_OVERVIEW * source.interval_s
        raise ConfigurationError(
            f"This file has no overview; show less than {shortest_s:.3g} s of it."
        )
    return {name: read_trace(source, name, begin_s, end_s, n_columns) for name in names}


def is_bounded(source: Source, begin_s: float, end_s: float) -> bool:
    """Whether a stretch can be drawn without reading all of a very long one."""
    first, stop = sample_range(source, begin_s, end_s)
    return stop - first <= _MOST_WITHOUT_OVERVIEW or all(map(source.levels, source.channels))


def read_trace(source: Source, channel: str, begin_s: float, end_s: float, n_columns: int) -> Trace:
    """Read what a picture of ``n_columns`` columns of pixels needs.

    :raises StorageError: the file cannot be read.
    """
    first, stop = sample_range(source, begin_s, end_s)
    is_long = stop - first > SAMPLES_PER_COLUMN * n_columns
    if is_long or source.lacks_samples(begin_s, end_s):
        return read_columns(source, channel, begin_s, end_s, n_columns)
    try:
        if source.values_per_sample == 2:
            return _read_pairs(source, channel, begin_s, end_s, n_columns)
        return read_samples(source, channel, begin_s, end_s)
    except StorageError:  # some of them are missing, or were overwritten just now
        return read_columns(source, channel, begin_s, end_s, n_columns)


def read_columns(
    source: Source, channel: str, begin_s: float, end_s: float, n_columns: int
) -> Columns:
    """Read one envelope a column; columns narrower than a sample may be empty."""
    columns_mv = draw_window(source, channel, begin_s, end_s, n_columns)
    return Columns(begin_s, end_s, columns_mv * 1e-3)


def sample_range(source: Source, begin_s: float, end_s: float) -> tuple[int, int]:
    """First sample of a stretch, and the first one after it, of those in the file."""
    indices = source.timeline.samples_at(np.array([begin_s, end_s]))
    first, stop = np.clip(indices, 0, source.num_samples).tolist()
    return first, stop


def _read_volts(source: Source, channel: str, start: int, stop: int) -> NDArray[np.float64]:
    counts = source.read_counts(channel, start, stop)
    scale = source.channels[channel].metadata.count_scale
    volts = np.empty(counts.size)
    decimation.scaled(counts, scale.volts_per_count, scale.offset_v, volts)
    return volts


def read_samples(source: Source, channel: str, begin_s: float, end_s: float) -> Samples:
    """Read all samples of a stretch and one more on each side.

    :raises StorageError: they are not all there.
    """
    first, stop = sample_range(source, begin_s, end_s)
    start, stop = max(first - 1, 0), min(stop + 1, source.num_samples)
    times_s = source.timeline.times(start, stop - start)
    volts = _read_volts(source, channel, start, stop)
    gaps = source.timeline.gap_starts
    inside = gaps[(gaps > start) & (gaps < stop)] - start
    if source.values_per_sample == 2:
        times_s, inside = np.repeat(times_s, 2), 2 * inside
    return Samples(np.insert(times_s, inside, times_s[inside]), np.insert(volts, inside, np.nan))


def read_values(source: Source, instants_s: tuple[float, ...]) -> dict[str, tuple[float, ...]]:
    """Voltage of each channel at the sample next to some times; NaN where there is none.

    Of a (min, max) pair it is the middle.
    """
    if not (instants_s and source.num_samples):
        return {}
    found = {}
    for name in source.channels:
        if not source.channels[name].metadata.is_digital:
            found[name] = tuple(_value(source, name, instant_s) for instant_s in instants_s)
    return found


def _value(source: Source, channel: str, instant_s: float) -> float:
    behind = int(source.timeline.samples_at(np.array([instant_s]))[0])
    start, stop = max(behind - 1, 0), min(behind + 1, source.num_samples)
    if start >= stop:
        return math.nan
    distances_s = np.abs(source.timeline.times(start, stop - start) - instant_s)
    nearest = int(distances_s.argmin())
    if distances_s[nearest] > source.interval_s:  # in a gap, or outside of the recording
        return math.nan
    try:
        values_v = _read_volts(source, channel, start + nearest, start + nearest + 1)
    except StorageError:  # missing, or overwritten just now
        return math.nan
    return float(values_v.mean())


def _read_pairs(
    source: Source, channel: str, begin_s: float, end_s: float, n_columns: int
) -> Columns:
    """Columns of (min, max) pairs, each of which stands for the whole time up to the next one."""
    width_s = (end_s - begin_s) / n_columns
    middles_s = np.linspace(begin_s + width_s / 2, end_s - width_s / 2, n_columns)
    behind = source.timeline.samples_at(middles_s + _JUST_AFTER * source.interval_s)
    index = np.clip(behind - 1, 0, max(source.num_samples - 1, 0))
    values_v = np.full((n_columns, 4), np.nan)
    if source.num_samples:
        start, stop = int(index[0]), int(index[-1]) + 1
        pairs = _read_volts(source, channel, start, stop).reshape(-1, 2)
        begins_s = source.timeline.times(start, stop - start)[index - start]
        held = (middles_s >= begins_s) & (middles_s < begins_s + source.interval_s)
        values_v[held] = pairs[index - start][held][:, [0, 0, 1, 1]]
    return Columns(begin_s, end_s, values_v)
