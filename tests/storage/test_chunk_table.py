"""HDF5's metadata checksum and its lists of chunks, read and rewritten past HDF5."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.kernels.lookup3 import lookup3
from picostream_pymeasure.storage.chunk_table import ChunkTable
from picostream_pymeasure.storage.raw_file import RawFile
from picostream_pymeasure.storage.schema import LIBVER
from picostream_pymeasure.storage.superblock import _lookup3

ROWS = 4


@pytest.mark.parametrize("size", [*range(1, 40), 8192])
def test_both_forms_of_the_checksum_agree(size: int) -> None:
    data = np.random.default_rng(size).integers(0, 256, size, np.uint8)
    assert lookup3(data) == _lookup3(data.tobytes())


def test_the_checksum_of_its_author() -> None:
    """``hashlittle("Four score and seven years ago", 30, 0)``, from the author's ``driver5``."""
    assert lookup3(np.frombuffer(b"Four score and seven years ago", np.uint8)) == 0x17770551


class Written:
    """A file with one dataset whose chunk ``n`` holds the value ``n``."""

    def __init__(self, path: Path, n_chunks: int, limit: int, row: tuple[int, ...]) -> None:
        self.path = path
        self.raw = RawFile(_write(path, n_chunks, limit, row), writable=True)
        with h5py.File(path) as file:
            self.table = ChunkTable(self.raw, file["x"])
            dataset = file["x"].id
            self.positions = [
                dataset.get_chunk_info(index).byte_offset for index in range(n_chunks)
            ]

    def values(self) -> list[int]:
        with h5py.File(self.path) as file:
            return file["x"][()].reshape(len(file["x"]), -1)[:, 0].tolist()


def _write(path: Path, n_chunks: int, limit: int, row: tuple[int, ...]) -> Path:
    with h5py.File(path, "w", libver=LIBVER) as file:
        dataset = file.create_dataset(
            "x", (n_chunks * ROWS, *row), "i2", maxshape=(limit * ROWS, *row), chunks=(ROWS, *row)
        )
        for chunk in range(n_chunks):
            dataset[chunk * ROWS : (chunk + 1) * ROWS] = chunk
    return path


@pytest.fixture
def written(tmp_path: Path) -> Iterator[object]:
    made = []

    def write(n_chunks: int, limit: int, row: tuple[int, ...] = ()) -> Written:
        made.append(Written(tmp_path / f"{len(made)}.h5", n_chunks, limit, row))
        return made[-1]

    yield write
    for file in made:
        file.raw.close()


@pytest.mark.parametrize(
    ("n_chunks", "limit"),
    [(2, 2), (1, 3), (1024, 1024), (1025, 1025), (1500, 2500), (2048, 2048), (2049, 4000)],
)
@pytest.mark.parametrize("row", [(), (2,)])
def test_chunks_change_places(written, n_chunks: int, limit: int, row: tuple[int, ...]) -> None:
    file = written(n_chunks, limit, row)
    positions = file.table.read(n_chunks)
    assert positions.tolist() == file.positions
    file.table.write(np.roll(positions, -1))
    order = [*range(1, n_chunks), 0]
    assert file.values() == np.repeat(order, ROWS).tolist()
    assert file.table.read(n_chunks).tolist() == [file.positions[chunk] for chunk in order]


def test_some_at_the_front_change_places(written) -> None:
    file = written(1500, 2500)
    file.table.write(file.table.read(1500)[:1100][::-1])
    order = [*range(1099, -1, -1), *range(1100, 1500)]
    assert file.values() == np.repeat(order, ROWS).tolist()


def test_rows_are_cut_off(written) -> None:
    file = written(3, 3)
    file.table.set_rows(9)
    assert file.values() == [0, 0, 0, 0, 1, 1, 1, 1, 2]


def test_damage_is_noticed(written) -> None:
    file = written(5, 5)
    table = file.path.read_bytes().index(b"FADB")
    file.raw.write(table + 20, b"\1")
    with pytest.raises(FileFormatError, match="damaged"):
        file.table.read(5)


@pytest.mark.parametrize("options", [{"maxshape": (None,)}, {"maxshape": (8,), "chunks": (8,)}])
def test_other_forms_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver=LIBVER) as file:
        file.create_dataset("x", data=np.arange(8), **options)
    raw = RawFile(path)
    with h5py.File(path) as file, pytest.raises(FileFormatError, match="unknown form"):
        ChunkTable(raw, file["x"])
    raw.close()
