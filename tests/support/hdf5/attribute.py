"""Attributes, in the object header or in a heap beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .cursor import UNDEFINED, Cursor, UnsupportedError
from .dataspace import Shape, read_dataspace
from .datatype import Text, read_datatype
from .heap import BTree, FractalHeap, global_object

if TYPE_CHECKING:
    from .bytes_of_file import Bytes
    from .header import Header

_ATTRIBUTE, _ATTRIBUTE_INFO = 0x0C, 0x15


def read_attributes(data: Bytes, header: Header) -> dict[str, Any]:
    """All attributes of an object: texts, numbers, arrays; None for an empty one."""
    found = dict(_attribute(data, cursor) for cursor in header.bodies(_ATTRIBUTE))
    info = header.body(_ATTRIBUTE_INFO)
    if info is not None:
        found.update(_dense(data, info))
    return found


def _dense(data: Bytes, cursor: Cursor) -> dict[str, Any]:
    cursor.u8()
    flags = cursor.u8()
    cursor.take(2 if flags & 1 else 0)
    heap_address, tree_address = cursor.u64(), cursor.u64()
    if heap_address == UNDEFINED:
        return {}
    heap = FractalHeap(data, heap_address)
    records = BTree(data, tree_address).records()
    return dict(_attribute(data, heap.object(record)) for record in records)


def _attribute(data: Bytes, cursor: Cursor) -> tuple[str, Any]:
    version, flags = cursor.u8(), cursor.u8()
    if version != 3 or flags:
        raise UnsupportedError(f"version {version} of an attribute")
    name_bytes, type_bytes, space_bytes = cursor.u16(), cursor.u16(), cursor.u16()
    cursor.u8()
    name = cursor.text(name_bytes)
    dtype = read_datatype(data.cursor(cursor.at))
    cursor.take(type_bytes)
    shape, _ = read_dataspace(data.cursor(cursor.at))
    cursor.take(space_bytes)
    return name, None if shape is None else _value(data, cursor, dtype, shape)


def _value(data: Bytes, cursor: Cursor, dtype: np.dtype | type[Text], shape: Shape) -> Any:
    count = int(np.prod(shape, dtype=np.int64))
    if not isinstance(dtype, np.dtype):
        texts = [_text(data, cursor) for _ in range(count)]
        return np.array(texts, object).reshape(shape) if shape else texts[0]
    values = np.frombuffer(cursor.take(count * dtype.itemsize), dtype)
    return values.reshape(shape) if shape else values[0]


def _text(data: Bytes, cursor: Cursor) -> str:
    length, address, index = cursor.u32(), cursor.u64(), cursor.u32()
    return global_object(data, address, index)[:length].decode() if address else ""
