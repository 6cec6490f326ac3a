"""What a recorder does at the end of its stream."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from ...config import CHANNEL_NAMES
from ...records import CAPTURE_DTYPE, KEPT_DTYPE, Health, Outcome, StreamDescription
from ..bytes.raw_file import RawFile
from ..layout.attributes import FIRST_SAMPLE, final_values
from ..layout.extent import Extent, first_sample
from ..layout.plan import UNIT_HEAD_BYTES
from ..schema import CAPTURES, GAPS, HEALTH_DTYPE, KEPT_TOTALS, TABLES, counts_path, missing_in
from .ending import settle, write_health
from .envelope import Drawn
from .memory import WriterMemory


def close_recording(
    path: Path,
    descriptor: int,
    memory: WriterMemory,
    description: StreamDescription,
    outcome: Outcome,
) -> None:
    """Settle a file whose native writer has stopped.

    :param descriptor: of the file, which is reached through nothing else.
    :raises OSError: as the system refuses it.
    """
    file, plan = RawFile(path, writable=True, descriptor=descriptor), memory.plan
    if memory["failure"]:
        _write_rows_again(file, memory)
    extent = extent_of(memory)
    gaps, forgotten = memory.rows(GAPS), memory["forgotten_missing"]
    lost = forgotten + missing_in(gaps)
    attributes = final_values(outcome, extent.samples, lost, extent.table_rows[GAPS])
    first = attributes[FIRST_SAMPLE] = first_sample(plan, extent)
    if first:
        before = forgotten + missing_in(gaps[gaps["sample_index"] <= first])
        attributes["first_stream_sample"] += first + before
    write_health(file, plan, _health_row(outcome.health), attributes)
    if plan.keeps:
        _write_kept_totals(file, memory, extent)
    channels = description.config.channels
    scales = {channel.name: channel.count_scale(description.max_adc) for channel in channels}
    drawn = Drawn(gaps, scales, description.stored_interval_ns * 1e-9, forgotten)
    settle(path, file, plan, extent, attributes, drawn, begin=extent.samples)


def _write_rows_again(file: RawFile, memory: WriterMemory) -> None:
    """Write the rows of which a failed write may have left half, or none of the head before them.

    To leave them out would leave losses untold. What is there already is not touched.
    """
    for place, unit in (pair for name in TABLES for pair in memory.newest_units(name)):
        for position, content in ((place, unit.content), (place - UNIT_HEAD_BYTES, unit.head)):
            if file.read(position, len(content)) != content:
                file.write(position, content)


def _write_kept_totals(file: RawFile, memory: WriterMemory, extent: Extent) -> None:
    """Write the totals of a stream of which events are kept, without those that found no room."""
    plan, kept = memory.plan, extent.table_rows[CAPTURES]
    table, units = plan.datasets[CAPTURES], extent.units[CAPTURES]

    def begin_of(number: int) -> int:
        at = units[number // table.chunk_rows] + number % table.chunk_rows * table.row_bytes
        row = np.frombuffer(file.read(at, table.row_bytes), CAPTURE_DTYPE)
        return int(row["first_sample"][0])

    while kept and begin_of(kept - 1) >= extent.samples:
        kept -= 1
    position, size = plan.fixed[KEPT_TOTALS]
    totals = np.frombuffer(file.read(position, size), KEPT_DTYPE).copy()
    totals["kept"], totals["found"] = kept, kept + totals["passed_over"]
    file.write(position, totals.tobytes())


def extent_of(memory: WriterMemory) -> Extent:
    """What the native writer has told of."""
    plan, entered = memory.plan, memory["entered"]
    first = max(0, entered - plan.segments + 1) if plan.is_ring else 0
    # of what comes behind, nothing is in the index; of a ring everything changes its place, and
    # what the system refused to write may be a whole index
    is_any = plan.is_ring or memory["failure"] < 0
    touched = (0, plan.segments) if is_any else (max(0, entered - 2), entered)
    return Extent(
        samples=memory["published"],
        first_segment=first,
        table_rows={name: int(memory.tables["rows"][n]) for n, name in enumerate(TABLES)},
        units={name: memory.units(name) for name in TABLES},
        touched_segments=touched,
        packed={counts_path(name): memory.packed(name) for name in plan.inputs if plan.is_packed},
    )


def _health_row(health: Health) -> np.ndarray:
    row = np.zeros(1, HEALTH_DTYPE)
    row["received_samples"], row["gaps"] = health.received, health.gaps
    row["pool_fill"], row["elapsed_s"] = health.pool_fill, health.elapsed_s
    row["actual_rate_hz"] = health.actual_rate_hz
    for name in CHANNEL_NAMES:
        row[f"over_range_{name}"] = health.over_range.get(name, 0)
    row["updated_unix_s"] = time.time()
    return row
