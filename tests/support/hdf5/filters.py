"""Filters that chunks have passed, and their way back where a small library of others has it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cursor import Cursor, UnsupportedError

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


_UNDO: dict[int, Callable[[Filter, bytes], bytes]] = {
    1: lambda _used, stored: zlib.decompress(stored),
    2: _unshuffle,
    3: lambda _used, stored: stored[:-4],
    32001: _unblosc,
}
