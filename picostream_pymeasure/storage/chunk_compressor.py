"""Compresses chunks outside of HDF5."""

from __future__ import annotations

import ctypes
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels.fletcher import fletcher32
from ..system import heap
from .bitshuffle import FILTER_ID, filter_function

_CHECKSUM = struct.Struct("<I")


class ChunkCompressor:
    """Makes of a chunk what a dataset's filters, bitshuffle-LZ4 and Fletcher-32, would make of it.

    :param dataset: h5py's low-level dataset, whose filters are those of
        :func:`~.bitshuffle.creation_options`.
    """

    def __init__(self, dataset: Any) -> None:
        parameters = _parameters(dataset.get_create_plist())
        self._parameters = (ctypes.c_uint * len(parameters))(*parameters)
        self._filter = filter_function()

    def compress(self, chunk: NDArray[np.int16]) -> NDArray[np.uint8] | None:
        """Bytes for ``write_direct_chunk``, or None when they would not be fewer.

        :param chunk: int16, all values of a chunk, contiguous; not referenced after the return.
        """
        buffer = ctypes.c_void_p(heap.allocate(chunk.nbytes))
        try:
            ctypes.memmove(buffer, chunk.ctypes.data, chunk.nbytes)
            size = ctypes.c_size_t(chunk.nbytes)
            n_bytes = self._filter(
                0,
                len(self._parameters),
                self._parameters,
                chunk.nbytes,
                ctypes.byref(size),
                ctypes.byref(buffer),
            )
            if not 0 < n_bytes < chunk.nbytes - _CHECKSUM.size:
                return None
            return _with_checksum(buffer, n_bytes)
        finally:
            assert buffer.value is not None
            heap.release(buffer.value)


def _parameters(properties: Any) -> tuple[int, ...]:
    """The filter's parameters as it has completed them for this dataset."""
    filters = [properties.get_filter(index) for index in range(properties.get_nfilters())]
    return next(values for number, _flags, values, _name in filters if number == FILTER_ID)


def _with_checksum(buffer: ctypes.c_void_p, n_bytes: int) -> NDArray[np.uint8]:
    packed = np.empty(n_bytes + _CHECKSUM.size, np.uint8)
    ctypes.memmove(packed.ctypes.data, buffer, n_bytes)
    _CHECKSUM.pack_into(packed.data, n_bytes, fletcher32(packed[:n_bytes]))
    return packed
