"""Room that is taken between two segments when it is needed, and the list of it in the file.

What nobody can foresee lies here: units of tables, and indexes that have become too short. So the
length of a file follows what is kept, and where all segments lie follows from a short list. Where
chunks are packed, of a size that nobody knows before, the segments lie here too, several in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...errors import FileFormatError
from .records import AREAS_DTYPE, AREAS_IN_RECORD, AREAS_MAGIC, RECORD_BYTES, read_record, sealed

#: A list of areas is so many records, each rewritten as a whole. It is in the file twice, one
#: behind the other: without it nothing would be found.
AREA_RECORDS = 48
MOST_AREAS = AREA_RECORDS * AREAS_IN_RECORD
LIST_BYTES = AREA_RECORDS * RECORD_BYTES

#: Owners of areas that hold units of tables, and segments of a packed file.
TABLE_UNITS, SEGMENTS_OWNER = -1, -2

#: New areas are so small a part of what their owner has already.
GROWTH_BITS = 4

#: An index that is too short is made anew, so many times as long, and so often at most.
INDEX_GROWTH, _MOST_GROWTHS = 4, 10

#: Beyond these nothing can be.
MOST_TABLE_UNITS = 2**19
_MOST_UNITS, _MOST_OWNERS, _LAST_POSITION = 2**17, 1000, 2**62


class Area(NamedTuple):
    """A piece of the file between two segments.

    :param position: where it begins.
    :param units: its size.
    :param owner: number of the dataset whose index it holds, or one of those below zero.
    :param segment: how many segments had been taken before it; those behind lie so much further on.
    """

    position: int
    units: int
    owner: int
    segment: int


def area_records(areas: Sequence[Area]) -> bytes:
    """The list as it lies in the file, twice."""
    content = b""
    for begin in range(0, len(areas), AREAS_IN_RECORD):
        part = areas[begin : begin + AREAS_IN_RECORD]
        record = np.zeros(1, AREAS_DTYPE)
        record["magic"], record["count"] = AREAS_MAGIC, len(part)
        record["areas"][0, : len(part)] = part
        content += sealed(record)
    return 2 * content.ljust(LIST_BYTES, b"\0")


def read_areas(content: bytes) -> tuple[Area, ...]:
    """The areas in a list, which is there twice.

    What comes behind a record that is not full is left out: of such a record the newest form has
    not come to the disk, or was not seen.

    :raises FileFormatError: it is damaged, or of a file that cannot be.
    """
    areas: list[Area] = []
    for begin in range(0, LIST_BYTES, RECORD_BYTES):
        found = _read_record(content[begin:][:RECORD_BYTES], content[LIST_BYTES + begin :])
        areas += found
        if len(found) < AREAS_IN_RECORD:
            break
    table_units = sum(area.units for area in areas if area.owner == TABLE_UNITS)
    growths = Counter(area.owner for area in areas if area.owner >= 0)
    is_possible = table_units <= MOST_TABLE_UNITS and all(map(_is_possible, areas))
    if not is_possible or max(growths.values(), default=0) > _MOST_GROWTHS:
        raise FileFormatError("The recording is damaged: the list of its areas is impossible.")
    return tuple(areas)


def _read_record(*copies: bytes) -> list[Area]:
    """The areas in the first copy of a record that is right; none if it was never written."""
    for copy in copies:
        record = read_record(copy, AREAS_DTYPE, AREAS_MAGIC)
        if record is not None and 0 < record["count"][0] <= AREAS_IN_RECORD:
            return [Area(*row) for row in record["areas"][0, : record["count"][0]].tolist()]
    if any(any(copy[:RECORD_BYTES]) for copy in copies):
        raise FileFormatError("The recording is damaged: the list of its areas is.")
    return []


def _is_possible(area: Area) -> bool:
    return (
        0 <= area.position < _LAST_POSITION
        and 0 < area.units < _MOST_UNITS
        and SEGMENTS_OWNER <= area.owner < _MOST_OWNERS
        and 0 <= area.segment < _LAST_POSITION
    )
