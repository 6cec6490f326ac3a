"""HDF5's object headers of version 2: where their messages lie.

Source: "HDF5 File Format Specification Version 3.0", IV.A.1.b, and IV.A.2 for the messages. Sizes
and positions are of 8 bytes. Only headers that HDF5 has made a moment ago are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .metadata_checksum import CHECKSUM_BYTES

DATASPACE, LAYOUT, ATTRIBUTE, CONTINUATION = 0x01, 0x08, 0x0C, 0x10

_SIGNATURE, _CONTINUED = b"OHDR\x02", b"OCHK"
#: Type, length and flags of a message.
_HEAD_BYTES = 4
_SIZE_OF_LENGTH, _ORDER_TRACKED, _PHASE_CHANGE, _TIMES = 0x03, 0x04, 0x10, 0x20


@dataclass(frozen=True)
class Part:
    """A piece of a header with a checksum of its own behind it.

    :param begin: position in the file.
    :param content: what the checksum covers.
    """

    begin: int
    content: bytes


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

    def find(self, kind: int) -> Message:
        """The first message of a kind."""
        return next(message for message in self.messages if message.kind == kind)

    def part_of(self, position: int) -> Part:
        """The part that holds a position in the file."""
        return next(
            part for part in self.parts if part.begin <= position < part.begin + len(part.content)
        )


def parse_header(image: bytearray, position: int) -> ObjectHeader:
    """Parse the header at a position of a file."""
    assert image[position : position + len(_SIGNATURE)] == _SIGNATURE
    flags = image[position + len(_SIGNATURE)]
    at = 6 + (16 if flags & _TIMES else 0) + (4 if flags & _PHASE_CHANGE else 0)
    n_length = 1 << (flags & _SIZE_OF_LENGTH)
    size = int.from_bytes(image[position + at : position + at + n_length], "little")
    at += n_length
    parts = [Part(position, bytes(image[position : position + at + size]))]
    messages = list(_messages(parts[0], at, flags))
    for message in messages:  # grows while it is gone through
        if message.kind == CONTINUATION:
            begin, length = struct.unpack_from("<QQ", message.content)
            parts.append(Part(begin, bytes(image[begin : begin + length - CHECKSUM_BYTES])))
            messages += _messages(parts[-1], len(_CONTINUED), flags)
    return ObjectHeader(tuple(parts), tuple(messages))


def put_last(image: bytearray, header: ObjectHeader, kind: int) -> ObjectHeader:
    """Let the first message of a kind be the last one of its part.

    What is rewritten lies beside the checksum then, and whoever reads in the midst of that meets a
    few bytes and not hundreds. HDF5 takes messages in any order.

    :returns: the header as it is then; its checksum is to be made anew.
    """
    moved = header.find(kind)
    part = header.part_of(moved.position)
    ends = [each.position + len(each.content) for each in header.messages]
    end = max(end for end in ends if header.part_of(end - 1) is part)
    begin, stop = moved.position - _HEAD_BYTES, moved.position + len(moved.content)
    image[begin:end] = image[stop:end] + image[begin:stop]
    return parse_header(image, header.parts[0].begin)


def _messages(part: Part, at: int, flags: int) -> Iterator[Message]:
    assert not flags & _ORDER_TRACKED, "messages have longer heads then"
    content = part.content
    while at + _HEAD_BYTES <= len(content):
        kind, length = struct.unpack_from("<BH", content, at)
        at += _HEAD_BYTES
        yield Message(kind, part.begin + at, content[at : at + length])
        at += length
