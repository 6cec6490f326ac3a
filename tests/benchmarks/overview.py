"""What do overview and checksums cost at 125 MS/s?

The same chunks are written in real time, 238 of 1 MiB a second, by the recorder and by a bare loop
through h5py with the same flushes, in turn; the difference is what the recorder does beside. Only
the processor time of the thread that writes is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import h5py
import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.records import Block, Health, Outcome, StreamDescription
from picostream_pymeasure.storage import Recorder

_CHUNK = 2**19
_RATE_HZ = 125e6
_ROUNDS = 3
_ROWS = 8


def measure(folder: Path, seconds: float) -> None:
    rows = np.random.default_rng(1).integers(-9000, 9000, (_ROWS, 1, _CHUNK)).astype(np.int16)
    round_s = seconds / _ROUNDS / 2
    bare, recorder = [], []
    for _ in range(_ROUNDS):
        bare.append(_bare(folder / "bare.hdf5", rows, round_s))
        recorder.append(_recorder(folder / "recorder.hdf5", rows, round_s))
    added = median(recorder) - median(bare)
    print(
        f"bare {median(bare):.1%} of a core, recorder {median(recorder):.1%}: overview and "
        f"checksums add {added:.1%} (medians of {_ROUNDS} rounds of {round_s:g} s)"
    )


def _paced(write: Callable[[int], None], seconds: float) -> float:
    """Write in real time; share of a core that this thread used."""
    chunks = round(seconds * _RATE_HZ / _CHUNK)
    used_s, started_s = time.thread_time(), time.monotonic()
    for index in range(chunks):
        time.sleep(max(started_s + index * _CHUNK / _RATE_HZ - time.monotonic(), 0))
        write(index)
    return (time.thread_time() - used_s) / seconds


def _bare(path: Path, rows: NDArray[np.int16], seconds: float) -> float:
    with h5py.File(path, "w", libver="latest") as file:
        counts = file.create_dataset("c", (0,), "<i2", maxshape=(None,), chunks=(_CHUNK,)).id
        file.swmr_mode = True

        def write(index: int) -> None:
            counts.set_extent(((index + 1) * _CHUNK,))
            counts.write_direct_chunk((index * _CHUNK,), rows[index % _ROWS, 0])
            counts.flush()

        share = _paced(write, seconds)
    path.unlink()
    return share


def _recorder(path: Path, rows: NDArray[np.int16], seconds: float) -> float:
    recorder = Recorder(path)
    config = StreamConfig(resolution_bits=8)
    recorder.open(StreamDescription(config, 1e9 / _RATE_HZ, 32512, _CHUNK, "2024-05-06"))
    share = _paced(
        lambda index: recorder.write(Block(rows[index % _ROWS], index * _CHUNK, _CHUNK)), seconds
    )
    recorder.close(Outcome("target", "", Health()))
    path.unlink()
    return share
