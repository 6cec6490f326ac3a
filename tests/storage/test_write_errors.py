"""What an error while a file is written is told as."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from picostream_pymeasure.errors import DiskFullError, OutputExistsError, StorageError
from picostream_pymeasure.storage.failures import write_error, write_errors

PATH = Path("data.hdf5")
NO_ROOM = ["ENOSPC", "EDQUOT", "EFBIG"]


@pytest.mark.parametrize("name", NO_ROOM)
def test_disk_quota_and_size_limit_are_no_room(name: str) -> None:
    number = getattr(errno, name, errno.ENOSPC)
    told = write_error(PATH, OSError(number, os.strerror(number)))
    assert isinstance(told, DiskFullError)
    assert "no room for data.hdf5" in str(told)
    assert os.strerror(number) in str(told)
    assert ("FAT32 end at 4 GB" in str(told)) == (name == "EFBIG")


@pytest.mark.parametrize("code", [39, 112, 223, 1295])
def test_no_room_on_windows(code: int) -> None:
    error = OSError(errno.EINVAL, "The file size exceeds the limit allowed")
    error.winerror = code  # type: ignore[attr-defined]
    told = write_error(PATH, error)
    assert isinstance(told, DiskFullError)
    assert f"There is no room for data.hdf5: {error.strerror}." in str(told)
    assert ("FAT32 end at 4 GB" in str(told)) == (code == 223)


def test_file_that_exists() -> None:
    told = write_error(PATH, FileExistsError(errno.EEXIST, "there"))
    assert isinstance(told, OutputExistsError)
    assert "choose another name" in str(told)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.EACCES, "no"), os.strerror(errno.EACCES)),
        (OSError(errno.EIO, "no"), os.strerror(errno.EIO)),
        (OSError("first line\nsecond"), "first line"),
        (OSError(), "OSError"),
    ],
)
def test_other_errors_name_their_cause(error: OSError, cause: str) -> None:
    told = write_error(PATH, error)
    assert type(told) is StorageError
    assert str(told) == f"data.hdf5 cannot be written: {cause}."


def test_error_of_ours_stays() -> None:
    error = StorageError("ours")
    with pytest.raises(StorageError) as raised, write_errors(PATH):
        raise error
    assert raised.value is error
    assert raised.value.__cause__ is None
