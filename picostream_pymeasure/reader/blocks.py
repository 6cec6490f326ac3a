"""Stretches of a channel as seconds and millivolts, reduced while they are read.

Long ones are read and reduced on all cores: neither the system's read nor the kernels hold the GIL.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError
from ..kernels import decimation
from ..system.memory import free_memory
from .recycled import RecycledMemory
from .source import Source

Samples = tuple[NDArray[np.float64], NDArray[np.float64]]

#: Values read at once: far more than a call costs, and they stay in a core's cache.
_PIECE_VALUES = 1 << 18

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
        self._memory = RecycledMemory()

    def read(self, start: int, size: int, factor: int, mode: str) -> Samples:
        """Times and voltages of ``size`` samples, as ``PicoStreamReader.get_block`` says.

        :raises ConfigurationError: they do not fit into the memory that is free.
        """
        self.require_memory(size, factor, mode)
        times_s = self._memory.empty(self.rows(size, factor, mode))
        voltages_mv = self._memory.empty(times_s.size)
        tasks = self._reductions(start, size, factor, mode, voltages_mv)
        self._share([partial(self._fill_times, start, factor, mode, times_s), *tasks])
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
        times_s = self._memory.empty(self.rows(size, factor, mode))
        self._fill_times(start, factor, mode, times_s)
        return times_s

    def voltages_mv(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Voltages of a block; float64."""
        voltages_mv = self._memory.empty(self.rows(size, factor, mode))
        self._share(self._reductions(start, size, factor, mode, voltages_mv))
        return voltages_mv

    def _keeps_all(self, factor: int, mode: str) -> bool:
        return factor == 1 and (mode == "mean" or self._width == 2)

    def _fill_times(self, start: int, factor: int, mode: str, out: NDArray[np.float64]) -> None:
        if self._keeps_all(factor, mode) and self._width == 2:
            out[::2] = out[1::2] = self._source.timeline.times(start, out.size // 2)
        else:
            self._source.timeline.fill(out, start, self.row_samples(factor, mode))

    def _reductions(
        self, start: int, size: int, factor: int, mode: str, out: NDArray[np.float64]
    ) -> list[Callable[[], None]]:
        """What is to be done for a block, piece by piece, each of whole groups, in any order."""
        samples = max(1, _PIECE_VALUES // (factor * self._width)) * factor
        values = samples // factor * self.rows(factor, factor, mode)
        return [
            partial(
                self._reduce,
                start + first,
                start + min(first + samples, size),
                factor,
                mode,
                out[number * values : (number + 1) * values],
            )
            for number, first in enumerate(range(0, size, samples))
        ]

    def _share(self, tasks: list[Callable[[], None]]) -> None:
        """Do all of them, on as many cores as there are; few on this one alone."""
        waiting = iter(tasks)

        def work() -> None:
            for task in waiting:
                task()

        others = min(os.cpu_count() or 1, len(tasks) - 1) - 1
        helpers = [self._source.workers.submit(work) for _ in range(others)]
        try:
            work()
        finally:
            for helper in helpers:
                helper.result()

    def _reduce(
        self, start: int, stop: int, factor: int, mode: str, out: NDArray[np.float64]
    ) -> None:
        """Reduce whole groups, or one that is longer than what is read at once."""
        scale_mv, offset_mv = self._metadata.scale_mv, self._metadata.offset_mv
        if (stop - start) * self._width > _PIECE_VALUES:
            out[:] = self._mean(start, stop) if mode == "mean" else self._extremes(start, stop)
            out *= scale_mv
            out -= offset_mv
            return
        counts, group = self._read(start, stop), factor * self._width
        if self._keeps_all(factor, mode):
            decimation.to_mv(counts, scale_mv, offset_mv, out)
        elif mode == "mean":
            decimation.mean_mv(counts, group, scale_mv, offset_mv, out)
        else:
            decimation.min_max_mv(counts, group, scale_mv, offset_mv, out)

    def _mean(self, start: int, stop: int) -> float:
        total = sum(int(counts.sum(dtype=np.int64)) for counts in self._pieces(start, stop))
        return total / ((stop - start) * self._width)

    def _extremes(self, start: int, stop: int) -> tuple[int, int]:
        pairs = [(counts.min(), counts.max()) for counts in self._pieces(start, stop)]
        return min(low for low, _ in pairs), max(high for _, high in pairs)

    def _pieces(self, start: int, stop: int) -> Iterator[NDArray[Any]]:
        """Counts piece by piece, each gone when the next one comes."""
        samples = max(1, _PIECE_VALUES // self._width)
        for first in range(start, stop, samples):
            yield self._read(first, min(first + samples, stop))

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        """Counts in the memory that this thread uses again and again."""
        needed = (stop - start) * self._width
        buffer = getattr(self._local, "buffer", None)
        if buffer is None or buffer.size < needed:
            buffer = self._local.buffer = np.empty(needed, self._dtype)
        return self._source.read_counts(self._channel, start, stop, buffer)
