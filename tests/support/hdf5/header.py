"""Object headers of version 2, with their continuations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cursor import Cursor, UnsupportedError

if TYPE_CHECKING:
    from .bytes_of_file import Bytes

CONTINUATION = 0x10


@dataclass(frozen=True)
class Message:
    """One message: its type, and where its body lies."""

    kind: int
    start: int
    length: int


class Header:
    """The messages of an object; a message may occur several times.

    :raises DamagedError: a checksum is wrong.
    """

    def __init__(self, data: Bytes, address: int) -> None:
        self._data = data
        self.address = address
        cursor = data.cursor(address)
        cursor.expect(b"OHDR", 2)
        flags = cursor.u8()
        self._has_order = bool(flags & 4)
        cursor.take(16 if flags & 0x20 else 0)
        cursor.take(4 if flags & 0x10 else 0)
        length = cursor.number(1 << (flags & 3))
        data.check("OHDR", address, cursor.at - address + length + 4)
        self.messages = list(self._messages(data.cursor(cursor.at, cursor.at + length)))

    def bodies(self, kind: int) -> list[Cursor]:
        """Where the bodies of this type begin."""
        return [
            self._data.cursor(message.start, message.start + message.length)
            for message in self.messages
            if message.kind == kind
        ]

    def body(self, kind: int) -> Cursor | None:
        found = self.bodies(kind)
        return found[0] if found else None

    def _messages(self, cursor: Cursor) -> Iterator[Message]:
        prefix = 6 if self._has_order else 4
        while cursor.left >= prefix:
            kind, length, flags = cursor.u8(), cursor.u16(), cursor.u8()
            if flags & 2:
                raise UnsupportedError("a shared message")
            cursor.take(2 if self._has_order else 0)
            message = Message(kind, cursor.at, length)
            body = self._data.cursor(cursor.at, cursor.at + length)
            cursor.take(length)
            if kind == CONTINUATION:
                yield from self._continued(body.u64(), body.u64())
            else:
                yield message

    def _continued(self, address: int, length: int) -> Iterator[Message]:
        cursor = self._data.cursor(address, address + length - 4)
        self._data.check("OCHK", address, length)
        if bytes(cursor.take(4)) != b"OCHK":
            raise UnsupportedError("a continuation block without its signature")
        yield from self._messages(cursor)
