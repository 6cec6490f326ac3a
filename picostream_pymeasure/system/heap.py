"""Memory of the C library, for native functions that free what they are given."""

from __future__ import annotations

import ctypes
import sys

_library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
_library.malloc.argtypes = [ctypes.c_size_t]
_library.malloc.restype = ctypes.c_void_p
_library.free.argtypes = [ctypes.c_void_p]
_library.free.restype = None


def allocate(n_bytes: int) -> int:
    """Address of new memory, to be given to :func:`release` or to whatever frees it.

    :raises MemoryError: there is none.
    """
    address = _library.malloc(n_bytes)
    if not address:
        raise MemoryError(f"{n_bytes} bytes cannot be allocated.")
    return int(address)


def release(address: int) -> None:
    """Free memory of :func:`allocate`, or what a native function made with ``malloc``."""
    _library.free(address)
