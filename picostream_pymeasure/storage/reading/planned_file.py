"""A recording of ours past HDF5: its plan, what is published, and where everything lies."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError
from ..bytes.raw_file import RawFile, Readable
from ..bytes.superblock import SUPERBLOCK_BYTES, stated_end
from ..layout.closing_record import read_closing_record
from ..layout.plan import N_TABLES, RING_UNITS, UNIT_BYTES, GrowingDataset, Plan
from ..layout.records import CLOSING, RECORD_BYTES, STATE, STATE_MAGIC, SYNC, SYNC_MAGIC
from ..schema import (
    CAPTURES,
    CHECKSUM_DTYPE,
    HEALTH,
    HEALTH_DTYPE,
    TABLES,
    checksums_path,
    counts_path,
    level_path,
)
from .kept_runs import connected
from .published import Published, parse_published
from .rows import PlannedRows
from .table_unit import TableUnit, in_order, rows_in

#: A record may be caught while it is rewritten; so often and so long apart it is read again.
_ATTEMPTS = 20
_PAUSE_S = 0.001

#: Units that may have been taken since the last publishing; a repair keeps what is in them.
_UNPUBLISHED_UNITS = 64


class PlannedFile:
    """The bytes of a recording of ours, found by arithmetic.

    :param raw: bytes in which everything is where the plan says.
    :param plan: see :mod:`.stored_plan`.
    :param published: what it holds; None while that is not known.
    :param stored: the file and the plan of what is really in it, where those are others.
    """

    def __init__(
        self,
        path: Path,
        raw: Any,
        plan: Plan,
        published: Published | None = None,
        stored: tuple[RawFile, Plan] | None = None,
    ) -> None:
        self.path = path
        self.raw: Readable = raw
        self.plan = plan
        self.published = published or Published()
        self.file: RawFile = stored[0] if stored else raw
        self.file_plan = stored[1] if stored else plan

    def state(self) -> Published | None:
        """What is published at this moment; None if the record is damaged."""
        return self._record(STATE, STATE_MAGIC)

    def sync(self) -> Published:
        """What was on the disk after the last sync; nothing if the record is damaged."""
        return self._record(SYNC, SYNC_MAGIC) or Published()

    def closing_blocks(self) -> list[tuple[int, bytes]]:
        """Position and bytes of what the end leaves: the root's header, and tables of a ring.

        Empty if the recording had not come to its end.
        """
        position, size = self.plan.fixed[CLOSING]
        if not any(self.raw.read(position, 8)):
            return []
        places = set(self.plan.root_blocks)
        if self.plan.is_ring:
            places |= {(place, UNIT_BYTES) for place in self.plan.unit_positions}
        found = read_closing_record(self.raw.read(position, size))
        return [(at, content) for at, content in found if (at, len(content)) in places]

    def counts(self, channel: str, first: int, samples: int) -> PlannedRows:
        """The counts of a channel.

        :param first: absolute index of the sample that becomes row 0.
        """
        width = self.plan.values_per_sample
        dataset = self.plan.datasets[counts_path(channel)]
        return self._rows(channel, dataset, first * width, samples * width, width)

    def levels(
        self, channel: str, first: int, samples: int, *, finished: bool
    ) -> dict[int, PlannedRows]:
        """Overview levels by samples a bin, the finest first; row 0 is the bin of ``first``.

        :param finished: a last bin that is not full is there too.
        """
        found = {}
        for factor in self.plan.factors:
            dataset = self.plan.datasets[level_path(channel, factor)]
            stop = first + samples
            bins = (-(-stop // factor) if finished else stop // factor) - first // factor
            begin = first // factor
            found[factor] = self._rows(channel, dataset, begin, max(bins, 0), 1 / factor)
        return found

    def checksums(self, channel: str, chunk: int, count: int) -> NDArray[np.uint64]:
        """Stored checksums of chunks that follow each other, by absolute number."""
        dataset = self.plan.datasets[checksums_path(channel)]
        rows = PlannedRows(self.raw, self.plan, dataset, CHECKSUM_DTYPE, chunk + count)
        return rows.read(chunk, chunk + count)

    def stored_checksum(self, channel: str, chunk: int) -> int:
        """The checksum of a chunk; 0 if it is not there."""
        try:
            return int(self.checksums(channel, chunk, 1)[0])
        except FileFormatError:
            return 0

    def chunk(self, channel: str, number: int) -> NDArray[Any] | None:
        """A whole chunk of counts as it lies in the file; None if it is not there."""
        dataset, dtype = self.plan.datasets[counts_path(channel)], self.plan.dtype_of(channel)
        if not self.plan.is_ring and dataset.segment_of(number) >= self.plan.segments:
            return None
        position = self.plan.chunk_position(dataset, number)
        if position + dataset.chunk_bytes > self.raw.size():
            return None
        values = np.empty(dataset.chunk_bytes // dtype.itemsize, dtype)
        try:
            self.raw.read_into(position, values)
        except FileFormatError:  # packed, and damaged
            return None
        return values

    def health(self) -> dict[str, Any]:
        """The row of ``/health`` by field."""
        content = self.raw.read(self.plan.fixed[HEALTH][0], HEALTH_DTYPE.itemsize)
        values = np.frombuffer(content, HEALTH_DTYPE)[0].tolist()
        return dict(zip(HEALTH_DTYPE.names or (), values, strict=True))

    def missing_bytes(self) -> int:
        """How many the file has less than its first ones say."""
        return max(stated_end(self.file.read(0, SUPERBLOCK_BYTES)) - self.file.size(), 0)

    def oldest_sample(self) -> int:
        """Of a live-only file, the oldest sample that nobody overwrites at this moment."""
        state = self.state()
        if state is None:
            raise FileFormatError(f"{self.path} is damaged: its state cannot be read.")
        return self.oldest_of(state)

    def oldest_of(self, state: Published) -> int:
        """The oldest sample that was safe when a state was published; 0 unless it is a ring.

        The segment before the one that is written is the hole between the newest and the oldest.
        """
        if not self.plan.is_ring:
            return 0
        return max(state.segments - self.plan.segments + 1, 0) * self.plan.segment_samples

    def tables(self) -> dict[str, NDArray[Any]]:
        """All published rows of each table, but those of a unit that is missing or damaged.

        Captures end before the first that is not there: nobody knows what the samples behind are.

        :returns: as they were entered.
        """
        all_units = self.units()
        units = {name: [unit for unit in all_units if unit.table == name] for name in TABLES}
        if not self.plan.is_ring:
            units[CAPTURES] = in_order(unit.until_empty() for unit in units[CAPTURES])
        found = {name: self._table(name, units[name]) for name in TABLES}
        if self.plan.keeps and not self.published.is_finished:
            found[CAPTURES] = connected(found[CAPTURES])
        return found

    def _table(self, name: str, units: list[TableUnit]) -> NDArray[Any]:
        rows = self.published.table_rows[name]
        found = rows_in(name, units)
        if self.plan.is_ring and rows > len(found):  # the newest rows replaced the oldest
            return np.roll(found, -(rows % max(len(found), 1)))
        return found[:rows]

    def units(self) -> list[TableUnit]:
        """The table units whose heads are right among those that are taken, each table's in order.

        Those of a live-only file are always the same and all of them are looked at.
        """
        published = self.published.units + _UNPUBLISHED_UNITS
        most = RING_UNITS * N_TABLES if self.plan.is_ring else published
        places = enumerate(self.plan.unit_positions[:most])
        is_over = self.published.is_finished or not self.plan.is_ring
        ordered = {} if is_over else dict(self.closing_blocks())
        units = (self._unit(number, place, ordered.get(place)) for number, place in places)
        found = [unit for unit in units if unit is not None]
        return sorted(found, key=lambda unit: (TABLES.index(unit.table), unit.chunk))

    def _unit(self, number: int, position: int, ordered: bytes | None) -> TableUnit | None:
        if ordered is not None:
            return TableUnit.parse(number, ordered)
        stored_at = self.file_plan.unit_positions[number]
        if stored_at + UNIT_BYTES > self.file.size():
            return None
        if not any(self.raw.read(position, 8)):  # most are not in use
            return None
        for _ in range(_ATTEMPTS):
            found = TableUnit.parse(number, self.raw.read(position, UNIT_BYTES))
            if found is not None:
                return found
        return None

    def _rows(
        self, channel: str, dataset: GrowingDataset, first: int, rows: int, per_sample: float
    ) -> PlannedRows:
        def oldest() -> int:
            return math.ceil(self.oldest_sample() * per_sample)

        dtype, asked = self.plan.dtype_of(channel), oldest if self.plan.is_ring else None
        return PlannedRows(self.raw, self.plan, dataset, dtype, rows, first, asked)

    def _record(self, path: str, magic: int) -> Published | None:
        position, _ = self.plan.fixed[path]
        for attempt in range(_ATTEMPTS):
            found = parse_published(self.raw.read(position, RECORD_BYTES), magic)
            if found is not None:
                return found
            time.sleep(_PAUSE_S * (attempt > 0))
        return None
