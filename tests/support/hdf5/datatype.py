"""Datatype messages, as numpy's types."""

from __future__ import annotations

import numpy as np

from .cursor import Cursor, UnsupportedError


class Text:
    """Of variable length, in a global heap; an element is 16 bytes."""


def read_datatype(cursor: Cursor) -> np.dtype | type[Text]:
    first = cursor.u8()
    kind, version = first & 15, first >> 4
    bits = cursor.number(3)
    size = cursor.u32()
    match kind:
        case 0:
            return _fixed_point(cursor, bits, size)
        case 1:
            return _floating_point(cursor, bits, size)
        case 3:
            return np.dtype(f"S{size}")
        case 6:
            return _compound(cursor, version, bits & 0xFFFF, size)
        case 8:
            return _enumeration(cursor, version, bits & 0xFFFF)
        case 9 if bits & 15 == 1:
            read_datatype(cursor)
            return Text
        case 7:
            return np.dtype(f"V{size}")
    raise UnsupportedError(f"datatype class {kind}")


def _order(bits: int) -> str:
    return ">" if bits & 1 else "<"


def _fixed_point(cursor: Cursor, bits: int, size: int) -> np.dtype:
    offset, precision = cursor.u16(), cursor.u16()
    if offset or precision != 8 * size:
        raise UnsupportedError(f"integers of {precision} bits in {size} bytes")
    return np.dtype(f"{_order(bits)}{'i' if bits & 8 else 'u'}{size}")


def _floating_point(cursor: Cursor, bits: int, size: int) -> np.dtype:
    cursor.take(12)
    return np.dtype(f"{_order(bits)}f{size}")


def _name(cursor: Cursor, version: int) -> str:
    begin = cursor.at
    name = cursor.terminated()
    if version < 3:
        cursor.take((begin - cursor.at) % 8)
    return name


def _compound(cursor: Cursor, version: int, count: int, size: int) -> np.dtype:
    names, offsets, formats = [], [], []
    for _ in range(count):
        names.append(_name(cursor, version))
        offsets.append(cursor.number(_offset_bytes(size) if version >= 3 else 4))
        if version == 1:
            cursor.take(28)
        formats.append(read_datatype(cursor))
    return np.dtype({"names": names, "offsets": offsets, "formats": formats, "itemsize": size})


def _offset_bytes(size: int) -> int:
    return max(1, (size.bit_length() + 7) // 8)


def _enumeration(cursor: Cursor, version: int, count: int) -> np.dtype:
    base = read_datatype(cursor)
    if not isinstance(base, np.dtype):
        raise UnsupportedError("an enumeration of texts")
    for _ in range(count):
        _name(cursor, version)
    cursor.take(count * base.itemsize)
    return base
