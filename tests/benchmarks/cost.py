"""What does a recording cost beside a bare loop that polls, copies and writes raw?

Both take the same simulated scope, in turn in one process, with compiled code and memory ready; the
figures are processor seconds a second. Of ours the time of each thread is shown beside the whole,
and apart from it what the memory of the pool costs once, while the stream begins, and what the end
does.
What the simulated scope itself takes to make its samples is in both, and shown as the loop's
``poll``.

What a write costs depends on the memory that the system has at hand for it: a virtual machine gives
what has been free for some seconds back to its host, and to fetch it again costs five times as much
as to write. So both begin after a pause in which nothing is freed.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from statistics import median

import psutil

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.records import Sink
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal, load_simulated
from picostream_pymeasure.storage import Recorder, verify
from picostream_pymeasure.streaming.session import StreamSession

from . import bare_loop

_ROUNDS = 3
_LONGEST_S = 10.0
_PAUSE_S = 8.0
_RATES = ((12, 62.5e6), (8, 125e6))


def measure(folder: Path, seconds: float) -> None:
    seconds = min(seconds, _LONGEST_S)
    for bits, rate_hz in _RATES:
        config = StreamConfig(resolution_bits=bits, sample_rate_hz=rate_hz)
        rounds = [_round(folder, config, seconds) for _ in range(_ROUNDS)]
        bare, capture, verified = (median(column) for column in zip(*rounds, strict=True))
        # of each round by itself: what else the machine does meets both alike
        times, times_verified = (median(row[n] / row[0] for row in rounds) for n in (1, 2))
        print(
            f"{rate_hz / 1e6:g} MS/s: bare loop {bare:.3f} core, capture {capture:.3f} "
            f"({times:.2f} times), with verification {verified:.3f} "
            f"({times_verified:.2f} times); medians of {_ROUNDS}",
            flush=True,
        )


def _round(folder: Path, config: StreamConfig, seconds: float) -> tuple[float, float, float]:
    time.sleep(_PAUSE_S)
    loop = _bare(folder / "bare.raw", config, seconds)
    path = folder / "recording.hdf5"
    time.sleep(_PAUSE_S)
    capture_s, elapsed_s, threads = capture(_scope(), config, Recorder(path), seconds)
    verify_s, samples = _verify(path)
    recorded_s = samples * config.requested_interval_ns * 1e-9
    ours, verification = capture_s / elapsed_s, verify_s / recorded_s
    shares = {part: loop.cpu_s[part] / loop.elapsed_s for part in loop.cpu_s}
    print("  bare loop:", shown(shares))
    print("  ours:", shown({name: cpu_s / elapsed_s for name, cpu_s in threads.items()}))
    print(f"  verification: {verification:.3f}", flush=True)
    return loop.cores, ours, ours + verification


def shown(shares: dict[str, float]) -> str:
    """Numbers by name, without those of next to nothing."""
    return ", ".join(f"{name} {share:.3f}" for name, share in shares.items() if share >= 0.001)


def _scope() -> SimulatedScope:
    return SimulatedScope(fifo_s=2.0, signals={"A": SimulatedSignal(noise_v=0.0)})


def _bare(path: Path, config: StreamConfig, seconds: float) -> bare_loop.BareLoop:
    with Unit.open(load_simulated([_scope()])) as unit:
        loop = bare_loop.run(unit, config, path, seconds)
    path.unlink()
    return loop


def capture(
    scope: SimulatedScope, config: StreamConfig, sink: Sink, seconds: float
) -> tuple[float, float, dict[str, float]]:
    """Processor and elapsed seconds of so many with all memory ready, and the threads' shares."""
    with Unit.open(load_simulated([scope])) as unit:
        session = StreamSession(unit, config, sink)
        memory_s = -_process_s()
        session.start()
        _wait_for_memory()
        before, started, first = _process_s(), time.perf_counter(), threads_s()
        print(f"  start, with the pool's memory, once: {memory_s + before:.2f} s")
        threads: dict[str, float] = {}
        while time.perf_counter() - started < seconds:
            threads.update(threads_s())
            time.sleep(0.2)
        ended, elapsed_s = _process_s(), time.perf_counter() - started
        session.request_stop()
        session.wait()
        print(f"  end, once: {_process_s() - ended:.2f} s")
        shares = {name: spent_s - first.get(name, 0.0) for name, spent_s in threads.items()}
        return ended - before, elapsed_s, shares


def _wait_for_memory() -> None:
    for thread in threading.enumerate():
        if thread.name == "picostream-memory":
            thread.join()


def _process_s() -> float:
    times = psutil.Process().cpu_times()
    return times.user + times.system


def threads_s() -> dict[str, float]:
    """Processor seconds of each thread; those without a name are native ones."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    found: dict[str, float] = {}
    for thread in psutil.Process().threads():
        name = names.get(thread.id, "native")
        found[name] = found.get(name, 0.0) + thread.user_time + thread.system_time
    return found


def _verify(path: Path) -> tuple[float, int]:
    """Processor seconds, and samples that were verified."""
    before = _process_s()
    report = verify(path)
    spent_s = _process_s() - before
    assert report.errors == [], report.errors
    path.unlink()
    return spent_s, report.samples
