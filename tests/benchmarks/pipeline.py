"""How fast is the pipeline when the scope is as fast as it is asked?

The unpaced simulated scope makes samples on demand (a staircase, the least work: the pipeline is
measured and not the simulator) into a pool that holds the whole run, because a scope
without pace cannot be told to wait. It has no more than that: one without an end would go on to
make samples for the second in which a stream looks whether the last ones are late. Beside it a bare
loop writes as many chunks of the same size from as much memory, one positioned write each.

Both have their memory before they start, are run in turn in one process, and give it back when
their time is over. The time of the pipeline begins when the scope runs and the file is laid out;
the scope may be ahead by what it made while that was laid out, which is shown. It ends when all is
written, or when the file is finished and synced; so does that of the bare loop, with a sync.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.records import NativeSink, Outcome, StreamDescription
from picostream_pymeasure.simulated import (
    Fault,
    SimulatedScope,
    SimulatedSignal,
    load_simulated,
)
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming import pool_memory
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.session import StreamSession

from .cost import shown, threads_s

_CHUNK = PoolPlan.for_stream(StreamConfig(), StreamConfig().requested_interval_ns).block_samples
_CHUNKS = 1_000_000_000 // _CHUNK
_ROUNDS = 7
_POOL_S = 20.0
_LOOK_S = 0.01


class _TimedRecorder(Recorder):
    """Notes when its file is laid out, and when it is finished."""

    began_s = laid_out_s = ending_s = ended_s = 0.0

    def open(self, description: StreamDescription) -> NativeSink:
        self.began_s = time.perf_counter()
        sink = super().open(description)
        self.laid_out_s = time.perf_counter()
        return sink

    def close(self, outcome: Outcome) -> None:
        self.ending_s = time.perf_counter()
        super().close(outcome)
        self.ended_s = time.perf_counter()


def measure(folder: Path, seconds: float) -> None:
    pool_memory._TOUCHED_AT_START_BYTES = 2**62  # as the rows of the bare loop
    ratios = []
    for _ in range(_ROUNDS):
        bare_s = np.array(_bare(folder / "bare.raw"))
        pipeline_s = np.array(_pipeline(folder / "pipeline.hdf5"))
        ratios.append((*(bare_s / pipeline_s), bare_s[0] / pipeline_s[1]))
    written, synced, both = np.median(ratios, axis=0)
    print(
        f"pipeline / bare, medians of {_ROUNDS} rounds: {written:.2f} until all is written, "
        f"{synced:.2f} until it is synced, {both:.2f} ours synced and the loop's not"
    )


def _rate(elapsed_s: float) -> str:
    return f"{_CHUNKS * _CHUNK * 2 / elapsed_s / 1e9:.2f} GB/s in {elapsed_s:.2f} s"


def _bare(path: Path) -> tuple[float, float]:
    """How long it takes until all is written, and until it is synced."""
    rows = np.empty((_CHUNKS, _CHUNK), np.int16)
    rows[:] = np.random.default_rng(1).integers(-9000, 9000, _CHUNK)
    started_s, worked_s = time.perf_counter(), time.thread_time()
    with path.open("wb", buffering=0) as file:
        for index, row in enumerate(rows):
            os.pwrite(file.fileno(), row, index * row.nbytes)
        written_s, worked_s = time.perf_counter() - started_s, time.thread_time() - worked_s
        os.fsync(file.fileno())
        synced_s = time.perf_counter() - started_s
    print(f"bare {_rate(written_s)}, of a processor {worked_s:.2f} s; synced {synced_s:.2f} s")
    path.unlink()
    return written_s, synced_s


def _pipeline(path: Path) -> tuple[float, float]:
    """How long it takes until all is written, and until the file is finished and synced."""
    samples = _CHUNKS * _CHUNK
    scope = SimulatedScope(
        paced=False,
        signals={"A": SimulatedSignal("counter")},
        faults=(Fault("stall", at_sample=samples),),
    )
    recorder = _TimedRecorder(path)
    with Unit.open(load_simulated([scope])) as unit:
        session = StreamSession(unit, StreamConfig(samples=samples, pool_s=_POOL_S), recorder)
        session.start()
        threads: dict[str, float] = {}
        while not session.is_over:
            threads.update(threads_s())
            time.sleep(_LOOK_S)
        outcome = session.wait()
    if outcome.health.gaps:
        print("the pool was overrun; the figure counts what was stored")
    elapsed_s = recorder.ended_s - recorder.laid_out_s
    ours = {name: spent_s for name, spent_s in threads.items() if name.startswith("picostream")}
    print(
        f"pipeline {_rate(elapsed_s)}, of it the end {recorder.ended_s - recorder.ending_s:.2f} s, "
        f"before it the layout {recorder.laid_out_s - recorder.began_s:.2f} s; "
        f"of a processor, s: {shown(ours)}",
        flush=True,
    )
    path.unlink()
    return recorder.ending_s - recorder.laid_out_s, elapsed_s
