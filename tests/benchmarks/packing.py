"""What does it cost to compress while recording, and how small do files become?

The whole process in turn with and without, at the full rates, of a noisy sine that fills most of
the range; both make the same samples. That nothing was lost is looked at, and printed.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.verification import verify

from .cost import capture

_ROUNDS = 3
_LONGEST_S = 10.0
_RATES = ((12, 62.5e6), (8, 125e6))


def measure(folder: Path, seconds: float) -> None:
    seconds = min(seconds, _LONGEST_S)
    for bits, rate_hz in _RATES:
        config = StreamConfig(resolution_bits=bits, sample_rate_hz=rate_hz)
        rounds = [
            [_recorded(folder / "recording.hdf5", config, seconds, how) for how in (False, True)]
            for _ in range(_ROUNDS)
        ]
        plain, packed = (
            median(cores for cores, *_ in column) for column in zip(*rounds, strict=True)
        )
        ratio = median(two[1] / one[1] for one, two in rounds)
        lost = sum(row[2] for both in rounds for row in both)
        print(
            f"{rate_hz / 1e6:g} MS/s: plain {plain:.3f} core, compressed {packed:.3f}, to "
            f"{ratio:.0%} of the bytes a sample; {lost} samples lost; medians of {_ROUNDS}",
            flush=True,
        )


def _recorded(
    path: Path, config: StreamConfig, seconds: float, compress: bool
) -> tuple[float, float, int]:
    """Cores that it took, bytes a sample, and samples that were lost; all of it is verified."""
    signal = SimulatedSignal(amplitude_v=14.0, noise_v=0.015)
    scope = SimulatedScope(fifo_s=2.0, signals={"A": signal})
    spent_s, elapsed_s, _ = capture(scope, config, Recorder(path, compress=compress), seconds)
    report = verify(path)
    assert report.errors == [], report.errors
    size = path.stat().st_size
    path.unlink()
    return spent_s / elapsed_s, size / report.samples, report.lost_samples
