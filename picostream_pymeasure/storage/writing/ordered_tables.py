"""Tables of live-only files whose rows were used again, in the order of time for everybody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..bytes.raw_file import RawFile
from ..layout.closing_record import closing_bytes
from ..layout.extent import Extent
from ..layout.plan import RING_UNITS, UNIT_BYTES, Plan
from ..layout.records import CLOSING
from ..reading.table_unit import TableUnit, rows_in
from ..schema import CLOCK, EVENTS, GAPS, TABLES

#: What tells the order of rows; captures are never kept live-only.
_ORDER = {
    GAPS: ["sample_index", "noticed_s"],
    CLOCK: ["host_s", "sample_index"],
    EVENTS: ["sample_index", "time_s"],
}


def in_order_of_time(
    file: RawFile, plan: Plan, extent: Extent
) -> tuple[Extent, list[tuple[int, bytes]]]:
    """Position and bytes of the units that are to be written for that, and what is kept then.

    Nothing of a file in which no row was used again, or that was laid out without room to write
    them down beforehand.
    """
    blocks = [block for name in _ORDER if plan.is_ring for block in _ordered(file, plan, name)]
    sizes = [size for _, size in plan.root_blocks] + [len(content) for _, content in blocks]
    if not blocks or closing_bytes(sizes) > plan.fixed[CLOSING][1]:
        return extent, []
    room = {name: RING_UNITS * plan.datasets[name].chunk_rows for name in TABLES}
    rows = {name: min(count, room[name]) for name, count in extent.table_rows.items()}
    return replace(extent, table_rows=rows), blocks


def _ordered(file: RawFile, plan: Plan, name: str) -> list[tuple[int, bytes]]:
    """The units of a table that is full, if its rows are in another order."""
    first = RING_UNITS * TABLES.index(name)
    places = list(enumerate(plan.unit_positions[first : first + RING_UNITS], first))
    units = [TableUnit.parse(number, file.read(place, UNIT_BYTES)) for number, place in places]
    full = [unit for unit in units if unit is not None and unit.is_full]
    if len(full) < RING_UNITS:
        return []
    rows = rows_in(name, full)
    ordered = rows[np.argsort(rows, kind="stable", order=_ORDER[name])]
    if (ordered == rows).all():
        return []
    parts = np.split(ordered, RING_UNITS)
    return [
        (place, replace(unit, content=part.tobytes()).stored)
        for (_, place), unit, part in zip(places, full, parts, strict=True)
    ]
