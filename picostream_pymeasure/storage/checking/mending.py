"""Writes what a crash kept from a recording of ours, or damaged, in place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import numpy as np

from ...errors import FileFormatError
from ...records import CRASH
from ..bytes.fixed_array import PAGE_ENTRIES
from ..bytes.metadata_checksum import is_intact
from ..bytes.raw_file import RawFile
from ..layout.attributes import FIRST_SAMPLE
from ..layout.extent import Extent, rows_of
from ..layout.plan import UNIT_HEAD_BYTES, Plan
from ..reading import Recording, packed_rows
from ..reading.table_unit import in_order, rows_in
from ..schema import (
    FIRST_SAMPLES,
    GAPS,
    HEALTH,
    HEALTH_DTYPE,
    missing_in,
)
from ..writing.ending import note_certain, settle, settle_attributes, settle_index, write_health
from ..writing.last_chunk import write_packed_rows
from .kept_extent import is_cut_off, kept_extent, kept_units
from .picture_check import drawn_of
from .report import left_out_notes


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
    units = kept_units(recording, planned)
    extent = kept_extent(recording, planned, units)
    blocks = planned.closing_blocks()
    is_at_end = bool(blocks) or recording.finished
    if is_cut_off(recording, planned, extent):
        # they would look like zeros, or as if nothing had been lost
        raise FileFormatError(
            f"{planned.path} is cut off or damaged: samples or rows of its tables are missing, and "
            "nothing but another copy of the original brings them back. What is there can be read."
        )
    if not is_at_end:
        note_certain(raw, plan, extent)
    write_packed_rows(raw, plan, packed_rows(planned, samples), extent.packed)
    if is_at_end:
        for position, content in blocks:
            raw.write(position, content)
        is_closed = recording.finished and recording.closed_properly
        settle_index(raw, plan, extent, _damaged_headers(raw, plan, extent) if is_closed else ())
        raw.sync()
        settle_attributes(raw, plan, extent, {})
        return ["The end of the recording, which had been cut short, was completed."]
    for unit in units:  # most of them do not change
        position = plan.unit_positions[unit.number]
        raw.write(position + UNIT_HEAD_BYTES, unit.content)
        raw.write(position, unit.head)
    _write_first_samples(raw, plan, extent)
    gaps = rows_in(GAPS, in_order(unit for unit in units if unit.table == GAPS))
    lost = planned.published.missing_overwritten + missing_in(gaps)
    attributes = _final_attributes(recording, samples, lost)
    health = raw.read(plan.fixed[HEALTH][0], HEALTH_DTYPE.itemsize)
    write_health(raw, plan, np.frombuffer(health, HEALTH_DTYPE), attributes)
    # a power cut may have taken the bins of what came after the last sync; of a live-only file it
    # may also leave samples of an older turn with bins of a newer one, which had begun there
    begin = recording.first_sample if plan.is_ring else planned.sync().samples
    drawn = drawn_of(recording, gaps)
    settle(planned.path, raw, plan, extent, attributes, drawn, begin=begin)
    note = "The program or the machine failed while it was recorded; its end is missing."
    return [note, *left_out_notes(recording)]


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
