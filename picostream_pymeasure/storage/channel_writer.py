"""Appends one channel's blocks to its datasets."""

from __future__ import annotations

import h5py
import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from .chunk_compressor import ChunkCompressor
from .overview_writer import OverviewWriter
from .schema import CHECKSUM_DTYPE, ChannelDatasets


class ChannelWriter:
    """Writes each block as one chunk, past HDF5's conversion and chunk cache.

    It keeps h5py's low-level objects: at 120 chunks a second the high-level ones cost more
    than the writing.

    :param datasets: where to; chunks are compressed if the counts have filters.
    :param overview: gets every block too, and stores what it makes of them when it is told.
    """

    def __init__(self, datasets: ChannelDatasets, overview: OverviewWriter) -> None:
        self.overview = overview
        self._counts = datasets.counts.id
        self._checksums = datasets.checksums.id
        self._chunk_values = datasets.counts.chunks[0]
        n_filters = self._counts.get_create_plist().get_nfilters()
        self._all_filters = (1 << n_filters) - 1
        self._compressor = ChunkCompressor(self._counts) if n_filters else None
        self._one_value = h5py.h5s.create_simple((1,))
        self._checksum = np.zeros(1, CHECKSUM_DTYPE)
        self._values = 0
        self._chunks = 0

    def append(self, row: NDArray[np.int16], valid: int, *, compress: bool) -> None:
        """Store ``row[:valid]``; acknowledged, that is readable after a crash, on return.

        :param row: int16, one chunk of values, contiguous.
        :param valid: values that mean something; less than all only in the last block.
        :param compress: False to spend no time on it; without filters it makes no difference.
        """
        chunk = self._full_chunk(row[:valid])
        packed = self._compressor.compress(chunk) if self._compressor and compress else None
        self._checksum[0] = xxh3_64_intdigest(row[:valid].data)
        self._counts.set_extent((self._values + valid,))
        if packed is None:
            self._counts.write_direct_chunk((self._values,), chunk, self._all_filters)
        else:
            self._counts.write_direct_chunk((self._values,), packed)
        self._append_checksum()
        self._values += valid
        self._counts.flush()
        self._checksums.flush()
        self.overview.add(row[:valid])

    def _full_chunk(self, row: NDArray[np.int16]) -> NDArray[np.int16]:
        valid = row.size
        if valid == self._chunk_values:
            return row
        chunk = np.zeros(self._chunk_values, np.int16)
        chunk[:valid] = row[:valid]
        return chunk

    def _append_checksum(self) -> None:
        self._checksums.set_extent((self._chunks + 1,))
        space = self._checksums.get_space()
        space.select_hyperslab((self._chunks,), (1,))
        self._checksums.write(self._one_value, space, self._checksum)
        self._chunks += 1
