"""Changes to a file that are collected in memory, and then written so that a crash does no harm."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..system.files import sync_data
from .byte_file import ByteFile
from .journal import pack
from .raw_file import RawFile
from .superblock import SIZE as SUPERBLOCK_SIZE

_PAGE = 4096


class PendingChanges:
    """A file as it will be; nothing reaches it before :meth:`apply`.

    :raises OSError: it may not be read and written.
    """

    def __init__(self, path: Path) -> None:
        self._raw = RawFile(path, writable=True)
        self._old_size = self._size = self._raw.size()
        self._pages: dict[int, bytearray] = {}

    @property
    def end(self) -> int:
        """Bytes of the file as it will be."""
        return self._size

    def size(self) -> int:
        """Bytes of the file as it will be."""
        return self._size

    def read(self, position: int, size: int) -> bytes:
        """Bytes as they will be; zeros beyond the end."""
        content = bytearray(size)
        self.read_into(position, content)
        return bytes(content)

    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind."""
        target = memoryview(buffer).cast("B")
        old = max(min(len(target), self._old_size - position), 0)
        self._raw.read_into(position, target[:old])
        target[old:] = bytes(len(target) - old)
        for number, start, stop in _pieces(position, len(target)):
            if number in self._pages:
                begin = number * _PAGE + start - position
                target[begin : begin + stop - start] = self._pages[number][start:stop]

    def write(self, position: int, content: Any) -> None:
        """Change bytes, or add some at the end."""
        source = memoryview(content).cast("B")
        for number, start, stop in _pieces(position, len(source)):
            if number not in self._pages:
                self._pages[number] = bytearray(self.read(number * _PAGE, _PAGE))
            begin = number * _PAGE + start - position
            self._pages[number][start:stop] = source[begin : begin + stop - start]
        self._size = max(self._size, position + len(source))

    def apply(self) -> None:
        """Write everything, so that a crash at any moment loses nothing.

        What lies beyond the old end comes first, for nothing refers to it yet, and behind it a
        *journal* of what changes in the old part; then these changes, at last the superblock,
        which says that the file is whole. After a crash :func:`~.journal.replay` makes them again.
        """
        changes = [change for number in sorted(self._pages) for change in self._changed(number)]
        added = [change for change in changes if change[0] >= self._old_size]
        inside = [change for change in changes if SUPERBLOCK_SIZE <= change[0] < self._old_size]
        superblock = [change for change in changes if change[0] < SUPERBLOCK_SIZE]
        journal = pack(self._raw.read(0, SUPERBLOCK_SIZE), self._size, inside + superblock)
        for step in ([*added, (self._size, journal)], inside, superblock):
            for position, content in step:
                self._raw.write(position, content)
            sync_data(self._raw.descriptor)
        self._raw.truncate(self._size)

    def close(self) -> None:
        """Close the file; what was not applied is forgotten."""
        self._raw.close()

    def _changed(self, number: int) -> Iterator[tuple[int, bytes]]:
        """What a page changes, cut where the superblock and the old file end."""
        begin = number * _PAGE
        borders = sorted({begin, begin + _PAGE, SUPERBLOCK_SIZE, self._old_size, self._size})
        inner = [border for border in borders if begin <= border <= begin + _PAGE]
        for start, stop in pairwise(inner):
            content = bytes(self._pages[number][start - begin : stop - begin])
            if start >= self._old_size:
                if start < self._size:
                    yield start, content
                continue
            old = self._raw.read(start, stop - start)
            differing = [at for at in range(stop - start) if old[at] != content[at]]
            if differing:
                yield start + differing[0], content[differing[0] : differing[-1] + 1]


def _pieces(position: int, size: int) -> Iterator[tuple[int, int, int]]:
    """The pages of a stretch: number, and where in the page it begins and stops."""
    end = position + size
    for number in range(position // _PAGE, -(-end // _PAGE)):
        begin = number * _PAGE
        yield number, max(position - begin, 0), min(end - begin, _PAGE)


class PendingFile(ByteFile):
    """The changed file for ``h5py.File``; closing it changes nothing."""

    def __init__(self, changes: PendingChanges) -> None:
        super().__init__(changes)
        self._changes = changes

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, content: Any) -> int:
        """Change bytes, or add some at the end."""
        self._changes.write(self.tell(), content)
        return self.seek(memoryview(content).nbytes, io.SEEK_CUR)

    def truncate(self, size: int | None = None) -> int:
        """Lengthen the file; it is never shortened, for there may be data."""
        wanted = self.tell() if size is None else size
        if wanted > self._changes.size():
            self._changes.write(wanted - 1, b"\0")
        return wanted
