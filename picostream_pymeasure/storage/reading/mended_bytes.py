"""The bytes of a file as HDF5 gets them: closed, as long as it says, the root's header whole."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ..bytes.raw_file import RawFile, Readable
from ..bytes.superblock import SUPERBLOCK_BYTES, is_marked_open, stated_end, with_end

#: The file may grow while it is read, or be cut off; the pretended end lies that far beyond.
_BEYOND_BYTES = 1 << 44

#: HDF5 reads the begin of its structures in pieces of up to that size, whatever theirs is.
_LONGEST_GUESS_BYTES = 4096


class MendedBytes(Readable):
    """A file's bytes for :class:`.ByteFile`; what is mended is never written.

    A file that a program left open is shown as a closed one: HDF5's own way to read it, SWMR,
    repeats to read damaged metadata with ever longer pauses, for days. One that is shorter than
    it says is shown as long enough, so that what is there can be read.

    ``is_marked_open`` says that it was not closed, ``is_short`` that its end is missing.

    :param patches: position and bytes of what is shown in the place of what is there.
    """

    def __init__(self, raw: RawFile, patches: Sequence[tuple[int, bytes]] = ()) -> None:
        self._raw = raw
        start = raw.read(0, min(SUPERBLOCK_BYTES, raw.size()))
        self.is_marked_open = is_marked_open(start)
        self.is_short = stated_end(start) > raw.size()
        self._patches = list(patches)
        if self.is_marked_open:
            self._patches.append((0, with_end(start, self.end)))

    @cached_property
    def end(self) -> int:
        """Beyond all that will be there while this is read."""
        return self._raw.size() + _BEYOND_BYTES

    def size(self) -> int:
        """Bytes that there are."""
        return self._raw.size()

    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind; a guess beyond the file's end with zeros.

        :raises FileFormatError: the file has no bytes there.
        """
        target = memoryview(buffer).cast("B")
        present = self._raw.size() - position
        if 0 < present < len(target) <= _LONGEST_GUESS_BYTES:
            target[present:] = bytes(len(target) - present)
            self._raw.read_into(position, target[:present])
        else:
            self._raw.read_into(position, target)
        for begin, content in self._patches:
            first, stop = max(position, begin), min(position + len(target), begin + len(content))
            if first < stop:
                target[first - position : stop - position] = content[first - begin : stop - begin]
