"""Makes a file that was left by a crash one that any program opens.

What the recording had acknowledged is kept, what was under way is left out, and the end is written
as the recorder would have: extents, the last bins of the overview, ``status`` ``incomplete``, the
totals. The raw samples are never written, nor ``/health``, which tells how it stood.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..errors import StorageError
from ..system.file_lock import FileLock
from .failures import write_error
from .journal import replay
from .live_layout import FIRST_SAMPLE
from .opening import open_recording
from .pending_changes import PendingChanges
from .recording import PICOSTREAM, Recording, reading
from .settlement import settle
from .superblock import SIZE as SUPERBLOCK_SIZE
from .superblock import is_marked_open, unmarked
from .survivors import Survivors, find_survivors

#: A recorder changes its file several times a second, also where no lock tells of it.
_WATCH_S = 1.0

_TAKEN_UP = "An earlier repair that did not come to its end was completed."
_ONLY_MARKED = "Nothing but the mark that a program has it open had to be removed."


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
    """Repair a file that was left by a crash; nothing is changed in any other.

    It may be interrupted, and repeated: everything is worked out in memory, and then written with
    a journal, so that a repair that did not come to its end is taken up again.

    :raises FileFormatError: it is not a recording, or so damaged that it cannot be repaired.
    :raises StorageError: it is being recorded, or it cannot be read and written.
    """
    path = Path(path)
    try:
        if _is_marked_open(path):
            with _kept_from_others(path):
                notes = [_TAKEN_UP] if replay(path) else _settle(path)
        else:
            notes = _settle(path)
    except StorageError:
        raise
    except OSError as error:
        raise write_error(path, error) from error
    with open_recording(path) as recording:
        return RepairReport(
            path=str(path),
            repaired=bool(notes),
            status=recording.status,
            samples=recording.stored_samples,
            lost_samples=int(recording.gaps["estimated_missing"].sum()),
            notes=notes,
        )


def _is_marked_open(path: Path) -> bool:
    if not path.is_file():
        return False  # who opens it says so
    with path.open("rb") as file:
        return is_marked_open(file.read(SUPERBLOCK_SIZE))


@contextlib.contextmanager
def _kept_from_others(path: Path) -> Iterator[None]:
    """Have the file for oneself.

    :raises StorageError: somebody writes it, or uses it in another way.
    """
    try:
        lock = FileLock(path, alone=True)
    except BlockingIOError:
        raise StorageError(
            f"{path} is in use, probably still being recorded; end that first."
        ) from None
    try:
        before = path.stat()
        time.sleep(_WATCH_S)
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise StorageError(f"{path} is still being recorded; end that first.")
        yield
    finally:
        lock.release()


def _settle(path: Path) -> list[str]:
    """Write what is missing; what is worth knowing of it, nothing if the file is whole."""
    with open_recording(path) as recording:
        if recording.closed_properly and recording.finished:
            return []
        with contextlib.closing(PendingChanges(path)) as changes:
            with reading(path):
                notes = _collect(changes, recording)
            changes.apply()
    return notes


def _collect(changes: PendingChanges, recording: Recording) -> list[str]:
    if not recording.closed_properly:
        changes.write(0, unmarked(changes.read(0, SUPERBLOCK_SIZE), changes.size()))
    if recording.format == PICOSTREAM or (recording.is_live_only and recording.finished):
        return [_ONLY_MARKED]
    survivors = find_survivors(recording)
    if recording.finished and _is_settled(recording, survivors):
        return [_ONLY_MARKED]
    settle(changes, recording, survivors, _final_attributes(recording, survivors))
    return _notes(recording, survivors)


def _is_settled(recording: Recording, survivors: Survivors) -> bool:
    """Whether the recorder had written all but the mark that the file is closed."""
    values = survivors.samples * recording.values_per_sample
    return survivors.samples == recording.attributes["total_samples"] and all(
        pair.counts.shape[0] == values for pair in recording.channels.values()
    )


def _final_attributes(recording: Recording, survivors: Survivors) -> dict[str, Any]:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    first = {FIRST_SAMPLE: recording.first_sample} if recording.is_live_only else {}
    return {
        "reason": f"Left by a crash of the program or the machine, repaired {now}.",
        "total_samples": survivors.total_samples,
        "lost_samples": survivors.lost_samples,
        **first,
        "status": "incomplete",
    }


def _notes(recording: Recording, survivors: Survivors) -> list[str]:
    longest = max(pair.counts.shape[0] for pair in recording.channels.values())
    left_out = longest // recording.values_per_sample - survivors.samples
    notes = ["The program or the machine failed while it was recorded; its end is missing."]
    if recording.live is None and left_out:
        notes.append(f"{left_out} samples at the end had not been acknowledged and are left out.")
    return notes
