"""What the one who records has published, and what it knows to be on the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..layout.records import FINISHED, RECORD_BYTES, REPAIRING, STATE_DTYPE, read_record
from ..schema import GAPS, TABLES

#: Fields that tell how much there is; a computer's clock may be set to any time.
_COUNTS = ("sequence", "samples", "table_rows", "units", "segments", "flags", "missing_overwritten")


class Moment(NamedTuple):
    """What a state tells of the chunk that was not full at a moment.

    :param samples: per input, since the start of the recording.
    :param checksums: by input, of the chunk with the fill value behind these samples.
    :param gaps: rows of gaps.
    """

    samples: int = 0
    checksums: tuple[int, ...] = ()
    gaps: int = 0


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
    :param synced_samples: of a state, those that the last finished sync brought to the disk …
    :param repair_began: … or all that a repair keeps.
    :param synced_checksums: of the chunk that was not full when that sync began; where none has
        begun since, those of ``syncing``.
    :param syncing: of a state, what was published when the last sync began.
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
    repair_began: bool = False
    synced_checksums: tuple[int, ...] = ()
    syncing: Moment = field(default_factory=Moment)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The last publishing, and those before the last sync that began, and that ended."""
        return (
            Moment(self.samples, self.open_checksums, self.table_rows[GAPS]),
            self.syncing,
            Moment(self.synced_samples, self.synced_checksums),
        )


def parse_published(record: bytes, magic: int) -> Published | None:
    """Read a record; None if it is damaged. One that was never written says that nothing is there.

    :param magic: of a state or of a sync.
    """
    if not any(record):
        return Published()
    found = read_record(record, STATE_DTYPE, magic) if len(record) == RECORD_BYTES else None
    if found is None or any((found[name] < 0).any() for name in (*_COUNTS, "synced_samples")):
        return None
    fields = {name: found[name][0].tolist() for name in STATE_DTYPE.names or ()}
    checksums = tuple(fields["syncing_checksums"])
    return Published(
        samples=fields["samples"],
        table_rows=dict(zip(TABLES, fields["table_rows"], strict=True)),
        units=fields["units"],
        segments=fields["segments"],
        unix_s=fields["unix_ns"] * 1e-9,
        is_finished=bool(fields["flags"] & FINISHED),
        missing_overwritten=fields["missing_overwritten"],
        open_checksums=tuple(fields["open_checksums"]),
        synced_samples=fields["synced_samples"],
        repair_began=bool(fields["flags"] & REPAIRING),
        synced_checksums=tuple(fields["synced_checksums"]),
        syncing=Moment(fields["syncing_samples"], checksums, fields["syncing_gaps"]),
    )
