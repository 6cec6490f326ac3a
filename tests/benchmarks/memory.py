"""Does memory stay flat while it records?"""

from __future__ import annotations

import time
from pathlib import Path

import psutil

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import SimulatedScope, load_simulated
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.session import StreamSession


def measure(folder: Path, seconds: float) -> None:
    config = StreamConfig(duration_s=seconds)
    plan = PoolPlan.for_stream(config, config.requested_interval_ns)
    process = psutil.Process()
    before = process.memory_info().rss
    library = load_simulated([SimulatedScope()])
    with Unit.open(library) as unit:
        session = StreamSession(unit, config, Recorder(folder / "recording.hdf5"))
        session.start()
        used = []
        while not session.is_over:
            used.append(process.memory_info().rss - before)
            time.sleep(0.5)
        session.wait()
    half = len(used) // 2
    print(
        f"pool and driver buffers {plan.n_bytes / 1e6:.0f} MB; in use beyond the start: "
        f"{used[2] / 1e6:.0f} MB after 1 s, at most {max(used[:half]) / 1e6:.0f} MB in the first "
        f"and {max(used[half:]) / 1e6:.0f} MB in the second half of {seconds:g} s"
    )
