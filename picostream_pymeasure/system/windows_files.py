"""Calls of Windows about the length and the holes of files.

They have only been run with a library that notes the calls.
"""

from __future__ import annotations

import ctypes
from typing import Any

_SET_SPARSE = 0x900C4  # FSCTL_SET_SPARSE
_END_OF_FILE_INFO = 6  # FileEndOfFileInfo


def allow_holes(kernel: Any, handle: int) -> None:
    """Make a file sparse, where the drive can do that: FAT and some servers cannot.

    Elsewhere NTFS fills up with zeros, before it returns from a write, what lies between that and
    all writes before.

    :param kernel: ``kernel32``.
    """
    returned, nothing = ctypes.c_uint32(), ctypes.c_void_p()
    to_none, size = (nothing, 0), ctypes.byref(returned)
    kernel.DeviceIoControl(ctypes.c_void_p(handle), _SET_SPARSE, *to_none, *to_none, size, nothing)


def set_length(kernel: Any, handle: int, n_bytes: int) -> bool:
    """Let a file end there, and tell whether that was possible.

    :param kernel: ``kernel32``, which keeps its last error.
    """
    end = ctypes.c_int64(n_bytes)
    where = ctypes.c_void_p(handle), _END_OF_FILE_INFO
    return bool(kernel.SetFileInformationByHandle(*where, ctypes.byref(end), ctypes.sizeof(end)))
