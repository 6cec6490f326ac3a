"""Superblock, groups and the way to an object."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from .attribute import read_attributes
from .bytes_of_file import Bytes
from .cursor import UNDEFINED, Cursor, DamagedError, UnsupportedError
from .dataset import Dataset
from .header import Header
from .heap import BTree, FractalHeap
from .sparse_reading import read_sparse
from .structure import Structure

_LINK_INFO, _LINK, _SYMBOL_TABLE = 2, 6, 0x11
_HARD, _SOFT = 0, 1


class Group:
    """Names and the objects they lead to."""

    def __init__(self, file: File, header: Header) -> None:
        self._file = file
        self._header = header
        if header.body(_SYMBOL_TABLE) is not None:
            raise UnsupportedError("a group with a symbol table")

    @cached_property
    def attributes(self) -> dict[str, Any]:
        return read_attributes(self._file.bytes, self._header)

    @cached_property
    def links(self) -> dict[str, int | str]:
        """Address of the object header, or the path of a soft link, by name."""
        found = dict(_link(cursor) for cursor in self._header.bodies(_LINK))
        info = self._header.body(_LINK_INFO)
        if info is not None:
            found.update(self._dense(info))
        return found

    def _dense(self, cursor: Cursor) -> dict[str, int | str]:
        cursor.u8()
        flags = cursor.u8()
        cursor.take(8 if flags & 1 else 0)
        heap_address, tree_address = cursor.u64(), cursor.u64()
        if heap_address == UNDEFINED:
            return {}
        heap = FractalHeap(self._file.bytes, heap_address)
        found = {}
        for record in BTree(self._file.bytes, tree_address).records():
            record.take(4)
            name, target = _link(heap.object(record))
            found[name] = target
        return found


class File:
    """A whole file.

    :param source: its path, or its bytes; holes cost nothing.
    :raises DamagedError: the superblock is not right, or the file is shorter than it says.
    """

    def __init__(self, source: Path | bytes | bytearray | memoryview) -> None:
        self.bytes = Bytes(read_sparse(source) if isinstance(source, Path) else source)
        self._objects: dict[int, Group | Dataset] = {}
        cursor = self.bytes.cursor(0)
        if bytes(cursor.take(8)) != b"\x89HDF\r\n\x1a\n":
            raise DamagedError("this is no HDF5 file")
        version = cursor.u8()
        if version not in (2, 3) or (cursor.u8(), cursor.u8()) != (8, 8):
            raise UnsupportedError(f"superblock version {version}")
        self.consistency_flags = cursor.u8()
        base, self._extension = cursor.u64(), cursor.u64()
        if base:
            raise UnsupportedError("a user block")
        self.end_of_file, self._root = cursor.u64(), cursor.u64()
        self.bytes.check("superblock", 0, 48)
        if self.end_of_file > len(self.bytes.data):
            raise DamagedError(f"{len(self.bytes.data)} of {self.end_of_file} bytes are there")

    @property
    def structures(self) -> list[Structure]:
        """Every checksummed structure that was read so far."""
        return list(self.bytes.structures.values())

    @cached_property
    def root(self) -> Group:
        return Group(self, Header(self.bytes, self._root))

    def __getitem__(self, path: str) -> Group | Dataset:
        return self._object(self._address(path))

    def __contains__(self, path: str) -> bool:
        try:
            self._address(path)
        except KeyError:
            return False
        return True

    def dataset(self, path: str) -> Dataset:
        found = self[path]
        if not isinstance(found, Dataset):
            raise KeyError(f"{path} is a group")
        return found

    def walk(self) -> Iterator[tuple[str, Group | Dataset]]:
        """Every object once, the root included, by one of its paths."""
        seen = {self._root}
        waiting: list[tuple[str, Group | Dataset]] = [("/", self.root)]
        while waiting:
            path, found = waiting.pop()
            yield path, found
            for name, target in found.links.items() if isinstance(found, Group) else ():
                if isinstance(target, int) and target not in seen:
                    seen.add(target)
                    waiting.append((f"{path.rstrip('/')}/{name}", self._object(target)))

    def _address(self, path: str) -> int:
        address = self._root
        for name in path.strip("/").split("/") if path.strip("/") else ():
            group = self._object(address)
            if not isinstance(group, Group) or name not in group.links:
                raise KeyError(path)
            target = group.links[name]
            address = target if isinstance(target, int) else self._address(target)
        return address

    def _object(self, address: int) -> Group | Dataset:
        """What was read once is as it was: the bytes of a file at rest."""
        if address not in self._objects:
            header = Header(self.bytes, address)
            is_dataset = any(message.kind == 8 for message in header.messages)
            self._objects[address] = (
                Dataset(self.bytes, header) if is_dataset else Group(self, header)
            )
        return self._objects[address]


def _link(cursor: Cursor) -> tuple[str, int | str]:
    if cursor.u8() != 1:
        raise UnsupportedError("another version of a link")
    flags = cursor.u8()
    kind = cursor.u8() if flags & 8 else _HARD
    cursor.take(8 if flags & 4 else 0)
    cursor.take(1 if flags & 0x10 else 0)
    name = cursor.text(cursor.number(1 << (flags & 3)))
    if kind == _HARD:
        return name, cursor.u64()
    if kind == _SOFT:
        return name, cursor.text(cursor.u16())
    raise UnsupportedError(f"link type {kind}")
