"""Where everything lies in a file: what the native writer works with, and what repair needs.

The plan is stored in the file as JSON, so that whatever was rewritten in place can be computed
again when it was torn; see :data:`PLAN_MAGIC`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...errors import FileFormatError
from ..bytes.fixed_array import PAGE_ENTRIES, FixedArray
from ..schema import TABLE_CHUNK_BYTES
from .grid import Grid

#: Begins the stored plan, at a multiple of 512 bytes.
PLAN_MAGIC = b"PICOSTREAM PLAN 2\n"

#: A unit of room for tables begins each segment: a head that says whose it is, then one chunk.
UNIT_HEAD_BYTES = 512
UNIT_CONTENT_BYTES = TABLE_CHUNK_BYTES
UNIT_BYTES = UNIT_HEAD_BYTES + UNIT_CONTENT_BYTES

#: Units that lie before the first segment, so that a short recording has some. In live-only files,
#: whose segments are used again, they are all there are: so many for each table, whose newest rows
#: replace the oldest.
FIRST_UNITS = 4
RING_UNITS, N_TABLES = 8, 4

#: How ``per_segment`` of a dataset is given when its chunks lie in units.
IN_UNITS = 0


@dataclass(frozen=True)
class GrowingDataset:
    """A dataset that grows, and where its chunks lie.

    :param path: in the file.
    :param row_bytes: of one row.
    :param chunk_rows: rows of an HDF5 chunk.
    :param per_segment: chunks in a segment: 32, 1, or :data:`IN_UNITS` for tables.
    :param step: segments from one chunk to the next, where ``per_segment`` is 1.
    :param offset: of the first chunk in its segment.
    :param stride: bytes from one chunk to the next in a segment.
    :param header: position of the object header, ``header_bytes`` long with its checksum.
    :param rows_at: where in the header the number of rows is, 8 bytes.
    """

    path: str
    row_bytes: int
    chunk_rows: int
    per_segment: int
    step: int
    offset: int
    stride: int
    index: FixedArray
    header: int = 0
    header_bytes: int = 0
    rows_at: int = 0

    @property
    def chunk_bytes(self) -> int:
        """Size of a chunk."""
        return self.row_bytes * self.chunk_rows

    def segment_of(self, chunk: int) -> int:
        """The segment that a chunk lies in; not of tables."""
        return chunk // PAGE_ENTRIES if self.per_segment == PAGE_ENTRIES else chunk * self.step


@dataclass(frozen=True, kw_only=True)
class Plan(Grid):
    """The numbers of one file.

    :param inputs: names of the inputs, in the order of a block's rows.
    :param base: where the first segment begins.
    :param data_offset: where in a segment the counts begin.
    :param datasets: by path, those that grow.
    :param fixed: position and size of what is rewritten in place, by path.
    :param attributes: position and size of the root attributes that the end settles.
    :param root_blocks: position and size of the pieces of the root's object header.
    """

    inputs: tuple[str, ...]
    base: int
    segment_bytes: int
    data_offset: int
    datasets: Mapping[str, GrowingDataset]
    fixed: Mapping[str, tuple[int, int]]
    attributes: Mapping[str, tuple[int, int]]
    root_blocks: tuple[tuple[int, int], ...]

    def dtype_of(self, name: str) -> np.dtype[Any]:
        """Of an input's counts."""
        return np.dtype(self.dtypes[self.inputs.index(name)])

    def segment_position(self, segment: int) -> int:
        """Where a segment begins, counted since the start of the recording."""
        slot = segment % self.segments if self.is_ring else segment
        return self.base + slot * self.segment_bytes

    def chunk_position(self, dataset: GrowingDataset, chunk: int) -> int:
        """Where a chunk of a dataset lies, counted since the start; not of tables."""
        segment = self.segment_position(dataset.segment_of(chunk))
        within = chunk % dataset.per_segment if dataset.per_segment > 1 else 0
        return segment + dataset.offset + within * dataset.stride

    @property
    def first_units(self) -> int:
        """Units before the first segment."""
        return RING_UNITS * N_TABLES if self.is_ring else FIRST_UNITS

    def unit_position(self, unit: int) -> int:
        """Where a unit of room for tables begins: before the first segment, or with a segment.

        :param unit: in the order in which they are taken; live-only
            ``RING_UNITS * table + chunk``.
        """
        if unit < self.first_units:
            return self.base - (self.first_units - unit) * UNIT_BYTES
        return self.base + (unit - self.first_units) * self.segment_bytes

    def to_bytes(self) -> bytes:
        """As it is stored in the file."""
        return PLAN_MAGIC + json.dumps(asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Plan:
        """Read what :meth:`to_bytes` gave, with anything blank behind it.

        :raises FileFormatError: it is something else.
        """
        if not content.startswith(PLAN_MAGIC):
            raise FileFormatError("The recording has no plan of its layout.")
        try:
            return cls._from_fields(json.loads(content[len(PLAN_MAGIC) :].rstrip(b" \0")))
        except (ValueError, TypeError, KeyError) as error:
            raise FileFormatError("The plan of the recording's layout is damaged.") from error

    @classmethod
    def _from_fields(cls, fields: dict[str, Any]) -> Plan:
        for name in ("inputs", "dtypes"):
            fields[name] = tuple(fields[name])
        fields["root_blocks"] = tuple(map(tuple, fields["root_blocks"]))
        for name in ("fixed", "attributes"):
            fields[name] = {key: tuple(value) for key, value in fields[name].items()}
        fields["datasets"] = {
            path: GrowingDataset(**{**values, "index": FixedArray(**values["index"])})
            for path, values in fields["datasets"].items()
        }
        return cls(**fields)
