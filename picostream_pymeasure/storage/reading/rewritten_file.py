"""A recording that another program wrote anew, as h5repack does to compress it.

Nothing lies where the plan of its layout says, but HDF5 finds all of it. So the bytes are given as
the recorder lays them out; of tables a unit is made for each chunk.
"""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import FileFormatError
from ..bytes.raw_file import Readable
from ..layout.plan import UNIT_BYTES, GrowingDataset, Plan
from ..layout.records import STATE, STATE_MAGIC
from ..schema import FILL_VALUES, TABLE_DTYPES, TABLES, table_chunks
from .hdf5 import Hdf5Dataset, Hdf5File
from .published import parse_published
from .table_unit import TableUnit


class RewrittenFile(Readable):
    """Bytes of the original, from any thread; see :class:`.Readable`.

    :param file: the copy.
    :param plan: of the original.
    """

    def __init__(self, path: Path, file: Hdf5File, plan: Plan) -> None:
        self._path = path
        self._file = file
        self._plan = plan
        self._datasets: dict[str, Hdf5Dataset] = {}

    @cached_property
    def plan(self) -> Plan:
        """As if all units had come before the first segment."""
        return self._plan.with_units(len(self._units))

    def read_into(self, position: int, buffer: Any) -> None:
        """Fill a buffer, contiguous memory of any kind."""
        target = memoryview(buffer).cast("B")
        while len(target):
            piece = self._piece(position, len(target))
            target[: len(piece)] = piece
            target, position = target[len(piece) :], position + len(piece)

    def size(self) -> int:
        """Bytes that there are: up to the end of the last segment."""
        return self.plan.segment_position(self._segments)

    @cached_property
    def _segments(self) -> int:
        state = parse_published(self.read(*self._plan.fixed[STATE]), STATE_MAGIC)
        return 0 if state is None else state.segments

    def _piece(self, position: int, most: int) -> bytes:
        """Bytes from a position on: at least one, at most so many, of one chunk."""
        base = self._plan.base
        if position < base:
            return self._fixed(position, most)
        unit, within = divmod(position - base, UNIT_BYTES)
        if unit < len(self._units):
            return self._units[unit][within:][:most]
        behind = position - base - len(self._units) * UNIT_BYTES
        return self._chunk(*divmod(behind, self._plan.segment_bytes), most)

    def _fixed(self, position: int, most: int) -> bytes:
        for path, (begin, size) in self._plan.fixed.items():
            if begin <= position < begin + size:
                dataset = self._dataset(path)
                if math.prod(dataset.shape) * dataset.dtype.itemsize != size:
                    raise self._of_another_form(path)
                rows = np.zeros(dataset.shape, dataset.dtype)
                dataset.read_into(0, rows)
                return rows.tobytes()[position - begin :][:most]
        raise self._missing(position)

    def _chunk(self, segment: int, within: int, most: int) -> bytes:
        """Bytes of a chunk of counts, checksums or overview."""
        for dataset in self._plan.datasets.values():
            stride = max(dataset.stride, dataset.chunk_bytes)
            number, at = divmod(within - dataset.offset, stride)
            is_there = 0 <= number < dataset.per_segment and segment % dataset.step == 0
            if is_there and at < dataset.chunk_bytes:
                chunk = segment // dataset.step * dataset.per_segment + number
                count = min(most, dataset.chunk_bytes - at)
                return self._bytes(dataset, chunk * dataset.chunk_bytes + at, count)
        raise self._missing(within)

    def _bytes(self, planned: GrowingDataset, begin: int, count: int) -> bytes:
        """Bytes of a dataset, rows that it does not have being its fill value."""
        dataset = self._dataset(planned.path)
        first, stop = begin // planned.row_bytes, -(-(begin + count) // planned.row_bytes)
        fill = FILL_VALUES.get(dataset.dtype.str, 0)
        rows = np.full((stop - first, *dataset.shape[1:]), fill, dataset.dtype)
        present = min(stop, dataset.shape[0]) - first
        if rows[:1].nbytes != planned.row_bytes:
            raise self._of_another_form(planned.path)
        if present > 0:
            dataset.read_into(first, rows[:present])
        return rows.tobytes()[begin - first * planned.row_bytes :][:count]

    @cached_property
    def _units(self) -> list[bytes]:
        units: list[bytes] = []
        for table in TABLES:
            dataset, planned = self._dataset(table), self._plan.datasets[table]
            most_chunks = table_chunks(table, keeps=self._plan.keeps)
            if dataset.shape[0] > most_chunks * planned.chunk_rows:
                raise self._of_another_form(table)
            rows = np.zeros(dataset.shape[0], TABLE_DTYPES[table])
            dataset.read_into(0, rows)
            size = planned.chunk_rows
            for chunk in range(-(-len(rows) // size)):
                content = rows[chunk * size : (chunk + 1) * size].tobytes()
                unit = TableUnit(len(units), table, chunk, content, is_intact=True)
                units.append(unit.stored)
        return units

    def _dataset(self, path: str) -> Hdf5Dataset:
        if path not in self._datasets:
            dataset = self._file.dataset(path)
            if dataset is None:
                raise FileFormatError(f"{self._path} is damaged: it has no {path}.")
            self._datasets[path] = dataset
        return self._datasets[path]

    def _of_another_form(self, path: str) -> FileFormatError:
        return FileFormatError(f"{self._path} is damaged: {path} has another form.")

    def _missing(self, position: int) -> FileFormatError:
        return FileFormatError(f"{self._path} is damaged: nothing belongs to byte {position}.")
