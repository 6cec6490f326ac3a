"""Where the chunks of a dataset lie, read and rewritten in the file itself.

HDF5 has no call that gives a chunk another index. A dataset of limited size keeps the positions of
its chunks in a *fixed array*, a plain list with checksums; to rotate that list is all it takes to
let the oldest chunk go at the front and a new one come at the end.

Source: "HDF5 File Format Specification Version 3.0": IV.A.1.b (object header), IV.A.2.b and i
(dataspace and layout message), VII.C (fixed array); positions and lengths of 8 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from ..errors import FileFormatError
from ..kernels.lookup3 import lookup3
from .raw_file import Bytes

_DATASPACE, _LAYOUT = 1, 8
_LAYOUT_VERSION, _CHUNKED, _FIXED_ARRAY = 4, 2, 3
_POSITION_SIZE, _CHECKSUM_SIZE = 8, 4
_LONGEST_PREFIX = 34


@dataclass(frozen=True)
class _Page:
    """Positions with a checksum behind them.

    :param begin: where the bytes begin that the checksum covers.
    :param first: where the positions begin.
    """

    begin: int
    first: int
    count: int

    @property
    def size(self) -> int:
        """Bytes that the checksum covers."""
        return self.first + _POSITION_SIZE * self.count - self.begin


class ChunkTable:
    """The rows and the chunks' positions of one dataset, past HDF5.

    HDF5 does not know what is changed here; the dataset must be opened anew to see it.

    :param dataset: chunked, of limited size, flushed; at least one chunk has been written.
    :raises FileFormatError: the file is laid out in another way.
    """

    def __init__(self, raw: Bytes, dataset: h5py.Dataset) -> None:
        self._raw = raw
        self._name = dataset.name
        self._header_at = h5py.h5o.get_info(dataset.id).addr
        self._header_size, messages = self._read_header()
        if not {_DATASPACE, _LAYOUT} <= set(messages):
            raise self._unknown()
        self._rows_at = messages[_DATASPACE][0] + 4
        self._pages = self._find_pages(messages[_LAYOUT][1])

    def read(self, count: int) -> NDArray[np.uint64]:
        """Positions of the first ``count`` chunks; uint64.

        :raises FileFormatError: a checksum is wrong.
        """
        pages = [self._read_page(page) for page in self._used_pages(count)]
        return np.concatenate(pages)[:count]

    def write(self, positions: NDArray[np.uint64]) -> None:
        """Replace the positions of the first chunks, all of which must have been written once."""
        start = 0
        for page in self._used_pages(positions.size):
            part = positions[start : start + page.count].astype("<u8")
            start += page.count
            if part.size < page.count:
                part = np.concatenate((part, self._read_page(page)[part.size :]))
            head = self._raw.read(page.begin, page.first - page.begin)
            content = head + part.tobytes()
            self._raw.write(page.first, content[len(head) :] + _checksum(content))

    def set_rows(self, rows: int) -> None:
        """Give the dataset so many rows, no more than its chunks hold."""
        header = bytearray(self._raw.read(self._header_at, self._header_size))
        struct.pack_into("<Q", header, self._rows_at, rows)
        self._raw.write(self._header_at, bytes(header) + _checksum(header))

    def _used_pages(self, count: int) -> Iterator[_Page]:
        for page in self._pages:
            if count <= 0:
                return
            yield page
            count -= page.count

    def _read_page(self, page: _Page) -> NDArray[np.uint64]:
        content = self._checked(page.begin, page.size)
        return np.frombuffer(content, "<u8", page.count, page.first - page.begin)

    def _read_header(self) -> tuple[int, dict[int, tuple[int, bytes]]]:
        """Bytes under the checksum; per kind of message where in them it is, and itself."""
        start = self._raw.read(self._header_at, _LONGEST_PREFIX)
        if start[:5] != b"OHDR\x02":
            raise self._unknown()
        flags = start[5]
        at = 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        length_size = 1 << (flags & 3)
        size = int.from_bytes(start[at : at + length_size], "little")
        at += length_size
        header = self._checked(self._header_at, at + size)
        overhead = 6 if flags & 4 else 4
        messages = {}
        while at + overhead <= len(header):
            kind, length = struct.unpack_from("<BH", header, at)
            at += overhead
            messages[kind] = (at, header[at : at + length])
            at += length
        return len(header), messages

    def _find_pages(self, layout: bytes) -> list[_Page]:
        version, kind, _flags, n_dimensions, dimension_size = layout[:5]
        at = 5 + n_dimensions * dimension_size
        if (version, kind, layout[at]) != (_LAYOUT_VERSION, _CHUNKED, _FIXED_ARRAY):
            raise self._unknown()
        page_count = 1 << layout[at + 1]
        (array_at,) = struct.unpack_from("<Q", layout, at + 2)
        array = self._checked(array_at, 24)
        if array[:8] != b"FAHD\0\0" + bytes((_POSITION_SIZE, layout[at + 1])):
            raise self._unknown()
        total, block_at = struct.unpack_from("<QQ", array, 8)
        if block_at + _POSITION_SIZE * total > self._raw.size():
            raise FileFormatError(f"The chunk index of {self._name} is damaged.")
        return self._lay_out_pages(total, page_count, block_at)

    def _lay_out_pages(self, total: int, page_count: int, block_at: int) -> list[_Page]:
        """The pages of an array; a small one is a single page that begins with the block."""
        first = block_at + 14
        if total <= page_count:
            return [_Page(block_at, first, total)]
        n_pages = -(-total // page_count)
        first += -(-n_pages // 8) + _CHECKSUM_SIZE
        step = _POSITION_SIZE * page_count + _CHECKSUM_SIZE
        return [
            _Page(first + n * step, first + n * step, min(page_count, total - n * page_count))
            for n in range(n_pages)
        ]

    def _checked(self, position: int, size: int) -> bytes:
        content = self._raw.read(position, size + _CHECKSUM_SIZE)
        if _checksum(content[:-_CHECKSUM_SIZE]) != content[-_CHECKSUM_SIZE:]:
            raise FileFormatError(f"The chunk index of {self._name} is damaged.")
        return content[:-_CHECKSUM_SIZE]

    def _unknown(self) -> FileFormatError:
        return FileFormatError(f"The chunk index of {self._name} is of an unknown form.")


def _checksum(content: bytes | bytearray) -> bytes:
    return lookup3(np.frombuffer(content, np.uint8)).to_bytes(_CHECKSUM_SIZE, "little")
