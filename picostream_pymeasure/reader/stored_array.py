"""A chunked dataset whose chunks are looked at before they are read."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from ..storage.recording import reading

#: A file that grows may be caught in the middle of a change of its index.
_ATTEMPTS = 5
_PAUSE_S = 0.002


class StoredArray:
    """Reads rows of a dataset, or raises; HDF5 itself gives zeros for chunks that are not there.

    :param dataset: int16, chunked along its first axis only.
    :param file_bytes: length of the file; chunks beyond it are not there either.
    :param growing: the file is still being written, or was left by a crash.
    """

    def __init__(self, path: Path, dataset: Any, file_bytes: int, growing: bool) -> None:
        self._path = path
        self._dataset = dataset
        self._file_bytes = file_bytes
        self._attempts = _ATTEMPTS if growing else 1
        self.chunk_rows = int(dataset.chunks[0])
        self.rows = int(dataset.shape[0])
        if growing:
            self.rows = self._written_rows()

    def read(
        self, start: int, stop: int, buffer: NDArray[np.int16] | None = None
    ) -> NDArray[np.int16]:
        """Read the rows from ``start`` up to, not including, ``stop``.

        :param buffer: memory to use, as many rows or more.
        :returns: int16, shape ``(stop - start, …)``.
        :raises FileFormatError: they are not all there, or damaged.
        """
        for attempt in range(1, self._attempts + 1):
            try:
                with reading(self._path):
                    return self._read(start, stop, buffer)
            except FileFormatError:
                if attempt == self._attempts:
                    raise
                time.sleep(_PAUSE_S)
        raise AssertionError("there is at least one attempt")

    def _read(self, start: int, stop: int, buffer: NDArray[np.int16] | None) -> NDArray[np.int16]:
        for chunk in range(start // self.chunk_rows, -(-stop // self.chunk_rows)):
            if not self._is_written(chunk):
                raise FileFormatError(
                    f"{self._path}: a chunk of {self._dataset.name} is missing, from row "
                    f"{chunk * self.chunk_rows} on; verify lists all that are."
                )
        if buffer is None:
            buffer = np.empty((stop - start, *self._dataset.shape[1:]), np.int16)
        rows = buffer[: stop - start]
        if rows.size:
            space = self._dataset.id.get_space()
            space.select_hyperslab((start,) + (0,) * (rows.ndim - 1), rows.shape)
            # h5py's own read_direct takes 30 µs more, which many small reads would feel
            self._dataset.id.read(h5py.h5s.create_simple(rows.shape), space, rows)
        return rows

    def _is_written(self, chunk: int) -> bool:
        first = (chunk * self.chunk_rows,) + (0,) * (self._dataset.ndim - 1)
        stored = self._dataset.id.get_chunk_info_by_coord(first)
        end = stored.byte_offset
        return end is not None and end + stored.size <= self._file_bytes

    def _written_rows(self) -> int:
        """Rows up to the first chunk that is not there yet: the others follow one by one."""
        low, high = 0, -(-self.rows // self.chunk_rows)
        if high and self._is_written(high - 1):
            return self.rows
        while low < high:
            middle = (low + high) // 2
            if self._is_written(middle):
                low = middle + 1
            else:
                high = middle
        return min(self.rows, low * self.chunk_rows)
