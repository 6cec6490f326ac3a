"""The lock that tells whether a file is being recorded."""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.system.file_lock import FileLock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["x"] = 1
    return path


def test_nobody_has_the_file_alone_while_it_is_recorded(path: Path) -> None:
    recording = FileLock(path, alone=False)
    with pytest.raises(BlockingIOError):
        FileLock(path, alone=True)
    recording.release()
    recording.release()
    FileLock(path, alone=True).release()


@pytest.mark.skipif(sys.platform == "win32", reason="HDF5 locks no files there")
def test_readers_are_not_hindered_but_writers_are(path: Path) -> None:
    recording = FileLock(path, alone=False)
    with h5py.File(path, swmr=True) as file:
        assert file["x"][()] == 1
    with pytest.raises(BlockingIOError):
        h5py.File(path, "r+")
    recording.release()
    with h5py.File(path, "r+") as file:
        assert file["x"][()] == 1
