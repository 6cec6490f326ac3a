"""Bitshuffle with LZ4, a filter that HDF5 programs know by its plugin, called past HDF5.

The plugin's library gives the address of its function, on every system in the same way. That takes
memory of C's ``malloc`` and leaves other memory in its place, so the addresses of those functions
are needed too. It needs no GIL, and any number of threads may call it.

Sources: "HDF5 Dynamically Loaded Filters" (``H5PLget_plugin_info``), "H5Z_class2_t" in HDF5's
reference manual, and the list of parameters in bitshuffle's README. Only the Linux form has been
run; on Windows the plugins are built for the C library of the system, ``ucrtbase``.
"""

from __future__ import annotations

import ctypes
import functools
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ConfigurationError

#: Parameters of the filter: bitshuffle's own version, which it does not read, the bytes of an item,
#: items of a block (0: as it likes) and LZ4.
_VERSION, _AS_IT_LIKES, _LZ4 = (0, 4), 0, 2

_REVERSE = 0x0100

#: What is packed begins with the bytes of all and of a block, a block with its length. Items that
#: do not fill the last eight are not foreseen: chunks are powers of two.
_HEAD, _LENGTH = struct.Struct(">QI"), struct.Struct(">I")
_EIGHT, _MOST_BLOCK_BYTES = 64, 1 << 24


class _PluginInfo(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("number", ctypes.c_int),
        ("encodes", ctypes.c_uint),
        ("decodes", ctypes.c_uint),
        ("name", ctypes.c_char_p),
        ("can_apply", ctypes.c_void_p),
        ("set_local", ctypes.c_void_p),
        ("filter", ctypes.c_void_p),
    )


_FILTER = ctypes.CFUNCTYPE(
    ctypes.c_size_t,
    ctypes.c_uint,
    ctypes.c_size_t,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(ctypes.c_void_p),
)


def bitshuffle_filter() -> dict[str, Any]:
    """What ``h5py.Group.create_dataset`` takes to make a dataset with this filter."""
    import hdf5plugin

    return dict(hdf5plugin.Bitshuffle(cname="lz4"))


def filter_values(item_bytes: int) -> np.ndarray[Any, np.dtype[np.uint32]]:
    """The parameters for items of so many bytes."""
    return np.array([*_VERSION, item_bytes, _AS_IT_LIKES, _LZ4], np.uint32)


@functools.cache
def filter_addresses() -> tuple[int, int, int]:
    """Addresses of the filter, of ``malloc`` and of ``free``.

    :raises ConfigurationError: the plugin is missing, or another one than expected.
    """
    library, memory = _library(), _memory()
    library.H5PLget_plugin_info.restype = ctypes.POINTER(_PluginInfo)
    function = library.H5PLget_plugin_info().contents.filter
    found = (ctypes.cast(each, ctypes.c_void_p).value for each in (memory.malloc, memory.free))
    malloc, free = (address or 0 for address in found)
    return function, malloc, free


@functools.cache
def _library() -> ctypes.CDLL:
    import hdf5plugin

    found = sorted(Path(hdf5plugin.PLUGIN_PATH).glob("*h5bshuf*"))
    try:
        return ctypes.CDLL(str(found[0]))
    except (IndexError, OSError) as error:
        raise ConfigurationError(
            "Compressed recordings need the plugin bitshuffle of the package hdf5plugin, which is "
            "not there; install hdf5plugin anew, or record without compression."
        ) from error


@functools.cache
def _memory() -> ctypes.CDLL:
    memory = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    memory.malloc.restype, memory.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
    memory.free.restype, memory.free.argtypes = None, (ctypes.c_void_p,)
    return memory


def packed(content: bytes, item_bytes: int) -> bytes:
    """A chunk as the filter leaves it."""
    return _filtered(0, content, len(content), item_bytes)


def unpacked(content: bytes, n_bytes: int, item_bytes: int) -> bytes | None:
    """What was packed, ``n_bytes``; None if this is something else."""
    if not _has_whole_blocks(content, n_bytes):
        return None
    found = _filtered(_REVERSE, content, n_bytes, item_bytes)
    return found if len(found) == n_bytes else None


def _has_whole_blocks(content: bytes, n_bytes: int) -> bool:
    """Whether the lengths in it fit, which the library would trust: of all, and of each block."""
    if len(content) < _HEAD.size or n_bytes % _EIGHT:
        return False
    total, block_bytes = _HEAD.unpack_from(content)
    if total != n_bytes or not 0 < block_bytes <= _MOST_BLOCK_BYTES:
        return False
    at = _HEAD.size
    for _ in range(-(-n_bytes // block_bytes)):
        if at + _LENGTH.size > len(content):
            return False
        at += _LENGTH.size + _LENGTH.unpack_from(content, at)[0]
    return at == len(content)


def _filtered(flags: int, content: bytes, room: int, item_bytes: int) -> bytes:
    memory, values = _memory(), filter_values(item_bytes)
    address = memory.malloc(max(len(content), 1))
    if not address:
        raise MemoryError
    ctypes.memmove(address, content, len(content))
    size, buffer = ctypes.c_size_t(max(room, len(content))), ctypes.c_void_p(address)
    try:
        count = _FILTER(filter_addresses()[0])(
            flags, len(values), values.ctypes.data, len(content), size, buffer
        )
        return ctypes.string_at(buffer, count) if count else b""
    finally:
        memory.free(buffer)
