"""Fletcher's checksum against the one that HDF5 puts behind its chunks."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from picostream_pymeasure.kernels.fletcher import fletcher32


def checksum_of_hdf5(data: np.ndarray) -> int:
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        dataset = file.create_dataset("d", data=data, chunks=data.shape, fletcher32=True)
        file.flush()
        _mask, stored = dataset.id.read_direct_chunk((0,))
    assert stored[:-4] == data.tobytes()
    return int.from_bytes(stored[-4:], "little")


@pytest.mark.parametrize("size", [1, 2, 3, 719, 720, 721, 722, 65534, 65535, 100_001])
@pytest.mark.parametrize("kind", ["random", "zeros", "ones", "last"])
def test_it_is_what_hdf5_computes(size: int, kind: str) -> None:
    data = np.zeros(size, np.uint8)
    if kind == "random":
        data[:] = np.random.default_rng(size).integers(0, 256, size)
    elif kind == "ones":
        data[:] = 255
    elif kind == "last":
        data[-1] = 1
    assert fletcher32(data) == checksum_of_hdf5(data)


def test_it_covers_a_whole_chunk() -> None:
    data = np.full(4 * 2**20, 255, np.uint8)
    data[12345] = 7
    assert fletcher32(data) == checksum_of_hdf5(data)
