"""The bytes of a file for ``h5py.File``, looked at before HDF5 gets them."""

from __future__ import annotations

import io
from typing import Any

from ..bytes.raw_file import Readable
from .hidden_damage import hide_damaged


class ByteFile(io.RawIOBase):
    """What ``h5py.File`` takes in the place of a path, for files that may be damaged.

    HDF5 loops for ever on some damaged texts, and divides by the sizes of some damaged trees; they
    are hidden from it. And where a file refers to another one HDF5 gets the bytes of this one
    again, so that none is opened that never answers.
    Each read costs some microseconds more than HDF5's own, which with chunks of 1 MiB is not felt.

    Damage of all other kinds HDF5 finds itself, mostly by the checksums of its metadata. It is not
    made for files whose author forged these: they can still end the program.

    :param content: stays open when this is closed.
    """

    def __init__(self, content: Readable) -> None:
        self._content = content
        self._position = 0
        self._failure: Exception | None = None

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to where the next read shall begin."""
        base = (0, self._position, self._content.end)[whence]
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer."""
        target = memoryview(buffer).cast("B")
        try:
            self._content.read_into(self._position, target)
            hide_damaged(self._content, self._position, target)
        except OSError:
            raise
        except Exception as error:
            self._failure = error
            raise
        self._position += len(target)
        return len(target)

    def raise_failure(self) -> None:
        """Raise a mistake of ours, of which HDF5 tells only that something went wrong.

        What the system or the file is to blame for is not kept here. It keeps the frames that
        asked for it, and these HDF5's own hold on this, which at the exit crashes.
        """
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
