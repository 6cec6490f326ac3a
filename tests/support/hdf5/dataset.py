"""Datasets: what they are, where their bytes lie, and their rows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .attribute import read_attributes
from .chunks import Chunks, fixed_array, implicit, single_chunk
from .cursor import UNDEFINED, Cursor, DamagedError, UnsupportedError
from .dataspace import Shape, read_dataspace
from .datatype import read_datatype
from .filters import Filter, read_filters, undo

if TYPE_CHECKING:
    from .bytes_of_file import Bytes
    from .header import Header

_DATASPACE, _DATATYPE, _FILL, _LAYOUT, _FILTERS = 1, 3, 5, 8, 11
_COMPACT, _CONTIGUOUS, _CHUNKED = range(3)
_SINGLE, _IMPLICIT, _FIXED_ARRAY = 1, 2, 3


class Dataset:
    """A dataset of numbers, fixed texts or compounds of them.

    :param shape: as the file says it now.
    :param greatest_shape: -1 for unlimited.
    :param chunk_shape: None unless it is stored in chunks.
    :param address: where its rows lie, unless it is.
    :param filters: in the order in which they were applied.
    """

    def __init__(self, data: Bytes, header: Header) -> None:
        self._data = data
        self._header = header
        shape, greatest = read_dataspace(self._body(_DATASPACE))
        if shape is None or greatest is None:
            raise UnsupportedError("a dataset without a dataspace")
        self.shape, self.greatest_shape = shape, greatest
        dtype = read_datatype(self._body(_DATATYPE))
        if not isinstance(dtype, np.dtype):
            raise UnsupportedError("a dataset of texts of variable length")
        self.dtype = dtype
        self.fill = self._fill()
        filters = header.body(_FILTERS)
        self.filters: tuple[Filter, ...] = read_filters(filters) if filters else ()
        self.chunk_shape: Shape | None = None
        self.chunks: Chunks | None = None
        self._read_layout(self._body(_LAYOUT))

    @cached_property
    def attributes(self) -> dict[str, Any]:
        return read_attributes(self._data, self._header)

    def __len__(self) -> int:
        return self.shape[0]

    def rows(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Rows, the fill value where a chunk is not there; shape ``(stop - start, ...)``."""
        stop = len(self) if stop is None else min(stop, len(self))
        if self.chunks is None:
            return self._plain_rows()[start:stop]
        out = np.full((stop - start, *self.shape[1:]), self.fill, self.dtype)
        length = self._rows_a_chunk()
        for number in range(start // length, -(-stop // length) if stop > start else 0):
            chunk = self.chunk(number)
            if chunk is not None:
                first = number * length
                begin, end = max(first, start), min(first + length, stop)
                out[begin - start : end - start] = chunk[begin - first : end - first]
        return out

    def scalar(self) -> Any:
        """The one element of a scalar dataset."""
        return self._plain_rows()[()]

    def chunk(self, number: int) -> np.ndarray | None:
        """All rows of a chunk; None when it is not there."""
        assert self.chunks is not None
        assert self.chunk_shape is not None
        if number >= len(self.chunks.positions) or not self.chunks.present[number]:
            return None
        position, size = int(self.chunks.positions[number]), int(self.chunks.sizes[number])
        stored = self._data.cursor(position).take(size)
        if self.filters:
            stored = memoryview(undo(self.filters, int(self.chunks.masks[number]), bytes(stored)))
        if len(stored) != self._chunk_bytes():
            raise DamagedError(f"chunk {number} has {len(stored)} bytes")
        return np.frombuffer(stored, self.dtype).reshape(self.chunk_shape)

    def _body(self, kind: int) -> Cursor:
        body = self._header.body(kind)
        if body is None:
            raise DamagedError(f"the object at {self._header.address} lacks message {kind}")
        return body

    def _fill(self) -> Any:
        zero = np.zeros((), self.dtype)[()]
        cursor = self._header.body(_FILL)
        if cursor is None:
            return zero
        version = cursor.u8()
        if version != 3:
            raise UnsupportedError(f"version {version} of a fill value")
        if not cursor.u8() & 0x20:
            return zero
        size = cursor.u32()
        return np.frombuffer(cursor.take(size), self.dtype)[0] if size else zero

    def _rows_a_chunk(self) -> int:
        """Chunks lie one after another in the first dimension only, as all of ours do."""
        assert self.chunk_shape is not None
        if self.chunk_shape[1:] != self.shape[1:]:
            raise UnsupportedError("chunks that do not span all columns")
        return self.chunk_shape[0]

    def _chunk_bytes(self) -> int:
        assert self.chunk_shape is not None
        return int(np.prod(self.chunk_shape, dtype=np.int64)) * self.dtype.itemsize

    def _read_layout(self, cursor: Cursor) -> None:
        version, kind = cursor.u8(), cursor.u8()
        if version not in (3, 4, 5) or (version == 3 and kind == _CHUNKED):
            raise UnsupportedError(f"version {version} of a layout of class {kind}")
        self._compact: memoryview | None = None
        self.address = UNDEFINED
        if kind == _COMPACT:
            self._compact = cursor.take(cursor.u16())
        elif kind == _CONTIGUOUS:
            self.address = cursor.u64()
        elif kind == _CHUNKED:
            self._read_chunked(cursor)
        else:
            raise UnsupportedError(f"layout class {kind}")

    def _read_chunked(self, cursor: Cursor) -> None:
        flags, rank, size = cursor.u8(), cursor.u8(), cursor.u8()
        self.chunk_shape = tuple(cursor.number(size) for _ in range(rank))[:-1]
        chunk_bytes = self._chunk_bytes()
        index = cursor.u8()
        if index == _SINGLE:
            self.chunks = single_chunk(cursor, chunk_bytes, bool(flags & 2))
        elif index == _IMPLICIT:
            self.chunks = implicit(cursor, chunk_bytes, self._chunk_count())
        elif index == _FIXED_ARRAY:
            self.chunks = fixed_array(self._data, cursor, chunk_bytes)
        else:
            raise UnsupportedError(f"chunk index {index}")

    def _chunk_count(self) -> int:
        assert self.chunk_shape is not None
        pairs = zip(self.greatest_shape, self.chunk_shape, strict=True)
        return int(np.prod([-(-length // chunk) for length, chunk in pairs]))

    def _plain_rows(self) -> np.ndarray:
        count = int(np.prod(self.shape, dtype=np.int64))
        if self._compact is not None:
            return np.frombuffer(self._compact, self.dtype)[:count].reshape(self.shape)
        if self.address == UNDEFINED:
            return np.full(self.shape, self.fill, self.dtype)
        stored = self._data.cursor(self.address).take(count * self.dtype.itemsize)
        return np.frombuffer(stored, self.dtype).reshape(self.shape)
