"""Where names, attributes and texts lie that do not fit into an object header.

Fractal heaps (of managed and tiny objects, without filters), their version-2 B-trees, and global
heaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .cursor import UNDEFINED, Cursor, DamagedError, UnsupportedError, bytes_for
from .lookup3 import lookup3

if TYPE_CHECKING:
    from .bytes_of_file import Bytes


class FractalHeap:
    """Objects by their heap IDs."""

    def __init__(self, data: Bytes, address: int) -> None:
        self._data = data
        self._address = address
        cursor = data.cursor(address)
        cursor.expect(b"FRHP", 0)
        self.id_bytes, filter_bytes = cursor.u16(), cursor.u16()
        self._flags = cursor.u8()
        if filter_bytes:
            raise UnsupportedError("a filtered heap")
        self._max_object = cursor.u32()
        cursor.take(12 * 8)
        self._width = cursor.u16()
        self._start, self._max_direct = cursor.u64(), cursor.u64()
        self._offset_bytes = -(-cursor.u16() // 8)
        cursor.take(2)
        root, rows = cursor.u64(), cursor.u16()
        data.check("FRHP", address, cursor.at + 4 - address)
        self._blocks = dict(self._block(root, rows, 0, self._start)) if root != UNDEFINED else {}

    def object(self, heap_id: Cursor) -> Cursor:
        """Where an object begins."""
        flags = heap_id.u8()
        kind = flags >> 4 & 3
        if kind == 2:
            return self._data.cursor(heap_id.at, heap_id.at + (flags & 15) + 1)
        if kind == 1:
            raise UnsupportedError("a huge object of a heap")
        offset = heap_id.number(self._offset_bytes)
        largest = min(self._max_direct, self._max_object)
        length_bytes = min(-(-(self._max_direct.bit_length() - 1) // 8), bytes_for(largest))
        length = heap_id.number(length_bytes)
        for begin, (address, size) in self._blocks.items():
            if begin <= offset and offset + length <= begin + size:
                at = address + offset - begin
                return self._data.cursor(at, at + length)
        raise DamagedError(f"no block of the heap at {self._address} holds offset {offset}")

    def _row_bytes(self, row: int) -> int:
        return self._start << max(row - 1, 0)

    def _block(
        self, address: int, rows: int, offset: int, size: int
    ) -> Iterator[tuple[int, tuple[int, int]]]:
        """Offset in the heap, address and size of every direct block under this one."""
        if rows:
            yield from self._indirect(address, rows)
            return
        cursor = self._data.cursor(address)
        cursor.expect(b"FHDB", 0)
        cursor.take(8 + self._offset_bytes)
        if self._flags & 2:
            self._check_direct(cursor, address, size)
        yield offset, (address, size)

    def _check_direct(self, cursor: Cursor, address: int, size: int) -> None:
        """Its checksum stands in its middle and counts as zeros."""
        at, stored = cursor.at - address, cursor.u32()
        body = bytearray(self._data.cursor(address).take(size))
        body[at : at + 4] = bytes(4)
        if lookup3(bytes(body)) != stored:
            raise DamagedError(f"the checksum of FHDB at {address} is wrong")

    def _indirect(self, address: int, rows: int) -> Iterator[tuple[int, tuple[int, int]]]:
        cursor = self._data.cursor(address)
        cursor.expect(b"FHIB", 0)
        cursor.take(8)
        offset = cursor.number(self._offset_bytes)
        for row in range(rows):
            size = self._row_bytes(row)
            for _ in range(self._width):
                child = cursor.u64()
                if child != UNDEFINED:
                    if size > self._max_direct:
                        raise UnsupportedError("a heap of indirect blocks of indirect blocks")
                    yield from self._block(child, 0, offset, size)
                offset += size
        self._data.check("FHIB", address, cursor.at + 4 - address)


class BTree:
    """Records of a version-2 B-tree, in order."""

    def __init__(self, data: Bytes, address: int) -> None:
        self._data = data
        cursor = data.cursor(address)
        cursor.expect(b"BTHD", 0)
        self._type = cursor.u8()
        self._node_bytes, self._record_bytes = cursor.u32(), cursor.u16()
        depth = cursor.u16()
        cursor.take(2)
        root, count = cursor.u64(), cursor.u16()
        self.total = cursor.u64()
        data.check("BTHD", address, cursor.at + 4 - address)
        self._limits = self._most_records(depth)
        self._root = (root, count, depth)

    def records(self) -> Iterator[Cursor]:
        root, count, depth = self._root
        if root != UNDEFINED:
            yield from self._node(root, count, depth)

    def _most_records(self, depth: int) -> list[int]:
        """The greatest number of records at and under a node of each depth."""
        limits = [(self._node_bytes - 10) // self._record_bytes]
        for level in range(1, depth + 1):
            pointer = self._pointer_bytes(limits, level)
            own = (self._node_bytes - 10 - pointer) // (self._record_bytes + pointer)
            limits.append((own + 1) * limits[-1] + own)
        return limits

    def _pointer_bytes(self, limits: list[int], depth: int) -> int:
        below = bytes_for(limits[depth - 1]) if depth > 1 else 0
        return 8 + bytes_for(limits[0]) + below

    def _node(self, address: int, count: int, depth: int) -> Iterator[Cursor]:
        cursor = self._data.cursor(address)
        cursor.expect(b"BTIN" if depth else b"BTLF", 0)
        if cursor.u8() != self._type:
            raise DamagedError(f"a node of another tree at {address}")
        starts = [cursor.at + index * self._record_bytes for index in range(count)]
        cursor.take(count * self._record_bytes)
        children = [self._child(cursor, depth) for _ in range(count + 1)] if depth else []
        kind = "BTIN" if depth else "BTLF"
        self._data.check(kind, address, cursor.at + 4 - address)
        for index in range(count + bool(depth)):
            if depth:
                yield from self._node(*children[index], depth - 1)
            if index < count:
                yield self._data.cursor(starts[index], starts[index] + self._record_bytes)

    def _child(self, cursor: Cursor, depth: int) -> tuple[int, int]:
        address, count = cursor.u64(), cursor.number(bytes_for(self._limits[0]))
        if depth > 1:
            cursor.number(bytes_for(self._limits[depth - 1]))
        return address, count


def global_object(data: Bytes, address: int, index: int) -> bytes:
    """An object of a global heap collection."""
    cursor = data.cursor(address)
    cursor.expect(b"GCOL", 1)
    cursor.take(3)
    cursor.end = address + cursor.u64()
    while cursor.left >= 16:
        found = cursor.u16()
        cursor.take(6)
        length = cursor.u64()
        if found == 0:
            break
        body = bytes(cursor.take(length))
        if found == index:
            return body
        cursor.take(-length % 8)
    raise DamagedError(f"object {index} is not in the global heap at {address}")
