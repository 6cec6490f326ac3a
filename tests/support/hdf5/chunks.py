"""Where the chunks of a dataset lie, by its index of chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .cursor import UNDEFINED, Cursor, DamagedError, UnsupportedError
from .lookup3 import lookup3_rows
from .structure import Structure

if TYPE_CHECKING:
    from .bytes_of_file import Bytes


@dataclass(frozen=True)
class Chunks:
    """Positions by number of the chunk; :data:`UNDEFINED` for one that is not there.

    :param positions: uint64.
    :param sizes: uint64, bytes stored.
    :param masks: uint32, filters that were skipped, a bit each.
    """

    positions: NDArray[np.uint64]
    sizes: NDArray[np.uint64]
    masks: NDArray[np.uint32]

    @classmethod
    def plain(cls, positions: NDArray[np.uint64], chunk_bytes: int) -> Chunks:
        sizes = np.full(len(positions), chunk_bytes, np.uint64)
        return cls(positions, sizes, np.zeros(len(positions), np.uint32))

    @property
    def present(self) -> NDArray[np.bool_]:
        return self.positions != UNDEFINED


def single_chunk(cursor: Cursor, chunk_bytes: int, is_filtered: bool) -> Chunks:
    size, mask = (cursor.u64(), cursor.u32()) if is_filtered else (chunk_bytes, 0)
    position = np.array([cursor.u64()], np.uint64)
    return Chunks(position, np.array([size], np.uint64), np.array([mask], np.uint32))


def implicit(cursor: Cursor, chunk_bytes: int, count: int) -> Chunks:
    address = cursor.u64()
    if address == UNDEFINED:
        return Chunks.plain(np.full(count, UNDEFINED, np.uint64), chunk_bytes)
    numbers = np.arange(count, dtype=np.uint64)
    return Chunks.plain(np.uint64(address) + numbers * np.uint64(chunk_bytes), chunk_bytes)


def fixed_array(data: Bytes, cursor: Cursor, chunk_bytes: int) -> Chunks:
    page_bits = cursor.u8()
    address = cursor.u64()
    if address == UNDEFINED:
        return Chunks.plain(np.zeros(0, np.uint64), chunk_bytes)
    return _FixedArray(data, address, page_bits, chunk_bytes).read()


class _FixedArray:
    """Header, data block, and pages where there are more elements than a page has."""

    def __init__(self, data: Bytes, address: int, page_bits: int, chunk_bytes: int) -> None:
        self._data = data
        self._address = address
        self._chunk_bytes = chunk_bytes
        cursor = data.cursor(address)
        cursor.expect(b"FAHD", 0)
        self._client, self._element_bytes = cursor.u8(), cursor.u8()
        if cursor.u8() != page_bits:
            raise DamagedError("the index and its dataset differ in the size of a page")
        self._page = 1 << page_bits
        self._count, self._block = cursor.u64(), cursor.u64()
        data.check("FAHD", address, cursor.at + 4 - address)

    def read(self) -> Chunks:
        if self._block == UNDEFINED:
            return Chunks.plain(np.full(self._count, UNDEFINED, np.uint64), self._chunk_bytes)
        cursor = self._data.cursor(self._block)
        cursor.expect(b"FADB", 0)
        if (cursor.u8(), cursor.u64()) != (self._client, self._address):
            raise DamagedError(f"the block at {self._block} is not of the index at {self._address}")
        if self._count > self._page:
            return self._decode(self._paged(cursor))
        length = self._count * self._element_bytes
        self._data.check("FADB", self._block, cursor.at + length + 4 - self._block)
        return self._decode(self._data.array(cursor.at, length).reshape(self._count, -1))

    def _paged(self, cursor: Cursor) -> NDArray[np.uint8]:
        pages = -(-self._count // self._page)
        used = np.unpackbits(np.frombuffer(cursor.take(-(-pages // 8)), np.uint8))[:pages] > 0
        self._data.check("FADB", self._block, cursor.at + 4 - self._block)
        begin = cursor.at + 4
        rows = np.full((pages * self._page, self._element_bytes), 0xFF, np.uint8)
        length = self._page * self._element_bytes
        whole = [
            number for number in np.flatnonzero(used) if (number + 1) * self._page <= self._count
        ]
        starts = [begin + int(number) * (length + 4) for number in whole]
        for number, elements in zip(whole, self._pages(starts, length), strict=True):
            rows[number * self._page :][: self._page] = elements.reshape(self._page, -1)
        if used[-1] and self._count % self._page:
            rest = self._count % self._page
            start = begin + (pages - 1) * (length + 4)
            last = self._pages([start], rest * self._element_bytes)[0]
            rows[(pages - 1) * self._page :][:rest] = last.reshape(rest, -1)
        return rows[: self._count]

    def _pages(self, starts: list[int], length: int) -> NDArray[np.uint8]:
        """The elements of pages of equal length, when their checksums are right."""
        if not starts:
            return np.zeros((0, length), np.uint8)
        rows = np.stack([self._data.array(start, length + 4) for start in starts])
        for start in starts:
            self._data.structures[start] = Structure("page", start, length + 4)
        stored = rows[:, length:].copy().view("<u4")[:, 0]
        bad = np.flatnonzero(lookup3_rows(rows[:, :length]) != stored)
        if len(bad):
            raise DamagedError(f"the checksum of the page at {starts[int(bad[0])]} is wrong")
        return rows[:, :length]

    def _decode(self, rows: NDArray[np.uint8]) -> Chunks:
        positions = np.ascontiguousarray(rows[:, :8]).view("<u8")[:, 0].astype(np.uint64)
        if self._client == 0:
            return Chunks.plain(positions, self._chunk_bytes)
        if self._client != 1:
            raise UnsupportedError(f"client {self._client} of a fixed array")
        sizes = np.zeros((len(rows), 8), np.uint8)
        sizes[:, : self._element_bytes - 12] = rows[:, 8:-4]
        masks = np.ascontiguousarray(rows[:, -4:]).view("<u4")[:, 0]
        return Chunks(positions, sizes.view("<u8")[:, 0].astype(np.uint64), masks.astype(np.uint32))
