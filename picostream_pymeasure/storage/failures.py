"""Errors of the system as this package's."""

from __future__ import annotations

import contextlib
import errno
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


def write_error(path: Path, error: OSError) -> StorageError:
    """What to raise for what the system refused while a file was written."""
    number, windows_number = error.errno, getattr(error, "winerror", None)
    no_room = f"There is no room for {path}: {reason(error)}."
    if number == errno.EFBIG or windows_number == _TOO_LONG_ON_WINDOWS:
        limits = "Files on FAT32 end at 4 GB, and a limit (ulimit -f) may end them before"
        return DiskFullError(f"{no_room} {limits}; choose another disk.")
    if number in _NO_ROOM or windows_number in _NO_ROOM_ON_WINDOWS:
        return DiskFullError(no_room)
    if number == errno.EEXIST:
        return OutputExistsError(f"{path} exists; choose another name, or force its replacement.")
    return StorageError(f"{path} cannot be written: {reason(error)}.")
