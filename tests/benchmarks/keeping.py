"""What does it cost to keep 1000 events a second, beyond recording all of the same stream?

The whole process in turn with and without, at the full rates; both make the same samples.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median

from picostream_pymeasure.config import EventRule, KeepConfig, StreamConfig
from picostream_pymeasure.keeping import KeepingSink
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.verification import verify

from .cost import capture

_ROUNDS = 3
_LONGEST_S = 10.0
_RATES = ((12, 62.5e6), (8, 125e6))
_KEEP = KeepConfig(EventRule("A", "falling", 5.0, min_width_s=0.75e-6), 20e-6, 20e-6)


def measure(folder: Path, seconds: float) -> None:
    seconds = min(seconds, _LONGEST_S)
    for bits, rate_hz in _RATES:
        plain = StreamConfig(resolution_bits=bits, sample_rate_hz=rate_hz)
        kept = replace(plain, keep=_KEEP)
        rounds = [
            [_cores(folder / "recording.hdf5", config, seconds) for config in (plain, kept)]
            for _ in range(_ROUNDS)
        ]
        all_of, events = (median(column) for column in zip(*rounds, strict=True))
        beyond = median(two - one for one, two in rounds)
        print(
            f"{rate_hz / 1e6:g} MS/s: all {all_of:.3f} core, events {events:.3f}, beyond it "
            f"{beyond:+.3f}; medians of {_ROUNDS}",
            flush=True,
        )


def _cores(path: Path, config: StreamConfig, seconds: float) -> float:
    signal = SimulatedSignal("events", frequency_hz=1000.0, offset_v=10.0, amplitude_v=8.0)
    recorder = Recorder(path)
    sink = recorder if config.keep is None else KeepingSink(config, recorder)
    scope = SimulatedScope(fifo_s=2.0, signals={"A": signal})
    spent_s, elapsed_s, _ = capture(scope, config, sink, seconds)
    report = verify(path)
    assert not report.errors, report.errors
    assert not report.gaps
    found = f"{sink.totals}, " if isinstance(sink, KeepingSink) else ""
    print(f"  {found}{report.proof} {spent_s / elapsed_s:.3f} core", flush=True)
    path.unlink()
    return spent_s / elapsed_s
