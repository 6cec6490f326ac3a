"""Forcing written data to the disk, and asking how much room is left."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

if sys.platform == "darwin":
    import fcntl

    def sync_data(descriptor: int) -> None:
        """Return once the file's data are on the disk; plain fsync stops at the drive's cache."""
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)

elif sys.platform == "win32":

    def sync_data(descriptor: int) -> None:
        """Return once the file's data are on the disk (``FlushFileBuffers``)."""
        os.fsync(descriptor)

else:

    def sync_data(descriptor: int) -> None:
        """Return once the file's data are on the disk."""
        os.fdatasync(descriptor)


def free_bytes(folder: Path) -> int:
    """Room an ordinary user has left on the disk that holds the folder."""
    return shutil.disk_usage(folder).free


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk; Windows has no such call."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # some network drives cannot do it; the file itself is safe
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
