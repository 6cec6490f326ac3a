"""Looks at headers of HDF5's trees before HDF5 does: it divides by the sizes in them unseen.

A header of a version 2 B-tree ("BTHD") has a checksum, but one that is right says nothing of its
numbers: signature, version, type, size of a node and of a record in bytes, depth, and at which
shares in percent nodes are split and merged (HDF5 file format, section III.A.2).
"""

from __future__ import annotations

import struct

from .raw_file import Readable

_SIGNATURE = b"BTHD\x00"
_HEADER = struct.Struct("<4sBBIHHBB")

#: Longer reads are of samples.
_SEARCHED_BYTES = 1 << 16

#: What a node needs beside its records, and far more than any program gives it.
_LEAST_NODE_BYTES, _MOST_NODE_BYTES = 64, 1 << 20
_MOST_DEPTH = 16


def hide_damaged_trees(content: Readable, position: int, target: memoryview) -> None:
    """Blank the signatures of headers that cannot be, so that HDF5 refuses them.

    :param position: where in ``content`` the bytes in ``target`` come from.
    """
    if len(target) > _SEARCHED_BYTES:
        return
    searched = bytes(target)
    at = searched.find(_SIGNATURE)
    while at >= 0:
        if not _is_sound(content, position + at):
            target[at : at + len(_SIGNATURE)] = bytes(len(_SIGNATURE))
        at = searched.find(_SIGNATURE, at + len(_SIGNATURE))


def _is_sound(content: Readable, start: int) -> bool:
    """Whether records fit into a node, and nodes are split before they are merged."""
    if start + _HEADER.size > content.size():
        return False
    header = content.read(start, _HEADER.size)
    _, _, kind, node_bytes, record_bytes, depth, split, merge = _HEADER.unpack(header)
    return bool(
        kind > 0
        and _LEAST_NODE_BYTES <= node_bytes <= _MOST_NODE_BYTES
        and 0 < 2 * record_bytes <= node_bytes
        and depth <= _MOST_DEPTH
        and 0 < merge < split <= 100
    )
