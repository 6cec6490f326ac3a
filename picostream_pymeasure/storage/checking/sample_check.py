"""Reads all samples of a recording once, on all cores, for their checksums and their overview.

Each piece, chunks that lie side by side in the file, is read into memory of its thread's own that
is used again, and checked there without the GIL. The bins that the samples give are held against
the stored ones; those of the coarser levels are made of them where all their chunks are right.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError, StorageError
from ...kernels.envelope import summarise
from ...kernels.verification import check_chunks, count_different, merge_bins, summarise_strided
from ...system.thread_memory import ThreadMemory
from ..bytes.fixed_array import PAGE_ENTRIES
from ..layout.plan import GrowingDataset, Plan
from ..reading import PlannedFile, Recording, Rows
from ..reading.published import Moment
from ..schema import FILL_VALUES, counts_path
from .chunk_check import ChunkCheck

#: Bytes read at once: threads wait for each other in Python between two of them.
_PIECE_BYTES = 1 << 23

#: Samples after which the coarser levels are compared; whole bins of the coarsest.
_WINDOW_SAMPLES = 1 << 28

_FINEST, _SECOND, _STEP = 256, 4096, 16

#: The state of a chunk.
_RIGHT, _DAMAGED, _MISSING, _UNPROVEN, _OVERWRITTEN = range(5)


@dataclass(frozen=True)
class _Channel:
    """An input, and what is found out about it.

    :param number: among the inputs.
    :param begin: where in a piece its first chunk begins, in bytes.
    :param levels: stored bins, by samples a bin.
    :param states: of all chunks that are checked.
    """

    number: int
    counts: GrowingDataset
    begin: int
    dtype: np.dtype[Any]
    levels: Mapping[int, Rows]
    states: NDArray[np.uint8]
    check: ChunkCheck


class SampleCheck:
    """Checks the samples of one recording of ours.

    :param samples: how many are checked, from the first that the file holds on.
    :param progress: called with the bytes of each piece that was read.
    """

    def __init__(self, recording: Recording, samples: int, progress: Callable[[int], None]) -> None:
        assert recording.planned is not None
        self._planned: PlannedFile = recording.planned
        self._plan: Plan = self._planned.plan
        self._begin = recording.first_sample
        self._end = recording.first_sample + samples
        self._progress = progress
        self._memory = ThreadMemory()
        self._noting = threading.Lock()
        chunk = self._plan.chunk_samples
        self._first_chunk, self._stop_chunk = self._begin // chunk, -(-self._end // chunk)
        self._open = self._open_chunk()
        needed = self._stop_chunk - self._first_chunk
        self._first_counts = self._plan.datasets[counts_path(self._plan.inputs[0])]
        most = max(_PIECE_BYTES // self._first_counts.stride, 1)
        # a power of two: those of a piece lie side by side in one segment
        self._piece_chunks = min(1 << (most.bit_length() - 1), PAGE_ENTRIES)
        self._channels = {}
        for number, name in enumerate(self._plan.inputs):
            counts, levels = self._plan.datasets[counts_path(name)], recording.channels[name].levels
            self._channels[name] = _Channel(
                number,
                counts,
                counts.offset - self._plan.data_offset,
                self._plan.dtype_of(name),
                levels,
                np.zeros(needed, np.uint8),
                ChunkCheck(needed),
            )

    def _open_chunk(self) -> Moment | None:
        """What is told of the last chunk of a file that was not finished.

        What came since is in the chunk too; its row of checksums is empty, or that of all of it.
        """
        if self._planned.published.is_finished:
            return None
        for moment in self._planned.published.moments:
            is_last = moment.samples // self._plan.chunk_samples == self._stop_chunk - 1
            if is_last and moment.samples >= self._end and any(moment.checksums):
                return moment
        return None

    def run(self) -> dict[str, ChunkCheck]:
        """Check everything; what was found by channel, chunks counted from the file's first."""
        published = self._planned.published
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            window = _WINDOW_SAMPLES // self._plan.chunk_samples
            for first, stop in _stretches(self._first_chunk, self._stop_chunk, window):
                self._run_window(pool, first, stop)
        # a repair that did not end may have begun to give the last chunk another checksum
        is_mended = published.repair_began and not published.is_finished
        for channel in self._channels.values():
            states, check = channel.states, channel.check
            if is_mended and self._end % self._plan.chunk_samples and states[-1] == _DAMAGED:
                states[-1] = _UNPROVEN
            check.damaged = np.flatnonzero(states == _DAMAGED).tolist()
            check.missing = np.flatnonzero(states == _MISSING).tolist()
            check.needed -= int((states >= _UNPROVEN).sum())
        return {name: channel.check for name, channel in self._channels.items()}

    def _run_window(self, pool: ThreadPoolExecutor, first: int, stop: int) -> None:
        chunk, samples = self._plan.chunk_samples, self._plan.chunk_samples * (stop - first)
        bins = {
            name: np.empty((samples // _SECOND, 4), channel.dtype)
            for name, channel in self._channels.items()
        }

        def check(piece: tuple[int, int]) -> int:
            at, end = ((number - first) * chunk // _SECOND for number in piece)
            return self._check_piece(*piece, {name: rows[at:end] for name, rows in bins.items()})

        for n_bytes in pool.map(check, _stretches(first, stop, self._piece_chunks)):
            self._progress(n_bytes)
        for name, channel in self._channels.items():
            self._check_levels(channel, first * chunk, bins[name])

    def _check_piece(self, first: int, stop: int, second: dict[str, NDArray[Any]]) -> int:
        """Check the chunks of a piece, and give the bins of the second level.

        :returns: bytes that were read.
        """
        content, present = self._load(first, stop)
        for name, channel in self._channels.items():
            states = channel.states[first - self._first_chunk : stop - self._first_chunk]
            behind_first = present - channel.begin - channel.counts.chunk_bytes
            n_present = min(max(behind_first // channel.counts.stride + 1, 0), stop - first)
            states[n_present:] = _MISSING
            if n_present:
                self._check_channel(name, first, content, states[:n_present], second[name])
        if self._plan.is_ring:
            self._leave_out_overwritten(first, stop)
        return present

    def _check_channel(
        self,
        name: str,
        first_chunk: int,
        content: NDArray[np.uint8],
        states: NDArray[np.uint8],
        second: NDArray[Any],
    ) -> None:
        """Check chunks; those that could not be read are noted in ``states`` already."""
        channel = self._channels[name]
        values = content.view(channel.dtype)
        first, stride = (n // values.itemsize for n in (channel.begin, channel.counts.stride))
        size, n_chunks = channel.counts.chunk_rows, len(states)
        try:
            stored = self._planned.checksums(name, first_chunk, n_chunks)
        except FileFormatError:
            states[:] = _DAMAGED
            return
        if first_chunk + n_chunks == self._stop_chunk and self._open is not None:
            at = first + (n_chunks - 1) * stride
            filled = self._open.samples % self._plan.chunk_samples * self._plan.values_per_sample
            values[at + filled : at + size] = FILL_VALUES[channel.dtype.str]
            stored[-1] = self._open.checksums[channel.number]
        right = np.zeros(n_chunks, np.bool_)
        check_chunks(values, first, stride, size, first_chunk, stored, right)
        states[~right] = _DAMAGED
        self._check_bins(channel, first_chunk, values, states == _RIGHT, second)

    def _check_bins(
        self,
        channel: _Channel,
        first_chunk: int,
        values: NDArray[Any],
        right: NDArray[np.bool_],
        second: NDArray[Any],
    ) -> None:
        """Compare the finest bins of the chunks that are right."""
        first, stride = (n // values.itemsize for n in (channel.begin, channel.counts.stride))
        chunk, width = self._plan.chunk_samples, self._plan.values_per_sample
        per_chunk = chunk // _FINEST
        bins = self._memory.take("bins", (len(right) * per_chunk, 4), values.dtype)
        group = _FINEST * width
        summarise_strided(values, first, stride, chunk * width, group, bins)
        begin = first_chunk * chunk
        valid = min(self._end - begin, len(right) * chunk)
        if valid % _FINEST and self._end == begin + valid:  # of the last bin only what counts
            index = valid // _FINEST
            at = first + index // per_chunk * stride + index % per_chunk * group
            part = values[at : at + valid % _FINEST * width]
            summarise(part, part.size, bins[index : index + 1])
        used = bins[: -(-valid // _FINEST)]
        self._compare(channel, _FINEST, begin, used, np.repeat(right, per_chunk))
        merge_bins(used, _STEP, second[: -(-len(used) // _STEP)])

    def _check_levels(self, channel: _Channel, begin: int, bins: NDArray[Any]) -> None:
        """Compare the coarser levels of a window that begins with a sample."""
        chunk = self._plan.chunk_samples
        samples = min(len(bins) * _SECOND, self._end - begin)
        first = begin // chunk - self._first_chunk
        states = channel.states[first : first + -(-samples // chunk)]
        right = np.repeat(states == _RIGHT, chunk // _SECOND)
        bins, factor = bins[: -(-samples // _SECOND)], _SECOND
        right = right[: len(bins)]
        while factor in channel.levels:
            self._compare(channel, factor, begin, bins, right)
            coarser = np.empty((-(-len(bins) // _STEP), 4), bins.dtype)
            merge_bins(bins, _STEP, coarser)
            starts = np.arange(0, len(bins), _STEP)
            right = np.logical_and.reduceat(right, starts) if len(bins) else right
            bins, factor = coarser, factor * _STEP

    def _compare(
        self,
        channel: _Channel,
        factor: int,
        begin: int,
        bins: NDArray[Any],
        right: NDArray[np.bool_],
    ) -> None:
        """Compare the bins of a level from a sample on with the stored ones."""
        rows = channel.levels[factor]
        first = begin // factor - self._begin // factor
        stop = min(first + len(bins), rows.rows)
        bins = bins[: max(stop - first, 0)]
        if not len(bins):
            return
        try:
            stored = rows.read(first, stop)
        except StorageError:  # cut off, as the chunks are; told with those
            return
        usable = right[: len(bins)]
        if not usable.all():
            bins, stored = bins[usable], stored[usable]
        count, at = count_different(stored, bins)
        if count:
            with self._noting:
                number, noted = first + int(np.flatnonzero(usable)[at]), channel.check.wrong_bins
                others, earliest = noted.get(factor, (0, number))
                noted[factor] = others + count, min(number, earliest)

    def _load(self, first: int, stop: int) -> tuple[NDArray[np.uint8], int]:
        """The bytes of a piece, and how many of them are in the file."""
        begin = self._plan.chunk_position(self._first_counts, first)
        size = (stop - first) * self._first_counts.stride
        content = self._memory.take("content", (size,), np.dtype(np.uint8))
        present = min(max(self._planned.raw.size() - begin, 0), size)
        try:
            self._planned.raw.read_into(begin, content[:present])
        except FileFormatError:  # a packed chunk is damaged
            for channel in self._channels.values():
                self._load_what_is_right(channel, first, stop, content[:present])
        return content, present

    def _load_what_is_right(
        self, channel: _Channel, first: int, stop: int, content: NDArray[np.uint8]
    ) -> None:
        """Chunk by chunk; those that cannot be unpacked are noted."""
        for number in range(first, stop):
            at = channel.begin + (number - first) * channel.counts.stride
            part = content[at : at + channel.counts.chunk_bytes]
            try:
                position = self._plan.chunk_position(channel.counts, number)
                self._planned.raw.read_into(position, part)
            except FileFormatError:
                channel.states[number - self._first_chunk] = _DAMAGED

    def _leave_out_overwritten(self, first: int, stop: int) -> None:
        """Forget what the one who records has overwritten meanwhile."""
        oldest = self._planned.oldest_sample() // self._plan.chunk_samples
        end = min(max(oldest, first), stop) - self._first_chunk
        for channel in self._channels.values():
            channel.states[first - self._first_chunk : end] = _OVERWRITTEN


def _stretches(first: int, stop: int, step: int) -> Iterator[tuple[int, int]]:
    """Begins and ends of stretches of chunks, all but the last ending at a multiple of a step."""
    for begin in range(first - first % step, stop, step):
        yield max(begin, first), min(begin + step, stop)
