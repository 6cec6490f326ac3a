"""HDF5's errors as this package's."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import DiskFullError, OutputExistsError, StorageError
from ..system.patience import reason

_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}

#: ERROR_HANDLE_DISK_FULL, DISK_FULL, DISK_QUOTA_EXCEEDED.
_NO_ROOM_ON_WINDOWS = {39, 112, 1295}

#: ERROR_FILE_TOO_LARGE: the disk may have room, but not for so long a file.
_TOO_LONG_ON_WINDOWS = 223


@contextlib.contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Around what writes a file: raise what the system refuses as :func:`write_error` tells it."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise write_error(path, error) from error


def write_error(path: Path, error: Exception) -> StorageError:
    """What to raise for an error that HDF5 or the system raised while a file was written."""
    if isinstance(error, StorageError):
        return error
    number, windows_number = _error_number(error), getattr(error, "winerror", None)
    if number == errno.EFBIG or windows_number == _TOO_LONG_ON_WINDOWS:
        return DiskFullError(
            f"There is no room for {path}: {_cause(error, number)}. Files on FAT32 end at 4 GB, "
            "and a limit (ulimit -f) may end them before; choose another disk."
        )
    if number in _NO_ROOM or windows_number in _NO_ROOM_ON_WINDOWS:
        return DiskFullError(f"There is no room for {path}: {_cause(error, number)}.")
    if number == errno.EEXIST:
        return OutputExistsError(f"{path} exists; choose another name, or force its replacement.")
    return StorageError(f"{path} cannot be written: {_cause(error, number)}.")


def _cause(error: Exception, number: int) -> str:
    if isinstance(error, OSError) and error.errno:
        return reason(error)
    lines = str(error).splitlines() or [type(error).__name__]
    return os.strerror(number) if number else lines[0]


def _error_number(error: Exception) -> int:
    """``errno`` of the system call that failed; h5py often has it in the message only."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    found = re.search(r"errno = (\d+)", str(error))
    return int(found[1]) if found else 0
