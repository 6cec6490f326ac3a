"""Damaged texts are hidden from HDF5, because some make it loop for ever."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import pytest

from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.reading.byte_file import ByteFile
from picostream_pymeasure.storage.reading.hidden_damage import hide_damaged

TEXTS = {f"text_{number}": "x" * (20 + number) for number in range(8)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.attrs.update(TEXTS)
    return path


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    with (
        contextlib.closing(RawFile(path)) as raw,
        h5py.File(ByteFile(raw), "r") as file,
    ):
        yield file


def sizes_of_objects(data: bytes) -> list[int]:
    """Where the sizes of the objects of the first heap lie."""
    position = data.index(b"GCOL") + 16
    found = []
    while int.from_bytes(data[position : position + 2], "little"):
        found.append(position + 8)
        position += 16 + (data[position + 8] + 7) // 8 * 8
    return found


def check_refused(path: Path) -> None:
    with opened(path) as file:
        for name in TEXTS:
            with pytest.raises(OSError, match="global heap"):
                file.attrs[name]


def test_sound_texts_can_be_read(path: Path) -> None:
    assert len(sizes_of_objects(path.read_bytes())) == len(TEXTS)
    with opened(path) as file:
        assert dict(file.attrs) == TEXTS


def test_long_texts_can_be_read(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["long"] = "long " * 100_000
    with opened(path) as file:
        assert file.attrs["long"] == "long " * 100_000


@pytest.mark.parametrize("size", [0, 250, 0xFFFF, 2**63, 2**64 - 16])
def test_wrong_size_of_any_text_is_found(path: Path, size: int) -> None:
    whole = path.read_bytes()
    for place in sizes_of_objects(whole):
        path.write_bytes(whole[:place] + size.to_bytes(8, "little") + whole[place + 8 :])
        check_refused(path)


@pytest.mark.parametrize("size", [0, 8, 4104, 2**40, 2**64 - 1])
def test_wrong_size_of_all_texts_is_found(path: Path, size: int) -> None:
    whole = path.read_bytes()
    place = whole.index(b"GCOL") + 8
    path.write_bytes(whole[:place] + size.to_bytes(8, "little") + whole[place + 8 :])
    check_refused(path)


def test_free_space_of_no_size_is_found(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    place = sizes_of_objects(whole)[-1] + 8 + 32
    assert whole[place : place + 8] == bytes(8)
    whole[place + 8 : place + 16] = bytes(8)
    path.write_bytes(whole)
    check_refused(path)


def test_two_texts_of_one_number_are_found(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    first, second = (place - 8 for place in sizes_of_objects(whole)[:2])
    whole[second : second + 2] = whole[first : first + 2]
    path.write_bytes(whole)
    check_refused(path)


@pytest.mark.parametrize("margin", range(6))
def test_signature_that_is_read_in_two_parts_is_hidden(path: Path, margin: int) -> None:
    whole = bytearray(path.read_bytes())
    start = whole.index(b"GCOL")
    whole[sizes_of_objects(whole)[2]] = 0xFF
    path.write_bytes(whole)
    with contextlib.closing(RawFile(path)) as raw:
        part = bytearray(raw.read(start + margin, 100))
        hide_damaged(raw, start + margin, memoryview(part))
    hidden = max(5 - margin, 0)
    assert part[:hidden] == bytes(hidden)
    assert part[hidden:] == whole[start + margin + hidden : start + margin + 100]
