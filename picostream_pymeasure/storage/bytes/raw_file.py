"""The bytes of a file, past HDF5."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FileFormatError, StorageError
from ...system.files import cut_off, sync_data
from ...system.patience import is_write_refused, patiently, reason

#: No system can read further on.
_LAST_POSITION = 2**62

#: From so many on, pieces are read by native code.
_MANY_PIECES = 4


class Readable(ABC):
    """Something whose bytes can be read at any position."""

    @property
    def end(self) -> int:
        """Where HDF5 shall take it to end."""
        return self.size()

    @abstractmethod
    def size(self) -> int:
        """Bytes that there are."""

    def read(self, position: int, size: int) -> bytes:
        """Read ``size`` bytes.

        :raises FileFormatError: there are none.
        """
        content = bytearray(size)
        self.read_into(position, content)
        return bytes(content)

    @abstractmethod
    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind.

        :raises FileFormatError: there are no bytes for it.
        """

    def read_pieces(self, pieces: Sequence[tuple[int, int]], buffer: Any) -> None:
        """Fill a contiguous array with pieces, one behind the other.

        :param pieces: position and bytes of each.
        :raises FileFormatError: they are not all there.
        """
        if not pieces:
            return
        target = memoryview(buffer).cast("B")
        for position, count in pieces:
            self.read_into(position, target[:count])
            target = target[count:]


class RawFile(Readable):
    """Reads and writes at any position, from any thread.

    :param descriptor: of the file where it is open already; it stays open.
    :raises StorageError: the system refuses to open or to read it.
    """

    def __init__(
        self, path: Path, *, writable: bool = False, descriptor: int | None = None
    ) -> None:
        self._path = path
        mode, where = "r+b" if writable else "rb", path if descriptor is None else descriptor
        try:
            self._file = patiently(lambda: io.FileIO(where, mode, closefd=descriptor is None))
        except OSError as error:
            verb = "written" if writable else "read"
            raise StorageError(f"{path} cannot be {verb}: {reason(error)}.") from error
        self._moving = threading.Lock()

    def read_into(self, position: int, buffer: Any) -> None:
        """See :class:`Readable`."""
        target = memoryview(buffer).cast("B")
        if not 0 <= position <= _LAST_POSITION:
            raise FileFormatError(f"{self._path} is damaged: it names byte {position}.")
        while len(target):
            try:
                count = self._read_some(position, target)
            except OSError as error:
                raise StorageError(f"{self._path} cannot be read: {reason(error)}.") from error
            if not count:
                raise FileFormatError(
                    f"{self._path} is cut off: it ends at byte {self.size()}, and what lies behind "
                    "that is missing. Only another copy of the original brings it back."
                )
            target = target[count:]
            position += count

    def read_pieces(self, pieces: Sequence[tuple[int, int]], buffer: Any) -> None:
        """See :class:`Readable`; of many pieces no Python runs between two."""
        if len(pieces) < _MANY_PIECES or not hasattr(os, "preadv"):
            super().read_pieces(pieces, buffer)
            return
        from ...system.native_files import read_pieces  # loaded with the first of them

        target, places = np.frombuffer(buffer, np.uint8), np.array(pieces)
        # a damaged file may name bytes that no int64 counts
        is_sane = places.dtype == np.int64 and (places >= 0).all()
        is_sane = is_sane and places[:, 1].sum() == target.size
        if not (is_sane and read_pieces(self.descriptor, target.ctypes.data, places)):
            super().read_pieces(pieces, buffer)  # tells what is wrong

    def write(self, position: int, content: Any) -> None:
        """Write contiguous memory of any kind; a moment's lock of another program is waited for.

        :raises OSError: as the system refuses it.
        """
        rest = memoryview(content).cast("B")
        with self._moving:
            self._file.seek(position)
            while len(rest):
                write = functools.partial(os.write, self._file.fileno(), rest)
                rest = rest[patiently(write, is_write_refused) :]

    def truncate(self, size: int) -> None:
        """Let it end after ``size`` bytes."""
        cut_off(self._file.fileno(), size)

    def sync(self) -> None:
        """Return once all is on the disk."""
        sync_data(self._file.fileno())

    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self._file.fileno()).st_size

    def is_at(self, path: Path) -> bool:
        """Whether a name still is this very file's."""
        try:
            return os.path.samestat(path.stat(), os.fstat(self._file.fileno()))
        except OSError:
            return False

    @property
    def descriptor(self) -> int:
        """Of the open file."""
        return self._file.fileno()

    def close(self) -> None:
        """Close it; later calls do nothing. An error would tell nothing of what was read."""
        with contextlib.suppress(OSError):  # whoever writes syncs before
            self._file.close()

    def _read_some(self, position: int, target: memoryview) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._file.fileno(), [target], position)
        with self._moving:
            self._file.seek(position)
            return self._file.readinto(target) or 0
