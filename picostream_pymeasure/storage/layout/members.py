"""All datasets that grow, laid side by side in a segment."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..bytes.fixed_array import PAGE_ENTRIES, POSITION_BYTES, FixedArray, packed_entry_bytes
from ..schema import (
    CHECKSUM_DTYPE,
    FACTORS,
    FILL_VALUES,
    FIRST_SAMPLES,
    PACKED_DTYPE,
    TABLE_DTYPES,
    checksums_path,
    counts_path,
    level_path,
    packed_path,
)
from .grid import Grid
from .plan import IN_UNITS, UNIT_CONTENT_BYTES, GrowingDataset, Plan

_BINS = 4

#: Chunks that an index has room for at the start: longer ones are made when they are needed. Of one
#: page HDF5 makes another form of index.
_FIRST_ENTRIES = 2 * PAGE_ENTRIES

#: A chunk of an overview level has a bin or more for so many samples of a segment: small beside it.
_LEVEL_BITS = 14

#: What is rewritten in place begins at a sector, samples at a page of memory.
SECTOR_BYTES, MEMORY_PAGE_BYTES = 512, 4096


@dataclass(frozen=True)
class Member:
    """A growing dataset before it has a place in a file.

    :param dataset: its index has a size only: of that at the start.
    :param row_shape: of one row, ``()`` or ``(4,)``.
    """

    dataset: GrowingDataset
    dtype: np.dtype[Any]
    row_shape: tuple[int, ...]
    fill: int | None


@dataclass(frozen=True)
class Members:
    """The growing datasets of a file.

    :param data_offset: where in a segment the counts begin.
    :param segment_bytes: size of a segment.
    """

    all: tuple[Member, ...]
    data_offset: int
    segment_bytes: int


def members_of(grid: Grid, names: tuple[str, ...]) -> Members:
    """Lay the datasets of these inputs side by side."""
    placed, end = [], 0
    for member in _small(grid, names):
        placed.append(replace(member, dataset=replace(member.dataset, offset=end)))
        end = rounded_up(end + member.dataset.chunk_bytes, SECTOR_BYTES)
    data_offset = rounded_up(end, MEMORY_PAGE_BYTES)
    stride = sum(grid.chunk_bytes(dtype) for dtype in grid.dtypes)
    counts = _counts(grid, names, data_offset, stride)
    tables = (
        _member(name, dtype, UNIT_CONTENT_BYTES // dtype.itemsize, IN_UNITS)
        for name, dtype in TABLE_DTYPES.items()
    )
    size = data_offset + (0 if grid.is_packed else PAGE_ENTRIES * stride)
    return Members((*counts, *placed, *tables), data_offset, size)


def as_if_plain(plan: Plan) -> Plan:
    """The plan of a packed file as that of the same stream that is not, without areas."""
    grid = replace(plan, is_packed=False)
    members = members_of(grid, plan.inputs)
    datasets = {
        new.path: replace(plan.datasets[new.path], offset=new.offset, stride=new.stride)
        for new in (member.dataset for member in members.all)
    }
    return replace(
        grid,
        data_offset=members.data_offset,
        segment_bytes=members.segment_bytes,
        datasets=datasets,
        areas=(),
    )


def rounded_up(size: int, unit: int) -> int:
    """The next multiple of the unit."""
    return -(-size // unit) * unit


def _counts(grid: Grid, names: tuple[str, ...], offset: int, stride: int) -> Iterator[Member]:
    entries = grid.segments * PAGE_ENTRIES if grid.is_ring else _FIRST_ENTRIES
    rows = grid.chunk_samples * grid.values_per_sample
    for name, dtype in zip(names, grid.dtypes, strict=True):
        yield _member(
            counts_path(name),
            dtype,
            rows,
            PAGE_ENTRIES,
            offset=offset,
            stride=stride,
            entries=entries,
            fill=FILL_VALUES[dtype],
            is_packed=grid.is_packed,
        )
        offset += grid.chunk_bytes(dtype)


def _small(grid: Grid, names: tuple[str, ...]) -> Iterator[Member]:
    """What belongs to the counts, a chunk a segment; not placed yet."""
    needed = rounded_up(grid.segments, PAGE_ENTRIES) if grid.is_ring else 0
    one_each = functools.partial(_member, per_segment=1, entries=max(needed, _FIRST_ENTRIES))
    for name in names:
        yield one_each(checksums_path(name), CHECKSUM_DTYPE, PAGE_ENTRIES, fill=0)
    if grid.is_ring:
        yield one_each(FIRST_SAMPLES, "<i8", PAGE_ENTRIES, fill=-1)
    for name, dtype in zip(names, grid.dtypes, strict=True):
        for factor in FACTORS:
            rows, step = _rows_and_step(grid, factor)
            if not grid.is_ring or rows:
                path, fill = level_path(name, factor), FILL_VALUES[dtype]
                yield one_each(path, dtype, rows, row_shape=(_BINS,), step=step, fill=fill)
    for name in names if grid.is_packed else ():  # the last, so that all before lies as ever
        yield one_each(packed_path(name), PACKED_DTYPE, PAGE_ENTRIES)


def _rows_and_step(grid: Grid, factor: int) -> tuple[int, int]:
    """Rows of a chunk of a level, and segments from one chunk to the next.

    A chunk of a coarse level serves many segments, so that hours are drawn with few reads; the
    segments of a live-only file are used again, so there each has its own chunk, or none.
    """
    samples = grid.segment_samples
    if grid.is_ring:
        return samples // factor, 1
    rows = max(samples // factor, samples >> _LEVEL_BITS, 1)
    return rows, max(rows * factor // samples, 1)


def _member(
    path: str,
    dtype: npt.DTypeLike,
    chunk_rows: int,
    per_segment: int,
    *,
    row_shape: tuple[int, ...] = (),
    step: int = 1,
    offset: int = 0,
    stride: int = 0,
    entries: int = _FIRST_ENTRIES,
    fill: int | None = None,
    is_packed: bool = False,
) -> Member:
    dtype = np.dtype(dtype)
    row_bytes = dtype.itemsize * math.prod(row_shape)
    entry_bytes = packed_entry_bytes(row_bytes * chunk_rows) if is_packed else POSITION_BYTES
    index = FixedArray(0, 0, entries, entry_bytes)
    dataset = GrowingDataset(path, row_bytes, chunk_rows, per_segment, step, offset, stride, index)
    return Member(dataset, dtype, row_shape, fill)
