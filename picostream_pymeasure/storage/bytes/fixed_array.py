"""HDF5's fixed arrays: where the chunks of a dataset of limited size lie.

A header, then one *data block*: up to ``1 << page_bits`` positions directly, or a bitmap of the
pages in use and the pages. Each piece has a checksum behind it.

Source: "HDF5 File Format Specification Version 3.0", VII.C, and IV.A.2.i for the layout message.
Pure functions over bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checksum import CHECKSUM_BYTES, is_intact, with_checksum
from .object_header import Read

#: The position of a chunk that is not there.
NOWHERE = np.uint64(2**64 - 1)

_LAYOUT_VERSION, _CHUNKED, _FIXED_ARRAY = 4, 2, 3
_HEADER_BYTES = 24
_BLOCK_PREFIX_BYTES = 14
_PLAIN, _FILTERED = 0, 1

#: The layout message ends with the page bits and the position of the array's header.
_INDEX_BYTES = 9


@dataclass(frozen=True)
class Page:
    """Elements with a checksum behind them.

    :param begin: where in the file the bytes begin that the checksum covers.
    :param first: where in the file the elements begin.
    :param element: number of the first one.
    """

    begin: int
    first: int
    element: int
    count: int


@dataclass(frozen=True)
class FixedArray:
    """The place of every chunk's element.

    :param block_at: position of the data block.
    :param n_elements: the most chunks there can be.
    :param element_bytes: 8, or 8 for the position, some for the size, and 4 for the filter mask.
    """

    header_at: int
    block_at: int
    n_elements: int
    page_bits: int
    element_bytes: int
    is_filtered: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        """An element: ``position``, and of filtered chunks ``size`` (raw bytes) and ``mask``."""
        if not self.is_filtered:
            return np.dtype([("position", "<u8")])
        size_bytes = self.element_bytes - 12
        return np.dtype([("position", "<u8"), ("size", "u1", (size_bytes,)), ("mask", "<u4")])

    @property
    def page_elements(self) -> int:
        """Elements in a full page."""
        return min(1 << self.page_bits, self.n_elements)

    @property
    def is_paged(self) -> bool:
        """Whether there is more than one page, and a bitmap before them."""
        return self.n_elements > 1 << self.page_bits

    @property
    def n_pages(self) -> int:
        """How many pages there are."""
        return -(-self.n_elements // self.page_elements)

    @property
    def end(self) -> int:
        """Where the data block ends in the file."""
        last = self.page(self.n_pages - 1)
        return last.first + last.count * self.element_bytes + CHECKSUM_BYTES

    def page(self, number: int) -> Page:
        """The place of a page."""
        count = self.page_elements
        element = number * count
        first = self.block_at + _BLOCK_PREFIX_BYTES
        if not self.is_paged:
            return Page(self.block_at, first, 0, count)
        first += -(-self.n_pages // 8) + CHECKSUM_BYTES
        first += number * (count * self.element_bytes + CHECKSUM_BYTES)
        return Page(first, first, element, min(count, self.n_elements - element))

    def pages(self, first: int, stop: int) -> Iterator[Page]:
        """The pages that hold the elements from ``first`` up to ``stop``."""
        for number in range(first // self.page_elements, -(-stop // self.page_elements)):
            yield self.page(number)

    def read_page(self, read: Read, page: Page) -> NDArray[Any] | None:
        """The elements of a page, of :attr:`dtype`; None if its checksum is wrong."""
        size = page.first - page.begin + page.count * self.element_bytes
        content = read(page.begin, size + CHECKSUM_BYTES)
        if not is_intact(content):
            return None
        return np.frombuffer(content, self.dtype, page.count, page.first - page.begin)

    def page_bytes(self, page: Page, elements: NDArray[Any]) -> bytes:
        """All bytes of a page from ``page.begin`` on.

        :param elements: of :attr:`dtype`, ``page.count`` of them.
        """
        prefix = b"" if self.is_paged else self.block_prefix
        return with_checksum(prefix + elements.astype(self.dtype).tobytes())

    @property
    def block_prefix(self) -> bytes:
        """What the data block begins with."""
        kind = _FILTERED if self.is_filtered else _PLAIN
        return b"FADB\0" + struct.pack("<BQ", kind, self.header_at)

    def bitmap_of(self, made_pages: int) -> bytes:
        """The begin of a data block that uses so many of its first pages."""
        bits = np.zeros(self.n_pages, np.uint8)
        bits[:made_pages] = 1
        return with_checksum(self.block_prefix + np.packbits(bits).tobytes())

    @property
    def header_bytes(self) -> bytes:
        """The header, with its checksum."""
        kind = _FILTERED if self.is_filtered else _PLAIN
        sizes = bytes((0, kind, self.element_bytes, self.page_bits))
        fields = struct.pack("<QQ", self.n_elements, self.block_at)
        return with_checksum(b"FAHD" + sizes + fields)

    def in_layout(self, layout: bytes) -> bytes:
        """A dataset's layout message of a fixed array, so changed that it names this one."""
        return layout[:-_INDEX_BYTES] + struct.pack("<BQ", self.page_bits, self.header_at)


def find_array(read: Read, layout: bytes) -> FixedArray | None:
    """The array that a dataset's layout message names; None if it is damaged, or another index."""
    if len(layout) < 5 or tuple(layout[:2]) != (_LAYOUT_VERSION, _CHUNKED):
        return None
    n_dimensions, dimension_bytes = layout[3], layout[4]
    at = 5 + n_dimensions * dimension_bytes
    if len(layout) < at + 10 or layout[at] != _FIXED_ARRAY:
        return None
    (header_at,) = struct.unpack_from("<Q", layout, at + 2)
    content = read(header_at, _HEADER_BYTES + CHECKSUM_BYTES)
    if not is_intact(content) or content[:5] != b"FAHD\0" or content[5] not in (_PLAIN, _FILTERED):
        return None
    kind, element_bytes, page_bits, total, block_at = struct.unpack_from("<BBBQQ", content, 5)
    is_filtered = kind == _FILTERED
    if not (13 <= element_bytes <= 20 if is_filtered else element_bytes == 8) or not total:
        return None
    return FixedArray(header_at, block_at, total, page_bits, element_bytes, is_filtered)
