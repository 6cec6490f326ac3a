"""What the one who records has published, and what it knows to be on the disk."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..layout.records import (
    ENTERED,
    FINISHED,
    FLAGS,
    FORGOTTEN,
    MOST_INPUTS,
    OPEN_CHECKSUMS,
    RECORD_BYTES,
    SAMPLES,
    SYNCED,
    SYNCING,
    SYNCING_CHECKSUMS,
    SYNCING_GAPS,
    TABLE_ROWS,
    UNITS,
    UNIX_NS,
    read_record,
)
from ..schema import TABLES

_WORD = 2**64


@dataclass(frozen=True)
class Published:
    """One of the two records, see :mod:`..layout.records`.

    :param samples: per input, since the start of the recording.
    :param table_rows: by name.
    :param units: table units that are taken.
    :param segments: segments that hold samples, or are about to.
    :param unix_s: when it was written.
    :param is_finished: whether the end was written.
    :param missing_overwritten: samples missing in gaps whose rows were overwritten (live-only).
    :param open_checksums: of the chunk that is not full, by input; 0 if there is none.
    :param synced_samples: of a state, those that the last finished sync brought to the disk.
    :param syncing_samples: of a state, those that were published when the last sync began …
    :param syncing_checksums: … the checksums of the chunk that was not full then …
    :param syncing_gaps: … and the rows of gaps.
    """

    samples: int = 0
    table_rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))
    units: int = 0
    segments: int = 0
    unix_s: float = 0.0
    is_finished: bool = False
    missing_overwritten: int = 0
    open_checksums: tuple[int, ...] = ()
    synced_samples: int = 0
    syncing_samples: int = 0
    syncing_checksums: tuple[int, ...] = ()
    syncing_gaps: int = 0


def parse_published(record: bytes, magic: int) -> Published | None:
    """Read a record; None if it is damaged. One that was never written says that nothing is there.

    :param magic: of a state or of a sync.
    """
    if not any(record):
        return Published()
    words = read_record(record, magic) if len(record) == RECORD_BYTES else None
    if words is None:
        return None
    numbers = words.tolist()
    # a computer's clock may be set to any time
    if any(numbers[word] < 0 for word in range(OPEN_CHECKSUMS) if word != UNIX_NS):
        return None
    rows = numbers[TABLE_ROWS : TABLE_ROWS + len(TABLES)]
    return Published(
        samples=numbers[SAMPLES],
        table_rows=dict(zip(TABLES, rows, strict=True)),
        units=numbers[UNITS],
        segments=numbers[ENTERED],
        unix_s=numbers[UNIX_NS] * 1e-9,
        is_finished=bool(numbers[FLAGS] & FINISHED),
        missing_overwritten=numbers[FORGOTTEN],
        open_checksums=_checksums(numbers[OPEN_CHECKSUMS : OPEN_CHECKSUMS + MOST_INPUTS]),
        synced_samples=numbers[SYNCED],
        syncing_samples=numbers[SYNCING],
        syncing_checksums=_checksums(numbers[SYNCING_CHECKSUMS : SYNCING_CHECKSUMS + MOST_INPUTS]),
        syncing_gaps=numbers[SYNCING_GAPS],
    )


def _checksums(words: list[int]) -> tuple[int, ...]:
    return tuple(word % _WORD for word in words)
