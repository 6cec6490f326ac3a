"""Writes one ring of a live-only file: the newest chunks of a dataset, in the order of time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from .chunk_table import ChunkTable
from .live_layout import SLOT_DTYPE, RingDatasets
from .raw_file import RawFile


class Ring:
    """Keeps the last chunks it was given.

    HDF5 makes each slot when it is filled for the first time; later chunks go straight to their
    slot's place in the file.
    """

    def __init__(self, raw: RawFile, datasets: RingDatasets) -> None:
        self._raw = raw
        self._n_kept = datasets.n_kept
        self._kept = _Part(raw, datasets.kept)
        self._spare = _Part(raw, datasets.spare)
        self._slots_at = datasets.slots.id.get_offset()
        self._slots = np.zeros(datasets.slots.shape, SLOT_DTYPE)
        self._chunks = 0
        self._last_rows = 0

    def append(self, values: NDArray[np.int16]) -> None:
        """Write a chunk; only the last one ever may be shorter than the others.

        :param values: int16, contiguous, rows of the dataset.
        """
        slot = self._chunks % self._slots.size
        if self._chunks < self._slots.size:
            part = self._kept if slot < self._n_kept else self._spare
            self._slots[slot] = part.add(values)
            self._raw.write(self._slots_at + slot * SLOT_DTYPE.itemsize, self._slots[slot])
        else:
            self._raw.write(int(self._slots[slot]), self._kept.padded(values))
        self._chunks += 1
        self._last_rows = len(values)

    def rotate(self, *, at_rest: bool = False) -> None:
        """Let the dataset end with the newest chunk.

        :param at_rest: no further chunk will come.
        """
        n_kept, filled = self._n_kept, min(self._chunks, self._slots.size)
        if self._chunks <= n_kept:
            return
        newest = np.arange(self._chunks - filled, self._chunks) % self._slots.size
        positions = self._slots[newest]
        self._kept.place(positions[-n_kept:])
        if at_rest:
            self._kept.cut((n_kept - 1) * self._kept.rows + self._last_rows)
            self._spare.place(positions[:-n_kept])


class _Part:
    """One of the two datasets that share the slots."""

    def __init__(self, raw: RawFile, dataset: Any) -> None:
        self.rows = dataset.chunks[0]
        self._raw = raw
        self._dataset = dataset
        self._row_shape = dataset.chunks[1:]
        self._positions: list[int] = []
        self._table: ChunkTable | None = None

    def add(self, values: NDArray[np.int16]) -> int:
        """Write a further chunk through HDF5; its position in the file."""
        first = len(self._positions) * self.rows
        corner = (first, *(0 for _ in self._row_shape))
        dataset = self._dataset.id
        dataset.set_extent((first + len(values), *self._row_shape))
        dataset.write_direct_chunk(corner, self.padded(values))
        dataset.flush()
        self._positions.append(dataset.get_chunk_info_by_coord(corner).byte_offset)
        return self._positions[-1]

    def place(self, positions: NDArray[np.uint64]) -> None:
        """Let the chunks be those at other positions; from then on :meth:`add` is forbidden."""
        if self._table is None:
            self._table = ChunkTable(self._raw, self._dataset)
            if self._table.read(positions.size).tolist() != self._positions:
                raise FileFormatError(f"The chunk index of {self._dataset.name} is not as known.")
        self._table.write(positions)

    def cut(self, rows: int) -> None:
        """Shorten the dataset within its last chunk."""
        assert self._table is not None
        self._table.set_rows(rows)

    def padded(self, values: NDArray[np.int16]) -> NDArray[np.int16]:
        """A whole chunk."""
        if len(values) == self.rows:
            return values
        chunk = np.zeros((self.rows, *self._row_shape), np.int16)
        chunk[: len(values)] = values
        return chunk
