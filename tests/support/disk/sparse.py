"""The contents of a file, holes left out."""

from __future__ import annotations

import os
from pathlib import Path

from ..hdf5.sparse_reading import stretches

PAGE_BYTES = 4096


class SparseFile:
    """Pages that were written, and the length; everything else is zero."""

    def __init__(self, pages: dict[int, bytes] | None = None, length: int = 0) -> None:
        self._pages = pages or {}
        self.length = length

    def copy(self) -> SparseFile:
        return SparseFile(dict(self._pages), self.length)

    def write(self, at: int, data: bytes | memoryview) -> None:
        view = memoryview(data)
        self.length = max(self.length, at + len(view))
        while len(view):
            number, begin = divmod(at, PAGE_BYTES)
            part = view[: PAGE_BYTES - begin]
            page = bytearray(self._pages.get(number, bytes(PAGE_BYTES)))
            page[begin : begin + len(part)] = part
            self._pages[number] = bytes(page)
            at += len(part)
            view = view[len(part) :]

    def read(self, at: int, count: int) -> bytes:
        """Some of its bytes."""
        numbers = range(at // PAGE_BYTES, (at + count - 1) // PAGE_BYTES + 1)
        found = b"".join(self._pages.get(number, bytes(PAGE_BYTES)) for number in numbers)
        return found[at % PAGE_BYTES :][: min(count, max(self.length - at, 0))]

    def resize(self, length: int) -> None:
        if length < self.length:
            whole, rest = divmod(length, PAGE_BYTES)
            for number in [number for number in self._pages if number >= whole + bool(rest)]:
                del self._pages[number]
            if rest and whole in self._pages:
                self._pages[whole] = self._pages[whole][:rest].ljust(PAGE_BYTES, b"\0")
        self.length = length

    def save(self, path: Path) -> None:
        """Write it to the disk, holes as holes."""
        with path.open("wb") as file:
            for number in sorted(self._pages):
                os.pwrite(file.fileno(), self._pages[number], number * PAGE_BYTES)
            file.truncate(self.length)

    def content(self) -> bytearray:
        """All of its bytes."""
        found = bytearray(self.length)
        for number, page in self._pages.items():
            begin = number * PAGE_BYTES
            found[begin : begin + PAGE_BYTES] = page[: self.length - begin]
        return found

    @classmethod
    def load(cls, path: Path) -> SparseFile:
        found = cls(length=path.stat().st_size)
        with path.open("rb") as file:
            for start, stop in stretches(file.fileno(), found.length):
                for at in range(start // PAGE_BYTES * PAGE_BYTES, stop, PAGE_BYTES):
                    page = os.pread(file.fileno(), PAGE_BYTES, at)
                    if page.strip(b"\0"):
                        found._pages[at // PAGE_BYTES] = page.ljust(PAGE_BYTES, b"\0")
        return found
