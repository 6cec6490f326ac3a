"""Reads files that are mostly holes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def read_sparse(path: Path) -> bytearray:
    """All bytes of a file; only what is no hole takes time and memory."""
    with path.open("rb", buffering=0) as file:
        content = bytearray(os.fstat(file.fileno()).st_size)
        for start, stop in stretches(file.fileno(), len(content)):
            file.seek(start)
            file.readinto(memoryview(content)[start:stop])
    return content


def copy_sparse(path: Path, target: Path) -> None:
    """Copy a file with its holes: a recording under way is much longer than what is in it."""
    with path.open("rb", buffering=0) as source, target.open("wb", buffering=0) as copy:
        length = os.fstat(source.fileno()).st_size
        copy.truncate(length)
        for start, stop in stretches(source.fileno(), length):
            source.seek(start)
            copy.seek(start)
            copy.write(source.read(stop - start))


def stretches(descriptor: int, length: int) -> Iterator[tuple[int, int]]:
    """Begin and end of what is no hole."""
    if not hasattr(os, "SEEK_DATA"):
        yield 0, length
        return
    stop = 0
    while stop < length:
        try:
            start = os.lseek(descriptor, stop, os.SEEK_DATA)
        except OSError:  # nothing but a hole follows
            return
        stop = min(os.lseek(descriptor, start, os.SEEK_HOLE), length)
        yield start, stop
