"""An open recording: its channels' counts and overview levels, and when they were taken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigurationError, FileFormatError
from ..storage.opening import open_recording
from ..storage.overview_levels import find_stored, is_level
from ..storage.recording import Recording, reading
from ..storage.superblock import SIZE as SUPERBLOCK_SIZE
from ..storage.superblock import is_marked_open
from .live_array import LiveArray
from .metadata import Metadata
from .stored_array import StoredArray
from .timeline import Timeline

#: A file that grows may be caught in the middle of a change of its header.
_ATTEMPTS = 5
_PAUSE_S = 0.002

#: A hundred days at the fastest rate.
_MAX_SAMPLES = 2**50


Levels = dict[int, StoredArray | LiveArray]


@dataclass
class ChannelSource:
    """One channel of an open recording.

    :param counts: ``values per sample`` rows a sample.
    :param levels: factor → bins, shape ``(n, 4)``, ascending; None until they are asked for.
    """

    metadata: Metadata
    counts: StoredArray | LiveArray
    group: Any
    levels: Levels | None = field(default=None)


class Source:
    """Everything that is read from one file; open until :meth:`close`.

    :raises FileFormatError: not a recording, or damaged.
    :raises StorageError: there is no such file, or it may not be read.
    """

    def __init__(self, path: Path) -> None:
        with ExitStack() as stack:
            self.recording = stack.enter_context(open_recording(path))
            with reading(path):
                self._examine(self.recording)
            self._stack = stack.pop_all()

    @classmethod
    def open(cls, path: Path) -> Source:
        """Open a file, also one that changes at this very moment."""
        for _ in range(_ATTEMPTS - 1):
            growing = _is_growing(path)
            try:
                return cls(path)
            except FileFormatError:
                if not growing:
                    raise
                time.sleep(_PAUSE_S)
        return cls(path)

    def close(self) -> None:
        """Close the file; later calls do nothing."""
        self._stack.close()

    @property
    def begin_s(self) -> float:
        """Time of the first sample."""
        return float(self.timeline.times(0, 1)[0])

    @property
    def end_s(self) -> float:
        """Time at which the last sample ends."""
        if not self.num_samples:
            return self.begin_s
        return float(self.timeline.times(self.num_samples - 1, 1)[0]) + self.interval_s

    def _examine(self, recording: Recording) -> None:
        self.values_per_sample = recording.values_per_sample
        self.first_sample = recording.first_sample
        self._stored_samples = recording.stored_samples
        self.channels = {name: self._channel(recording, name) for name in recording.channels}
        shortest = min(channel.counts.rows for channel in self.channels.values())
        self.num_samples = shortest // self.values_per_sample
        if self.first_sample < 0 or max(self.first_sample, self.num_samples) > _MAX_SAMPLES:
            raise FileFormatError(f"{recording.path} cannot hold {self.num_samples} samples.")
        self.gaps = recording.gaps
        self.events = recording.events
        interval_ns = next(iter(self.channels.values())).metadata.sample_interval_ns
        self.interval_s = interval_ns * 1e-9
        origin = self.first_sample + recording.missing_before
        self.timeline = Timeline.from_gaps(self.interval_s, self.gaps, origin)

    def _channel(self, recording: Recording, name: str) -> ChannelSource:
        counts = recording.channels[name].counts
        return ChannelSource(
            Metadata.of_channel(recording, name), self._array(name, counts), counts.parent
        )

    def _array(self, channel: str, dataset: Any, factor: int = 1) -> StoredArray | LiveArray:
        """The counts of a channel, or a level."""
        recording = self.recording
        if recording.live is None:
            return StoredArray(recording.path, dataset, growing=not recording.closed_properly)
        return LiveArray(
            path=recording.path,
            live=recording.live,
            channel=channel,
            factor=factor,
            width=self.values_per_sample if factor == 1 else 1,
            first=self.first_sample // factor,
            rows=self._stored_samples * self.values_per_sample
            if factor == 1
            else self._stored_samples // factor,
            chunk_rows=int(dataset.chunks[0]),
        )

    def channel_name(self, name: str | None) -> str:
        """The name itself, or the first channel's.

        :raises ConfigurationError: there is no such channel.
        """
        if name is None:
            return next(iter(self.channels))
        if not isinstance(name, str) or name not in self.channels:
            known = ", ".join(filter(None, self.channels)) or "none, for its only one has no name"
            raise ConfigurationError(f"The recording has no channel {name!r}; use {known}.")
        return name

    def index_at(self, time_s: float) -> int:
        """Index of the first stored sample not before a time, at most ``num_samples``."""
        return min(max(self.timeline.sample_at(time_s), 0), self.num_samples)

    def written(self, channel: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The parts of a stretch of samples whose chunks are in the file."""
        width = self.values_per_sample
        for begin, end in self.channels[channel].counts.written(start * width, stop * width):
            yield -(-begin // width), end // width

    def read_counts(
        self, channel: str, start: int, stop: int, buffer: NDArray[np.int16] | None = None
    ) -> NDArray[np.int16]:
        """Counts of the samples from ``start`` up to ``stop``, all values of each.

        :raises StorageError: they are not all in the file, or not any more.
        """
        width = self.values_per_sample
        return self.channels[channel].counts.read(start * width, stop * width, buffer)

    def levels(self, channel: str) -> Levels:
        """Overview levels by samples a bin, the finest first; none in PicoStream's own files."""
        source = self.channels[channel]
        if source.levels is None:
            with reading(self.recording.path):
                source.levels = self._find_levels(channel, source.group)
        return source.levels

    def _find_levels(self, channel: str, group: Any) -> Levels:
        found = find_stored(group)
        for factor, level in found.items():
            if not is_level(level):
                raise FileFormatError(
                    f"{self.recording.path}: the overview level {factor} is damaged."
                )
        return {factor: self._array(channel, level, factor) for factor, level in found.items()}


def _is_growing(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_marked_open(file.read(SUPERBLOCK_SIZE))
    except OSError:
        return False
