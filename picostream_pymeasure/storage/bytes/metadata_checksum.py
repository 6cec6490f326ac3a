"""The checksum behind each piece of HDF5's metadata (lookup3, little-endian)."""

from __future__ import annotations

import numpy as np

CHECKSUM_BYTES = 4


def with_checksum(content: bytes) -> bytes:
    """The bytes with their checksum behind them."""
    return content + _checksum(content)


def is_intact(content: bytes) -> bool:
    """Whether the last four bytes are the checksum of those before."""
    return _checksum(content[:-CHECKSUM_BYTES]) == content[-CHECKSUM_BYTES:]


def _checksum(content: bytes) -> bytes:
    # compiled code, which takes its time to load
    from ...kernels.hdf5_checksum import lookup3

    found: bytes = lookup3(np.frombuffer(content, np.uint8)).to_bytes(CHECKSUM_BYTES, "little")
    return found
