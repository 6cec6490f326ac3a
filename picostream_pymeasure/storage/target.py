"""Whether a recording can be written where the user wants it, asked before anything is touched."""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from ..config import require_number
from ..errors import ConfigurationError, DiskFullError, OutputExistsError, StorageError
from ..quantities import size
from ..system.file_names import fault_of
from ..system.files import free_bytes
from .failures import write_errors
from .place import file_name

#: Endings of result files; anything else behind a dot, as in ``run_1.5V``, is part of the name.
_RESULT_SUFFIXES = (".csv", ".txt", ".dat")

#: … and of those that recordings are exported to.
_OTHER_SUFFIXES = (*_RESULT_SUFFIXES, ".npy", ".npz", ".wav", ".parquet")

#: Left free on the disk, so that the file can be closed and the system goes on.
DEFAULT_RESERVE_BYTES = 200_000_000

#: More than any disk has.
_MAX_RESERVE_BYTES = 10**18

#: The longest that a live-only file keeps.
MAX_LIVE_ONLY_S = 366 * 86400.0

#: How files begin that nothing but a recording may replace.
_RESULTS_BEGIN, _HDF5_BEGIN = b"#Procedure:", b"\x89HDF\r\n"


def path_with_time() -> Path:
    """Name a recording after the present time, in the present folder.

    To the millisecond, so that scopes that are started together do not get the same name.
    """
    now = datetime.now()
    return Path(f"picostream_{now:%Y%m%d_%H%M%S}_{now.microsecond // 1000:03d}.hdf5")


def check_target(path: Path, *, force: bool | None) -> None:
    """Raise what would keep a file from being created.

    :param force: an existing file will be replaced; None where nobody can ask for that.
    :raises OutputExistsError: the file exists, and ``force`` is not True.
    :raises StorageError: the path is a folder, or its folder is missing or not writable.
    """
    if fault := fault_of(path):
        raise StorageError(f"The name {path.name} {fault}; choose another one.")
    with write_errors(path):  # such as a name that is too long
        _check_place(path, force)


def require_no_data(path: Path) -> None:
    """Keep what is made of a recording from replacing one, or the results of a run.

    :raises OutputExistsError: the file is one.
    :raises StorageError: it cannot be read.
    """
    if not path.is_file():
        return
    with write_errors(path), path.open("rb") as file:
        begin = file.read(len(_RESULTS_BEGIN))
    if begin == _RESULTS_BEGIN or begin.startswith(_HDF5_BEGIN):
        kind = "the results of a run" if begin == _RESULTS_BEGIN else "a recording"
        raise OutputExistsError(
            f"{path.name} holds {kind} and is not replaced; choose another name."
        )


def _check_place(path: Path, force: bool | None) -> None:
    folder = path.parent
    if not folder.is_dir():
        if folder.exists():
            raise StorageError(f"{folder} is no folder; choose another one.")
        raise StorageError(f"The folder {folder} does not exist; create it first.")
    if path.is_dir():
        raise StorageError(f"{path} is a folder; give the name of a file.")
    if path.exists() and not path.is_file():
        raise StorageError(f"{path} is a device or a pipe; give the name of a file.")
    if not os.access(folder, os.W_OK):
        raise StorageError(f"The folder {folder} cannot be written to; choose another one.")
    if _has_no_room_at_all(folder):
        raise StorageError(
            f"{folder} does not tell how much room it has; choose a folder on a disk."
        )
    if os.path.lexists(path) and not force:
        replaced = "" if force is None else ", or let it be replaced (--force, force=True)"
        raise OutputExistsError(f"{path} exists; choose another name{replaced}.")


def _has_no_room_at_all(folder: Path) -> bool:
    """As where the system keeps what is no file; a drive that does not answer may have some."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).total == 0
    return False


def check_ending(path: Path) -> None:
    """Raise :class:`StorageError` for a recording that is named as another kind of file."""
    if path.suffix.lower() in _OTHER_SUFFIXES:
        raise StorageError(
            f"A recording is an HDF5 file: let its name end with .hdf5 instead of {path.suffix}; "
            "picostream export writes other kinds of files from it."
        )


def check_reserve(reserve_bytes: Any) -> int:
    """Give a number of bytes; raise :class:`ConfigurationError` for what cannot stay free."""
    reserve_bytes = require_number("reserve_bytes", reserve_bytes, " of bytes")
    if not 0 <= reserve_bytes <= _MAX_RESERVE_BYTES:
        raise ConfigurationError(
            f"The reserve must be 0 to {_MAX_RESERVE_BYTES / 1e6:.0e} MB, not "
            f"{reserve_bytes / 1e6:g} MB."
        )
    return int(reserve_bytes)


def check_space(folder: Path, needed_bytes: int, reserve_bytes: int) -> None:
    """Raise :class:`DiskFullError` unless the disk holds what is needed and the reserve.

    :raises ConfigurationError: that cannot stay free on a disk.
    """
    reserve_bytes = check_reserve(reserve_bytes)
    free = free_bytes(folder)
    if free < needed_bytes + reserve_bytes:
        raise DiskFullError(
            f"It needs {size(needed_bytes)} and {size(reserve_bytes)} must stay free, "
            f"but the disk of {folder} has only {size(free)} left."
        )


def recording_path_for(csv_path: str | Path) -> Path:
    """Give the path of the recording that belongs to a result file: same folder and stem.

    :raises ConfigurationError: it is no name of a file.
    """
    path = Path(file_name(csv_path)).absolute()
    stem = path.stem if path.suffix.lower() in _RESULT_SUFFIXES else path.name
    return path.with_name(f"{stem}.hdf5")
