"""A file reached through its descriptor alone, for what Python writes."""

from __future__ import annotations

import functools
import os

from ...errors import FileFormatError
from ...system.files import cut_off, sync_data
from ...system.patience import is_write_refused, patiently


class OpenFile:
    """Reads and writes at any position of an open file; for one thread.

    :raises OSError: as the system refuses it.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def read(self, position: int, size: int) -> bytes:
        """Read ``size`` bytes.

        :raises FileFormatError: the file has no bytes there.
        """
        os.lseek(self.descriptor, position, os.SEEK_SET)
        content = bytearray()
        while len(content) < size:
            part = os.read(self.descriptor, size - len(content))
            if not part:
                raise FileFormatError("The recording is cut off.")
            content += part
        return bytes(content)

    def write(self, position: int, content: bytes) -> None:
        """Write all of it; a moment's lock of another program is waited for."""
        os.lseek(self.descriptor, position, os.SEEK_SET)
        rest = memoryview(content)
        while rest:
            write = functools.partial(os.write, self.descriptor, rest)
            rest = rest[patiently(write, is_write_refused) :]

    def truncate(self, size: int) -> None:
        """Cut off what lies beyond ``size`` bytes."""
        cut_off(self.descriptor, size)

    def sync(self) -> None:
        """Return once all is on the disk."""
        sync_data(self.descriptor)

    def size(self) -> int:
        """Bytes of the file."""
        return os.fstat(self.descriptor).st_size
