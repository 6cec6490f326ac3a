"""Drawing data for a stretch of time, from the coarsest overview level that is fine enough."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..errors import StorageError
from ..kernels import decimation
from ..kernels.columns import add_bins, add_samples
from ..storage import Rows
from .kept_stream import fill_from_stream
from .source import Source

#: Samples a bin and bins, the coarsest last.
FittingLevels = list[tuple[int, Rows]]

#: Bins a column at least; an edge between columns is off by half a bin at most.
_BINS_PER_COLUMN = 4

#: Windows up to this many samples are drawn from the samples themselves.
_RAW_SAMPLES = 2_000_000

#: Shorter rests beside whole bins are read raw rather than from finer levels.
_RAW_REST = 1 << 16

#: Samples read at once where there is no overview.
_PIECE_SAMPLES = 1 << 20

#: Gaps at which bins are cut; each costs a few small reads.
_MAX_CUTS = 8


def draw_window(
    source: Source, channel: str, begin_s: float, end_s: float, n_out: int
) -> NDArray[np.float64]:
    """Make ``n_out`` columns; see ``PicoStreamReader.window``."""
    edges_s = begin_s + (end_s - begin_s) * (np.arange(n_out + 1) / n_out)
    edges = np.clip(source.timeline.samples_at(edges_s), 0, source.num_samples)
    picture = _Picture(source, channel, edges)
    column_samples = (end_s - begin_s) / n_out / source.timeline.interval_s
    levels = picture.fitting_levels(column_samples)
    cuts = _cuts(source, edges, column_samples) if levels else edges[[0, -1]].tolist()
    for start, stop in pairwise(cuts):
        picture.add(start, stop, levels)
    columns_mv = picture.in_mv()
    if source.stream_timeline is not None:
        fill_from_stream(source, channel, edges_s, columns_mv)
    return columns_mv


def _cuts(source: Source, edges: NDArray[np.int64], column_samples: float) -> list[int]:
    """Where no bin may reach across: both ends, wide gaps, and edges next to one of them.

    A column that an end or a gap leaves little of may hold no bin's middle.
    """
    first, stop = int(edges[0]), int(edges[-1])
    gaps = source.timeline.wide_gaps(first, stop, column_samples, _MAX_CUTS)
    ends = np.concatenate(([first], gaps, [stop]))
    before = edges[np.maximum(np.searchsorted(edges, ends, side="left") - 1, 0)]
    after = edges[np.minimum(np.searchsorted(edges, ends, side="right"), edges.size - 1)]
    little = column_samples / 2
    before, after = before[ends - before < little], after[after - ends < little]
    found: list[int] = np.unique(np.concatenate((before, ends, after))).tolist()
    return found


class _Picture:
    """Columns that are filled from left to right."""

    def __init__(self, source: Source, channel: str, edges: NDArray[np.int64]) -> None:
        self._source = source
        self._channel = channel
        self._edges = edges
        dtype = source.channels[channel].counts.dtype
        self._columns = np.zeros((edges.size - 1, 4), dtype)
        self._filled = np.zeros(edges.size - 1, np.bool_)

    def fitting_levels(self, column_samples: float) -> FittingLevels:
        """Overview levels that are fine enough, the coarsest last."""
        if self._edges[-1] - self._edges[0] <= _RAW_SAMPLES:
            return []
        return [
            (factor, bins)
            for factor, bins in self._source.levels(self._channel).items()
            if factor * _BINS_PER_COLUMN <= column_samples
        ]

    def add(self, start: int, stop: int, levels: FittingLevels) -> None:
        """Add the samples from ``start`` to ``stop``: whole bins, and their rests from below."""
        if start == stop:
            return
        if not levels or stop - start < _RAW_REST:
            self._add_samples(start, stop)
            return
        (factor, bins), finer = levels[-1], levels[:-1]
        first, last = -(-start // factor), min(stop // factor, bins.rows)
        if first >= last:
            self.add(start, stop, finer)
            return
        self.add(start, first * factor, finer)
        values = bins.read(first, last)
        add_bins(values, first * factor, factor, self._edges, self._columns, self._filled)
        self.add(last * factor, stop, finer)

    def _add_samples(self, start: int, stop: int) -> None:
        if stop - start <= _PIECE_SAMPLES:
            with contextlib.suppress(StorageError):  # to ask first costs more than to read
                self._add_piece(start, stop)
                return
        for begin, end in self._source.written(self._channel, start, stop):
            for first, last in _pieces(begin, end):
                self._add_piece(first, last)

    def _add_piece(self, start: int, stop: int) -> None:
        counts = self._source.read_counts(self._channel, start, stop)
        width = self._source.values_per_sample
        add_samples(counts, start, width, self._edges, self._columns, self._filled)

    def in_mv(self) -> NDArray[np.float64]:
        """The columns in millivolts, empty ones as NaN."""
        metadata = self._source.channels[self._channel].metadata
        millivolts = np.empty(self._columns.shape)
        decimation.scaled(
            self._columns.ravel(), metadata.scale_mv, metadata.offset_mv, millivolts.ravel()
        )
        millivolts[~self._filled] = np.nan
        return millivolts


def _pieces(start: int, stop: int) -> Iterator[tuple[int, int]]:
    for first in range(start, stop, _PIECE_SAMPLES):
        yield first, min(first + _PIECE_SAMPLES, stop)
