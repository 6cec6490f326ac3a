"""A recording that stays open for as long as one picture follows the other."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from ...reader import Scales, Source
from .facts_reader import read_facts
from .recording_facts import RecordingFacts, RecordingState


class KeptSource:
    """Opens recordings, and keeps the last one open; for one thread.

    Opening takes longer than all that a picture needs of the file, and HDF5 lets nobody else run
    meanwhile; a growing file is followed without it. One whose recorder is gone is not kept: who
    deletes or repairs it must not be hindered.
    """

    def __init__(self) -> None:
        self._kept: tuple[object, Source, RecordingFacts] | None = None

    @contextlib.contextmanager
    def open(
        self, path: str, scales: Scales | None = None
    ) -> Iterator[tuple[Source, RecordingFacts]]:
        """The open file, with quantities in place of voltages, and what it says about itself.

        :param scales: by channel, in place of what the file says.
        :raises StorageError: it cannot be read.
        """
        signature = path, file_signature(path), tuple((scales or {}).items())
        try:
            if self._kept is None or self._kept[0] != signature or not self._kept[2].is_finished:
                source = self._newest(Path(path)).in_units(scales)
                self._kept = signature, source, _facts(source)
            _, source, facts = self._kept
            yield source, facts
        except BaseException:
            self.close()
            raise
        if facts.state_at(time.time()) is RecordingState.SILENT:
            self.close()

    def _newest(self, path: Path) -> Source:
        if self._kept is not None:
            source = self._kept[1]
            grown = source.grown() if source.recording.path == path else None
            if grown is not None:
                return grown
            self.close()
        return Source(path)

    def close(self) -> None:
        """Keep nothing open; later calls do nothing."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept[1].close()


def _facts(source: Source) -> RecordingFacts:
    try:
        return read_facts(source)
    except BaseException:
        source.close()
        raise


def file_signature(path: str) -> object:
    """Something that changes when a file does; None without one."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
