"""An open recording: its channels' counts and overview levels, and when they were taken."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import ChannelScale, highest_count
from ..errors import ConfigurationError, FileFormatError, shown
from ..storage import Rows, StoredAttributes, followed, open_file
from .kept_timeline import timeline_of_kept
from .metadata import Metadata
from .timeline import Timeline

_log = logging.getLogger(__name__)

Scales = Mapping[str, ChannelScale]

#: A hundred days at the fastest rate.
_MAX_SAMPLES = 2**50


#: What rows of gaps have beside the fields in the file.
_TIME_FIELD = ("time_s", "<f8")


@dataclass(frozen=True)
class ChannelSource:
    """One channel of an open recording.

    :param counts: ``values per sample`` rows a sample.
    :param levels: samples a bin → bins, rows of 4, ascending.
    :param attributes: as the file has them.
    """

    metadata: Metadata
    counts: Rows
    levels: Mapping[int, Rows]
    attributes: StoredAttributes


@lru_cache(maxsize=64)
def _warn_once(path: Path, sentence: str) -> None:
    """A window opens a file again and again."""
    _log.warning("%s: %s", path, sentence)


class Source:
    """Everything that is read from one file; open until :meth:`close`.

    :raises FileFormatError: not a recording, or damaged.
    :raises StorageError: there is no such file, or it may not be read.
    """

    def __init__(self, path: Path) -> None:
        self.recording = open_file(path)
        self._in_volts: Source | None = None
        try:
            self._examine()
            for sentence in self.recording.lacks:
                _warn_once(path, sentence)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; later calls do nothing."""
        if self._in_volts is not None:
            self._in_volts.close()
            return
        if "workers" in vars(self):
            self.workers.shutdown()
        self.recording.close()

    @cached_property
    def workers(self) -> ThreadPoolExecutor:
        """Threads that share long reads with the caller's, one a core; made when needed."""
        if self._in_volts is not None:
            return self._in_volts.workers
        return ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1), "picostream-reader")

    @property
    def begin_s(self) -> float:
        """Time of the first sample; where only events are kept, of the stream's."""
        if self.stream_timeline is not None:
            return float(self.stream_timeline.times(0, 1)[0])
        return float(self.timeline.times(0, 1)[0])

    @property
    def end_s(self) -> float:
        """Time at which the last sample ends; where only events are kept, the stream's."""
        if self.stream_timeline is not None:
            return float(self.stream_timeline.times(self.streamed_samples, 1)[0])
        if not self.num_samples:
            return self.begin_s
        return float(self.timeline.times(self.num_samples - 1, 1)[0]) + self.interval_s

    def _examine(self) -> None:
        recording = self.recording
        self.values_per_sample = recording.values_per_sample
        self.first_sample = recording.first_sample
        self.num_samples = recording.stored_samples
        if max(self.first_sample, self.num_samples) > _MAX_SAMPLES:
            raise FileFormatError(f"{recording.path} cannot hold {self.num_samples} samples.")
        self.channels = {
            name: ChannelSource(
                Metadata.of_channel(recording, name),
                channel.counts,
                channel.levels,
                channel.attributes,
            )
            for name, channel in recording.channels.items()
        }
        self.gaps = recording.gaps
        self.events = recording.events
        self.interval_s = recording.stored_interval_ns * 1e-9
        self.captures = recording.captures
        #: When the samples of the stream were taken, where only its events are kept.
        self.stream_timeline: Timeline | None = None
        self.timeline = self._timeline()
        self.gaps = self._with_times(recording.gaps)

    def _timeline(self) -> Timeline:
        """When the samples of the file were taken."""
        recording = self.recording
        if recording.runs is not None:
            self.stream_timeline = Timeline.from_gaps(self.interval_s, recording.stream_gaps)
            timeline = timeline_of_kept(self.stream_timeline, recording)
            self.captures["time_s"] = timeline.times_of(self.captures["trigger_sample"])
            return timeline
        if self.captures.size:
            return Timeline.from_captures(self.interval_s, self.captures)
        origin = self.first_sample + recording.missing_before
        return Timeline.from_gaps(self.interval_s, self.gaps, origin)

    def _with_times(self, gaps: NDArray[Any]) -> NDArray[Any]:
        """Rows of gaps and, as ``time_s``, when each begins."""
        timeline, starts = self.timeline, gaps["sample_index"]
        if self.stream_timeline is not None:
            timeline, starts = self.stream_timeline, self.recording.stream_gaps["sample_index"]
        names = gaps.dtype.names or ()
        rows = np.empty(gaps.shape, [*((name, gaps.dtype[name]) for name in names), _TIME_FIELD])
        for name in names:
            rows[name] = gaps[name]
        rows["time_s"] = timeline.times_of(starts - 1) + self.interval_s
        return rows

    @property
    def streamed_samples(self) -> int:
        """Samples that were streamed from the first one on, stored or not."""
        if self.stream_timeline is None:
            return self.num_samples
        return self.recording.stream_totals.samples

    def lacks_samples(self, begin_s: float, end_s: float) -> bool:
        """Whether a stretch of time holds samples that were not kept."""
        if self.stream_timeline is None:
            return False
        stretch_s = np.array([begin_s, end_s])
        streamed = np.diff(
            self.stream_timeline.samples_at(stretch_s).clip(0, self.streamed_samples)
        )
        stored = np.diff(self.timeline.samples_at(stretch_s).clip(0, self.num_samples))
        return bool(streamed[0] > stored[0])

    def grown(self) -> Source | None:
        """The same open file with what was recorded since, in volts; closing one closes both.

        :returns: None if it must be opened anew, as when it has ended.
        :raises StorageError: as a new one.
        """
        recording = followed(self.recording)
        if recording is None:
            return None
        same = copy(self._in_volts or self)
        same.recording = recording
        same._examine()
        return same

    def in_units(self, scales: Scales | None = None) -> Source:
        """The same open file with quantities in place of voltages, under their names.

        "Millivolts" are thousandths of the unit without its prefix then. Closing one closes both.

        :param scales: by channel, in place of what the file says.
        """
        if self._in_volts is not None:
            return self._in_volts.in_units(scales)
        same = copy(self)
        same._in_volts = self
        same.channels = {
            name: replace(channel, metadata=channel.metadata.in_units((scales or {}).get(name)))
            for name, channel in self.channels.items()
        }
        return same

    def channel_name(self, name: str | None) -> str:
        """The name itself, or the first channel's.

        :raises ConfigurationError: there is no such channel.
        """
        if name is None:
            return next(iter(self.channels))
        found = name.upper() if isinstance(name, str) and name not in self.channels else name
        if not isinstance(found, str) or found not in self.channels:
            known = ", ".join(filter(None, self.channels)) or "none, for its only one has no name"
            raise ConfigurationError(f"The recording has no channel {shown(name)}; use {known}.")
        return found

    @property
    def highest_count(self) -> int:
        """The largest count of a sample; an input that is clipped has it, or its negative."""
        max_adc = next(iter(self.channels.values())).metadata.max_adc_val
        return highest_count(self.recording.attributes.get("resolution_bits"), max_adc)

    def index_at(self, time_s: float) -> int:
        """Index of the first stored sample not before a time, at most ``num_samples``."""
        return min(max(self.timeline.sample_at(time_s), 0), self.num_samples)

    def written(self, channel: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """The parts of a stretch of samples whose chunks are in the file."""
        width = self.values_per_sample
        for begin, end in self.channels[channel].counts.written(start * width, stop * width):
            yield -(-begin // width), end // width

    def read_counts(
        self, channel: str, start: int, stop: int, buffer: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Counts of the samples from ``start`` up to ``stop``, all values of each.

        :raises StorageError: they are not all in the file, or not any more.
        """
        width = self.values_per_sample
        return self.channels[channel].counts.read(start * width, stop * width, buffer)

    def levels(self, channel: str) -> Mapping[int, Rows]:
        """Overview levels by samples a bin, the finest first; none in PicoStream's own files."""
        return self.channels[channel].levels
