"""How fast is the pipeline when the scope is as fast as it is asked?

The unpaced simulated scope makes samples on demand (a sine without noise, because the pipeline is
measured and not the simulator) into a pool that holds the whole run, because a scope without pace
cannot be told to wait. Beside it a bare loop writes the same chunks from as much memory, one
positioned write each. Both have their memory before they start, and are run in turn in one process.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import median

import numpy as np

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import (
    SimulatedScope,
    SimulatedSignal,
    load_simulated,
)
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming import pool_memory
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.session import StreamSession

_SAMPLES = 1_000_000_000
_ROUNDS = 7
_POOL_S = 20.0


def measure(folder: Path, seconds: float) -> None:
    pool_memory._TOUCHED_AT_START_BYTES = 2**62  # as the rows of the bare loop
    ratios = []
    for _ in range(_ROUNDS):
        bare = _bare(folder / "bare.hdf5")
        pipeline = _pipeline(folder / "pipeline.hdf5")
        ratios.append(pipeline / bare)
        print(f"bare {bare / 1e9:.2f} GB/s, pipeline {pipeline / 1e9:.2f} GB/s", flush=True)
    print(f"pipeline / bare: median {median(ratios):.2f} of {_ROUNDS} rounds")


def _bare(path: Path) -> float:
    config = StreamConfig()
    chunk = PoolPlan.for_stream(config, config.requested_interval_ns).block_samples
    n_chunks = _SAMPLES // chunk
    rows = np.empty((n_chunks, chunk), np.int16)
    rows[:] = np.random.default_rng(1).integers(-9000, 9000, chunk)
    started = time.perf_counter()
    with path.open("wb", buffering=0) as file:
        for index, row in enumerate(rows):
            os.pwrite(file.fileno(), row, index * row.nbytes)
    elapsed_s = time.perf_counter() - started
    path.unlink()
    return n_chunks * chunk * 2 / elapsed_s


def _pipeline(path: Path) -> float:
    signals = {"A": SimulatedSignal(noise_v=0.0)}
    library = load_simulated([SimulatedScope(paced=False, signals=signals)])
    with Unit.open(library) as unit:
        session = StreamSession(
            unit, StreamConfig(samples=_SAMPLES, pool_s=_POOL_S), Recorder(path)
        )
        session.start()
        started = time.perf_counter()
        outcome = session.wait()
        elapsed_s = time.perf_counter() - started
    if outcome.health.gaps:
        print("the pool was overrun; the figure counts what was stored")
    n_bytes = path.stat().st_size
    path.unlink()
    return n_bytes / elapsed_s
