"""Length and holes of files, forcing data to the disk, and asking how much room is left."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sys
from pathlib import Path

from .patience import may_pass, patiently

log = logging.getLogger(__name__)

if sys.platform == "darwin":
    import fcntl

    def sync_data(descriptor: int) -> None:
        """Return once the file's data are on the disk; plain fsync stops at the drive's cache."""
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:  # drives of a network do not know it
            os.fsync(descriptor)

elif sys.platform == "win32":

    def sync_data(descriptor: int) -> None:
        """Return once the file's data are on the disk (``FlushFileBuffers``)."""
        os.fsync(descriptor)

else:

    def sync_data(descriptor: int) -> None:
        """Return once the file's data are on the disk."""
        os.fdatasync(descriptor)


if sys.platform == "win32":
    import ctypes
    import msvcrt

    from . import windows_files

    def allow_holes(descriptor: int) -> None:
        """Let what is never written take no room, and what is written behind it no zeros."""
        kernel = ctypes.WinDLL("kernel32")
        windows_files.allow_holes(kernel, msvcrt.get_osfhandle(descriptor))

    def _set_length(descriptor: int, n_bytes: int) -> None:
        # the C runtime's own call writes zeros where a file gets longer, and hides why it cannot
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        if not windows_files.set_length(kernel, msvcrt.get_osfhandle(descriptor), n_bytes):
            raise ctypes.WinError(ctypes.get_last_error())

else:
    _set_length = os.ftruncate

    def allow_holes(descriptor: int) -> None:
        """Do nothing: here what is never written takes no room, where the drive can do that."""


def set_length(descriptor: int, n_bytes: int) -> None:
    """Let the file end there."""
    patiently(lambda: _set_length(descriptor, n_bytes))


def cut_off(descriptor: int, n_bytes: int) -> None:
    """Cut off what is of no use; Windows refuses that while another program maps the file."""
    try:
        set_length(descriptor, n_bytes)
    except OSError as error:
        if not may_pass(error):
            raise
        log.warning("The file stays longer than it needs to be: another program has it open.")


def discard(path: Path) -> None:
    """Remove a file that nobody wants; what hinders that is not why it is discarded."""
    with contextlib.suppress(OSError):
        patiently(path.unlink)


def free_bytes(folder: Path) -> int:
    """Room an ordinary user has left on the disk that holds the folder."""
    return shutil.disk_usage(folder).free


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk; Windows has no such call.

    Some network drives cannot do it, and not every folder that takes files can be read; the file
    itself is safe.
    """
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
