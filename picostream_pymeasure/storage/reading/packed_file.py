"""A recording whose chunks are packed, as if they were not.

The bytes are given as they would lie if the same stream had been recorded without compression:
arithmetic finds everything, as in other files, and what reads them need not know of it. Of the
chunks a list says where they are; what lies between them stays as it is.
"""

from __future__ import annotations

import time
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ...errors import FileFormatError, StorageError
from ...system.bitshuffle import unpacked
from ..bytes.fixed_array import PAGE_ENTRIES
from ..bytes.raw_file import RawFile, Readable
from ..bytes.superblock import SUPERBLOCK_BYTES, stated_end
from ..layout.members import as_if_plain
from ..layout.plan import UNIT_BYTES, Plan
from ..layout.records import STATE, STATE_MAGIC
from ..schema import FILL_VALUES, PACKED_DTYPE, counts_path, packed_path
from .planned_file import PlannedFile
from .published import Published, parse_published
from .stored_plan import with_areas

#: A row may be caught while it is rewritten; so often and so long apart it is read again.
_ATTEMPTS, _PAUSE_S = 20, 0.001

#: Chunks of each input that stay unpacked, for reads of parts of them.
_KEPT_CHUNKS = 4

#: What cannot be packed becomes longer by less than that.
MOST_GROWTH = 2

_LOW_HALF = 0xFFFFFFFF


def packed_checksum(content: bytes, chunk: int) -> int:
    """Of a chunk as it is stored; see :data:`~..schema.PACKED_DTYPE`."""
    return xxh3_64_intdigest(content, seed=chunk) & _LOW_HALF


def laid_out(path: Path, raw: RawFile, plan: Plan, published: Published) -> PlannedFile:
    """The bytes of a recording by arithmetic, with what was taken between segments up to now.

    :raises FileFormatError: the list of that is damaged.
    """
    stored_plan = with_areas(plan, raw)
    return PlannedFile(path, *as_laid_out(path, raw, stored_plan), published, (raw, stored_plan))


def as_laid_out(
    path: Path, raw: RawFile, plan: Plan, *, damage_is_fill: bool = False
) -> tuple[Any, Plan]:
    """Bytes and a plan that fit each other: the file itself, or a packed one as if it were not.

    :param damage_is_fill: see :class:`PackedFile`.
    """
    if not plan.is_packed:
        return raw, plan
    packed = PackedFile(path, raw, plan, damage_is_fill=damage_is_fill)
    return packed, packed.plan


class PackedFile(Readable):
    """Bytes as if nothing were packed, from any thread; see :class:`.Readable`.

    :param raw: the file.
    :param stored_plan: where everything lies in it.
    :param damage_is_fill: chunks that cannot be read look as if nothing had been written there.
    """

    def __init__(
        self, path: Path, raw: RawFile, stored_plan: Plan, *, damage_is_fill: bool = False
    ) -> None:
        self.raw = raw
        self.stored_plan = stored_plan
        self._path = path
        self._damage_is_fill = damage_is_fill
        #: Also by the place: a chunk that is written anew lies elsewhere.
        self._kept = lru_cache(_KEPT_CHUNKS * len(stored_plan.inputs))(
            lambda channel, number, _place: self._shown(channel, number)
        )

    @cached_property
    def plan(self) -> Plan:
        """As if all units had come before the first segment."""
        return as_if_plain(self.stored_plan).with_units(len(self.stored_plan.unit_positions))

    def rows(self, channel: str, chunk: int, count: int) -> NDArray[Any]:
        """The list of an input's chunks from one on, of type :data:`~..schema.PACKED_DTYPE`.

        :raises FileFormatError: it is not all in the file.
        """
        dataset = self.stored_plan.datasets[packed_path(channel)]
        rows = np.zeros(count, PACKED_DTYPE)
        done = 0
        while done < count:
            segment, within = divmod(chunk + done, PAGE_ENTRIES)
            part = rows[done : done + PAGE_ENTRIES - within]
            position = self.stored_plan.segment_position(segment) + dataset.offset
            self.raw.read_into(position + within * PACKED_DTYPE.itemsize, part)
            done += len(part)
        return rows

    def chunk(self, channel: str, number: int) -> bytes:
        """All bytes of a chunk.

        :raises FileFormatError: it is not in the file, or damaged.
        """
        dtype = self.plan.dtype_of(channel)
        n_bytes = self.plan.datasets[counts_path(channel)].chunk_bytes
        content, problem = None, "is not there"
        for attempt in range(_ATTEMPTS):
            position, size, checksum = self.rows(channel, number, 1)[0].tolist()
            if 0 < size <= MOST_GROWTH * n_bytes:
                stored, problem = self.raw.read(position, size), "is damaged"
                if packed_checksum(stored, number) == checksum:
                    content = unpacked(stored, n_bytes, dtype.itemsize)
                    break
            if self._state is not None and self._state.is_finished:
                break
            time.sleep(_PAUSE_S * (attempt > 0))
        if content is None:
            raise FileFormatError(f"{self._path}: chunk {number} of channel {channel} {problem}.")
        return content

    @cached_property
    def _state(self) -> Published | None:
        return parse_published(self.raw.read(*self.plan.fixed[STATE]), STATE_MAGIC)

    def read_into(self, position: int, buffer: Any) -> None:
        """See :class:`.Readable`."""
        target = memoryview(buffer).cast("B")
        while len(target):
            place, count = self._place(position)
            part = target[:count]
            if isinstance(place, int):
                self.raw.read_into(place, part)
            else:
                self._unpack_into(*place, part)
            target, position = target[count:], position + count

    def write(self, position: int, content: Any) -> None:
        """Write bytes that are no counts; see :meth:`.RawFile.write`."""
        source = memoryview(content).cast("B")
        while len(source):
            place, count = self._place(position)
            assert isinstance(place, int), f"{place} is packed"
            self.raw.write(place, source[:count])
            source, position = source[count:], position + count

    def size(self) -> int:
        """Bytes that there are: up to the first chunk that is not in the file."""
        n_chunks = self._n_chunks
        if stated_end(self.raw.read(0, SUPERBLOCK_BYTES)) > self.raw.size():
            low, high = 0, n_chunks
            while low < high:  # they lie in the order of the samples
                middle = (low + high) // 2
                low, high = (middle + 1, high) if self._has_chunk(middle) else (low, middle)
            n_chunks = low
        segment, within = divmod(n_chunks, PAGE_ENTRIES)
        begin = self.plan.segment_position(segment)
        stride = self.plan.datasets[counts_path(self.plan.inputs[0])].stride
        return begin + (self.plan.data_offset + within * stride if within else 0)

    @cached_property
    def _n_chunks(self) -> int:
        """Chunks of which something is told, or that there is room for if nothing is."""
        if self._state is not None:
            return -(-self._state.samples // self.plan.chunk_samples)
        sizes = [area.units * UNIT_BYTES for area in self.stored_plan.areas if area.owner < -1]
        segments = sum(size // self.stored_plan.segment_bytes for size in sizes)
        return segments * PAGE_ENTRIES

    def _has_chunk(self, number: int) -> bool:
        try:
            rows = [self.rows(name, number, 1)[0] for name in self.plan.inputs]
        except StorageError:
            return False
        return all(row["size"] and row["position"] + row["size"] <= self.raw.size() for row in rows)

    def _place(self, position: int) -> tuple[int | tuple[str, int, int], int]:
        """Where the bytes from a position on lie in the file, and how many lie there together.

        Of counts the place is an input, the number of a chunk and where in that they lie.
        """
        base, units = self.plan.base, self.stored_plan.unit_positions
        if position < base:
            return position, base - position
        unit, within = divmod(position - base, UNIT_BYTES)
        if unit < len(units):
            return units[unit] + within, UNIT_BYTES - within
        behind = position - base - len(units) * UNIT_BYTES
        segment, within = divmod(behind, self.plan.segment_bytes)
        if within < self.plan.data_offset:
            begin = self.stored_plan.segment_position(segment)
            return begin + within, self.plan.data_offset - within
        for name in self.plan.inputs:
            dataset = self.plan.datasets[counts_path(name)]
            number, at = divmod(within - dataset.offset, dataset.stride)
            if within >= dataset.offset and at < dataset.chunk_bytes:
                return (name, segment * PAGE_ENTRIES + number, at), dataset.chunk_bytes - at
        raise FileFormatError(f"{self._path} is damaged: nothing belongs to byte {within}.")

    def _unpack_into(self, channel: str, number: int, at: int, part: memoryview) -> None:
        n_bytes = self.plan.datasets[counts_path(channel)].chunk_bytes
        if len(part) == n_bytes:
            part[:] = self._shown(channel, number)
            return
        place = int(self.rows(channel, number, 1)[0]["position"])
        part[:] = self._kept(channel, number, place)[at : at + len(part)]

    def _shown(self, channel: str, number: int) -> bytes:
        try:
            return self.chunk(channel, number)
        except FileFormatError:
            if not self._damage_is_fill:
                raise
        dtype, counts = self.plan.dtype_of(channel), self.plan.datasets[counts_path(channel)]
        return np.full(counts.chunk_rows, FILL_VALUES[dtype.str], dtype).tobytes()
