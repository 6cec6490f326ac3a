"""Whether a name stands for a file that can be read."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, StorageError, shown
from ..system.patience import reason


def file_name(path: Any) -> str:
    """The name of a file as text, with the user's folder in the place of ``~``.

    :raises ConfigurationError: it is none, or empty.
    """
    name = path.__fspath__() if isinstance(path, os.PathLike) else path
    if not isinstance(name, str):
        raise ConfigurationError(f"A file is named by a text or a Path, not by {shown(path)}.")
    if not name.strip():
        raise ConfigurationError("The name of the file is empty.")
    if "\0" in name:
        raise ConfigurationError("The name of a file has no zero bytes.")
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"No file of this system can have the name {shown(name)}."
        ) from None
    return os.path.expanduser(name)  # noqa: PTH111 - Path's raises for users there are not


def check_file(path: Path) -> None:
    """Raise what would keep a file from being read, whatever is in it.

    :raises StorageError: there is no such file, or it may not be looked at.
    """
    try:
        is_folder, exists, is_file = path.is_dir(), path.exists(), path.is_file()
    except OSError as error:  # such as a name that is too long, or a folder of somebody else
        raise StorageError(f"{path} cannot be read: {reason(error)}.") from error
    if is_folder:
        raise StorageError(f"{path} is a folder; give the name of a recording.")
    if not exists:
        raise StorageError(_why_missing(path))
    if not is_file:
        raise StorageError(f"{path} is a device or a pipe; give the name of a recording.")


def size_of_file(path: Path) -> int:
    """Size of a file.

    :raises StorageError: it is not there any more.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise StorageError(f"{path} is not there any more: {reason(error)}.") from error


def _why_missing(path: Path) -> str:
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return f"{path} is a symbolic link that leads round in a circle, to no file."
    if path.is_symlink():
        return f"{path} is a symbolic link to a file that is not there."
    return f"There is no file {path}."
