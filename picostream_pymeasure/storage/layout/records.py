"""The records that say what a file holds: a sector each, with a checksum.

``state`` is rewritten with every chunk, ``sync`` after every sync; a reader that sees a wrong
checksum reads again. Each 13 areas, and the head of a table's unit, are such records too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from ..schema import RECOVERY, TABLES

#: Paths of the plan, of the list of areas, of the two records, and of what the end is to write.
PLAN, AREAS, STATE, SYNC, CLOSING = (
    f"{RECOVERY}/{name}" for name in ("plan", "areas", "state", "sync", "closing")
)

RECORD_BYTES = 512

#: What the checksum covers, XXH3-64 with seed 0.
SEALED_BYTES = 448

STATE_MAGIC = 0x3254_4154_5350_5350
SYNC_MAGIC = 0x3259_5350_5350_5350
TABLE_MAGIC = 0x3254_4C42_4154_5350
CLOSING_MAGIC = 0x3245_534F_4C43_5350
AREAS_MAGIC = 0x3241_4552_4153_5350

MOST_INPUTS, AREAS_IN_RECORD = 8, 13

#: Bits of ``flags``; of a state alone: a repair has begun, which keeps ``synced_samples``.
FINISHED, REPAIRING = 1, 2


def _record(*fields: tuple[Any, ...]) -> np.dtype[np.void]:
    used = np.dtype([("magic", "<i8"), *fields])
    free = ("free", "u1", SEALED_BYTES - used.itemsize)
    end = ("end", "u1", RECORD_BYTES - SEALED_BYTES - 8)
    return np.dtype([("magic", "<i8"), *fields, free, ("seal", "<u8"), end])


#: Of a state and of a sync; see :class:`~..reading.published.Published`.
STATE_DTYPE = _record(
    ("sequence", "<i8"),
    ("samples", "<i8"),
    ("table_rows", "<i8", len(TABLES)),
    ("units", "<i8"),
    ("segments", "<i8"),
    ("unix_ns", "<i8"),
    ("flags", "<i8"),
    ("missing_overwritten", "<i8"),
    ("synced_samples", "<i8"),
    ("reserved", "<i8", 3),
    # of a state alone
    ("open_checksums", "<u8", MOST_INPUTS),
    ("synced_checksums", "<u8", MOST_INPUTS),
    ("syncing_samples", "<i8"),
    ("syncing_checksums", "<u8", MOST_INPUTS),
    ("syncing_gaps", "<i8"),
)
UNIT_DTYPE = _record(("table", "<i8"), ("chunk", "<i8"), ("rows", "<i8"), ("checksum", "<u8"))
AREAS_DTYPE = _record(("count", "<i8"), ("areas", "<i8", (AREAS_IN_RECORD, 4)))


def sealed(record: NDArray[Any]) -> bytes:
    """A record, an array of one, with its checksum."""
    content = record.copy()
    content["seal"] = _digest(content.tobytes())
    return content.tobytes()


def read_record(content: bytes, dtype: np.dtype[np.void], magic: int) -> NDArray[Any] | None:
    """A record, as an array of one; None if it is another or its checksum is wrong."""
    record = np.frombuffer(content, dtype, 1)
    if record["magic"][0] != magic or record["seal"][0] != _digest(content):
        return None
    return record


def _digest(content: bytes) -> int:
    return xxh3_64_intdigest(content[:SEALED_BYTES])
