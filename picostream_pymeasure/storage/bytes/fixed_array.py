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

from .checksum import CHECKSUM_BYTES, is_intact, with_checksum

#: Entries of a page of an index: one page belongs to one segment of the file, and is small enough
#: to be written in one piece. HDF5 makes pages of 1024 by itself; it reads the number in the file.
PAGE_BITS = 5
PAGE_ENTRIES = 1 << PAGE_BITS
PAGE_BYTES = 8 * PAGE_ENTRIES + CHECKSUM_BYTES

#: Gives ``size`` bytes of a file from a position on.
Read = Callable[[int, int], bytes]

#: The position of a chunk that is not there.
NOWHERE = np.uint64(2**64 - 1)

#: Version, kind of chunks (unfiltered), bytes of a position, and the size of a page.
_FORM = bytes((0, 0, 8, PAGE_BITS))

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
    """

    header_at: int
    block_at: int
    n_elements: int

    @property
    def n_pages(self) -> int:
        """How many pages there are."""
        return -(-self.n_elements // PAGE_ENTRIES)

    @property
    def end(self) -> int:
        """Where the data block ends in the file."""
        last = self.page(self.n_pages - 1)
        return last.begin + 8 * last.count + CHECKSUM_BYTES

    def page(self, number: int) -> Page:
        """The place of a page."""
        begin = self.block_at + prefix_bytes(self.n_pages) + number * PAGE_BYTES
        element = number * PAGE_ENTRIES
        return Page(begin, element, min(PAGE_ENTRIES, self.n_elements - element))

    def pages(self, first: int, stop: int) -> Iterator[Page]:
        """The pages that hold the elements from ``first`` up to ``stop``."""
        yield from map(self.page, range(first // PAGE_ENTRIES, -(-stop // PAGE_ENTRIES)))

    def read_page(self, read: Read, page: Page) -> NDArray[np.uint64] | None:
        """The positions in a page; None if its checksum is wrong."""
        content = read(page.begin, 8 * page.count + CHECKSUM_BYTES)
        return np.frombuffer(content, "<u8", page.count) if is_intact(content) else None

    @property
    def prefix(self) -> bytes:
        """The begin of the data block, which says that all of its pages are in use."""
        bits = np.packbits(np.ones(self.n_pages, np.uint8)).tobytes()
        return with_checksum(b"FADB" + _FORM[:2] + struct.pack("<Q", self.header_at) + bits)

    @property
    def header_bytes(self) -> bytes:
        """The header, with its checksum."""
        fields = struct.pack("<QQ", self.n_elements, self.block_at)
        return with_checksum(b"FAHD" + _FORM + fields)

    def in_layout(self, layout: bytes) -> bytes:
        """A dataset's layout message of a fixed array, so changed that it names this one."""
        return layout[:-_INDEX_BYTES] + struct.pack("<BQ", PAGE_BITS, self.header_at)


def prefix_bytes(n_pages: int) -> int:
    """Size of what lies before the pages: signature, form, the header's position, bitmap."""
    return 14 + -(-n_pages // 8) + CHECKSUM_BYTES


def page_bytes(positions: NDArray[np.uint64]) -> bytes:
    """All bytes of a page with these positions."""
    return with_checksum(positions.astype("<u8").tobytes())
