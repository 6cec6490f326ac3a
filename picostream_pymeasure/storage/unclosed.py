"""The bytes of a file that is still being written, or was never closed, as if it had been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import superblock
from .raw_file import RawFile

#: The file may grow while it is read; the pretended end lies that far beyond.
_GROWTH_BYTES = 1 << 44

#: HDF5 reads the begin of its structures in pieces of up to that size, whatever theirs is.
_LONGEST_GUESS_BYTES = 4096


class UnclosedFile(RawFile):
    """A file with the superblock of a closed one, for :class:`.ByteFile`.

    HDF5's own way, SWMR, repeats to read damaged metadata with ever longer pauses, for days,
    and cannot be interrupted then. This way damage is an error at once. It also shares nothing
    with the one who writes, not even in the same process.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._end = self.size() + _GROWTH_BYTES
        start = bytearray(superblock.SIZE)
        super().read_into(0, start)
        self._start = superblock.unmarked(bytes(start), self._end)

    @property
    def end(self) -> int:
        """Beyond all that the file may still get."""
        return self._end

    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind; a guess beyond the file's end with zeros.

        :raises FileFormatError: the file has no bytes there.
        """
        target = memoryview(buffer).cast("B")
        present = self.size() - position
        if 0 < present < len(target) <= _LONGEST_GUESS_BYTES:
            target[present:] = bytes(len(target) - present)
            target = target[:present]
        super().read_into(position, target)
        if position < superblock.SIZE:
            known = self._start[position:][: len(target)]
            target[: len(known)] = known
