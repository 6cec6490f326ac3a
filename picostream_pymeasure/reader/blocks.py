"""Stretches of a channel as seconds and millivolts, reduced while they are read.

Long ones are read and reduced on all cores: neither the system's read nor the kernels hold the GIL.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError
from ..kernels import decimation
from ..system.memory import free_memory
from .source import Source

Samples = tuple[NDArray[np.float64], NDArray[np.float64]]

#: Values read at once: far more than a call costs, far less than memory holds.
_PIECE_VALUES = 1 << 20

#: From so many values on a block is shared out among the cores.
_SHARED_VALUES = 1 << 18

#: Takes the first sample of whole groups, seen from the block's begin, and their counts.
Reduce = Callable[[int, NDArray[Any]], None]

#: Blocks below this size are made without a look at the memory.
_SURE_BYTES = 1 << 28


class BlockReader:
    """Reads blocks of one channel; only what it returns is as large as the block."""

    def __init__(self, source: Source, channel: str) -> None:
        self._source = source
        self._channel = channel
        self._metadata = source.channels[channel].metadata
        self._width = source.values_per_sample
        self._dtype = source.channels[channel].counts.dtype
        self._local = threading.local()

    def read(self, start: int, size: int, factor: int, mode: str) -> Samples:
        """Times and voltages of ``size`` samples, as ``PicoStreamReader.get_block`` says.

        :raises ConfigurationError: they do not fit into the memory that is free.
        """
        self.require_memory(size, factor, mode)
        if self.rows(size, factor, mode) < _SHARED_VALUES:
            times_s = self.times_s(start, size, factor, mode)
            return times_s, self.voltages_mv(start, size, factor, mode)
        times = self._source.workers.submit(self.times_s, start, size, factor, mode)
        try:
            voltages_mv = self.voltages_mv(start, size, factor, mode)
        finally:
            times_s = times.result()
        return times_s, voltages_mv

    def rows(self, size: int, factor: int, mode: str) -> int:
        """How many values a block of ``size`` samples has."""
        if self._keeps_all(factor, mode):
            return size * self._width
        return -(-size // factor) * (1 if mode == "mean" else 2)

    def row_samples(self, factor: int, mode: str) -> float:
        """How many samples one value of a block stands for."""
        if self._keeps_all(factor, mode):
            return 1 / self._width
        return factor if mode == "mean" else factor / 2

    def require_memory(self, size: int, factor: int, mode: str, arrays: int = 2) -> None:
        """Raise :class:`ConfigurationError` when a block has no room in the memory.

        The system would promise it all the same, and kill the program when it is used.
        """
        needed = 8 * arrays * self.rows(size, factor, mode)
        if needed < _SURE_BYTES:
            return
        free = free_memory()
        if needed > free.n_bytes:
            raise ConfigurationError(
                f"This block needs {needed / 1e9:.2f} GB but {free}; decimate it more, or read it "
                "piece by piece with get_block_iter."
            )

    def times_s(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Times of a block; float64."""
        if self._keeps_all(factor, mode):
            times = self._source.timeline.times(start, size)
            return np.repeat(times, 2) if self._width == 2 else times
        step = self.row_samples(factor, mode)
        return self._source.timeline.times(start, self.rows(size, factor, mode), step)

    def voltages_mv(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Voltages of a block; float64."""
        if self._keeps_all(factor, mode):
            return self._undecimated(start, size)
        if mode == "mean":
            return self._means(start, size, factor)
        return self._extremes(start, size, factor)

    def _keeps_all(self, factor: int, mode: str) -> bool:
        return factor == 1 and (mode == "mean" or self._width == 2)

    def _undecimated(self, start: int, size: int) -> NDArray[np.float64]:
        out = np.empty(size * self._width)
        scale_mv, offset_mv = self._metadata.scale_mv, self._metadata.offset_mv

        def convert(first: int, counts: NDArray[Any]) -> None:
            part = out[first * self._width :][: counts.size]
            decimation.to_mv(counts, scale_mv, offset_mv, part)

        self._for_each_piece(start, size, 1, convert)
        return out

    def _means(self, start: int, size: int, factor: int) -> NDArray[np.float64]:
        group = factor * self._width
        if group > _PIECE_VALUES:
            return self._in_mv([self._long_mean(*long) for long in _groups(start, size, factor)])
        out = np.empty(-(-size // factor))
        scale_mv, offset_mv = self._metadata.scale_mv, self._metadata.offset_mv

        def average(first: int, counts: NDArray[Any]) -> None:
            part = out[first // factor :][: -(-counts.size // group)]
            decimation.mean_mv(counts, group, scale_mv, offset_mv, part)

        self._for_each_piece(start, size, factor, average)
        return out

    def _extremes(self, start: int, size: int, factor: int) -> NDArray[np.float64]:
        group = factor * self._width
        if group > _PIECE_VALUES:
            pairs = [self._long_extremes(*long) for long in _groups(start, size, factor)]
            return self._in_mv([count for pair in pairs for count in pair])
        out = np.empty(2 * -(-size // factor))
        scale_mv, offset_mv = self._metadata.scale_mv, self._metadata.offset_mv

        def find(first: int, counts: NDArray[Any]) -> None:
            part = out[2 * first // factor :][: 2 * -(-counts.size // group)]
            decimation.min_max_mv(counts, group, scale_mv, offset_mv, part)

        self._for_each_piece(start, size, factor, find)
        return out

    def _long_mean(self, start: int, size: int) -> float:
        total = sum(int(counts.sum(dtype=np.int64)) for _, counts in self._pieces(start, size, 1))
        return total / (size * self._width)

    def _long_extremes(self, start: int, size: int) -> tuple[int, int]:
        pairs = [(counts.min(), counts.max()) for _, counts in self._pieces(start, size, 1)]
        return min(low for low, _ in pairs), max(high for _, high in pairs)

    def _in_mv(self, counts: list[float] | list[int]) -> NDArray[np.float64]:
        return np.array(counts, np.float64) * self._metadata.scale_mv - self._metadata.offset_mv

    def _for_each_piece(self, start: int, size: int, factor: int, reduce: Reduce) -> None:
        """Read a block piece by piece; of a long one several pieces at once."""
        if size * self._width < _SHARED_VALUES:
            for first, counts in self._pieces(start, size, factor):
                reduce(first, counts)
            return

        def read_and_reduce(first: int) -> None:
            stop = min(first + samples, size)
            reduce(first, self._read(start + first, start + stop))

        most = min(_PIECE_VALUES, -(-size * self._width // (os.cpu_count() or 1)))
        samples = max(1, most // (factor * self._width)) * factor
        for _ in self._source.workers.map(read_and_reduce, range(0, size, samples)):
            pass

    def _pieces(self, start: int, size: int, factor: int) -> Iterator[tuple[int, NDArray[Any]]]:
        """Counts of whole groups piece by piece, each with its first sample seen from ``start``.

        All pieces share one buffer: each is gone when the next one comes.
        """
        samples = max(1, _PIECE_VALUES // (factor * self._width)) * factor
        for first in range(0, size, samples):
            yield first, self._read(start + first, start + min(first + samples, size))

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        """Counts in the memory that this thread uses again and again."""
        needed = (stop - start) * self._width
        buffer = getattr(self._local, "buffer", None)
        if buffer is None or buffer.size < needed:
            buffer = self._local.buffer = np.empty(needed, self._dtype)
        return self._source.read_counts(self._channel, start, stop, buffer)


def _groups(start: int, size: int, factor: int) -> Iterator[tuple[int, int]]:
    for first in range(0, size, factor):
        yield start + first, min(factor, size - first)
