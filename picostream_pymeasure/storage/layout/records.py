"""The records that say what a file holds: one sector of 64 int64 words each.

``state`` is rewritten with every chunk, ``sync`` after every sync; a reader that sees a wrong
checksum reads again. The head of a table's unit has the same form.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

RECORD_WORDS = 64
RECORD_BYTES = 8 * RECORD_WORDS

STATE_MAGIC = 0x3254_4154_5350_5350
SYNC_MAGIC = 0x3259_5350_5350_5350
TABLE_MAGIC = 0x3254_4C42_4154_5350
CLOSING_MAGIC = 0x3245_534F_4C43_5350
AREAS_MAGIC = 0x3241_4552_4153_5350

#: Words of a state and of a sync.
MAGIC, SEQUENCE, SAMPLES, TABLE_ROWS, UNITS, ENTERED, UNIX_NS, FLAGS, FORGOTTEN = (
    *(0, 1, 2, 3),
    *(7, 8, 9, 10, 11),
)
OPEN_CHECKSUMS = 16

#: What the last finished sync, and the one that may be under way, made durable: samples, and of the
#: second the checksums of the chunk that was open then, as ``OPEN_CHECKSUMS`` of that moment, and
#: the rows of gaps.
SYNCED, SYNCING, SYNCING_CHECKSUMS, MOST_INPUTS, SYNCING_GAPS = 12, 32, 33, 8, 41

#: Words of the head of a unit.
UNIT_TABLE, UNIT_CHUNK, UNIT_ROWS, UNIT_CHECKSUM = 1, 2, 3, 4

#: The checksum, XXH3-64 with seed 0 of the bytes before it, and how many those are.
SEAL, SEALED_BYTES = 56, 448

#: Bits of ``FLAGS``.
FINISHED = 1


def sealed(words: NDArray[np.int64]) -> bytes:
    """A record with its checksum."""
    content = words.copy()
    content[SEAL] = np.array(_digest(words), np.uint64).astype(np.int64)
    return content.tobytes()


def read_record(content: bytes, magic: int) -> NDArray[np.int64] | None:
    """The words of a record; None if it is another or its checksum is wrong."""
    words = np.frombuffer(content, "<i8", RECORD_WORDS)
    if words[MAGIC] != magic or words.view(np.uint64)[SEAL] != _digest(words):
        return None
    return words


def _digest(words: NDArray[np.int64]) -> int:
    return xxh3_64_intdigest(words.tobytes()[:SEALED_BYTES])
