"""The log of what a recording wrote, and what a power cut may take at each moment of it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..support.disk import Kind, Operation, Replay, SparseFile
from ..support.hdf5 import File
from .judge import newest_live_sample
from .plan import Plan

NAME = "a.hdf5"

#: What is written over the numbers of chunks that are forgotten.
NO_NUMBERS = b"\xff" * 256

#: Words of the state: samples told, those of the last sync that finished, and of the last noted.
SAMPLES, SYNCED, SYNCING, STATE_BYTES = 2, 12, 32, 512

#: Of what the thread that syncs writes after each: the samples that it had noted before.
_NOTED = 2


@dataclass(frozen=True)
class Moment:
    """How far a recording was.

    :param certain: samples that a power cut may not take.
    :param newest: of a live-only one, the sample that it had come to.
    """

    certain: int
    newest: int | None


@dataclass
class Log:
    """What a recording did to its folder."""

    mode: str
    folder: Path
    operations: list[Operation]
    plan: Plan

    def moment(self, replay: Replay) -> Moment:
        certain = self._certain(replay)
        if self.plan.settings.live_s is None:
            return Moment(certain, None)
        if replay.position > self.end_begins:  # all came, of which a cut may take the newest
            return Moment(certain, self.plan.settings.samples)
        return Moment(certain, self._samples(replay.now().get(NAME)))

    @cached_property
    def end_begins(self) -> int:
        """Where the index of a live-only file is emptied, to be made anew: little is seen then.

        Long after its hole has moved for the last time, for which pages are emptied as well.
        """
        forgotten = [found.index for found in self.operations if found.payload == NO_NUMBERS]
        emptied = [found.index for found in self.operations if found.payload[:-4] == NO_NUMBERS]
        return next((at for at in emptied if at > max(forgotten, default=0) + 60), 1 << 62)

    @cached_property
    def state_at(self) -> int:
        """Where in the file it is told what it holds."""
        return self._file.dataset("recovery/state").address

    @cached_property
    def chunk_samples(self) -> int:
        shape = self._file.dataset("adc_counts").chunk_shape
        assert shape is not None
        return int(shape[0]) // self.plan.settings.width

    @cached_property
    def syncs(self) -> list[int]:
        """Operations at which a sync of the recorder's own thread ended, which then tells of it."""
        threads = {found.thread for found in self._notes}
        own = threads - {self.operations[0].thread}
        ended = [found for found in self.operations if found.kind is Kind.SYNC_END]
        return [found.index for found in ended if found.thread in own]

    @cached_property
    def _notes(self) -> list[Operation]:
        """Where it is written what a sync had brought."""
        at = self._file.dataset("recovery/sync").address
        return [found for found in self.operations if found.offset == at]

    @cached_property
    def _file(self) -> File:
        """The finished file."""
        return File(self.folder / NAME)

    @cached_property
    def _ended(self) -> list[int]:
        return [found.index for found in self.operations if found.kind is Kind.SYNC_END]

    def _certain(self, replay: Replay) -> int:
        """Samples that were in the file when the recorder noted what its last sync would bring.

        It notes that, and then begins the sync. What comes between the two reaches the disk as
        well, but what proves it is written over later, and by then nothing else may be there. The
        state may not have the note yet: it is written again when the sync has ended.
        """
        durable = replay.synced().get(NAME)
        told = self._samples(durable)
        ended = self._ended[bisect_left(self._ended, replay.position) - 1]
        if durable is None:
            return told
        if ended not in self.syncs:
            # a packed chunk that takes the place of another is synced before it is listed, but what
            # else that brought to the disk is not noted before the end
            settings = self.plan.settings
            words = state_words(durable.read(self.state_at, STATE_BYTES))
            is_under_way = settings.compress and told < settings.samples
            return min(told, int(words[SYNCED])) if is_under_way else told
        notes = (found for found in self._notes if found.index > ended)
        note = next(notes, None)
        return told if note is None else min(told, int(state_words(note.payload)[_NOTED]))

    def _samples(self, file: SparseFile | None) -> int:
        """Up to which sample a file goes, for whoever opens it."""
        if file is None:
            return 0
        decoded = File(file.content())
        if self.plan.settings.live_s is not None:
            attributes = decoded.root.attributes
            if attributes["status"] == b"recording":
                return newest_live_sample(decoded, self.plan)
            return int(attributes["total_samples"])
        return len(decoded.dataset("adc_counts")) // self.plan.settings.width


def state_words(record: bytes) -> NDArray[np.int64]:
    """The words of a state."""
    return np.frombuffer(record, "<i8")
