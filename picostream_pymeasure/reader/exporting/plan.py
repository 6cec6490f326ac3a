"""What is exported, worked out before a byte is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import ConfigurationError
from ..arguments import DecimationMode, check_decimation, finite_number
from ..source import Source
from ..table import Table, TableReader

#: Samples read at once.
_BLOCK_SAMPLES = 1 << 18


@dataclass(frozen=True)
class ExportPlan:
    """A stretch of a recording as rows of one time and one voltage per channel.

    :param start: first sample; ``size`` samples follow.
    :param target: the file to make.
    """

    source: Source
    table: TableReader
    target: Path
    start: int
    size: int
    factor: int
    mode: DecimationMode

    @classmethod
    def make(
        cls,
        source: Source,
        target: Path,
        channels: Sequence[str] | None,
        from_s: float | None,
        to_s: float | None,
        factor: int,
        mode: DecimationMode,
    ) -> ExportPlan:
        """Find the samples that are asked for.

        :raises ConfigurationError: there are none, or an argument is impossible.
        """
        start, stop = 0, source.num_samples
        if from_s is not None:
            start = source.index_at(finite_number(from_s, "--from"))
        if to_s is not None:
            stop = source.index_at(finite_number(to_s, "--to"))
        if start >= stop:
            raise ConfigurationError(_no_samples(source, from_s, to_s))
        factor = check_decimation(factor, mode)
        return cls(source, TableReader(source, channels), target, start, stop - start, factor, mode)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of voltages."""
        return self.table.names

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns with their units: ``time_s``, ``A_mv``, ``PORT0`` …"""
        return ("time_s", *self.table.columns)

    @property
    def rows(self) -> int:
        """Rows of all blocks together."""
        return self.table.rows(self.size, self.factor, self.mode)

    @property
    def row_interval_s(self) -> float:
        """Seconds from one row to the next."""
        return self.table.row_samples(self.factor, self.mode) * self.source.interval_s

    @property
    def begin_s(self) -> float:
        """Time of the first sample."""
        return float(self.source.timeline.times(self.start, 1)[0])

    @property
    def end_s(self) -> float:
        """Time of the last sample."""
        return float(self.source.timeline.times(self.start + self.size - 1, 1)[0])

    @property
    def has_gaps(self) -> bool:
        """Whether samples are missing in between."""
        stop = self.start + self.size
        return bool(self.source.timeline.wide_gaps(self.start, stop, 1, 1).size)

    def attributes(self) -> Mapping[str, Any]:
        """What a file of another format should say of where its numbers come from."""
        attributes = self.source.recording.attributes
        return {
            "recording": self.source.recording.path.name,
            "start_time": str(attributes.get("start_time", "")),
            "status": self.source.recording.status,
            "sample_interval_ns": self.source.interval_s * 1e9,
            "first_sample": self.start,
            "samples": self.size,
            "decimation_factor": self.factor,
            "decimation_mode": self.mode,
        }

    def blocks(self) -> Iterator[tuple[int, Table]]:
        """The rows block by block, each with the number of samples done after it."""
        step = max(1, _BLOCK_SAMPLES // self.factor) * self.factor
        for done in range(0, self.size, step):
            size = min(step, self.size - done)
            table = self.table.read(self.start + done, size, self.factor, self.mode)
            yield done + size, table


def _no_samples(source: Source, from_s: float | None, to_s: float | None) -> str:
    """Why there is nothing between two times."""
    begin_s = source.begin_s if from_s is None else from_s
    end_s = source.end_s if to_s is None else to_s
    if begin_s >= end_s and from_s is not None and to_s is not None:
        return f"The end (--to, {end_s:g} s) must lie after the begin (--from, {begin_s:g} s)."
    if begin_s >= source.begin_s and end_s <= source.end_s and begin_s < end_s:
        if end_s - begin_s < source.interval_s:
            return (
                f"No sample lies from {begin_s:.12g} to {end_s:.12g} s: they are "
                f"{source.interval_s:.6g} s apart."
            )
        return f"All samples from {begin_s:g} to {end_s:g} s are missing: that is in a gap."
    return (
        "There is no sample between these times; the recording has "
        f"{source.num_samples} samples from {source.begin_s:g} to {source.end_s:g} s."
    )
