"""Damaged texts are found before HDF5 reads them, because some make it loop for ever."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.storage import describe_file



@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file["adc_counts"] = range(10)
        for number in range(8):
            file.attrs[f"text_{number}"] = "x" * (20 + number)
    return path


def sizes_of_objects(data: bytes) -> list[int]:
    """Where the sizes of the objects of the first heap lie."""
    position = data.index(b"GCOL") + 16
    found = []
    while int.from_bytes(data[position : position + 2], "little"):
        found.append(position + 8)
        position += 16 + (data[position + 8] + 7) // 8 * 8
    return found


def test_sound_texts_pass(path: Path) -> None:
    check_texts(path)
    assert len(sizes_of_objects(path.read_bytes())) == 8


@pytest.mark.parametrize("size", [198, 0xFFFF, 2**63])
def test_wrong_size_of_any_text_is_found(path: Path, size: int) -> None:
    whole = path.read_bytes()
    for place in sizes_of_objects(whole):
        path.write_bytes(whole[:place] + size.to_bytes(8, "little") + whole[place + 8 :])
        with pytest.raises(FileFormatError):
            describe_file(path)


def test_heap_that_is_cut_off_is_left_to_hdf5(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"GCOL") + 24])
    check_texts(path)
