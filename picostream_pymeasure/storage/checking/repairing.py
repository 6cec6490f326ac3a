"""Makes a file that was left by a crash one that is whole for every program.

What the recording had published is kept as far as it is proven, and the end is written as the
recorder would have: extents, index, the last bins of the overview, ``status`` ``incomplete``, the
totals. All is computed from the plan and the records of the file and written in place, so that a
repair that is cut short, also by a power cut, can be repeated.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...errors import StorageError
from ...system.file_lock import lock_file
from ..bytes.raw_file import RawFile
from ..bytes.superblock import SUPERBLOCK_BYTES, is_marked_open, with_end
from ..failures import write_errors
from ..place import file_name
from ..reading import PICOSTREAM, open_recording
from .structure import structure_errors

#: A recorder changes its file several times a second, also where no lock tells of it.
_WATCH_S = 1.0

_ONLY_MARKED = "Nothing but the mark that a program has it open had to be removed."
_REBUILT = "What other programs need to find the samples was damaged and is rebuilt."


@dataclass
class RepairReport:
    """What :func:`repair` did.

    :param repaired: False if there was nothing to do.
    :param status: as the file says now.
    :param samples: per channel, in the file.
    :param lost_samples: known and estimated losses.
    :param notes: what is worth knowing, one sentence each.
    """

    path: str
    repaired: bool
    status: str
    samples: int
    lost_samples: int
    notes: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """All fields, for JSON."""
        return asdict(self)


def repair(path: str | Path) -> RepairReport:
    """Repair a file that was left by a crash, or whose index is damaged; no other is changed.

    :raises FileFormatError: it is not a recording, or so damaged that it cannot be repaired.
    :raises StorageError: it is being recorded, or it cannot be read and written.
    """
    path = Path(file_name(path))
    notes = _needed(path)
    if notes:
        with write_errors(path), _kept_from_others(path) as raw:
            notes = _mend(path, raw)
    with open_recording(path) as recording:
        if notes:
            beyond_repair = "That cannot be repaired; export reads the samples."
            notes += [f"{error} {beyond_repair}" for error in structure_errors(recording)]
        return RepairReport(
            path=str(path),
            repaired=bool(notes),
            status=recording.status,
            samples=recording.stored_samples,
            lost_samples=recording.lost_samples,
            notes=notes,
        )


def _needed(path: Path) -> list[str]:
    """Why the file must be written to; nothing if it is whole."""
    with open_recording(path) as recording:
        if recording.format == PICOSTREAM:
            return [] if recording.closed_properly else [_ONLY_MARKED]
        if recording.finished and recording.closed_properly:
            is_whole = recording.is_rewritten or not structure_errors(recording)
            return [] if is_whole else [_REBUILT]
        return ["It was not finished."]


@contextlib.contextmanager
def _kept_from_others(path: Path) -> Iterator[RawFile]:
    """The file, to be written by nobody else.

    :raises StorageError: somebody writes it, or uses it in another way.
    """
    in_use = f"{path} is in use, probably still being recorded; end that first."
    with contextlib.closing(RawFile(path, writable=True)) as raw:
        try:
            has_locks = lock_file(raw.descriptor, alone=True)
        except BlockingIOError:
            raise StorageError(in_use) from None
        if not has_locks:
            _watch(path)
        yield raw


def _watch(path: Path) -> None:
    before = path.stat()
    time.sleep(_WATCH_S)
    after = path.stat()
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise StorageError(f"{path} is still being recorded; end that first.")


def _mend(path: Path, raw: RawFile) -> list[str]:
    # compiled code, which takes its time to load: not for those who only look at files
    from .mending import mend

    with open_recording(path, proven=True) as recording:
        if recording.format == PICOSTREAM:
            start = raw.read(0, SUPERBLOCK_BYTES)
            if is_marked_open(start):
                raw.write(0, with_end(start, raw.size()))
                raw.sync()
            return [_ONLY_MARKED]
        was_finished = recording.finished and recording.closed_properly
        notes = mend(recording, raw)
        return [_REBUILT] if was_finished else notes
