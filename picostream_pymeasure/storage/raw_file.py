"""The bytes of a file, past HDF5."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

from ..errors import FileFormatError


class Readable(Protocol):
    """Something whose bytes can be read at any position."""

    @property
    def end(self) -> int:
        """Where HDF5 shall take it to end."""

    def size(self) -> int:
        """Bytes that there are."""

    def read(self, position: int, size: int) -> bytes:
        """Read ``size`` bytes."""

    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind."""


class Bytes(Readable, Protocol):
    """Something whose bytes can be read and written at any position."""

    def write(self, position: int, content: Any) -> None:
        """Write contiguous memory of any kind."""


class RawFile:
    """Reads and writes at any position; for one thread.

    :raises OSError: as the system refuses it.
    """

    def __init__(self, path: Path, *, writable: bool = False) -> None:
        self._path = path
        self._file = path.open("r+b" if writable else "rb", buffering=0)

    def read(self, position: int, size: int) -> bytes:
        """Read ``size`` bytes.

        :raises FileFormatError: the file has no bytes there.
        """
        content = bytearray(size)
        self.read_into(position, content)
        return bytes(content)

    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind.

        :raises FileFormatError: the file has no bytes there.
        """
        target = memoryview(buffer).cast("B")
        self._file.seek(position)
        while len(target):
            count = self._file.readinto(target)
            if not count:
                raise FileFormatError(f"{self._path} is cut off; the recording is damaged.")
            target = target[count:]

    def write(self, position: int, content: Any) -> None:
        """Write contiguous memory of any kind."""
        rest = memoryview(content).cast("B")
        self._file.seek(position)
        while len(rest):
            rest = rest[self._file.write(rest) :]

    def truncate(self, size: int) -> None:
        """Cut off what lies beyond ``size`` bytes."""
        self._file.truncate(size)

    @property
    def end(self) -> int:
        """Bytes of the file."""
        return self.size()

    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def descriptor(self) -> int:
        """Of the open file."""
        return self._file.fileno()

    def close(self) -> None:
        """Close it; later calls do nothing."""
        self._file.close()
