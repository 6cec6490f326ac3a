"""Structures whose header cannot be are hidden from HDF5, because it believes their sizes."""

from __future__ import annotations

import contextlib
import re
import struct
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.storage.bytes.metadata_checksum import with_checksum
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


def test_trees_of_all_types_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "data.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110"), track_order=True) as file:
        group = file.create_group("attributes", track_order=True)
        for number in range(20):
            file.create_group(f"group_{number}")
            group.attrs[f"number {number}"] = number
        group.attrs["too large for a heap"] = np.arange(20_000)
        rows = np.arange(400).reshape(20, 20)
        file.create_dataset("chunks", data=rows, maxshape=(None, None), chunks=(3, 3))
        filtered = {"maxshape": (None, None), "chunks": (3, 3), "compression": "gzip"}
        file.create_dataset("filtered", data=rows, **filtered)
    content = path.read_bytes()
    kinds = {content[part.end() + 1] for part in re.finditer(b"BTHD", content)}
    assert kinds >= {1, 5, 6, 8, 9, 10, 11}
    with contextlib.closing(RawFile(path)) as raw, h5py.File(ByteFile(raw), "r") as file:
        assert len(file) == 23
        assert len(dict(file["attributes"].attrs)) == 21
        assert (file["chunks"][:] == file["filtered"][:]).all()
        assert (file["chunks"][:] == rows).all()


@pytest.mark.parametrize(
    ("signature", "offset", "form", "value"),
    [
        *((b"BTHD", 5, "<B", kind) for kind in (0, 1, 4, 6, 8, 10, 12, 255)),
        (b"BTHD", 6, "<I", 0),
        (b"BTHD", 6, "<I", 2**32 - 1),
        (b"BTHD", 10, "<H", 0),
        (b"BTHD", 12, "<H", 99),
        (b"BTHD", 14, "<B", 0),
        (b"BTHD", 24, "<H", 19),
        (b"BTHD", 24, "<H", 2**16 - 1),
        (b"BTHD", 26, "<Q", 19),
        (b"BTHD", 26, "<Q", 127),
        (b"BTHD", 26, "<Q", 2**63 + 20),
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
