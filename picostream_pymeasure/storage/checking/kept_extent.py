"""What is kept of a recording that did not end by itself, and whether all of it is in the file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..layout.extent import Extent, end_of, end_of_samples
from ..layout.plan import UNIT_HEAD_BYTES
from ..reading import PlannedFile, Recording, mended_rows
from ..reading.table_unit import TableUnit, in_order, rows_in
from ..schema import CAPTURES, EVENTS, GAPS, TABLES, moved

#: Every page of an index may be torn, also those for segments that never came.
_ALL_SEGMENTS = 1 << 62


def kept_units(recording: Recording, planned: PlannedFile) -> list[TableUnit]:
    """Parts of the tables, each without the rows that are not there or beyond the samples."""
    samples = recording.first_sample + recording.stored_samples
    return [_bounded(unit, samples, planned.file_plan.keeps) for unit in planned.units()]


def kept_extent(recording: Recording, planned: PlannedFile, units: list[TableUnit]) -> Extent:
    """How far everything reaches.

    :param units: what :func:`kept_units` gives.
    """
    places = planned.file_plan.unit_positions
    samples = recording.first_sample + recording.stored_samples
    kept = {name: in_order(unit for unit in units if unit.table == name) for name in TABLES}
    return Extent(
        samples=samples,
        first_segment=recording.first_sample // planned.plan.segment_samples,
        table_rows={name: len(rows_in(name, each)) for name, each in kept.items()},
        units={
            name: tuple(places[unit.number] + UNIT_HEAD_BYTES for unit in each)
            for name, each in kept.items()
        },
        packed=mended_rows(planned, samples),
        touched_segments=(0, _ALL_SEGMENTS),
    )


def is_cut_off(recording: Recording, planned: PlannedFile, extent: Extent) -> bool:
    """Whether what was on the disk is not in the file: only a copy can have less of that.

    :param extent: what :func:`kept_extent` gives.
    """
    return bool(recording.lacks) or _least_end(recording, planned, extent) > planned.file.size()


def _least_end(recording: Recording, planned: PlannedFile, extent: Extent) -> int:
    """Where what must be there ends: all, or what was on the disk after the last sync."""
    plan = planned.file_plan
    if recording.finished or planned.closing_blocks():
        return end_of(plan, extent) if plan.is_ring else end_of_samples(plan, extent)
    certain = max(planned.sync().samples, planned.published.synced_samples)
    if plan.is_ring or not certain:
        return 0
    chunks = -(-certain // plan.chunk_samples)
    whole = {path: rows[:chunks] for path, rows in extent.packed.items()}
    return end_of_samples(plan, Extent(samples=certain, packed=whole))


def _bounded(unit: TableUnit, samples: int, keeps: bool) -> TableUnit:
    """A unit without the rows that are not on the disk, and none that lies beyond the samples.

    A row that lies there between others is moved to the end.

    :param keeps: only events are stored: other tables count the samples of the stream.
    """
    if not unit.is_intact:
        unit = unit.until_empty()
    rows = unit.rows.copy()
    if unit.table == CAPTURES and keeps:
        rows = rows[rows["first_sample"] < samples]
        rows["samples"] = np.minimum(rows["samples"], samples - rows["first_sample"])
    if unit.table in (GAPS, EVENTS) and not keeps:
        within = np.flatnonzero(rows["sample_index"] <= samples)
        rows = rows[: int(within[-1]) + 1 if within.size else 0]
        rows = moved(rows, lambda places: np.minimum(places, samples))
    return replace(unit, content=rows.tobytes(), is_intact=True)
