"""The record of the end: what its last writes were to be, should they be cut short."""

from __future__ import annotations

from ..layout.closing_record import read_closing_record
from .planned_file import PlannedFile
from .stored_plan import CLOSING


def closing_blocks(planned: PlannedFile) -> list[tuple[int, bytes]]:
    """Position and bytes of the pieces of the root's header as the end leaves them.

    Empty if the recording had not come to its end.
    """
    position, size = planned.plan.fixed[CLOSING]
    places = set(planned.plan.root_blocks)
    found = read_closing_record(planned.raw.read(position, size))
    return [(at, content) for at, content in found if (at, len(content)) in places]
