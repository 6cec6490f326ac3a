"""Where everything lies in a file: what the native writer works with, and what repair needs.

The plan is stored in the file as JSON, so that whatever was rewritten in place can be computed
again when it was torn; see :data:`PLAN_MAGIC`. A wrong number in it would let a repair write over
samples, so it has a checksum, and there are two of it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_hexdigest

from ...errors import FileFormatError
from ..bytes.fixed_array import FixedArray
from ..schema import FACTORS, TABLE_CHUNK_BYTES, level_path
from .areas import INDEX_GROWTH, SEGMENTS_OWNER, TABLE_UNITS, Area
from .grid import Grid

#: Begins each copy of the stored plan, at a multiple of 512 bytes. Its checksum follows.
PLAN_MAGIC = b"PICOSTREAM PLAN 2\n"
_CHECKSUM_DIGITS = 16
#: Ends a copy: JSON of ours has no blanks in a row.
_END = b"}" + b" " * 16

#: A unit of room for tables: a head that says whose it is, then one chunk.
UNIT_HEAD_BYTES = 512
UNIT_CONTENT_BYTES = TABLE_CHUNK_BYTES
UNIT_BYTES = UNIT_HEAD_BYTES + UNIT_CONTENT_BYTES

#: In live-only files, whose segments are used again, all units lie before the first of them: so
#: many for each table, whose newest rows replace the oldest.
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
    :param step: segments from one that has chunks to the next; 1 where ``per_segment`` is not 1.
    :param offset: of the first chunk in its segment.
    :param stride: bytes from one chunk to the next in a segment.
    :param index: as it was at the start; see :meth:`Plan.index_of`.
    :param header: position of the object header, ``header_bytes`` long with its checksum.
    :param rows_at: where in the header the number of rows is, 8 bytes.
    :param most_at: where in it the greatest number of rows is.
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
    most_at: int = 0

    @property
    def chunk_bytes(self) -> int:
        """Size of a chunk."""
        return self.row_bytes * self.chunk_rows

    def segment_of(self, chunk: Any) -> Any:
        """The segments that chunks lie in, one number or an array; not of tables."""
        return chunk // self.per_segment * self.step


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
    :param areas: what was taken between segments, in order; not stored with the plan.
    """

    inputs: tuple[str, ...]
    base: int
    segment_bytes: int
    data_offset: int
    datasets: Mapping[str, GrowingDataset]
    fixed: Mapping[str, tuple[int, int]]
    attributes: Mapping[str, tuple[int, int]]
    root_blocks: tuple[tuple[int, int], ...]
    areas: tuple[Area, ...] = ()

    @property
    def factors(self) -> list[int]:
        """Samples a bin of each level of the overview, ascending."""
        name = self.inputs[0]
        return [factor for factor in FACTORS if level_path(name, factor) in self.datasets]

    def dtype_of(self, name: str) -> np.dtype[Any]:
        """Of an input's counts."""
        return np.dtype(self.dtypes[self.inputs.index(name)])

    def segment_position(self, segment: int) -> int:
        """Where a segment begins, counted since the start of the recording."""
        if self.is_packed:
            return int(self.slot_positions(np.array([segment]))[0])
        slot = segment % self.segments if self.is_ring else segment
        inserted = self._inserted_bytes[bisect_right(self._segments_before, slot)]
        return self.base + slot * self.segment_bytes + inserted

    def slot_positions(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where segments of a file begin, by their place in it; as many as ``slots``."""
        if self.is_packed:
            firsts, positions = self._segment_areas
            index = np.maximum(np.searchsorted(firsts, slots, side="right") - 1, 0)
            places: NDArray[np.int64] = positions[index]
            return places + (slots - firsts[index]) * self.segment_bytes
        areas = np.searchsorted(np.array(self._segments_before, np.int64), slots, side="right")
        inserted: NDArray[np.int64] = np.array(self._inserted_bytes)[areas]
        return self.base + slots * self.segment_bytes + inserted

    @cached_property
    def _segment_areas(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of a packed file: the first segment of each area for them, and where that lies."""
        areas = [area for area in self.areas if area.owner == SEGMENTS_OWNER]
        rows = [(area.segment, area.position) for area in areas] or [(0, self.base)]
        firsts, positions = np.array(rows, np.int64).T
        return firsts, positions

    @cached_property
    def _segments_before(self) -> list[int]:
        return [area.segment for area in self.areas]

    @cached_property
    def _inserted_bytes(self) -> list[int]:
        """Bytes of the areas before each, and at last of all."""
        return list(accumulate((area.units * UNIT_BYTES for area in self.areas), initial=0))

    def chunk_position(self, dataset: GrowingDataset, chunk: int) -> int:
        """Where a chunk of a dataset lies, counted since the start; not of tables."""
        segment = self.segment_position(dataset.segment_of(chunk))
        return segment + dataset.offset + chunk % dataset.per_segment * dataset.stride

    @cached_property
    def unit_positions(self) -> list[int]:
        """Where units of room for tables begin, in the order in which they are taken.

        Of live-only files unit ``RING_UNITS * table + chunk`` is always the same.
        """
        if self.is_ring:
            first = self.base - RING_UNITS * N_TABLES * UNIT_BYTES
            return list(range(first, self.base, UNIT_BYTES))
        return [
            area.position + unit * UNIT_BYTES
            for area in self.areas
            if area.owner == TABLE_UNITS
            for unit in range(area.units)
        ]

    def index_of(self, dataset: GrowingDataset) -> FixedArray:
        """The index of a dataset as it is now: in the last area that it has taken."""
        number = list(self.datasets).index(dataset.path)
        places = [area.position for area in self.areas if area.owner == number]
        index = dataset.index
        n_elements = index.n_elements * INDEX_GROWTH ** len(places)
        block_at = [index.block_at, *places][-1]
        return replace(index, block_at=block_at, n_elements=n_elements)

    def with_units(self, units: int) -> Plan:
        """The plan as if so many units of tables lay before the first segment, and nothing else."""
        areas = (Area(self.base, units, TABLE_UNITS, 0),) if units else ()
        return replace(self, areas=areas)

    def to_bytes(self) -> bytes:
        """As it is stored in the file."""
        fields = asdict(self)
        del fields["areas"]
        text = json.dumps(fields, separators=(",", ":")).encode()
        return PLAN_MAGIC + xxh3_64_hexdigest(text).encode() + b"\n" + text

    @classmethod
    def from_bytes(cls, content: bytes) -> Plan:
        """Read what :meth:`to_bytes` gave, with blanks and anything else behind it.

        :raises FileFormatError: it is something else.
        """
        if not content.startswith(PLAN_MAGIC):
            raise FileFormatError("The recording has no plan of its layout.")
        begin = len(PLAN_MAGIC) + _CHECKSUM_DIGITS + 1
        text, end, _ = content[begin:].partition(_END)
        text = (text + end).rstrip(b" \0")
        checksum = f"{xxh3_64_hexdigest(text)}\n".encode()
        try:
            if content[len(PLAN_MAGIC) : begin] != checksum:
                raise ValueError("its checksum is another one")
            return cls._from_fields(json.loads(text))
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
