"""Counts or bins of a live-only file that is still being recorded, or was left by a crash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import StorageError
from ..storage.live_window import LiveWindow


@dataclass(frozen=True)
class LiveArray:
    """Reads rows as :class:`.stored_array.StoredArray` does, but the oldest get overwritten.

    Row 0 stays the same sample or bin for as long as this exists.

    :param factor: samples a bin; 1 for the counts.
    :param width: rows a sample or bin.
    :param first: absolute index of the sample or bin that row 0 begins.
    :param rows: what the file held when it was opened.
    """

    path: Path
    live: LiveWindow
    channel: str
    factor: int
    width: int
    first: int
    rows: int
    chunk_rows: int

    def read(
        self, start: int, stop: int, buffer: NDArray[np.int16] | None = None
    ) -> NDArray[np.int16]:
        """Read the rows from ``start`` up to, not including, ``stop``.

        :param buffer: memory to use, as many rows or more.
        :raises StorageError: some of them have been overwritten.
        """
        begin, values = self._read(start // self.width, -(-stop // self.width))
        if begin * self.width > start or len(values) < stop - start:
            raise StorageError(
                f"{self.path} holds the newest samples only, and these have been overwritten; "
                "refresh the reader."
            )
        if buffer is None:
            return values
        buffer[: stop - start] = values
        return buffer[: stop - start]

    def written(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The part of a stretch that has not been overwritten yet, as its begin and end."""
        self.live.refresh()
        oldest = (-(-self.live.row.begin // self.factor) - self.first) * self.width
        if max(start, oldest) < stop:
            yield max(start, oldest), stop

    def _read(self, start: int, stop: int) -> tuple[int, NDArray[np.int16]]:
        first, last = self.first + start, self.first + stop
        if self.factor == 1:
            found, values = self.live.read_counts(self.channel, first, last)
        else:
            found, values = self.live.read_bins(self.channel, self.factor, first, last)
        return found - self.first, values
