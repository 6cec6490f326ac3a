"""Records the computable stream of storage_stream live-only, as a program of its own.

``python live_stream.py PATH SECONDS [channels [aggregate|none [gap_every]]]`` records as many
blocks as each line on its standard input says, answers with the number of samples that ever came,
and closes at its end. Before every ``gap_every``-th block :data:`GAP` samples are missing.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.records import StreamDescription
from picostream_pymeasure.storage import Recorder, Recording
from tests.support.storage_stream import Stream, describe, finish, gap_at, stream_values

GAP = 100

#: A chunk of 4096 samples lasts 41 ms then: rings are short and wrap often.
INTERVAL_NS = 10_000.0


def describe_live(channels: str = "A", *, aggregate: bool = False) -> StreamDescription:
    ratio = 4 if aggregate else 1
    description = describe(channels, aggregate=aggregate)
    return replace(description, sample_interval_ns=INTERVAL_NS / ratio)


class LiveStream(Stream):
    """A stream with a gap before every so many blocks."""

    def __init__(
        self, recorder: Recorder, description: StreamDescription, gap_every: int = 0
    ) -> None:
        super().__init__(recorder, description)
        self._gap_every = gap_every
        self._blocks = 0

    def write_blocks(self, count: int) -> None:
        for _ in range(count):
            self._blocks += 1
            if self._gap_every and self._blocks % self._gap_every == 0:
                self.skip(GAP)
                self.recorder.add_gap(
                    gap_at(self.recorder.stored_samples, GAP, GAP, "pool full", 0.0)
                )
            self.write()


def expected(recording: Recording, channel: str, first: int, count: int) -> NDArray[Any]:
    """The values of samples by absolute index, placed by the file's own word on what is missing."""
    width = recording.values_per_sample
    index = np.arange(first, first + count)
    rows = recording.gaps
    starts = rows["sample_index"] + recording.first_sample
    missing = np.concatenate(([0], np.cumsum(rows["estimated_missing"])))
    shift = recording.missing_before + missing[np.searchsorted(starts, index, side="right")]
    values = np.empty((count, width), np.int16)
    for offset in np.unique(shift):
        here = shift == offset
        begin = first + int(here.argmax())
        found = stream_values(
            {"values_per_sample": width}, channel, begin + int(offset), int(here.sum())
        )
        values[here] = found.reshape(-1, width)
    return values.reshape(-1)


def main(
    path: str, seconds: str, channels: str = "A", mode: str = "none", gap_every: str = "0"
) -> None:
    description = describe_live(channels, aggregate=mode == "aggregate")
    stream = LiveStream(Recorder(path, live_only_s=float(seconds)), description, int(gap_every))
    for line in sys.stdin:
        stream.write_blocks(int(line))
        print(stream.recorder.stored_samples, flush=True)
    finish(stream.recorder)


if __name__ == "__main__":
    main(*sys.argv[1:])
