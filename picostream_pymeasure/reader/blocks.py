"""Stretches of a channel as seconds and millivolts, reduced while they are read.

Long ones are read and reduced on all cores: neither the system's read nor the kernels hold the GIL.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels import decimation
from ..system import memory
from ..system.thread_memory import ThreadMemory
from .ahead import AheadArray
from .recycled import RecycledMemory
from .source import Source

Samples = tuple[NDArray[np.float64], NDArray[np.float64]]

#: Values read at once: threads that meet in Python between two reads wait long for each other.
_PIECE_VALUES = 1 << 20

#: Shorter blocks take less time than to hand them over, longer ones much memory.
_LEAST_AHEAD_VALUES, _MOST_AHEAD_BYTES = 1 << 17, 1 << 24

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
        self._scratch = ThreadMemory()
        self._memory = RecycledMemory()

    def read(self, start: int, size: int, factor: int, mode: str) -> Samples:
        """Times and voltages of ``size`` samples, as ``PicoStreamReader.get_block`` says.

        :raises ConfigurationError: they do not fit into the memory that is free.
        """
        self.require_memory(size, factor, mode)
        times_s = self._memory.empty(self.rows(size, factor, mode))
        voltages_mv = self._memory.empty(times_s.size)
        tasks = self._reductions(start, size, factor, mode, voltages_mv)
        self._share([partial(self._fill_times, start, factor, mode, times_s), *tasks], _cores())
        return times_s, voltages_mv

    def can_be_ahead(self, size: int, factor: int, mode: str) -> bool:
        """Whether blocks of that size are worth to be made before they are asked for."""
        n_bytes = 8 * self.rows(size, factor, mode)
        return size * self._width >= _LEAST_AHEAD_VALUES and n_bytes <= _MOST_AHEAD_BYTES

    def read_ahead(self, start: int, size: int, factor: int, mode: str) -> AheadArray:
        """The voltages that :meth:`read` gives, made on one core meanwhile.

        Not the times: what is made ahead should stay in the processor's cache.
        """
        make = partial(self._voltages_on, 1, start, size, factor, mode)
        return AheadArray(self._source.workers, make)

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
        """Raise :class:`ConfigurationError` when a block has no room in the memory."""
        needed = 8 * arrays * self.rows(size, factor, mode)
        if needed >= _SURE_BYTES:
            instead = "decimate it more, or read it piece by piece with get_block_iter"
            memory.require(needed, "This block needs", instead)

    def times_s(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Times of a block in s; float64."""
        times_s = self._memory.empty(self.rows(size, factor, mode))
        self._fill_times(start, factor, mode, times_s)
        return times_s

    def voltages_mv(self, start: int, size: int, factor: int, mode: str) -> NDArray[np.float64]:
        """Voltages of a block in mV; float64."""
        return self._voltages_on(_cores(), start, size, factor, mode)

    def _voltages_on(
        self, cores: int, start: int, size: int, factor: int, mode: str
    ) -> NDArray[np.float64]:
        voltages_mv = self._memory.empty(self.rows(size, factor, mode))
        self._share(self._reductions(start, size, factor, mode, voltages_mv), cores)
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

    def _share(self, tasks: list[Callable[[], None]], cores: int) -> None:
        """Do all of them, on as many cores; few on this one alone."""
        waiting = iter(tasks)

        def work() -> None:
            for task in waiting:
                task()

        others = min(cores, len(tasks) - 1) - 1
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
            decimation.scaled(counts, scale_mv, offset_mv, out)
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
        size = (stop - start) * self._width
        buffer = self._scratch.take("counts", (size,), self._dtype)
        return self._source.read_counts(self._channel, start, stop, buffer)


def _cores() -> int:
    return os.cpu_count() or 1
