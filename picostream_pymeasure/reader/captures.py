"""The triggered captures of a recording, or the events that it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from ..config import Named
from ..errors import ConfigurationError
from .arguments import whole_number
from .found_events import FoundEvents
from .kept_stream import kept_events
from .lazy import as_dask
from .source import Source

if TYPE_CHECKING:
    import dask.array

_AT_ONCE_SAMPLES = 2**22


@dataclass(frozen=True, eq=False)  # arrays are neither equal nor unequal
class RecordedCapture:
    """One capture; k samples.

    :param number: in the recording, from 0 on.
    :param trigger_time_s: from the first trigger of all; NaN where the scope did not say.
    :param times_s: float64, shape ``(k,)``: from the trigger, between two samples.
    :param voltages_mv: channel → float64, shape ``(k,)``; of a port the number of its inputs.
    :param over_range: channels that were clipped.
    """

    number: int
    trigger_time_s: float
    times_s: NDArray[np.float64]
    voltages_mv: dict[str, NDArray[np.float64]]
    over_range: tuple[str, ...]


class RecordedCaptures(Sequence[RecordedCapture]):
    """All captures of an open recording, read when they are asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.rows = source.captures

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, number: int) -> RecordedCapture: ...

    @overload
    def __getitem__(self, number: slice) -> list[RecordedCapture]: ...

    def __getitem__(self, number: int | slice) -> RecordedCapture | list[RecordedCapture]:
        if isinstance(number, slice):
            return [self._read(index) for index in range(*number.indices(len(self)))]
        number = whole_number(number, "The number of a capture")
        index = number + len(self) if number < 0 else number
        if not 0 <= index < len(self):
            raise IndexError(f"There is no capture {number}; the recording holds {len(self)}.")
        return self._read(index)

    def _read(self, number: int) -> RecordedCapture:
        row = self.rows[number]
        first, count = int(row["first_sample"]), int(row["samples"])
        samples = np.arange(count, dtype=np.float64) - (int(row["trigger_sample"]) - first)
        names = tuple(self._source.channels)
        return RecordedCapture(
            number=number,
            trigger_time_s=float(row["time_s"]),
            times_s=samples * self._source.interval_s - float(row["offset_s"]),
            voltages_mv=Named(
                "input", {name: self._millivolts(name, first, first + count) for name in names}
            ),
            over_range=tuple(
                name
                for name in names
                if len(name) == 1 and row["over_range"] >> "ABCD".index(name) & 1
            ),
        )

    def _millivolts(self, name: str, start: int, stop: int) -> NDArray[np.float64]:
        metadata = self._source.channels[name].metadata
        return metadata.millivolts(self._source.read_counts(name, start, stop))

    @property
    def trigger_times_s(self) -> NDArray[np.float64]:
        """When each was triggered, in s from the first on (float64, shape ``(n,)``)."""
        return np.asarray(self.rows["time_s"])

    @property
    def dead_times_s(self) -> NDArray[np.float64]:
        """From the end of each capture to the first sample of the next (shape ``(n - 1,)``), in
        which the scope did not listen; NaN where it did not say.
        """
        lengths_s = self.rows["samples"] * self._source.interval_s
        return np.asarray(np.diff(self.rows["time_s"]) - lengths_s[:-1])

    @property
    def events(self) -> FoundEvents:
        """The events that were kept, as a search of the whole stream gives them.

        :raises ConfigurationError: it is no recording that keeps events.
        """
        if self._source.stream_timeline is None:
            raise ConfigurationError("The recording was not made to keep events.")
        return kept_events(self._source)

    def average(self, channel: str | None = None) -> NDArray[np.float64]:
        """Mean of all captures in mV, sample by sample from the trigger's on; shape ``(k,)``.

        :raises ConfigurationError: there is no such channel, or no capture, or they differ in
            length.
        """
        name = self._source.channel_name(channel)
        n_samples = self._equal_samples()
        total = np.zeros(n_samples)
        at_once = max(1, _AT_ONCE_SAMPLES // n_samples)
        if self._overlap():
            for row in self.rows:
                total += self._millivolts(
                    name, row["first_sample"], row["first_sample"] + n_samples
                )
            return total / len(self)
        for first in range(0, len(self), at_once):
            last = min(first + at_once, len(self))
            volts = self._millivolts(name, first * n_samples, last * n_samples)
            total += volts.reshape(-1, n_samples).sum(axis=0)
        return total / len(self)

    def _overlap(self) -> bool:
        """Whether samples belong to more than one: events that lie close together."""
        ends = self.rows["first_sample"] + self.rows["samples"]
        return bool((self.rows["first_sample"][1:] != ends[:-1]).any())

    def to_dask(self, channel: str | None = None) -> dask.array.Array:
        """All captures in mV as a lazy array [capture, sample]; needs dask.

        :raises ConfigurationError: as :meth:`average`.
        """
        n_samples = self._equal_samples()
        if self._overlap():
            raise ConfigurationError("The recording has captures that overlap.")
        whole = as_dask(self._source, self._source.channel_name(channel), "mv", 1)
        captures: dask.array.Array = whole[: len(self) * n_samples].reshape(len(self), n_samples)
        return captures

    def _equal_samples(self) -> int:
        lengths = np.unique(self.rows["samples"])
        if lengths.size != 1:
            what = "has no captures" if not lengths.size else "has captures of different lengths"
            raise ConfigurationError(f"The recording {what}.")
        return int(lengths[0])
