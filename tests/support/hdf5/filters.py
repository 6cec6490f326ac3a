"""Filters that chunks have passed, and their way back where a small library of others has it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cursor import Cursor, DamagedError, UnsupportedError

_BY_LZ4 = 2
NAMES = {1: "deflate", 2: "shuffle", 3: "fletcher32", 32001: "blosc", 32008: "bitshuffle"}


@dataclass(frozen=True)
class Filter:
    """One of a pipeline, with the numbers it was given."""

    number: int
    values: tuple[int, ...]

    @property
    def name(self) -> str:
        return NAMES.get(self.number, str(self.number))


def read_filters(cursor: Cursor) -> tuple[Filter, ...]:
    version, count = cursor.u8(), cursor.u8()
    if version != 2:
        raise UnsupportedError(f"version {version} of a filter pipeline")
    return tuple(_filter(cursor) for _ in range(count))


def _filter(cursor: Cursor) -> Filter:
    number = cursor.u16()
    name_bytes = cursor.u16() if number >= 256 else 0
    cursor.u16()
    count = cursor.u16()
    cursor.take(name_bytes)
    return Filter(number, tuple(cursor.u32() for _ in range(count)))


def undo(filters: tuple[Filter, ...], mask: int, stored: bytes) -> bytes:
    """The bytes of a chunk before the filters, those of the mask left out."""
    for position in reversed(range(len(filters))):
        if not mask >> position & 1:
            stored = _undo_one(filters[position], stored)
    return stored


def _undo_one(used: Filter, stored: bytes) -> bytes:
    if used.number not in _UNDO:
        raise UnsupportedError(f"filter {used.name}")
    return _UNDO[used.number](used, stored)


def _unshuffle(used: Filter, stored: bytes) -> bytes:
    size = used.values[0]
    whole = len(stored) // size * size
    mixed = np.frombuffer(stored[:whole], np.uint8).reshape(size, -1)
    return mixed.T.tobytes() + stored[whole:]


def _unblosc(_used: Filter, stored: bytes) -> bytes:
    from numcodecs import blosc

    return bytes(blosc.decompress(stored))


def _unbitshuffle(used: Filter, stored: bytes) -> bytes:
    """Blocks of transposed bits, each compressed by LZ4; at the end items that fill no eight."""
    item_bytes, codec = used.values[2], used.values[4]
    if codec != _BY_LZ4:
        raise UnsupportedError(f"codec {codec} of bitshuffle")
    total, block_bytes = struct.unpack_from(">QI", stored)
    rest = total % (8 * item_bytes)
    at, found = 12, bytearray()
    while len(found) < total - rest:
        wanted = min(block_bytes, total - rest - len(found))
        (size,) = struct.unpack_from(">I", stored, at)
        block = _unlz4(stored[at + 4 : at + 4 + size], wanted)
        bits = np.unpackbits(np.frombuffer(block, np.uint8).reshape(8 * item_bytes, -1), axis=1)
        eights = bits.reshape(8 * item_bytes, -1, 8)[:, :, ::-1].reshape(8 * item_bytes, -1)
        found += np.packbits(eights.T, axis=1, bitorder="little").tobytes()
        at += 4 + size
    return bytes(found) + stored[at : at + rest]


def _unlz4(block: bytes, n_bytes: int) -> bytes:
    """A block of LZ4: bytes as they are, then a distance back and how many come from there."""
    found, at = bytearray(), 0
    while at < len(block):
        token, at = block[at], at + 1
        count, at = _length(block, token >> 4, at)
        found += block[at : at + count]
        at += count
        if at >= len(block):
            break
        back = int.from_bytes(block[at : at + 2], "little")
        count, at = _length(block, token & 15, at + 2)
        count += 4
        piece = bytes(found[-back:][:count])
        found += (piece * (-(-count // len(piece))))[:count]
    if len(found) != n_bytes:
        raise DamagedError(f"{len(found)} bytes of LZ4 instead of {n_bytes}")
    return bytes(found)


def _length(block: bytes, nibble: int, at: int) -> tuple[int, int]:
    if nibble == 15:
        while True:
            more, at = block[at], at + 1
            nibble += more
            if more != 255:
                break
    return nibble, at


_UNDO: dict[int, Callable[[Filter, bytes], bytes]] = {
    1: lambda _used, stored: zlib.decompress(stored),
    2: _unshuffle,
    3: lambda _used, stored: stored[:-4],
    32001: _unblosc,
    32008: _unbitshuffle,
}
