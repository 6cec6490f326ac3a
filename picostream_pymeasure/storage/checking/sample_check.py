"""Reads all samples of a recording once, on all cores, for their checksums and their overview.

Each piece, chunks that lie side by side in the file, is read into memory of its thread's own that
is used again, and checked there without the GIL. The bins that the samples give are held against
the stored ones; those of the coarser levels are made of them where all their chunks are right.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError, StorageError
from ...kernels.envelope import summarise
from ...kernels.verification import (
    check_chunks,
    count_different,
    merge_bins,
    summarise_strided,
)
from ...system.thread_memory import ThreadMemory
from ..bytes.fixed_array import PAGE_ENTRIES
from ..layout.plan import Plan
from ..reading import PlannedFile, Recording
from ..schema import FILL_VALUES, counts_path, level_path
from .chunk_check import ChunkCheck

#: Bytes read at once: threads wait for each other in Python between two of them.
_PIECE_BYTES = 1 << 23

#: Samples after which the coarser levels are compared; whole bins of the coarsest.
_WINDOW_SAMPLES = 1 << 28

_FINEST, _SECOND, _STEP = 256, 4096, 16

#: The state of a chunk.
_RIGHT, _DAMAGED, _MISSING, _OVERWRITTEN = range(4)


@dataclass(frozen=True)
class _Piece:
    """Chunks ``first`` to ``stop`` of all channels, side by side in one segment."""

    first: int
    stop: int


@dataclass(frozen=True)
class _OpenChunk:
    """The last chunk of a file that was not finished, at a moment that it tells of.

    What came since is in the chunk too; its row of the checksums is empty, or that of all of it.

    :param checksums: by input, of the chunk with the fill value behind these samples.
    """

    samples: int
    checksums: tuple[int, ...]


class SampleCheck:
    """Checks the samples of one recording of ours.

    :param samples: how many are checked, from the first that the file holds on.
    :param progress: called with the bytes of each piece that was read.
    """

    def __init__(self, recording: Recording, samples: int, progress: Callable[[int], None]) -> None:
        assert recording.planned is not None
        self._recording = recording
        self._planned: PlannedFile = recording.planned
        self._plan: Plan = self._planned.plan
        self._begin = recording.first_sample
        self._end = recording.first_sample + samples
        self._progress = progress
        self._memory = ThreadMemory()
        self._noting = threading.Lock()
        self._stored_rows = {name: channel.levels for name, channel in recording.channels.items()}
        chunk = self._plan.chunk_samples
        self._first_chunk, self._stop_chunk = self._begin // chunk, -(-self._end // chunk)
        self._open = self._open_chunk()
        needed = self._stop_chunk - self._first_chunk
        self.checks = {name: ChunkCheck(needed) for name in self._plan.inputs}
        self._states = {name: np.zeros(needed, np.uint8) for name in self._plan.inputs}

    def _open_chunk(self) -> _OpenChunk | None:
        published, chunk = self._recording.published, self._plan.chunk_samples
        if published is None or published.is_finished:
            return None
        moments = (
            _OpenChunk(published.samples, published.open_checksums),
            _OpenChunk(published.syncing_samples, published.syncing_checksums),
        )
        for moment in moments:
            is_last = moment.samples // chunk == self._stop_chunk - 1
            if is_last and moment.samples >= self._end and any(moment.checksums):
                return moment
        return None

    def run(self) -> dict[str, ChunkCheck]:
        """Check everything; what was found by channel, chunks counted from the file's first."""
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for first, stop in self._windows():
                self._run_window(pool, first, stop)
        for name, check in self.checks.items():
            states = self._states[name]
            check.damaged = np.flatnonzero(states == _DAMAGED).tolist()
            check.missing = np.flatnonzero(states == _MISSING).tolist()
            check.needed -= int((states == _OVERWRITTEN).sum())
        return self.checks

    def _windows(self) -> Iterator[tuple[int, int]]:
        """Begins and ends of stretches of chunks; all but the last end with a coarsest bin."""
        step = _WINDOW_SAMPLES // self._plan.chunk_samples
        first = self._first_chunk
        while first < self._stop_chunk:
            stop = min((first // step + 1) * step, self._stop_chunk)
            yield first, stop
            first = stop

    def _run_window(self, pool: ThreadPoolExecutor, first: int, stop: int) -> None:
        chunk, samples = self._plan.chunk_samples, self._plan.chunk_samples * (stop - first)
        bins = {
            name: np.empty((samples // _SECOND, 4), self._plan.dtype_of(name))
            for name in self.checks
        }

        def check(piece: _Piece) -> int:
            at = (piece.first - first) * chunk // _SECOND
            end = (piece.stop - first) * chunk // _SECOND
            return self._check_piece(piece, {name: rows[at:end] for name, rows in bins.items()})

        for n_bytes in pool.map(check, self._pieces(first, stop)):
            self._progress(n_bytes)
        for name in self.checks:
            self._check_levels(name, first * chunk, bins[name])

    def _pieces(self, first: int, stop: int) -> Iterator[_Piece]:
        together = sum(self._plan.datasets[counts_path(name)].chunk_bytes for name in self.checks)
        most = max(_PIECE_BYTES // together, 1)
        while first < stop:
            in_segment = PAGE_ENTRIES - first % PAGE_ENTRIES
            end = min(stop, first + min(most, in_segment))
            yield _Piece(first, end)
            first = end

    def _check_piece(self, piece: _Piece, second: dict[str, NDArray[Any]]) -> int:
        """Check the chunks of a piece, and give the bins of the second level.

        :returns: bytes that were read.
        """
        content, present = self._load(piece)
        for name in self.checks:
            states = self._states[name][
                piece.first - self._first_chunk : piece.stop - self._first_chunk
            ]
            states[:] = _MISSING
            n_present = self._present_chunks(name, piece, present)
            if n_present:
                self._check_channel(
                    name, piece, content, n_present, states[:n_present], second[name]
                )
        if self._plan.is_ring:
            self._leave_out_overwritten(piece)
        return present

    def _check_channel(
        self,
        name: str,
        piece: _Piece,
        content: NDArray[np.uint8],
        n_chunks: int,
        states: NDArray[np.uint8],
        second: NDArray[Any],
    ) -> None:
        dataset = self._plan.datasets[counts_path(name)]
        dtype = self._plan.dtype_of(name)
        values = content.view(dtype)
        first = (dataset.offset - self._plan.data_offset) // dtype.itemsize
        stride, size = dataset.stride // dtype.itemsize, dataset.chunk_rows
        right = np.zeros(n_chunks, np.bool_)
        try:
            stored = self._planned.checksums(name, piece.first, n_chunks)
        except FileFormatError:
            states[:] = _DAMAGED
            return
        if piece.first + n_chunks == self._stop_chunk and self._open is not None:
            at = first + (n_chunks - 1) * stride
            filled = self._open.samples % self._plan.chunk_samples * self._plan.values_per_sample
            values[at + filled : at + size] = FILL_VALUES[dtype.str]
            stored[-1] = self._open.checksums[self._plan.inputs.index(name)]
        check_chunks(values, first, stride, size, piece.first, stored, right)
        states[:] = np.where(right, _RIGHT, _DAMAGED)
        self._check_bins(name, piece, values, first, stride, states, second)

    def _check_bins(
        self,
        name: str,
        piece: _Piece,
        values: NDArray[Any],
        first: int,
        stride: int,
        states: NDArray[np.uint8],
        second: NDArray[Any],
    ) -> None:
        """Compare the finest bins of the chunks that are right."""
        chunk, width = self._plan.chunk_samples, self._plan.values_per_sample
        per_chunk = chunk // _FINEST
        bins = self._memory.take("bins", (len(states) * per_chunk, 4), values.dtype)
        group = _FINEST * width
        summarise_strided(values, first, stride, chunk * width, group, bins)
        begin = piece.first * chunk
        valid = min(self._end - begin, len(states) * chunk)
        if valid % _FINEST and self._end == begin + valid:  # of the last bin only what counts
            index = valid // _FINEST
            at = first + index // per_chunk * stride + index % per_chunk * group
            part = values[at : at + valid % _FINEST * width]
            summarise(part, part.size, bins[index : index + 1])
        used = bins[: -(-valid // _FINEST)]
        self._compare(name, _FINEST, begin, used, np.repeat(states == _RIGHT, per_chunk))
        merge_bins(used, _STEP, second[: -(-len(used) // _STEP)])

    def _check_levels(self, name: str, begin: int, bins: NDArray[Any]) -> None:
        """Compare the coarser levels of a window that begins with a sample."""
        chunk = self._plan.chunk_samples
        samples = min(len(bins) * _SECOND, self._end - begin)
        first = begin // chunk - self._first_chunk
        states = self._states[name][first : first + -(-samples // chunk)]
        right = np.repeat(states == _RIGHT, chunk // _SECOND)
        bins, factor = bins[: -(-samples // _SECOND)], _SECOND
        right = right[: len(bins)]
        while level_path(name, factor) in self._plan.datasets:
            self._compare(name, factor, begin, bins, right)
            coarser = np.empty((-(-len(bins) // _STEP), 4), bins.dtype)
            merge_bins(bins, _STEP, coarser)
            starts = np.arange(0, len(bins), _STEP)
            right = np.logical_and.reduceat(right, starts) if len(bins) else right
            bins, factor = coarser, factor * _STEP

    def _compare(
        self, name: str, factor: int, begin: int, bins: NDArray[Any], right: NDArray[np.bool_]
    ) -> None:
        """Compare the bins of a level from a sample on with the stored ones."""
        rows = self._stored_rows[name].get(factor)
        if rows is None:
            return
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
                number = int(np.flatnonzero(usable)[at])
                self.checks[name].add_wrong_bins(factor, count, first + number)

    def _load(self, piece: _Piece) -> tuple[NDArray[np.uint8], int]:
        """The bytes of a piece, and how many of them are in the file."""
        names = tuple(self.checks)
        first_of = self._plan.datasets[counts_path(names[0])]
        begin = self._plan.chunk_position(first_of, piece.first)
        size = (piece.stop - piece.first) * first_of.stride
        content = self._memory.take("content", (size,), np.dtype(np.uint8))
        present = min(max(self._planned.raw.size() - begin, 0), size)
        try:
            self._planned.raw.read_into(begin, content[:present])
        except FileFormatError:  # a packed chunk is damaged
            self._load_what_is_right(piece, content[:present])
        return content, present

    def _load_what_is_right(self, piece: _Piece, content: NDArray[np.uint8]) -> None:
        """Chunk by chunk; of those that cannot be unpacked zeros, which no checksum fits."""
        content[:] = 0
        for name in self.checks:
            dataset = self._plan.datasets[counts_path(name)]
            for number in range(piece.first, piece.stop):
                at = dataset.offset - self._plan.data_offset
                at += (number - piece.first) * dataset.stride
                part = content[at : at + dataset.chunk_bytes]
                with contextlib.suppress(FileFormatError):
                    position = self._plan.chunk_position(dataset, number)
                    self._planned.raw.read_into(position, part)

    def _present_chunks(self, name: str, piece: _Piece, present: int) -> int:
        """How many chunks of a channel lie in the first bytes of a piece."""
        dataset = self._plan.datasets[counts_path(name)]
        first = dataset.offset - self._plan.data_offset + dataset.chunk_bytes
        return min(max((present - first) // dataset.stride + 1, 0), piece.stop - piece.first)

    def _leave_out_overwritten(self, piece: _Piece) -> None:
        """Forget what the one who records has overwritten meanwhile."""
        oldest = self._planned.oldest_sample() // self._plan.chunk_samples
        stop = min(max(oldest, piece.first), piece.stop) - self._first_chunk
        for states in self._states.values():
            states[piece.first - self._first_chunk : stop] = _OVERWRITTEN
