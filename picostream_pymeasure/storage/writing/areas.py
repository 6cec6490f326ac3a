"""Areas of the file that are taken one behind the other; without Python."""

from __future__ import annotations

import numpy as np
from numba import carray, int64, njit

from ...system.native import as_pointer
from ..layout.areas import LIST_BYTES, MOST_AREAS
from ..layout.members import MEMORY_PAGE_BYTES
from ..layout.plan import UNIT_BYTES
from ..layout.records import AREAS_DTYPE, AREAS_IN_RECORD, AREAS_MAGIC, RECORD_BYTES
from .context import AREA, FULL_FILE
from .file_bytes import put, seal_record
from .file_length import extend

_AREAS_MAGIC = np.int64(AREAS_MAGIC)


@njit(nogil=True, cache=True)
def add_area(file, units, owner):  # type: ignore[no-untyped-def]
    """Take room behind all that there is; its position, unless that fails.

    See :mod:`~..layout.areas`.
    """
    # behind packed chunks too what is rewritten in place lies in one sector
    position = -(-file.tail // MEMORY_PAGE_BYTES) * MEMORY_PAGE_BYTES
    number, size = file.n_areas, units * UNIT_BYTES
    if number == MOST_AREAS and file.failure == 0:
        file.failure = FULL_FILE
    extend(file, position + size)
    if file.failure != 0:
        return position
    areas = carray(as_pointer(file.areas_address), MOST_AREAS, AREA)
    areas[number].segments_before = file.entered
    areas[number].position, areas[number].owner = position, owner
    areas[number].total = size + (areas[number - 1].total if number > 0 else int64(0))
    within, row = number // AREAS_IN_RECORD * RECORD_BYTES, number % AREAS_IN_RECORD
    address = file.records_address + within
    record = carray(as_pointer(address), 1, AREAS_DTYPE)[0]
    record.magic, record.count = _AREAS_MAGIC, row + 1
    record.areas[row, 0], record.areas[row, 1] = position, units
    record.areas[row, 2], record.areas[row, 3] = owner, file.entered
    seal_record(address)
    for begin in (file.areas_at, file.areas_at + LIST_BYTES):
        put(file, address, int64(RECORD_BYTES), begin + within)
    if file.failure == 0:
        file.n_areas += 1
        file.tail = position + size
    return position
