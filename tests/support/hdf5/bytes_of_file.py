"""The bytes of a file, and which of them were found to be right."""

from __future__ import annotations

import numpy as np

from .cursor import Cursor, DamagedError
from .lookup3 import lookup3
from .structure import Structure


class Bytes:
    """All bytes of a file.

    :param structures: every checksummed structure that was read, in order.
    """

    def __init__(self, data: bytes | bytearray | memoryview) -> None:
        self.data = memoryview(data).cast("B")
        self.structures: dict[int, Structure] = {}

    def cursor(self, at: int, end: int | None = None) -> Cursor:
        return Cursor(self.data, at, end)

    def array(self, start: int, length: int) -> np.ndarray:
        """uint8, a view."""
        return np.frombuffer(self.cursor(start).take(length), np.uint8)

    def check(self, kind: str, start: int, length: int) -> None:
        """Hold a structure against the checksum in its last four bytes."""
        body = self.cursor(start).take(length)
        self.structures[start] = Structure(kind, start, length)
        if lookup3(body[:-4]) != int.from_bytes(body[-4:], "little"):
            raise DamagedError(f"the checksum of {kind} at {start} is wrong")
