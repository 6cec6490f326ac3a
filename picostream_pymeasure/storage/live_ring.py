"""Writes one ring of a live-only file: the newest chunks of a dataset, in the order of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from .chunk_table import ChunkTable
from .live_layout import SLOT_DTYPE, RingDatasets
from .raw_file import RawFile


class Ring:
    """Keeps the last chunks it was given.

    HDF5 makes each slot when it is filled for the first time; later chunks go straight to the
    slot's place in the file.
    """

    def __init__(self, raw: RawFile, datasets: RingDatasets) -> None:
        self._raw = raw
        self._datasets = datasets
        self._slots_at = datasets.slots.id.get_offset()
        self._slots = np.zeros(datasets.slots.shape, SLOT_DTYPE)
        self._rows = datasets.kept.chunks[0]
        self._kept = datasets.kept.maxshape[0] // self._rows
        self._chunks = 0
        self._last_rows = 0

    def append(self, values: NDArray[np.int16]) -> None:
        """Write a chunk, shorter than the others only if it is the last one ever.

        :param values: int16, contiguous, rows of the dataset.
        """
        self._last_rows = len(values)
        if self._chunks < self._slots.size:
            self._fill_slot(values)
        else:
            slot = self._chunks % self._slots.size
            self._raw.write(int(self._slots[slot]), self._padded(values))
        self._chunks += 1

    def rotate(self, *, at_rest: bool = False) -> None:
        """Let the dataset end with the newest chunk.

        :param at_rest: no further chunk will come.
        """
        if self._chunks <= self._kept:
            return
        filled = min(self._chunks, self._slots.size)
        newest = np.arange(self._chunks - filled, self._chunks) % self._slots.size
        positions = self._slots[newest]
        kept = self._table(self._datasets.kept, self._slots[: self._kept])
        kept.write(positions[-self._kept :])
        if at_rest and self._last_rows < self._rows:
            kept.set_rows((self._kept - 1) * self._rows + self._last_rows)
        if at_rest or filled == self._slots.size:
            spare = self._table(self._datasets.spare, self._slots[self._kept : filled])
            spare.write(positions[: -self._kept])
