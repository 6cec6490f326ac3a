"""The bitshuffle-LZ4 filter: for HDF5, and as a function that needs no HDF5."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import StorageError

#: Number of the filter in the registry of the HDF Group.
FILTER_ID = 32008

#: ``H5Z_func_t``: flags, parameters and their number, bytes, size of the buffer, the buffer.
#: It frees the buffer and puts a new one in its place; 0 means that it failed and did neither.
_FilterFunction = ctypes.CFUNCTYPE(
    ctypes.c_size_t,
    ctypes.c_uint,
    ctypes.c_size_t,
    ctypes.POINTER(ctypes.c_uint),
    ctypes.c_size_t,
    ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(ctypes.c_void_p),
)


class _FilterClass(ctypes.Structure):
    """``H5Z_class2_t``, what an HDF5 plugin says about itself."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("id", ctypes.c_int),
        ("encoder_present", ctypes.c_uint),
        ("decoder_present", ctypes.c_uint),
        ("name", ctypes.c_char_p),
        ("can_apply", ctypes.c_void_p),
        ("set_local", ctypes.c_void_p),
        ("filter", ctypes.c_void_p),
    )


def creation_options() -> dict[str, Any]:
    """What ``create_dataset`` needs for compressed chunks.

    Fletcher's checksum comes behind the compression because the filter reads past the end of a
    damaged chunk, which ends the program; HDF5 checks the sum first and raises an error.
    """
    import hdf5plugin

    return {**hdf5plugin.Bitshuffle(cname="lz4"), "fletcher32": True}


def filter_function() -> Callable[..., int]:
    """The plugin's own ``H5Z_func_t``; as a C function it is called without the GIL.

    HDF5 would run it too, but h5py keeps all its other users waiting meanwhile.

    :raises StorageError: this build of hdf5plugin has no such filter.
    """
    import hdf5plugin

    path = hdf5plugin.get_config().registered_filters.get("bshuf", "")
    if not Path(path).is_file():
        raise StorageError("hdf5plugin has no bitshuffle filter here; record without compression.")
    plugin = ctypes.CDLL(path)
    plugin.H5PLget_plugin_info.restype = ctypes.POINTER(_FilterClass)
    return _FilterFunction(plugin.H5PLget_plugin_info().contents.filter)
