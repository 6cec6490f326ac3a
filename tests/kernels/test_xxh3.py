"""The compiled checksum gives what the xxhash package gives, for every length and alignment."""

from __future__ import annotations

import numpy as np
import pytest
import xxhash
from numba import njit

from picostream_pymeasure.kernels.xxh3 import xxh3_at

SEEDS = (0, 1, 2**32, 2**64 - 1)
CONTENT = np.random.default_rng(1).integers(0, 256, 70_000, np.uint8)


def xxh3(content: np.ndarray, seed: int) -> int:
    return xxh3_at(content.ctypes.data, content.nbytes, np.uint64(seed))


def reference(content: np.ndarray, seed: int) -> int:
    return xxhash.xxh3_64_intdigest(content.tobytes(), seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_short_length(seed: int) -> None:
    for size in range(1200):
        assert xxh3(CONTENT[:size], seed) == reference(CONTENT[:size], seed), size


@pytest.mark.parametrize("size", [1023, 1024, 1025, 2048, 4096, 65_536, 69_993])
def test_long_ones_at_any_address(size: int) -> None:
    for start in range(8):
        part = CONTENT[start : start + size]
        assert xxh3(part, 7) == reference(part, 7)


def test_values_of_any_type_and_calls_from_compiled_code() -> None:
    counts = CONTENT.view(np.int16)

    @njit(nogil=True)
    def checksum(address: int, size: int) -> int:
        return xxh3_at(address, size, np.uint64(3))

    assert xxh3(counts, 3) == reference(counts, 3)
    assert checksum(counts.ctypes.data, counts.nbytes) == reference(counts, 3)
