"""Writes what a crash kept from a recording of ours, or damaged, in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FileFormatError
from ...records import CRASH
from ..bytes.fixed_array import PAGE_ENTRIES
from ..bytes.metadata_checksum import is_intact
from ..bytes.raw_file import RawFile
from ..layout.attributes import FIRST_SAMPLE
from ..layout.extent import Extent, end_of, end_of_samples, rows_of
from ..layout.plan import UNIT_HEAD_BYTES, Plan
from ..reading import PlannedFile, Recording, mended_rows, packed_rows
from ..reading.table_unit import TableUnit, in_order
from ..schema import (
    CAPTURES,
    EVENTS,
    FIRST_SAMPLES,
    GAPS,
    HEALTH,
    HEALTH_DTYPE,
    STATUSES,
    TABLE_DTYPES,
    TABLES,
    missing_in,
    moved,
)
from ..writing.ending import note_certain, settle, settle_attributes, settle_index
from ..writing.last_packed import write_packed_rows
from .picture_check import drawn_of
from .report import left_out_sentence

#: Every page of an index may be torn, also those for segments that never came.
_ALL_SEGMENTS = 1 << 62


def mend(recording: Recording, raw: RawFile) -> list[str]:
    """Give a file the form that a recorder leaves; what is worth knowing of it.

    :param recording: the same file, open for reading.
    :raises FileFormatError: its end is damaged, or what it held is not all there.
    :raises OSError: as the system refuses it.
    """
    planned = recording.planned
    assert planned is not None
    plan = planned.file_plan
    samples = recording.first_sample + recording.stored_samples
    tables = _Tables(planned, samples)
    packed = mended_rows(planned, samples)
    extent = Extent(
        samples=samples,
        first_segment=recording.first_sample // planned.plan.segment_samples,
        table_rows={name: len(rows) for name, rows in tables.found.items()},
        units=tables.places,
        packed=packed,
        touched_segments=(0, _ALL_SEGMENTS),
    )
    blocks = planned.closing_blocks()
    is_at_end = bool(blocks) or recording.finished
    end = _ends_at(planned, extent) if is_at_end else _certain_end(planned, packed)
    if end > raw.size() or recording.lacks:
        # they would look like zeros, or as if nothing had been lost
        raise FileFormatError(
            f"{planned.path} is cut off or damaged: samples or rows of its tables are missing, and "
            "nothing but another copy of the original brings them back. What is there can be read."
        )
    if not is_at_end:
        note_certain(raw, plan, extent)
    write_packed_rows(raw, plan, packed_rows(planned, samples), packed)
    if is_at_end:
        for position, content in blocks:
            raw.write(position, content)
        is_closed = recording.finished and recording.closed_properly
        settle_index(raw, plan, extent, _damaged_headers(raw, plan, extent) if is_closed else ())
        raw.sync()
        settle_attributes(raw, plan, extent, {})
        return ["The end of the recording, which had been cut short, was completed."]
    tables.write(raw)
    _write_first_samples(raw, plan, extent)
    gaps, missing_before = tables.found[GAPS], planned.published.missing_overwritten
    lost = missing_before + missing_in(gaps)
    attributes = _final_attributes(recording, samples, lost)
    settle(
        planned.path,
        raw,
        plan,
        extent,
        attributes,
        drawn_of(recording, gaps),
        begin=_certain_bins(planned, recording.first_sample),
        others=[_health(raw, plan, attributes)],
    )
    notes = ["The program or the machine failed while it was recorded; its end is missing."]
    if recording.left_out:
        notes.append(left_out_sentence(recording.left_out))
    return notes


def _write_first_samples(raw: RawFile, plan: Plan, extent: Extent) -> None:
    """Say of a live-only file which samples each place holds.

    No checksum proves the rows of what came after the last sync.
    """
    segments = range(extent.first_segment, -(-extent.samples // plan.segment_samples))
    for segment in segments if plan.is_ring else ():
        first = segment * plan.segment_samples
        rows = first + np.arange(PAGE_ENTRIES) * plan.chunk_samples
        rows[rows >= extent.samples] = -1
        position = plan.chunk_position(plan.datasets[FIRST_SAMPLES], segment)
        raw.write(position, rows.astype("<i8").tobytes())


def _damaged_headers(raw: RawFile, plan: Plan, extent: Extent) -> list[str]:
    """Datasets of whose headers more is wrong than the rows, the one thing that is known of them.

    A new checksum would make it right. No write tears the headers of a file that was closed.
    """
    found = []
    for path, dataset in plan.datasets.items():
        header = bytearray(raw.read(dataset.header, dataset.header_bytes))
        at, rows = dataset.rows_at, rows_of(plan, extent, dataset)
        if not is_intact(bytes(header)):
            header[at : at + 8] = rows.to_bytes(8, "little")
            found += [] if is_intact(bytes(header)) else [path]
    return found


def _ends_at(planned: PlannedFile, extent: Extent) -> int:
    """How long a finished file is that lacks nothing."""
    end = end_of if planned.plan.is_ring else end_of_samples
    return end(planned.file_plan, extent)


def _certain_end(planned: PlannedFile, packed: Mapping[str, NDArray[Any]]) -> int:
    """Where what was on the disk after the last sync ends: only a copy can have less."""
    plan = planned.file_plan
    certain = max(planned.sync().samples, planned.published.synced_samples)
    if plan.is_ring or not certain:
        return 0
    chunks = -(-certain // plan.chunk_samples)
    whole = {path: rows[:chunks] for path, rows in packed.items()}
    return end_of_samples(plan, Extent(samples=certain, packed=whole))


def _certain_bins(planned: PlannedFile, first_sample: int) -> int:
    """Up to where the bins of the overview are right.

    A power cut may have taken those of what came after the last sync. Of a live-only file it may
    also leave samples of an older turn with bins of a newer one, which had begun in their place.
    """
    return first_sample if planned.plan.is_ring else max(planned.sync().samples, first_sample)


class _Tables:
    """The rows of all tables that are kept."""

    def __init__(self, planned: PlannedFile, samples: int) -> None:
        self._planned = planned
        self._units = [_bounded(unit, samples, planned.plan.keeps) for unit in planned.units()]
        self.places: dict[str, tuple[int, ...]] = {}
        self.found: dict[str, NDArray[Any]] = {}
        for name in TABLES:
            kept = in_order(unit for unit in self._units if unit.table == name)
            self.places[name] = tuple(
                planned.file_plan.unit_positions[unit.number] + UNIT_HEAD_BYTES for unit in kept
            )
            self.found[name] = np.concatenate(
                [np.empty(0, TABLE_DTYPES[name]), *(unit.rows for unit in kept)]
            )

    def write(self, raw: RawFile) -> None:
        """Write the units again; most of them do not change."""
        for unit in self._units:
            position = self._planned.file_plan.unit_positions[unit.number]
            raw.write(position + UNIT_HEAD_BYTES, unit.content)
            raw.write(position, unit.head)


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


def _health(raw: RawFile, plan: Plan, attributes: Mapping[str, Any]) -> tuple[int, bytes]:
    """Position and bytes of the running totals; the recorder may have told of its end already."""
    position, size = plan.fixed[HEALTH]
    row = np.frombuffer(raw.read(position, size), HEALTH_DTYPE).copy()
    row["status"] = STATUSES.index(attributes["status"])
    row["total_samples"] = attributes["total_samples"]
    row["lost_samples"] = attributes["lost_samples"]
    return position, row.tobytes()


def _final_attributes(recording: Recording, samples: int, lost: int) -> Mapping[str, Any]:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {
        "status": "incomplete",
        "ended_by": CRASH,
        "reason": f"Left by a crash of the program or the machine, repaired {now}.",
        "total_samples": samples,
        "lost_samples": lost,
        FIRST_SAMPLE: recording.first_sample,
        "first_stream_sample": recording.first_stream_sample,
    }
