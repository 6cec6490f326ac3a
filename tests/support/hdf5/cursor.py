"""Reads the fields of a structure one after another."""

from __future__ import annotations

UNDEFINED = 0xFFFFFFFFFFFFFFFF


class DamagedError(Exception):
    """The bytes contradict the specification or their own checksum."""


class UnsupportedError(Exception):
    """Allowed by the specification, yet nothing that h5py writes for us."""


class Cursor:
    """A place in the file that moves on with each field.

    :param data: the whole file.
    :param at: where the structure begins.
    :param end: where it must have ended.
    """

    def __init__(self, data: memoryview, at: int, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def take(self, count: int) -> memoryview:
        if self.at < 0 or count < 0 or self.at + count > min(self.end, len(self.data)):
            raise DamagedError(f"{count} bytes at {self.at} are beyond the end")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def u8(self) -> int:
        return self.number(1)

    def u16(self) -> int:
        return self.number(2)

    def u32(self) -> int:
        return self.number(4)

    def u64(self) -> int:
        return self.number(8)

    def text(self, size: int) -> str:
        return bytes(self.take(size)).rstrip(b"\0").decode()

    def terminated(self) -> str:
        """A text up to its zero."""
        found = bytearray()
        while byte := self.u8():
            found.append(byte)
        return found.decode()

    def expect(self, signature: bytes, version: int) -> None:
        """The four letters and the version that begin most structures."""
        begin = self.at
        found = bytes(self.take(4))
        if found != signature:
            raise DamagedError(f"{found!r} at {begin} where {signature!r} should be")
        if (number := self.u8()) != version:
            raise UnsupportedError(f"version {number} of {signature!r}")

    @property
    def left(self) -> int:
        return self.end - self.at


def bytes_for(value: int) -> int:
    """How many bytes a field takes that must hold values up to this one."""
    return max(1, (value.bit_length() + 7) // 8)
