"""HDF5's fixed arrays: where the chunks of a dataset of limited size lie.

A header, then a *data block*: a bitmap of the pages in use, and the pages, each of so many
positions. Each piece has a checksum behind it.

Source: "HDF5 File Format Specification Version 3.0", VII.C, and IV.A.2.i for the layout message.
Pure functions over bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .metadata_checksum import CHECKSUM_BYTES, is_intact, with_checksum

#: Entries of a page of an index: one page belongs to one segment of the file, and is small enough
#: to be written in one piece. HDF5 makes pages of 1024 by itself; it reads the number in the file.
PAGE_BITS = 5
PAGE_ENTRIES = 1 << PAGE_BITS

#: Gives ``size`` bytes of a file from a position on.
Read = Callable[[int, int], bytes]

#: The position of a chunk that is not there.
NOWHERE = np.uint64(2**64 - 1)

#: Bytes of an entry: a position. Where chunks are packed their size comes behind it, in as few
#: bytes as HDF5 takes for chunks of such a size, and a mask of the filters that were left out.
POSITION_BYTES = 8
MASK_BYTES = 4

#: The layout message ends with the page bits and the position of the array's header.
_INDEX_BYTES = 9


@dataclass(frozen=True)
class Page:
    """Positions with a checksum behind them.

    :param begin: where in the file they begin.
    :param element: number of the first one.
    """

    begin: int
    element: int
    count: int


@dataclass(frozen=True)
class FixedArray:
    """The place of every chunk's position.

    :param block_at: position of the data block.
    :param n_elements: the most chunks there can be; more than one page.
    :param entry_bytes: of one element.
    """

    header_at: int
    block_at: int
    n_elements: int
    entry_bytes: int = POSITION_BYTES

    @property
    def n_pages(self) -> int:
        """How many pages there are."""
        return -(-self.n_elements // PAGE_ENTRIES)

    @property
    def end(self) -> int:
        """Where the data block ends in the file."""
        last = self.page(self.n_pages - 1)
        return last.begin + self.entry_bytes * last.count + CHECKSUM_BYTES

    def page(self, number: int) -> Page:
        """The place of a page."""
        size = page_size(self.entry_bytes)
        begin = self.block_at + prefix_bytes(self.n_pages) + number * size
        element = number * PAGE_ENTRIES
        return Page(begin, element, min(PAGE_ENTRIES, self.n_elements - element))

    def pages(self, first: int, stop: int) -> Iterator[Page]:
        """The pages that hold the elements from ``first`` up to ``stop``."""
        yield from map(self.page, range(first // PAGE_ENTRIES, -(-stop // PAGE_ENTRIES)))

    def read_page(self, read: Read, page: Page) -> NDArray[np.uint8] | None:
        """The entries in a page, as :meth:`entries`; None if its checksum is wrong."""
        size = self.entry_bytes * page.count
        content = read(page.begin, size + CHECKSUM_BYTES)
        if not is_intact(content):
            return None
        return np.frombuffer(content, np.uint8, size).reshape(page.count, self.entry_bytes)

    def entries(
        self, positions: NDArray[np.uint64], sizes: NDArray[np.uint64] | None = None
    ) -> NDArray[np.uint8]:
        """Elements of chunks, shape ``(n, entry_bytes)``.

        :param sizes: in bytes, where chunks are packed; 0 of those that are not there.
        """
        found = np.zeros((len(positions), self.entry_bytes), np.uint8)
        found[:, :POSITION_BYTES] = _as_bytes(positions)
        if sizes is not None:
            width = self.entry_bytes - POSITION_BYTES - MASK_BYTES
            found[:, POSITION_BYTES:-MASK_BYTES] = _as_bytes(sizes)[:, :width]
        return found

    @property
    def is_packed(self) -> bool:
        """Whether its chunks are, so that elements tell their size too."""
        return self.entry_bytes > POSITION_BYTES

    @property
    def _form(self) -> bytes:
        """Version, whether chunks are packed, bytes of an entry."""
        return bytes((0, self.is_packed, self.entry_bytes))

    @property
    def prefix(self) -> bytes:
        """The begin of the data block, which says that all of its pages are in use."""
        bits = np.packbits(np.ones(self.n_pages, np.uint8)).tobytes()
        return with_checksum(b"FADB" + self._form[:2] + struct.pack("<Q", self.header_at) + bits)

    @property
    def header_bytes(self) -> bytes:
        """The header, with its checksum."""
        fields = struct.pack("<QQ", self.n_elements, self.block_at)
        return with_checksum(b"FAHD" + self._form + bytes((PAGE_BITS,)) + fields)

    def in_layout(self, layout: bytes) -> bytes:
        """A dataset's layout message of a fixed array, so changed that it names this one."""
        return layout[:-_INDEX_BYTES] + struct.pack("<BQ", PAGE_BITS, self.header_at)


def prefix_bytes(n_pages: int) -> int:
    """Size of what lies before the pages: signature, form, the header's position, bitmap."""
    return 14 + -(-n_pages // 8) + CHECKSUM_BYTES


def page_size(entry_bytes: int) -> int:
    """Bytes of a page that is full."""
    return entry_bytes * PAGE_ENTRIES + CHECKSUM_BYTES


def packed_entry_bytes(chunk_bytes: int) -> int:
    """Bytes of an element where chunks of such a size are packed, as HDF5 reckons them."""
    size_bytes = min(1 + (chunk_bytes.bit_length() - 1 + 8) // 8, 8)
    return POSITION_BYTES + size_bytes + MASK_BYTES


def _as_bytes(numbers: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(numbers, "<u8").view(np.uint8).reshape(-1, 8)
