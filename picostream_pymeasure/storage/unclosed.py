"""Reads a file that is still being written, or was never closed, as if it had been closed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from . import superblock

#: The file may grow while it is read; the pretended end lies that far beyond.
_GROWTH_BYTES = 1 << 44


class UnclosedFile(io.RawIOBase):
    """The bytes of a file with the superblock of a closed one, for ``h5py.File``.

    HDF5's own way, SWMR, repeats to read damaged metadata with ever longer pauses, for days,
    and cannot be interrupted then. This way damage is an error at once. It also shares nothing
    with the one who writes, not even in the same process.
    """

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb", buffering=0)
        self._end = path.stat().st_size + _GROWTH_BYTES
        self._start = superblock.unmarked(self._raw.read(superblock.SIZE), self._end)
        self._position = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to where the next read shall begin."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer; with zeros where the file has no bytes yet."""
        target = memoryview(buffer).cast("B")
        self._raw.seek(self._position)
        read = 0
        while count := self._raw.readinto(target[read:]):
            read += count
        target[read:] = bytes(len(target) - read)
        if self._position < superblock.SIZE:
            known = self._start[self._position :][: len(target)]
            target[: len(known)] = known
        self._position += len(target)
        return len(target)

    def close(self) -> None:
        """Close the file underneath too."""
        self._raw.close()
        super().close()
