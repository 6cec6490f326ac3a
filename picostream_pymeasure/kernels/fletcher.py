"""Fletcher's checksum as HDF5 computes it."""

from __future__ import annotations

import numpy as np
from numba import int64, njit, uint8
from numpy.typing import NDArray


@njit(int64(int64), nogil=True, cache=True, inline="always")
def _reduced(total: int) -> int:
    return (total - 1) % 65535 + 1 if total else 0


@njit(int64(uint8[::1]), nogil=True, cache=True)
def fletcher32(data: NDArray[np.uint8]) -> int:
    """Checksum that HDF5's filter ``fletcher32`` puts behind a chunk.

    Two sums modulo 65535 over big-endian 16-bit words, a last odd byte being the high one; a sum
    that is not zero is never shown as zero (``H5_checksum_fletcher32``).

    :param data: uint8, at most 4 MiB, so that the sums fit 64 bits without being reduced.
    """
    first = second = np.int64(0)
    for index in range(0, data.size - 1, 2):
        first += (np.int64(data[index]) << 8) | np.int64(data[index + 1])
        second += first
    if data.size % 2:
        first += np.int64(data[data.size - 1]) << 8
        second += first
    checksum: int = (_reduced(second) << 16) | _reduced(first)
    return checksum
