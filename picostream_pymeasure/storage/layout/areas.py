"""Room that is taken between two segments when it is needed, and the list of it in the file.

What nobody can foresee lies here: units of tables, and indexes that have become too short. So the
length of a file follows what is kept, and where all segments lie follows from a short list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...errors import FileFormatError
from .records import AREAS_MAGIC, MAGIC, RECORD_BYTES, RECORD_WORDS, read_record, sealed

#: A list of areas is so many records, each rewritten as a whole; word 1 says how many it holds.
AREA_RECORDS, AREAS_IN_RECORD, AREA_WORDS, AREAS_AT = 48, 13, 4, 2
MOST_AREAS = AREA_RECORDS * AREAS_IN_RECORD

#: Owner of areas that hold units of tables.
TABLE_UNITS = -1

#: An index that is too short is made anew, so many times as long.
INDEX_GROWTH = 4

#: Beyond these nothing can be.
MOST_TABLE_UNITS = 2**19
_MOST_UNITS, _MOST_OWNERS, _LAST_POSITION = 2**17, 1000, 2**62


class Area(NamedTuple):
    """A piece of the file between two segments.

    :param position: where it begins.
    :param units: its size.
    :param owner: number of the dataset whose index it holds, or :data:`TABLE_UNITS`.
    :param segment: how many segments had been taken before it; those behind lie so much further on.
    """

    position: int
    units: int
    owner: int
    segment: int


def area_records(areas: Iterable[Area]) -> bytes:
    """The list as it lies in the file."""
    rows = list(areas)
    content = b""
    for begin in range(0, len(rows), AREAS_IN_RECORD):
        part = rows[begin : begin + AREAS_IN_RECORD]
        words = np.zeros(RECORD_WORDS, np.int64)
        words[MAGIC], words[1] = AREAS_MAGIC, len(part)
        words[AREAS_AT : AREAS_AT + AREA_WORDS * len(part)] = np.array(part).ravel()
        content += sealed(words)
    return content


def read_areas(content: bytes) -> tuple[Area, ...]:
    """The areas in a list.

    :raises FileFormatError: it is damaged, or of a file that cannot be.
    """
    areas: list[Area] = []
    for begin in range(0, len(content), RECORD_BYTES):
        record = content[begin : begin + RECORD_BYTES]
        if not any(record):
            break
        words = read_record(record, AREAS_MAGIC)
        if words is None or not 0 < words[1] <= AREAS_IN_RECORD:
            raise FileFormatError("The recording is damaged: the list of its areas is.")
        rows = words[AREAS_AT : AREAS_AT + AREA_WORDS * int(words[1])].reshape(-1, AREA_WORDS)
        areas += [Area(*row) for row in rows.tolist()]
    table_units = sum(area.units for area in areas if area.owner == TABLE_UNITS)
    if table_units > MOST_TABLE_UNITS or not all(map(_is_possible, areas)):
        raise FileFormatError("The recording is damaged: the list of its areas is impossible.")
    return tuple(areas)


def _is_possible(area: Area) -> bool:
    return (
        0 <= area.position < _LAST_POSITION
        and 0 < area.units < _MOST_UNITS
        and TABLE_UNITS <= area.owner < _MOST_OWNERS
        and 0 <= area.segment < _LAST_POSITION
    )
