"""Do memory, threads and open files stay flat while it records at full rate with a live plot?

The file keeps the newest seconds only, so that any length fits on the disk. The plot runs in the
same program, without a screen.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import SimulatedScope, load_simulated
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.session import StreamSession

_KEPT_S = 10.0
_LOOK_S = 0.5
#: Until buffers are touched, caches are filled and the plot is drawn.
_SETTLES_S = 15.0


@dataclass(frozen=True)
class Use:
    """What the program uses at a moment."""

    n_bytes: int
    threads: int
    handles: int

    @classmethod
    def now(cls, process: psutil.Process) -> Use:
        """Look at it now."""
        handles = process.num_handles() if os.name == "nt" else process.num_fds()
        return cls(process.memory_info().rss, process.num_threads(), handles)


def measure(folder: Path, seconds: float) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pyqtgraph import mkQApp

    from picostream_pymeasure import HDF5LivePlotter

    application = mkQApp()
    config = StreamConfig(
        channels=(ChannelConfig("A", range_v=2.0),), resolution_bits=8, duration_s=seconds
    )
    path = folder / "recording.hdf5"
    process = psutil.Process()
    with Unit.open(load_simulated([SimulatedScope(fifo_s=1.0)])) as unit:
        session = StreamSession(unit, config, Recorder(path, live_only_s=_KEPT_S))
        session.start()
        plotter = HDF5LivePlotter(hdf5_path=str(path))
        plotter.start_updates()
        plotter.show()
        used, next_s, begin_s = [], 0.0, time.monotonic()
        while not session.is_over:
            application.processEvents()
            time.sleep(0.005)
            if (now_s := time.monotonic()) >= max(next_s, begin_s + _SETTLES_S):
                next_s = now_s + _LOOK_S
                used.append(Use.now(process))
        outcome = session.wait()
        plotter.close()
    half = len(used) // 2
    for name, part in (("first", used[:half]), ("second", used[half:])):
        print(
            f"{name} half of {seconds:g} s: at most "
            f"{max(use.n_bytes for use in part) / 1e6:.0f} MB, "
            f"{max(use.threads for use in part)} threads, "
            f"{max(use.handles for use in part)} open files"
        )
    pool = PoolPlan.for_stream(config, config.requested_interval_ns)
    print(
        f"pool and driver buffers {pool.n_bytes / 1e6:.0f} MB; {outcome.health.stored} samples at "
        f"125 MS/s, {outcome.health.lost} lost in {outcome.health.gaps} gaps"
    )
