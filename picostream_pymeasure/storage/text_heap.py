"""Looks at where HDF5 keeps texts before HDF5 does: damaged ones make it loop for ever.

Texts of attributes lie in *global heap collections* ("GCOL"), which have no checksum: a header of
16 bytes, then objects of a header (index, references, reserved, size) and data padded to 8 bytes;
the one with index 0 is the free rest (HDF5 file format, section III.E). Recordings have theirs
near both ends of the file.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from ..errors import FileFormatError

_SIGNATURE = b"GCOL\x01\x00\x00\x00"
_HEADER = struct.Struct("<8sQ")
_OBJECT = struct.Struct("<HHIQ")
_SEARCHED_BYTES = 1 << 20


def check_texts(path: Path) -> None:
    """Raise :class:`FileFormatError` if a heap near either end of a file is damaged."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        for start in {0, max(size - _SEARCHED_BYTES, 0)}:
            file.seek(start)
            part = file.read(2 * _SEARCHED_BYTES)
            position = part.find(_SIGNATURE)
            while position >= 0:
                if not _is_sound(part, position):
                    raise FileFormatError(f"{path} is damaged: its texts cannot be read.")
                position = part.find(_SIGNATURE, position + 8)


def _is_sound(part: bytes, start: int) -> bool:
    """Whether the objects of a collection fill it; one that is cut off here counts as sound."""
    if start + _HEADER.size > len(part):
        return True
    size = _HEADER.unpack_from(part, start)[1]
    position, end = start + _HEADER.size, start + size
    if end > len(part):
        return True
    seen = set()
    while end - position >= _OBJECT.size:
        index, _, reserved, n_bytes = _OBJECT.unpack_from(part, position)
        if index == 0:
            return n_bytes == end - position
        if index in seen:
            return False
        seen.add(index)
        step = _OBJECT.size + (n_bytes + 7) // 8 * 8
        if reserved or step > end - position:
            return False
        position += step
    return True
