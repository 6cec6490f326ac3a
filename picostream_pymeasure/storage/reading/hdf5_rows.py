"""Rows of a dataset through HDF5: PicoStream's own files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError
from ..place import size_of_file
from .hdf5 import Hdf5Dataset

#: Chunks that are looked for one by one, 5 µs each.
_FEW_CHUNKS = 8


class Hdf5Rows:
    """Reads rows, or raises; HDF5 itself gives zeros for chunks that are not there.

    See :class:`.rows.Rows`.

    :param dataset: of one dimension, chunked.
    :param unclosed: the file was left by a crash: its chunks are all there up to the last one.
    :param is_short: the file is shorter than it says.
    """

    def __init__(
        self, path: Path, dataset: Hdf5Dataset, *, unclosed: bool = False, is_short: bool = False
    ) -> None:
        assert dataset.chunks is not None
        self.dtype = dataset.dtype
        self.chunk_rows = int(dataset.chunks[0])
        self.rows = int(dataset.shape[0])
        self._path = path
        self._dataset = dataset
        self._is_whole = not (unclosed or is_short)
        if unclosed:
            self.rows = self._written_prefix()

    def read(self, start: int, stop: int, buffer: NDArray[Any] | None = None) -> NDArray[Any]:
        """See :class:`.rows.Rows`.

        :raises FileFormatError: they are not all there, or damaged.
        """
        if buffer is None:
            buffer = np.empty(stop - start, self.dtype)
        rows = buffer[: stop - start]
        if not rows.size:
            return rows
        if not self._is_whole:  # of one that is cut off HDF5 may get zeros
            self._require(start, stop)
        # before the read, which leaves zeros for missing chunks in HDF5's cache
        all_there = self._check_few(start, stop)
        self._dataset.read_into(start, rows)
        if not all_there and self._may_lack_chunks(start, rows):
            self._require(start, stop)
        return rows

    def written(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """See :class:`.rows.Rows`."""
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

    def _check_few(self, start: int, stop: int) -> bool:
        """Look for the chunks of a short stretch one by one; False if that is not the way."""
        first, last = start // self.chunk_rows, -(-stop // self.chunk_rows)
        if "_written_chunks" in vars(self) or last - first > _FEW_CHUNKS:
            return False
        if not all(map(self._dataset.has_chunk, range(first, last))):
            raise self._missing(start, stop)
        return True

    def _require(self, start: int, stop: int) -> None:
        if list(self.written(start, stop)) != [(start, stop)]:
            raise self._missing(start, stop)

    def _missing(self, start: int, stop: int) -> FileFormatError:
        return FileFormatError(
            f"{self._path}: chunks of {self._dataset.name} between row {start} and {stop} are "
            "missing; verify lists them."
        )

    def _may_lack_chunks(self, start: int, rows: NDArray[Any]) -> bool:
        """Whether one of the chunks gave zeros where it begins, as one that is missing does."""
        begins = rows[-start % self.chunk_rows :: self.chunk_rows]
        return not (rows[0] and begins.all())

    @cached_property
    def _written_chunks(self) -> NDArray[np.int64] | None:
        """Numbers of the chunks that are in the file, ascending; None for all.

        To list them costs time in proportion to the length of the whole recording.
        """
        if self._is_whole and self._dataset.has_all_chunks():
            return None
        places = self._dataset.chunk_places()
        lie_within = places[:, 1] + places[:, 2] <= size_of_file(self._path)
        chunks = np.sort(places[lie_within, 0]) // self.chunk_rows
        return None if chunks.size == -(-self.rows // self.chunk_rows) else chunks

    def _written_prefix(self) -> int:
        chunks = self._written_chunks
        if chunks is None:
            return self.rows
        gaps = np.flatnonzero(chunks != np.arange(chunks.size))
        n_chunks = int(gaps[0]) if gaps.size else chunks.size
        del self._written_chunks
        return min(self.rows, n_chunks * self.chunk_rows)
