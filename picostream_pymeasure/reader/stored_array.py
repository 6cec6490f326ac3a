"""A chunked dataset that is read only where it was written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from ..storage.recording import READ_ERRORS, reading

#: A file that grows may be caught in the middle of a change of its index.
_ATTEMPTS = 5
_PAUSE_S = 0.002

#: Chunks that are looked for one by one, 5 µs each.
_FEW_CHUNKS = 8

_TOO_SMALL = np.empty(1, np.uint8)


class StoredArray:
    """Reads rows of a dataset, or raises; HDF5 itself gives zeros for chunks that are not there.

    :param dataset: int16, chunked along its first axis only.
    :param growing: the file is still being written, or was left by a crash: its chunks are all
        there up to the last one that is.
    """

    def __init__(self, path: Path, dataset: Any, growing: bool) -> None:
        self._path = path
        self._dataset = dataset
        self._growing = growing
        self.chunk_rows = int(dataset.chunks[0])
        self.rows = int(dataset.shape[0])
        if growing and self.rows and not self._is_readable((self.rows - 1) // self.chunk_rows):
            self.rows = self._written_prefix()

    def read(
        self, start: int, stop: int, buffer: NDArray[np.int16] | None = None
    ) -> NDArray[np.int16]:
        """Read the rows from ``start`` up to, not including, ``stop``.

        :param buffer: memory to use, as many rows or more.
        :returns: int16, shape ``(stop - start, …)``.
        :raises FileFormatError: they are not all there, or damaged.
        """
        for _ in range(_ATTEMPTS - 1 if self._growing else 0):
            try:
                return self._read(start, stop, buffer)
            except FileFormatError:
                time.sleep(_PAUSE_S)
        return self._read(start, stop, buffer)

    def written(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The parts of a stretch that are in the file, as their begins and ends."""
        if self._written_chunks is None:
            yield start, stop
            return
        first, last = start // self.chunk_rows, -(-stop // self.chunk_rows)
        low, high = np.searchsorted(self._written_chunks, (first, last))
        chunks = self._written_chunks[low:high]
        for run in np.split(chunks, np.flatnonzero(np.diff(chunks) > 1) + 1):
            if run.size:
                begin, end = int(run[0]) * self.chunk_rows, (int(run[-1]) + 1) * self.chunk_rows
                yield max(start, begin), min(stop, end)

    def _read(self, start: int, stop: int, buffer: NDArray[np.int16] | None) -> NDArray[np.int16]:
        if buffer is None:
            buffer = np.empty((stop - start, *self._dataset.shape[1:]), np.int16)
        rows = buffer[: stop - start]
        if not rows.size:
            return rows
        with reading(self._path):
            space = self._dataset.id.get_space()
            space.select_hyperslab((start,) + (0,) * (rows.ndim - 1), rows.shape)
            # before the read, which leaves zeros for missing chunks in HDF5's cache
            all_there = self._check_few(start, stop)
            # h5py's own read_direct takes 30 µs more, which many small reads would feel
            self._dataset.id.read(h5py.h5s.create_simple(rows.shape), space, rows)
            if (
                not all_there
                and self._may_lack_chunks(start, rows)
                and not self._all_written(start, stop)
            ):
                raise self._missing(start, stop)
        return rows

    def _check_few(self, start: int, stop: int) -> bool:
        """Look for the chunks of a short stretch one by one; False if that is not the way."""
        first, last = start // self.chunk_rows, -(-stop // self.chunk_rows)
        are_listed = "_written_chunks" in vars(self)
        if self._growing or are_listed or last - first > _FEW_CHUNKS:
            return False
        if not all(map(self._is_indexed, range(first, last))):
            raise self._missing(start, stop)
        return True

    def _missing(self, start: int, stop: int) -> FileFormatError:
        return FileFormatError(
            f"{self._path}: chunks of {self._dataset.name} between row {start} and {stop} are "
            "missing; verify lists them."
        )

    def _may_lack_chunks(self, start: int, rows: NDArray[np.int16]) -> bool:
        """Whether one of the chunks gave zeros where it begins, as one that is missing does."""
        flat = rows.reshape(len(rows), -1)
        begins = flat[-start % self.chunk_rows :: self.chunk_rows]
        return not (flat[:1].any(axis=1).all() and begins.any(axis=1).all())

    def _all_written(self, start: int, stop: int) -> bool:
        return list(self.written(start, stop)) == [(start, stop)]

    def _is_indexed(self, chunk: int) -> bool:
        """Whether the file holds a chunk that was not read yet.

        Nothing is read: h5py refuses the buffer once HDF5 has told it the chunk's size. All other
        ways to ask take time in proportion to the length of the whole recording.
        """
        if not self._has_chunks:
            return False
        try:
            self._dataset.id.read_direct_chunk(self._corner(chunk), out=_TOO_SMALL)
        except ValueError:
            return True
        except READ_ERRORS:
            return False
        return True

    @cached_property
    def _has_chunks(self) -> bool:
        """Whether there are any; where there are none HDF5 gives no size but what was in memory."""
        return bool(self._dataset.id.chunk_iter(lambda chunk: True))

    @cached_property
    def _written_chunks(self) -> NDArray[np.int64] | None:
        """Numbers of the chunks that are in the file, ascending; None for all.

        To list them costs time in proportion to the length of the whole recording.
        """
        if self._growing:
            return None
        with reading(self._path):
            if self._dataset.id.get_num_chunks() == -(-self.rows // self.chunk_rows):
                return None
            return self._list_chunks()

    def _list_chunks(self) -> NDArray[np.int64]:
        found: list[int] = []
        file_bytes = self._path.stat().st_size

        def take(chunk: Any) -> None:
            if chunk.byte_offset + chunk.size <= file_bytes:
                found.append(chunk.chunk_offset[0])

        self._dataset.id.chunk_iter(take)
        return np.sort(np.array(found, np.int64)) // self.chunk_rows

    def _corner(self, chunk: int) -> tuple[int, ...]:
        return (chunk * self.chunk_rows,) + (0,) * (self._dataset.ndim - 1)

    def _is_readable(self, chunk: int) -> bool:
        try:
            self._dataset.id.read_direct_chunk(self._corner(chunk))
        except READ_ERRORS:  # MemoryError of a dataset without any chunk
            return False
        return True

    def _written_prefix(self) -> int:
        chunks = self._list_chunks()
        gaps = np.flatnonzero(chunks != np.arange(chunks.size))
        n_chunks = int(gaps[0]) if gaps.size else chunks.size
        return min(self.rows, n_chunks * self.chunk_rows)
