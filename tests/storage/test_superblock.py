"""The superblock's mark of being open, and its checksum, against HDF5's own."""

from __future__ import annotations

import io

import h5py
import pytest

from picostream_pymeasure.storage.superblock import SIZE, is_marked_open, unmarked


def content(libver: str = "latest") -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w", libver=libver) as root:
        root["data"] = range(10)
    return file.getvalue()


def test_hdf5_accepts_the_computed_checksum() -> None:
    whole = content()
    open_file = whole[:11] + b"\x05" + whole[12:]
    assert is_marked_open(open_file[:SIZE])
    assert unmarked(open_file[:SIZE], len(whole)) == whole[:SIZE]


def test_the_end_can_be_moved() -> None:
    whole = content()
    longer = io.BytesIO(unmarked(whole[:SIZE], len(whole) + 5000) + whole[SIZE:] + bytes(5000))
    with h5py.File(longer) as root:
        assert list(root["data"]) == list(range(10))


@pytest.mark.parametrize("start", [b"", b"\x89HDF", bytes(SIZE), content("earliest")[:SIZE]])
def test_other_files_are_not_marked_open(start: bytes) -> None:
    assert not is_marked_open(start)
