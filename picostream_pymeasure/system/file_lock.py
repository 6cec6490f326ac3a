"""Who writes a file: told by a lock that the system releases however the program ends.

The writer shares a lock, whoever wants the file alone asks for all of it: HDF5 too, which locks a
file while it opens it, shared to read and alone to write. On Windows, where nobody else can read
what is locked, it is one byte beyond any data but within the range that HDF5 locks: programs whose
HDF5 locks are refused there, others pass.
"""

from __future__ import annotations

import errno
import sys

_REFUSED = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}

#: What drives without locks answer.
_NO_LOCKS = {
    errno.ENOLCK,
    errno.ENOSYS,
    errno.EINVAL,
    errno.EOPNOTSUPP,
    getattr(errno, "ENOTSUP", errno.EOPNOTSUPP),
}

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    #: Some file systems refuse positions from 2**44 on.
    _LOCKED_BYTE = (1 << 44) - 2
    _FAIL_IMMEDIATELY, _EXCLUSIVE = 1, 2
    _LOCK_VIOLATION, _INVALID_FUNCTION, _NOT_SUPPORTED = 33, 1, 50

    class _Overlapped(ctypes.Structure):
        _fields_ = (
            ("internal", ctypes.c_size_t),
            ("internal_high", ctypes.c_size_t),
            ("offset", wintypes.DWORD),
            ("offset_high", wintypes.DWORD),
            ("event", wintypes.HANDLE),
        )

    def _lock(descriptor: int, *, alone: bool) -> None:
        where = _Overlapped(offset=_LOCKED_BYTE & 0xFFFFFFFF, offset_high=_LOCKED_BYTE >> 32)
        handle = wintypes.HANDLE(msvcrt.get_osfhandle(descriptor))
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        flags = _FAIL_IMMEDIATELY | _EXCLUSIVE
        if kernel32.LockFileEx(handle, flags, 0, 1, 0, ctypes.byref(where)):
            return
        code = ctypes.get_last_error()
        if code == _LOCK_VIOLATION:
            raise OSError(errno.EACCES, "locked")
        if code in (_INVALID_FUNCTION, _NOT_SUPPORTED):
            raise OSError(errno.ENOLCK, "no locks")
        raise ctypes.WinError(code)

else:
    import fcntl

    def _lock(descriptor: int, *, alone: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)


def lock_file(descriptor: int, *, alone: bool) -> bool:
    """Lock an open file until its descriptor is closed.

    :param alone: False for the one who records, True for who must not meet him.
    :returns: False if the drive has no locks: nobody can be kept away then.
    :raises BlockingIOError: another program holds it.
    """
    try:
        _lock(descriptor, alone=alone)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        if error.errno in _REFUSED:
            raise BlockingIOError(error.errno, "in use by another program") from error
        raise
    return True
