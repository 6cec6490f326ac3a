"""The end of a recording: nothing is promised any more, all is settled in place.

Whatever stops it, the file is a whole one before and after each step; only the root's attributes
are rewritten in more than one sector, and the tables of a live-only file get another order, which
is why they are written down beforehand.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..bytes.fixed_array import PAGE_ENTRIES
from ..bytes.metadata_checksum import CHECKSUM_BYTES, with_checksum
from ..bytes.raw_file import RawFile
from ..bytes.superblock import of_closed_file
from ..layout.areas import area_records
from ..layout.attributes import attribute_bytes
from ..layout.closing_record import make_closing_record
from ..layout.extent import Extent, end_of, end_of_samples, entries_of, rows_of
from ..layout.plan import IN_UNITS, UNIT_BYTES, UNIT_HEAD_BYTES, GrowingDataset, Plan
from ..layout.records import (
    AREAS,
    CLOSING,
    FINISHED,
    RECORD_BYTES,
    REPAIRING,
    STATE,
    STATE_DTYPE,
    STATE_MAGIC,
    SYNC,
    SYNC_MAGIC,
    read_record,
    sealed,
)
from ..reading import as_laid_out
from ..schema import HEALTH, STATUSES, TABLES, counts_path
from .bins import write_bins
from .envelope import Drawn, write_envelope
from .last_chunk import settle_last_chunk
from .ordered_tables import in_order_of_time


def note_certain(file: RawFile, plan: Plan, extent: Extent) -> None:
    """Say how many samples and rows a repair keeps, before it changes what proves them.

    One that is interrupted is done again, and must keep as many: what it fills the last chunk up
    with has a right checksum too, and nobody shall miss the rows that it leaves out.
    """
    state, sync = (
        read_record(file.read(plan.fixed[path][0], RECORD_BYTES), STATE_DTYPE, magic)
        for path, magic in ((STATE, STATE_MAGIC), (SYNC, SYNC_MAGIC))
    )
    told = sync if state is None else state
    noted = np.zeros(1, STATE_DTYPE) if told is None else told.copy()
    if state is None:  # it never came to the disk, or is damaged
        noted["magic"], noted["units"] = STATE_MAGIC, len(plan.unit_positions)
        noted["unix_ns"] = time.time_ns()
    noted["synced_samples"] = extent.samples
    noted["table_rows"] = _table_rows(extent)
    noted["flags"] |= REPAIRING
    file.write(plan.fixed[STATE][0], sealed(noted))
    file.sync()


def settle(
    path: Path,
    file: RawFile,
    plan: Plan,
    extent: Extent,
    attributes: Mapping[str, Any],
    drawn: Drawn,
    *,
    begin: int,
) -> None:
    """Give a file that has its last sample all that its end adds.

    :param attributes: those of :data:`~..layout.attributes.FINAL_ATTRIBUTES` that change.
    :param begin: the first sample whose bins may not be right.
    """
    extent = settle_last_chunk(path, file, plan, extent)
    laid, laid_plan = as_laid_out(path, file, plan, damage_is_fill=True)
    write_bins(laid, laid_plan, extent, begin)
    settle_index(file, *_drawn_in(file, plan, extent))
    write_envelope(laid, laid_plan, extent, drawn)
    file.sync()
    settle_attributes(file, plan, extent, attributes)


def write_health(
    file: RawFile, plan: Plan, row: NDArray[Any], attributes: Mapping[str, Any]
) -> None:
    """Write the row of ``/health`` with what the final attributes say as well."""
    told = row.copy()
    told["status"] = STATUSES.index(attributes["status"])
    told["total_samples"] = attributes["total_samples"]
    told["lost_samples"] = attributes["lost_samples"]
    file.write(plan.fixed[HEALTH][0], told.tobytes())


def settle_index(file: RawFile, plan: Plan, extent: Extent, damaged: Collection[str] = ()) -> None:
    """Let HDF5 find exactly what is kept: index, rows, end of file.

    :param damaged: datasets whose headers are left as they are.
    """
    counts = [plan.datasets[counts_path(name)] for name in plan.inputs]
    if plan.is_ring:  # while all gets another order nobody finds samples with numbers of others
        nothing = Extent(0, touched_segments=extent.touched_segments)
        for dataset in counts:
            _write_index(file, plan, nothing, dataset)
    for dataset in sorted(plan.datasets.values(), key=counts.__contains__):
        _write_index(file, plan, extent, dataset)
        if dataset.path not in damaged:
            _write_rows(file, plan, dataset, rows_of(plan, extent, dataset))
    end = end_of(plan, extent)
    file.write(0, of_closed_file(plan.root_blocks[0][0], end))
    file.truncate(end)


def _drawn_in(file: RawFile, plan: Plan, extent: Extent) -> tuple[Plan, Extent]:
    """Let areas that lie behind the last segment come to where its samples end, if they fit there.

    Until the file is cut off they lie at both places, so that it may be stopped at any time.
    """
    n_segments = -(-extent.samples // plan.segment_samples)
    behind = [n for n, area in enumerate(plan.areas) if area.segment >= n_segments]
    behind = [] if plan.is_packed else behind
    areas, moved = list(plan.areas), {}
    free = end_of_samples(plan, extent)
    limit = min((areas[n].position for n in behind), default=0)
    for number in reversed(behind):
        area = areas[number]
        begin, size = area.position, area.units * UNIT_BYTES
        if free + size > limit or begin + size > file.size():
            break
        file.write(free, file.read(begin, size))
        for at in range(UNIT_HEAD_BYTES, size, UNIT_BYTES):
            moved[begin + at] = free + at
        areas[number] = area._replace(position=free)
        free += size
    at, records = plan.fixed[AREAS][0], area_records(areas)
    if file.read(at, len(records)) != records:  # some moved, or a crash or an error is in between
        file.sync()
        file.write(at, records)
        file.sync()
    units = {
        name: tuple(moved.get(place, place) for place in places)
        for name, places in extent.units.items()
    }
    return replace(plan, areas=tuple(areas)), replace(extent, units=units)


def settle_attributes(
    file: RawFile, plan: Plan, extent: Extent, attributes: Mapping[str, Any]
) -> None:
    """Write the final values of root attributes, and at last that the file is finished.

    :param attributes: those of :data:`~..layout.attributes.FINAL_ATTRIBUTES` that change.
    """
    extent, changed = in_order_of_time(file, plan, extent)
    blocks = [(position, file.read(position, size)) for position, size in plan.root_blocks]
    changed += [(begin, _with_values(plan, begin, block, attributes)) for begin, block in blocks]
    file.write(plan.fixed[CLOSING][0], make_closing_record(changed))
    file.sync()
    for position, content in changed:
        file.write(position, content)
    file.sync()
    _write_records(file, plan, extent)
    file.sync()


def _with_values(plan: Plan, begin: int, content: bytes, attributes: Mapping[str, Any]) -> bytes:
    """A block of the root's header with the values that lie in it."""
    body = bytearray(content[:-CHECKSUM_BYTES])
    for name, value in attributes.items():
        position, size = plan.attributes[name]
        if begin <= position < begin + len(body):
            stored = attribute_bytes(value, size)
            if stored is not None:
                body[position - begin : position - begin + size] = stored
    return with_checksum(bytes(body))


def _write_index(file: RawFile, plan: Plan, extent: Extent, dataset: GrowingDataset) -> None:
    """Write the pages that may be wrong, and what HDF5 finds them with."""
    index = plan.index_of(dataset)
    begin, stop = extent.touched_segments
    if dataset.per_segment == IN_UNITS:
        pages = range(index.n_pages)
    else:
        per_page = PAGE_ENTRIES * dataset.step // dataset.per_segment  # segments
        pages = range(begin // per_page, min(-(-stop // per_page), index.n_pages))
    for number in reversed(pages):
        page = index.page(number)
        entries = entries_of(plan, extent, dataset, page.element, page.count)
        file.write(page.begin, with_checksum(entries.tobytes()))
    file.write(index.block_at, index.prefix)
    file.write(index.header_at, index.header_bytes)


def _write_rows(file: RawFile, plan: Plan, dataset: GrowingDataset, rows: int) -> None:
    """Let a dataset have so many rows, and room for as many as its index."""
    header = bytearray(file.read(dataset.header, dataset.header_bytes - CHECKSUM_BYTES))
    most = plan.index_of(dataset).n_elements * dataset.chunk_rows
    for at, number in ((dataset.rows_at, rows), (dataset.most_at, most)):
        header[at : at + 8] = number.to_bytes(8, "little")
    file.write(dataset.header, with_checksum(bytes(header)))


def _write_records(file: RawFile, plan: Plan, extent: Extent) -> None:
    """Say in both records what the file holds, and that it is finished."""
    for path, magic in ((SYNC, SYNC_MAGIC), (STATE, STATE_MAGIC)):
        position = plan.fixed[path][0]
        old = read_record(file.read(position, RECORD_BYTES), STATE_DTYPE, magic)
        record = np.zeros(1, STATE_DTYPE) if old is None else old.copy()
        record["magic"], record["samples"], record["flags"] = magic, extent.samples, FINISHED
        record["sequence"] += 1
        record["table_rows"] = _table_rows(extent)
        record["segments"] = -(-extent.samples // plan.segment_samples)
        record["unix_ns"] = time.time_ns()
        file.write(position, sealed(record))


def _table_rows(extent: Extent) -> list[int]:
    return [extent.table_rows.get(name, 0) for name in TABLES]
