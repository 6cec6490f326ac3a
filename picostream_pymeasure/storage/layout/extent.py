"""How much a file holds in the end, and what follows from it for its datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..bytes.fixed_array import NOWHERE, PAGE_ENTRIES
from ..schema import counts_path
from .plan import IN_UNITS, UNIT_CONTENT_BYTES, GrowingDataset, Plan


@dataclass(frozen=True)
class Extent:
    """What is kept of a recording.

    :param samples: per input, counted since the start.
    :param first_segment: the oldest that is kept; not 0 in live-only files only.
    :param table_rows: by path.
    :param units: positions of each table's chunks, by path.
    :param packed: rows of :data:`~..schema.PACKED_DTYPE`, by path of the counts, of packed files.
    :param touched_segments: those before which the index is right already, and after which it is.
    """

    samples: int
    first_segment: int = 0
    table_rows: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    packed: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    touched_segments: tuple[int, int] = (0, 0)


def first_sample(plan: Plan, extent: Extent) -> int:
    """Absolute index of the oldest sample that is kept."""
    return extent.first_segment * plan.segment_samples


def rows_of(plan: Plan, extent: Extent, dataset: GrowingDataset) -> int:
    """Rows that a dataset has in the end."""
    samples = extent.samples - first_sample(plan, extent)
    if dataset.per_segment == IN_UNITS:
        most = len(extent.units.get(dataset.path, ())) * dataset.chunk_rows
        return min(extent.table_rows.get(dataset.path, 0), most)
    if dataset.per_segment == PAGE_ENTRIES:
        return samples * plan.values_per_sample
    samples_per_row = dataset.step * plan.segment_samples // dataset.chunk_rows
    return -(-samples // samples_per_row)


def entries_of(
    plan: Plan, extent: Extent, dataset: GrowingDataset, first: int, count: int
) -> NDArray[np.uint8]:
    """Elements of the index of ``count`` chunks from ``first`` on, shape ``(count, …)``."""
    index = dataset.index
    if dataset.path in extent.packed:
        rows = extent.packed[dataset.path][first : first + count]
        positions, sizes = np.full(count, NOWHERE), np.zeros(count, np.uint64)
        positions[: rows.size], sizes[: rows.size] = rows["position"], rows["size"]
        return index.entries(positions, sizes)
    return index.entries(_positions_of(plan, extent, dataset, first, count))


def _positions_of(
    plan: Plan, extent: Extent, dataset: GrowingDataset, first: int, count: int
) -> NDArray[np.uint64]:
    """Positions of chunks; of those that do not exist NOWHERE."""
    numbers = np.arange(first, first + count)
    if dataset.per_segment == IN_UNITS:
        places = np.full(count, NOWHERE)
        known = extent.units.get(dataset.path, ())[first : first + count]
        places[: len(known)] = known
        return places
    slots = dataset.segment_of(numbers) + extent.first_segment
    if plan.is_ring:
        slots %= plan.segments
    within = numbers % dataset.per_segment
    positions = plan.slot_positions(slots) + dataset.offset + within * dataset.stride
    exists = numbers * dataset.chunk_rows < rows_of(plan, extent, dataset)
    return np.where(exists, positions.astype(np.uint64), NOWHERE)


def end_of(plan: Plan, extent: Extent) -> int:
    """Where the file ends."""
    if plan.is_ring and extent.samples > (plan.segments - 1) * plan.segment_samples:
        return plan.base + plan.segments * plan.segment_bytes
    indexes = (plan.index_of(item).end for item in plan.datasets.values())
    units = (place + UNIT_CONTENT_BYTES for places in extent.units.values() for place in places)
    return max(plan.base, end_of_samples(plan, extent), *indexes, *units)


def end_of_samples(plan: Plan, extent: Extent) -> int:
    """Where the chunk of the last sample ends."""
    samples = extent.samples
    last = max(samples - 1, 0) // plan.chunk_samples
    if plan.is_packed:
        segments = -(-samples // plan.segment_samples)
        end = plan.segment_position(segments - 1) + plan.segment_bytes if samples else plan.base
        rows = [rows for rows in extent.packed.values() if rows.size]
        return max([end, *(int((row["position"] + row["size"]).max()) for row in rows)])
    counts = [plan.datasets[counts_path(name)] for name in plan.inputs] if samples else []
    ends = (plan.chunk_position(item, last) + item.chunk_bytes for item in counts)
    return max(ends, default=plan.base)
