"""Structures whose header cannot be are hidden from HDF5, because it divides by their sizes."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.storage.bytes.checksum import with_checksum
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.reading.byte_file import ByteFile

#: With their checksums.
HEADER_BYTES = {b"BTHD": 38, b"FRHP": 146}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with so many groups that HDF5 makes a tree and a heap of them."""
    path = tmp_path / "data.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        for number in range(20):
            file.create_group(f"group_{number}")
    return path


def names(path: Path) -> list[str]:
    with contextlib.closing(RawFile(path)) as raw, h5py.File(ByteFile(raw), "r") as file:
        return list(file)


def test_sound_trees_can_be_read(path: Path) -> None:
    assert len(names(path)) == 20


@pytest.mark.parametrize(
    ("signature", "offset", "form", "value"),
    [
        (b"BTHD", 5, "<B", 0),
        (b"BTHD", 6, "<I", 0),
        (b"BTHD", 6, "<I", 2**32 - 1),
        (b"BTHD", 10, "<H", 0),
        (b"BTHD", 12, "<H", 99),
        (b"BTHD", 14, "<B", 0),
        (b"FRHP", 110, "<H", 0),
        (b"FRHP", 110, "<H", 3),
        (b"FRHP", 112, "<Q", 0),
        (b"FRHP", 112, "<Q", 2**63),
        (b"FRHP", 120, "<Q", 0),
        (b"FRHP", 128, "<H", 0),
        (b"FRHP", 128, "<H", 65),
    ],
)
def test_impossible_ones_are_refused(
    path: Path, signature: bytes, offset: int, form: str, value: int
) -> None:
    content = bytearray(path.read_bytes())
    start = content.index(signature)
    struct.pack_into(form, content, start + offset, value)
    size = HEADER_BYTES[signature]
    header = bytes(content[start : start + size - 4])
    content[start : start + size] = with_checksum(header)
    path.write_bytes(content)
    with pytest.raises((OSError, RuntimeError, KeyError)):
        names(path)
