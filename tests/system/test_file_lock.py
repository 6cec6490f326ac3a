"""The lock that tells whether a file is being recorded."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.system.file_lock import lock_file

Open = Callable[[], int]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", libver="v110") as file:
        file["x"] = 1
    return path


@pytest.fixture
def open_it(path: Path) -> Iterator[Open]:
    opened: list[int] = []

    def open_file() -> int:
        opened.append(os.open(path, os.O_RDWR))
        return opened[-1]

    yield open_file
    for descriptor in opened:
        os.close(descriptor)


def test_nobody_has_the_file_alone_while_it_is_recorded(open_it: Open, path: Path) -> None:
    recording = os.open(path, os.O_RDWR)
    assert lock_file(recording, alone=False)
    with pytest.raises(BlockingIOError):
        lock_file(open_it(), alone=True)
    os.close(recording)
    assert lock_file(open_it(), alone=True)


@pytest.mark.skipif(sys.platform == "win32", reason="readers that lock are refused there")
def test_readers_are_not_hindered_but_writers_are(path: Path) -> None:
    recording = os.open(path, os.O_RDWR)
    lock_file(recording, alone=False)
    with h5py.File(path) as file:
        assert file["x"][()] == 1
    with pytest.raises(BlockingIOError):
        h5py.File(path, "r+")
    os.close(recording)
    with h5py.File(path, "r+") as file:
        assert file["x"][()] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="other numbers there")
@pytest.mark.parametrize("code", [errno.EIO, errno.EPERM, errno.ENOSPC])
def test_what_is_neither_a_lock_nor_the_want_of_them_is_told(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def fail(descriptor: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("fcntl.flock", fail)
    with pytest.raises(OSError, match=os.strerror(code)) as raised:
        lock_file(0, alone=False)
    assert not isinstance(raised.value, BlockingIOError)
