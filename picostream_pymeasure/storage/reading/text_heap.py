"""Looks at where HDF5 keeps texts before HDF5 does: damaged ones make it loop for ever.

Texts of attributes lie in *global heap collections* ("GCOL"), which have no checksum: a header of
16 bytes, then objects of a header (index, references, reserved, size) and data padded to 8 bytes;
the one with index 0 is the free rest (HDF5 file format, section III.E).
"""

from __future__ import annotations

import struct

from ..bytes.raw_file import Readable

_SIGNATURE = b"GCOL\x01"
_HEADER = struct.Struct("<8sQ")
_OBJECT = struct.Struct("<HHIQ")

#: Longer reads are of samples: a collection is first read as 4096 bytes, whatever its size.
_SEARCHED_BYTES = 1 << 16


def hide_damaged_heaps(content: Readable, position: int, target: memoryview) -> None:
    """Blank the signatures of damaged collections, so that HDF5 refuses them at once.

    :param position: where in ``content`` the bytes in ``target`` come from.
    """
    # HDF5 leaves out what it has read already, so that a signature may have begun before
    margin = min(len(_SIGNATURE) - 1, position)
    size = len(target) if len(target) <= _SEARCHED_BYTES else len(_SIGNATURE)
    searched = content.read(position - margin, margin) + bytes(target[:size])
    at = searched.find(_SIGNATURE)
    while at >= 0:
        if not _is_sound(content, position - margin + at):
            begin, stop = max(at - margin, 0), at - margin + len(_SIGNATURE)
            target[begin:stop] = bytes(stop - begin)
        at = searched.find(_SIGNATURE, at + len(_SIGNATURE))


def _is_sound(content: Readable, start: int) -> bool:
    """Whether a collection lies in the file and its objects fill it."""
    if start + _HEADER.size > content.size():
        return False
    position = start + _HEADER.size
    end = start + _HEADER.unpack(content.read(start, _HEADER.size))[1]
    if end > content.size():
        return False
    seen = set()
    while end - position >= _OBJECT.size:
        index, _, _, n_bytes = _OBJECT.unpack(content.read(position, _OBJECT.size))
        if index == 0:
            return bool(n_bytes == end - position)
        step = _OBJECT.size + (n_bytes + 7) // 8 * 8
        if index in seen or step > end - position:
            return False
        seen.add(index)
        position += step
    return True
