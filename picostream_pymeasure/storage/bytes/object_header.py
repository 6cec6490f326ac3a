"""HDF5's object headers of version 2: where their messages lie, torn ones too.

Source: "HDF5 File Format Specification Version 3.0", IV.A.1.b, and IV.A.2 for the messages. Sizes
and positions are of 8 bytes. Pure functions: ``read(position, size)`` gives the file's bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .checksum import CHECKSUM_BYTES, is_intact

#: Gives ``size`` bytes of a file, or raises :class:`~picostream_pymeasure.errors.FileFormatError`.
Read = Callable[[int, int], bytes]

DATASPACE, LAYOUT, ATTRIBUTE, CONTINUATION = 0x01, 0x08, 0x0C, 0x10

_SIGNATURE, _CONTINUED = b"OHDR\x02", b"OCHK"
_SIZE_OF_LENGTH, _ORDER_TRACKED, _PHASE_CHANGE, _TIMES = 0x03, 0x04, 0x10, 0x20
_LONGEST_PREFIX = 34

#: More parts or bytes than any header of ours has.
_MOST_PARTS, _MOST_BYTES = 256, 1 << 20


@dataclass(frozen=True)
class Part:
    """A piece of a header with a checksum of its own behind it.

    :param begin: position in the file.
    :param content: what the checksum covers.
    :param is_intact: whether the checksum is right.
    """

    begin: int
    content: bytes
    is_intact: bool


@dataclass(frozen=True)
class Message:
    """One message.

    :param position: where its content begins in the file.
    """

    kind: int
    position: int
    content: bytes


@dataclass(frozen=True)
class ObjectHeader:
    """A header with all its continuations."""

    parts: tuple[Part, ...]
    messages: tuple[Message, ...]

    @property
    def is_intact(self) -> bool:
        """Whether all checksums are right."""
        return all(part.is_intact for part in self.parts)

    def find(self, kind: int) -> Message | None:
        """The first message of a kind."""
        return next((message for message in self.messages if message.kind == kind), None)

    def part_of(self, position: int) -> Part:
        """The part that holds a position in the file."""
        return next(
            part for part in self.parts if part.begin <= position < part.begin + len(part.content)
        )


def parse_header(read: Read, position: int) -> ObjectHeader | None:
    """Parse a header, also one whose checksum is wrong; None if it has not the form of one."""
    prefix = read(position, _LONGEST_PREFIX)
    if not prefix.startswith(_SIGNATURE):
        return None
    flags = prefix[5]
    at = 6 + (16 if flags & _TIMES else 0) + (4 if flags & _PHASE_CHANGE else 0)
    n_length = 1 << (flags & _SIZE_OF_LENGTH)
    size = int.from_bytes(prefix[at : at + n_length], "little")
    at += n_length
    if size > _MOST_BYTES:
        return None
    parts = [_part(read, position, at + size)]
    messages = list(_messages(parts[0], at, flags))
    for message in messages:  # grows while it is gone through
        if message.kind == CONTINUATION and len(message.content) >= 16:
            begin, length = struct.unpack_from("<QQ", message.content)
            body = length - CHECKSUM_BYTES
            if len(parts) == _MOST_PARTS or not len(_CONTINUED) <= body <= _MOST_BYTES:
                return None
            part = _part(read, begin, body)
            if not part.content.startswith(_CONTINUED):
                return None
            parts.append(part)
            messages += _messages(part, len(_CONTINUED), flags)
    return ObjectHeader(tuple(parts), tuple(messages))


def _part(read: Read, begin: int, size: int) -> Part:
    content = read(begin, size + CHECKSUM_BYTES)
    return Part(begin, content[:size], is_intact(content))


def _messages(part: Part, at: int, flags: int) -> Iterator[Message]:
    overhead = 6 if flags & _ORDER_TRACKED else 4
    content = part.content
    while at + overhead <= len(content):
        kind, length = struct.unpack_from("<BH", content, at)
        at += overhead
        yield Message(kind, part.begin + at, content[at : at + length])
        at += length
