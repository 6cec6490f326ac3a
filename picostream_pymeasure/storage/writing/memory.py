"""Makes the records of :mod:`.context` from a plan, and keeps their memory alive."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.xxh3 import STATE_WORDS
from ...system.bitshuffle import filter_addresses, filter_values
from ...system.native_files import native_folder, native_handle
from ..bytes.fixed_array import PAGE_ENTRIES, page_size, prefix_bytes
from ..bytes.superblock import SUPERBLOCK_BYTES
from ..layout.areas import LIST_BYTES, MOST_AREAS, read_areas
from ..layout.image import Image
from ..layout.plan import IN_UNITS, RING_UNITS, UNIT_CONTENT_BYTES, GrowingDataset, Plan
from ..layout.records import AREAS, RECORD_BYTES, STATE, SYNC
from ..reading.table_unit import TableUnit
from ..schema import (
    CAPTURES,
    FACTORS,
    FILL_VALUES,
    HEALTH,
    KEPT_TOTALS,
    PACKED_DTYPE,
    TABLE_DTYPES,
    TABLES,
    checksums_path,
    counts_path,
    level_path,
    packed_path,
    stream_path,
    table_chunks,
)
from .context import AREA, DATASET, FILE, GAP_NUMBERS, INPUT, KINDS, LEVEL, TABLE, TOLD_GAP

_SCRATCH_BYTES = 4096
_PACKED_BYTES = PACKED_DTYPE.itemsize

#: Chunks of the newest captures that can be changed.
_KEPT_CAPTURES = 64
_MOST_ROWS = 2**62


class WriterMemory:
    """All that the native writer of one file reads and changes.

    :param image: the file as it was made.
    :param counts_dtype: of the samples that come.
    :param reserve_bytes: left free on the disk.
    """

    def __init__(
        self, image: Image, descriptor: int, folder: Path, counts_dtype: str, reserve_bytes: int
    ) -> None:
        self._kept: list[Any] = []
        self._image = image
        self._plan = image.plan
        self._paths = list(self._plan.datasets)
        self.file = np.zeros(1, FILE)
        self._fill_file(descriptor, folder, reserve_bytes)
        rows = [self._dataset(each, n) for n, each in enumerate(self._plan.datasets.values())]
        self.datasets = self._keep(np.array(rows, DATASET))
        source_bytes = np.dtype(counts_dtype).itemsize
        inputs = [self._input(name, source_bytes) for name in self._plan.inputs]
        self.inputs = self._keep(np.array(inputs, INPUT))
        self.tables = self._keep(np.array([self._table(name) for name in TABLES], TABLE))
        self._set(
            n_inputs=len(inputs),
            n_datasets=len(rows),
            inputs_address=self.inputs.ctypes.data,
            datasets_address=self.datasets.ctypes.data,
            tables_address=self.tables.ctypes.data,
        )

    @property
    def plan(self) -> Plan:
        """The plan, with the areas that were taken so far."""
        content = ctypes.string_at(self["records_address"], LIST_BYTES)
        areas = read_areas(2 * content)[: self["n_areas"]]  # without one that could not be told
        return replace(self._plan, areas=areas)

    @property
    def context(self) -> int:
        """Address of the file's record."""
        return int(self.file.ctypes.data)

    def __getitem__(self, name: str) -> int:
        """A field of the file's record."""
        return int(self.file[name][0])

    def __setitem__(self, name: str, value: int) -> None:
        self.file[name][0] = value

    def rows(self, table: str) -> NDArray[Any]:
        """Rows of a table, as they are in the file."""
        number = TABLES.index(table)
        dataset = self._plan.datasets[table]
        count = min(int(self.tables["rows"][number]), self._most_chunks(table) * dataset.chunk_rows)
        address = int(self.tables["content_address"][number])
        content = ctypes.string_at(address, count * dataset.row_bytes)
        return np.frombuffer(content, TABLE_DTYPES[table])

    def newest_units(self, table: str) -> list[tuple[int, TableUnit]]:
        """The newest units of a table, as they must be in the file, and where their rows lie."""
        number, places = TABLES.index(table), self.units(table)
        _, rows, _, content_address, kept = self.tables[number].tolist()
        dataset = self._plan.datasets[table]
        stop = min(-(-rows // dataset.chunk_rows), self._most_chunks(table))
        found = []
        for chunk in range(max(0, stop - kept), stop):
            used = min(rows - chunk * dataset.chunk_rows, dataset.chunk_rows) * dataset.row_bytes
            address = content_address + chunk % kept * UNIT_CONTENT_BYTES
            content = ctypes.string_at(address, used)
            found.append((places[chunk], TableUnit(chunk, table, chunk, content, True)))
        return found

    def units(self, table: str) -> tuple[int, ...]:
        """Positions of a table's chunks."""
        dataset = self.datasets[self.tables["dataset"][TABLES.index(table)]]
        count = int(dataset["most_chunks"])
        places = (ctypes.c_int64 * count).from_address(int(dataset["places_address"]))
        return tuple(place for place in places if place)

    def packed(self, channel: str) -> NDArray[Any]:
        """Rows of the list of packed chunks of an input, of those that are published."""
        number = self._paths.index(counts_path(channel))
        count = -(-self["published"] // self._plan.chunk_samples)
        address = int(self.datasets["places_address"][number])
        return np.frombuffer(ctypes.string_at(address, _PACKED_BYTES * count), PACKED_DTYPE)

    def _most_chunks(self, table: str) -> int:
        return RING_UNITS if self._plan.is_ring else table_chunks(table, keeps=self._plan.keeps)

    def _set(self, **fields: int) -> None:
        for name, value in fields.items():
            self[name] = value

    def _keep(self, array: NDArray[Any]) -> NDArray[Any]:
        self._kept.append(array)
        return array

    def _memory(self, n_bytes: int) -> int:
        """Address of new memory, zeros, at a multiple of 64."""
        array = self._keep(np.zeros(n_bytes + 64, np.uint8))
        return int(-(-array.ctypes.data // 64) * 64)

    def _copy(self, position: int, n_bytes: int) -> int:
        """Address of a copy of what lies in the file as it was made."""
        content = bytearray(self._image.content[position : position + n_bytes])
        return int(self._keep(np.frombuffer(content, np.uint8)).ctypes.data)

    def _fill_file(self, descriptor: int, folder: Path, reserve_bytes: int) -> None:
        folder_text = self._keep(np.frombuffer(native_folder(folder), np.uint8).copy())
        plan, n_bytes = self._plan, self._image.n_bytes
        self._set(
            **{name: value for name, value in vars(plan).items() if name in (FILE.names or ())},
            handle=native_handle(descriptor),
            width=plan.values_per_sample,
            tail=plan.base,
            length=n_bytes,
            told_end=n_bytes,
            tell_next=n_bytes,
            padded=-1,
            areas_address=self._memory(AREA.itemsize * MOST_AREAS),
            records_address=self._memory(LIST_BYTES),
            areas_at=plan.fixed[AREAS][0],
            told_gaps_address=self._memory(TOLD_GAP.itemsize * GAP_NUMBERS),
            unix_offset_ns=time.time_ns() - time.monotonic_ns(),
            state_at=plan.fixed[STATE][0],
            state_address=self._memory(RECORD_BYTES),
            sync_at=plan.fixed[SYNC][0],
            sync_address=self._memory(RECORD_BYTES),
            health_at=plan.fixed[HEALTH][0],
            superblock_address=self._copy(0, SUPERBLOCK_BYTES),
            scratch_address=self._memory(_SCRATCH_BYTES),
            folder_address=folder_text.ctypes.data,
            reserve=reserve_bytes,
        )
        if plan.is_packed:
            function, malloc, free = filter_addresses()
            self._set(filter_address=function, malloc_address=malloc, free_address=free)
        if plan.keeps:
            places = [plan.fixed[stream_path(name)][0] for name in plan.inputs]
            kept, totals_at = self._keep(np.array(places, np.int64)), plan.fixed[KEPT_TOTALS][0]
            self._set(kept_totals_at=totals_at, kept_places_address=kept.ctypes.data)

    def _dataset(self, dataset: GrowingDataset, number: int) -> tuple[int, ...]:
        plan, index = self._plan, dataset.index
        is_table = dataset.per_segment == IN_UNITS
        chunks = self._most_chunks(dataset.path) if is_table else 0
        index_header = self._keep(np.frombuffer(index.header_bytes, np.uint8).copy())
        in_ring = plan.segments * dataset.per_segment * dataset.chunk_rows
        values = {
            **vars(dataset),
            "number": number,
            "most_rows": in_ring if plan.is_ring and not is_table else _MOST_ROWS,
            "most_chunks": chunks,
            "header_address": self._copy(dataset.header, dataset.header_bytes),
            "index_header": index.header_at,
            "index_address": index_header.ctypes.data,
            "pages_at": index.block_at + prefix_bytes(index.n_pages),
            "n_pages": index.n_pages,
            "places_address": self._memory(8 * chunks),
            "entry_bytes": index.entry_bytes,
            "page_bytes": page_size(index.entry_bytes),
        }
        if index.is_packed:
            rows = plan.segments * PAGE_ENTRIES
            values |= {"is_packed": 1, "places_address": self._memory(_PACKED_BYTES * rows)}
        return _row(DATASET, values)

    def _input(self, name: str, source_bytes: int) -> tuple[int, ...]:
        plan, dtype, place = self._plan, self._plan.dtype_of(name), self._paths.index
        n_values = plan.chunk_samples * plan.values_per_sample
        fill = self._memory(n_values * dtype.itemsize)
        self._kept[-1].view(dtype).fill(FILL_VALUES[dtype.str])  # without the GIL
        rows = [self._level(name, factor) for factor in plan.factors]
        kept = self._keep(np.array(rows, LEVEL))
        converted = self._memory(n_values) if source_bytes > dtype.itemsize else 0
        values = {
            "kind": KINDS.index(dtype.str),
            "source_bytes": source_bytes,
            "item_bytes": dtype.itemsize,
            "counts": place(counts_path(name)),
            "checksums": place(checksums_path(name)),
            "levels": place(level_path(name, plan.factors[0])),
            "n_levels": len(rows),
            "state_address": self._memory(8 * STATE_WORDS),
            "rest_address": self._memory(64),
            "fill_address": fill,
            "levels_address": kept.ctypes.data,
            "converted_address": converted,
        }
        if plan.is_packed:
            parameters = self._keep(filter_values(dtype.itemsize))
            values |= {
                "packed": place(packed_path(name)),
                "staged_address": self._memory(n_values * dtype.itemsize),
                "values_address": parameters.ctypes.data,
                "n_values": parameters.size,
            }
        return _row(INPUT, values)

    def _level(self, name: str, factor: int) -> tuple[int, ...]:
        path, width = level_path(name, factor), self._plan.values_per_sample
        is_finest = factor == FACTORS[0]
        values = {
            "dataset": self._paths.index(path),
            "group": factor * width if is_finest else FACTORS[1] // FACTORS[0],
            "buffer_address": self._memory(self._plan.datasets[path].chunk_bytes),
        }
        return _row(LEVEL, values)

    def _table(self, name: str) -> tuple[int, ...]:
        dataset = self._plan.datasets[name]
        # of captures nobody asks again but for the last ones
        chunks = min(self._most_chunks(name), _KEPT_CAPTURES if name == CAPTURES else _MOST_ROWS)
        content = self._memory(chunks * dataset.chunk_bytes)
        return (self._paths.index(name), 0, self._memory(RECORD_BYTES), content, chunks)


def _row(kind: np.dtype[Any], values: Mapping[str, Any]) -> tuple[int, ...]:
    """The fields that a record has of these, in its order; 0 where nothing is said."""
    return tuple(int(values.get(name, 0)) for name in kind.names or ())
