"""Buffers of one byte a sample, for 8 bit: the library has them, picosdk does not bind them."""

from __future__ import annotations

import ctypes
from typing import Any

SET_BYTE_BUFFERS = "ps5000aSetUnscaledDataBuffers"

#: handle, channel, maxima, minima, samples, segment, ratio mode
_ARGUMENTS = [
    ctypes.c_int16,
    ctypes.c_int32,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int32,
    ctypes.c_uint32,
    ctypes.c_int32,
]


def bind_byte_buffers(library: Any) -> bool:
    """Let picosdk's wrapper have the function; whether the library behind it does."""
    if hasattr(library, SET_BYTE_BUFFERS):
        return True
    try:
        library.make_symbol(
            "_SetUnscaledDataBuffers", SET_BYTE_BUFFERS, ctypes.c_uint32, _ARGUMENTS
        )
    except AttributeError:
        return False
    return True
