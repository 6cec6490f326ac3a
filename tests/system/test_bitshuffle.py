"""The filter, held against what HDF5 and its plugin make of the same chunk."""

from __future__ import annotations

from pathlib import Path

import h5py
import hdf5plugin
import numpy as np
import pytest

from picostream_pymeasure.system.bitshuffle import packed, unpacked

VALUES = [
    np.arange(4096, dtype="<i2") // 7,
    np.random.default_rng(1).integers(-128, 127, 8192).astype("i1"),
    np.zeros(1 << 16, "<i2"),
]


@pytest.mark.parametrize("values", VALUES, ids=["ramp", "noise", "zeros"])
def test_it_is_what_hdf5_stores(tmp_path: Path, values: np.ndarray) -> None:
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        options = hdf5plugin.Bitshuffle(cname="lz4")
        dataset = file.create_dataset("a", data=values, chunks=values.shape, **options)
        _, stored = dataset.id.read_direct_chunk((0,))
    assert packed(values.tobytes(), values.itemsize) == stored
    assert unpacked(stored, values.nbytes, values.itemsize) == values.tobytes()


def test_what_is_something_else_is_refused() -> None:
    """Lengths that do not fit would let the library read what is not its."""
    values = VALUES[0]
    stored = packed(values.tobytes(), 2)
    rng = np.random.default_rng(2)
    refused = 0
    for _ in range(3000):
        damaged = bytearray(stored)
        for at in rng.integers(0, len(stored), 3):
            damaged[at] = rng.integers(0, 256)
        found = unpacked(bytes(damaged), values.nbytes, 2)
        assert found is None or len(found) == values.nbytes
        refused += found is None
    assert refused > 100
    for wrong in (b"", stored[:-1], stored + b"0", stored[:12], stored[:11]):
        assert unpacked(wrong, values.nbytes, 2) is None
    assert unpacked(stored, values.nbytes + 64, 2) is None
