"""Who writes a file: told by a lock that the system releases however the program ends.

The writer shares a lock, whoever wants the file alone asks for all of it: HDF5 too, which locks a
file while it opens it, shared to read and alone to write. On Windows, where locked bytes cannot be
read, it is one byte far beyond any data.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

_REFUSED = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_BINARY = getattr(os, "O_BINARY", 0)

if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE = 1 << 62

    def _lock(descriptor: int, *, alone: bool) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, *, alone: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


class FileLock:
    """A lock on a file, held until :meth:`release` or the end of the program.

    :param alone: False for the one who records, True for who must not meet him.
    :raises BlockingIOError: another program holds it.
    """

    def __init__(self, path: Path, *, alone: bool) -> None:
        self._descriptor: int | None = os.open(path, os.O_RDWR | _BINARY)
        try:
            _lock(self._descriptor, alone=alone)
        except OSError as error:
            if error.errno in _REFUSED:
                self.release()
                raise BlockingIOError(error.errno, "in use by another program") from error
            # a file system without locks: nobody can be kept away

    def release(self) -> None:
        """Give the lock back; later calls do nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
