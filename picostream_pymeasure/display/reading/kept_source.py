"""A finished recording that stays open for as long as one picture follows the other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ...reader import Scales, Source
from .facts_reader import read_facts
from .recording_facts import RecordingFacts


class KeptSource:
    """Opens recordings, and keeps the last one open if it is finished; for one thread.

    Opening takes longer than all that a picture needs of the file. Growing files are opened each
    time: they are others each time, and whoever writes them must not be hindered.
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
        if self._kept is None or self._kept[0] != signature:
            self.close()
            source = Source(Path(path))
            try:
                source = source.in_units(scales)
                self._kept = signature, source, read_facts(source)
            except BaseException:
                source.close()
                raise
        _, source, facts = self._kept
        try:
            yield source, facts
        except BaseException:
            self.close()
            raise
        if not facts.is_finished:
            self.close()

    def close(self) -> None:
        """Keep nothing open; later calls do nothing."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept[1].close()


def file_signature(path: str) -> object:
    """Something that changes when a file does; None without one."""
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
