"""Reads a live-only file while it is written, or after a crash: the newest samples, never torn.

The writer advances ``live.begin`` before it overwrites anything, and ``live.end`` after it has
written. So what was copied is right from ``begin`` on, if ``begin`` is read *after* the copy.
What leaves the window stays for some tenths of a second; who reads it at once gets all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from .live_layout import LIVE, LIVE_DTYPE, SLOT_DTYPE, RingDatasets
from .raw_file import RawFile
from .schema import ADC_COUNTS, COUNTS_DTYPE


@dataclass(frozen=True)
class LiveRow:
    """The row of ``/live``, see :data:`.LIVE_DTYPE`."""

    begin: int
    end: int
    missing_before: int


class LiveWindow:
    """The newest samples of all channels, by absolute index; for one thread.

    ``first`` and ``stop`` bound what the file held when it was opened, or refreshed last.

    :param root: the open file.
    :param channels: the channels' groups by name.
    :param values_per_sample: 2 in aggregate mode, else 1.
    :raises FileFormatError: this is no live-only file, or it is damaged.
    """

    def __init__(
        self, path: Path, root: Any, channels: Mapping[str, Any], values_per_sample: int
    ) -> None:
        self._path = path
        self._raw = RawFile(path)
        self._width = values_per_sample
        self._channels = channels
        self._rings: dict[tuple[str, int], _Ring] = {}
        try:
            self._live_at = _position(path, root[LIVE], LIVE_DTYPE, 1)
            first = self._ring(next(iter(channels)), 1)
            self._n_kept, self._block_samples = first.n_kept, first.rows // values_per_sample
            self.refresh()
        except BaseException:
            self.close()
            raise

    def refresh(self) -> None:
        """Look what the file holds now."""
        self.row = self._read_row()
        self.stop = self.row.end
        blocks = -(-self.stop // self._block_samples)
        self.first = max(blocks - self._n_kept, 0) * self._block_samples

    def read_counts(self, channel: str, start: int, stop: int) -> tuple[int, NDArray[np.int16]]:
        """Read the samples from ``start`` up to ``stop``, as many of them as are there.

        :returns: absolute index of the first one read, later than ``start`` if those before it
            were overwritten; int16, all values of each sample.
        """
        return self._read(channel, 1, start, stop)

    def read_bins(
        self, channel: str, factor: int, start: int, stop: int
    ) -> tuple[int, NDArray[np.int16]]:
        """Read the bins from ``start`` up to ``stop`` of a level, as many of them as are there.

        Bin ``n`` summarises the samples from the absolute index ``n * factor`` on.

        :returns: number of the first one read; int16, shape ``(n, 4)``.
        """
        return self._read(channel, factor, start, stop)

    def close(self) -> None:
        """Close the file; later calls do nothing."""
        self._raw.close()

    def _read(
        self, channel: str, factor: int, start: int, stop: int
    ) -> tuple[int, NDArray[np.int16]]:
        ring = self._ring(channel, factor)
        row = self._read_row()
        start = max(start, -(-row.begin // factor))
        stop = max(start, min(stop, -(-row.end // factor)))
        values = ring.read(start, stop)
        intact = min(max(start, -(-self._read_row().begin // factor)), stop)
        return intact, values[(intact - start) * ring.width :]

    def _ring(self, channel: str, factor: int) -> _Ring:
        """The samples, of factor 1, or a level."""
        if (channel, factor) not in self._rings:
            name = ADC_COUNTS if factor == 1 else str(factor)
            try:
                datasets = RingDatasets.of(self._channels[channel], name)
                ring = _Ring(self._path, self._raw, datasets, self._width if factor == 1 else 1)
            except (LookupError, TypeError, AttributeError) as error:
                raise FileFormatError(f"{self._path} has no ring {name}.") from error
            self._rings[channel, factor] = ring
        return self._rings[channel, factor]

    def _read_row(self) -> LiveRow:
        content = self._raw.read(self._live_at, LIVE_DTYPE.itemsize)
        row = LiveRow(*np.frombuffer(content, LIVE_DTYPE)[0].item())
        held_bytes = (row.end - row.begin) * self._width * COUNTS_DTYPE.itemsize
        if not 0 <= row.begin <= row.end or held_bytes > self._raw.size():
            raise FileFormatError(f"{self._path} is damaged: its row {LIVE} is impossible.")
        return row


class _Ring:
    """Reads one ring by the number of its rows.

    :param width: values per sample where the rows are values, else 1.
    """

    def __init__(self, path: Path, raw: RawFile, datasets: RingDatasets, width: int) -> None:
        self._path = path
        self._raw = raw
        self.width = width
        self.rows = datasets.rows
        self.n_kept = datasets.n_kept
        self._row_shape = datasets.kept.chunks[1:]
        n_slots = self.n_kept + datasets.spare.maxshape[0] // self.rows
        if (
            datasets.kept.dtype != COUNTS_DTYPE
            or datasets.spare.chunks != datasets.kept.chunks
            or self.rows % width
            or self._row_shape not in ((), (4,))
            or n_slots * SLOT_DTYPE.itemsize > raw.size()
        ):
            raise FileFormatError(f"{path}: the ring {datasets.kept.name} is damaged.")
        self._slots_at = _position(path, datasets.slots, SLOT_DTYPE, n_slots)
        self._slots = np.zeros(n_slots, SLOT_DTYPE)

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        """Read what lies in the slots of the samples or bins from ``start`` up to ``stop``."""
        first, last = start * self.width, stop * self.width
        content = np.empty((last - first, *self._row_shape), COUNTS_DTYPE)
        for chunk in range(first // self.rows, -(-last // self.rows)):
            begin = max(first, chunk * self.rows)
            end = min(last, (chunk + 1) * self.rows)
            part = content[begin - first : end - first]
            row_bytes = part[:1].nbytes
            position = self._slot(chunk) + (begin - chunk * self.rows) * row_bytes
            self._raw.read_into(position, part)
        return content

    def _slot(self, chunk: int) -> int:
        """Where a chunk of the stream lies."""
        slot = chunk % self._slots.size
        if not self._slots[slot]:  # it has been filled since they were read
            self._raw.read_into(self._slots_at, self._slots)
        position = int(self._slots[slot])
        if not 0 < position < self._raw.size():
            raise FileFormatError(f"{self._path} is damaged: chunks of its ring are missing.")
        return position


def _position(path: Path, dataset: Any, dtype: np.dtype[Any], count: int) -> int:
    """Where in the file the values of a dataset that is not chunked begin."""
    position = dataset.id.get_offset()
    if dataset.dtype != dtype or dataset.size != count or position is None:
        raise FileFormatError(f"{path}: the dataset {dataset.name} is damaged.")
    return position
