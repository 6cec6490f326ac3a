"""A small computable stream for the tests of storage, also run as a program of its own.

``python storage_stream.py PATH [channels]`` records block after block for each line on its standard
input, answers with the number of acknowledged samples, and closes at its end.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, DownsampleMode, StreamConfig
from picostream_pymeasure.records import Block, Gap, Health, Outcome, StreamDescription
from picostream_pymeasure.simulated import prove
from picostream_pymeasure.storage import Recorder

BLOCK_SAMPLES = 4096

#: Of a stream of such descriptions in a file, whose end is not known.
CHUNK_SAMPLES = 131_072

_gap_numbers = itertools.count()


def gap_at(sample_index: int, missing: int, estimate: int, cause: str, noticed_s: float) -> Gap:
    """A gap of its own number whose place is known exactly."""
    place = (sample_index, sample_index, sample_index)
    return Gap(next(_gap_numbers), *place, missing, estimate, cause, noticed_s)


def stream_values(
    simulation: Mapping[str, Any], channel: str, first_sample: int, count: int
) -> NDArray[np.int16]:
    """Pseudo-random values that depend on channel and index alone (splitmix64's mixing)."""
    width = simulation["values_per_sample"]
    index = np.arange(first_sample * width, (first_sample + count) * width, dtype=np.uint64)
    word = index * np.uint64(0x9E3779B97F4A7C15) + np.uint64(ord(channel))
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return (word >> np.uint64(64 - simulation.get("n_bits", 16))).astype(np.uint16).view(np.int16)


#: To verify such a stream.
prove_stream = partial(prove, expected_values=stream_values)


def describe(
    channels: str = "A",
    *,
    aggregate: bool = False,
    simulated: bool = True,
    samples: int | None = None,
    **fields: Any,
) -> StreamDescription:
    config = StreamConfig(
        channels=tuple(ChannelConfig(name) for name in channels),
        resolution_bits=8,
        downsample_mode=DownsampleMode.AGGREGATE if aggregate else DownsampleMode.NONE,
        downsample_ratio=4 if aggregate else 1,
        samples=samples,
    )
    simulation = {"values_per_sample": config.downsample_mode.values_per_sample}
    return StreamDescription(
        config=config,
        sample_interval_ns=1000.0,
        max_adc=32512,
        block_samples=BLOCK_SAMPLES,
        start_time="2024-05-06T07:08:09+00:00",
        simulation=simulation if simulated else None,
        **fields,
    )


class Stream:
    """Hands blocks of the computable stream to a recorder."""

    def __init__(self, recorder: Recorder, description: StreamDescription) -> None:
        self.recorder = recorder
        self.description = description
        self.simulation = description.simulation or {
            "values_per_sample": description.values_per_sample
        }
        self.position = 0
        recorder.open(description)

    def write(self, count: int = BLOCK_SAMPLES, *, is_told: bool = True) -> None:
        width = self.description.values_per_sample
        names = self.description.channel_names
        rows = np.full((len(names), BLOCK_SAMPLES * width), 12345, np.int16)
        for row, name in zip(rows, names, strict=True):
            row[: count * width] = stream_values(self.simulation, name, self.position, count)
        rows = rows[:, : count * width]
        self.recorder.write(Block(rows, self.recorder.stored_samples, count))
        if is_told:
            self.recorder.update(Health(received=self.recorder.stored_samples))  # and publish it
        self.position += count

    def skip(self, samples: int) -> None:
        self.position += samples


def finish(recorder: Recorder, **fields: Any) -> None:
    recorder.close(Outcome(**{"ended_by": "target", "reason": "", "health": Health(), **fields}))


@contextlib.contextmanager
def recording(
    path: Path,
    channels: str = "A",
    *,
    compress: bool = False,
    live_only_s: float | None = None,
    **description: Any,
) -> Iterator[Stream]:
    """Record to a file that is finished as complete on leaving."""
    recorder = Recorder(path, compress=compress, live_only_s=live_only_s)
    stream = Stream(recorder, describe(channels, **description))
    try:
        yield stream
    finally:
        finish(stream.recorder)


def main(path: str, channels: str = "A") -> None:
    recorder = Recorder(path)
    stream = Stream(recorder, describe(channels))
    for _line in sys.stdin:
        stream.write()
        stream.recorder.update(Health())
        print(stream.recorder.stored_samples, flush=True)
    finish(stream.recorder)


if __name__ == "__main__":
    main(*sys.argv[1:])
