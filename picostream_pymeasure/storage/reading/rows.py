"""Rows of a dataset, read from the bytes of the file past HDF5."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import StorageError
from ..bytes.raw_file import Readable
from ..layout.plan import GrowingDataset, Plan


class Rows(Protocol):
    """Counts or bins of a channel.

    :param dtype: of the values.
    :param rows: how many there are.
    :param chunk_rows: rows of a chunk.
    """

    dtype: np.dtype[Any]
    rows: int
    chunk_rows: int

    def read(self, start: int, stop: int, buffer: NDArray[Any] | None = None) -> NDArray[Any]:
        """Read the rows from ``start`` up to, not including, ``stop``.

        :param buffer: memory to use, of the dataset's type and as many rows or more.
        :returns: shape ``(stop - start, …)``.
        :raises StorageError: some of them are not in the file, or not any more.
        """

    def written(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The parts of a stretch that are in the file, as their begins and ends."""


class PlannedRows:
    """Rows whose places in the file are arithmetic.

    Row 0 stays the same sample or bin for as long as this exists.

    :param dtype: of the values.
    :param first: absolute number of row 0, above 0 in live-only files alone.
    :param oldest: of a live-only file, the oldest row that is safe at this moment, by its absolute
        number; asked for after each read.
    """

    def __init__(
        self,
        raw: Readable,
        plan: Plan,
        dataset: GrowingDataset,
        dtype: np.dtype[Any],
        rows: int,
        first: int = 0,
        oldest: Callable[[], int] | None = None,
    ) -> None:
        self.dtype = dtype
        self.rows = rows
        self.chunk_rows = dataset.chunk_rows
        self._raw = raw
        self._plan = plan
        self._dataset = dataset
        width = dataset.row_bytes // dtype.itemsize
        self._row_shape = () if width == 1 else (width,)
        self._first = first
        self._oldest = oldest

    def read(self, start: int, stop: int, buffer: NDArray[Any] | None = None) -> NDArray[Any]:
        """See :class:`Rows`."""
        if buffer is None:
            buffer = np.empty((stop - start, *self._row_shape), self.dtype)
        rows = buffer[: stop - start]
        row_bytes = self._dataset.row_bytes
        pieces = [(position, n * row_bytes) for position, n in self.stretches(start, stop)]
        self._raw.read_pieces(pieces, rows)
        if self._oldest is not None and self._first + start < self._oldest():
            raise StorageError(
                "The file holds the newest samples only, and these have been overwritten since; "
                "refresh() a reader, or open the file again."
            )
        return rows

    def written(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """See :class:`Rows`."""
        if self._oldest is not None:
            start = max(start, self._oldest() - self._first)
        size, begin = self._raw.size(), start
        for position, count in self.stretches(start, stop):
            present = min(max(size - position, 0) // self._dataset.row_bytes, count)
            if present < count:
                if begin < start + present:
                    yield begin, start + present
                begin = start + count
            start += count
        if begin < stop:
            yield begin, stop

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Position in the file and number of rows of pieces that lie in one place each."""
        dataset, plan = self._dataset, self._plan
        start, stop = start + self._first, stop + self._first
        lie_together = dataset.per_segment > 1 and dataset.stride == dataset.chunk_bytes
        while start < stop:
            chunk, within = divmod(start, dataset.chunk_rows)
            n_chunks = dataset.per_segment - chunk % dataset.per_segment if lie_together else 1
            end = min(stop, (chunk + n_chunks) * dataset.chunk_rows)
            yield plan.chunk_position(dataset, chunk) + within * dataset.row_bytes, end - start
            start = end
