"""Does compression keep up with the simulated scope, and what does it save?"""

from __future__ import annotations

from pathlib import Path

import h5py
import psutil

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal, load_simulated
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.verification import verify

#: Noise of three steps of the 12-bit converter.
SIGNAL = SimulatedSignal("sine", amplitude_v=5.0, frequency_hz=1000.0, noise_v=0.03)
CASES = ((12, "A"), (8, "A"), (12, "ABCD"))


def measure(folder: Path, seconds: float) -> None:
    for resolution_bits, channels in CASES:
        for compression in ("none", "bitshuffle-lz4"):
            config = StreamConfig(
                channels=tuple(ChannelConfig(name) for name in channels),
                resolution_bits=resolution_bits,
                duration_s=seconds,
            )
            print(_record(folder / "recording.hdf5", config, seconds, compression), flush=True)


def _record(path: Path, config: StreamConfig, seconds: float, compression: str) -> str:
    library = load_simulated([SimulatedScope(signals=dict.fromkeys("ABCD", SIGNAL))])
    process = psutil.Process()
    with Unit.open(library) as unit:
        session = StreamSession(unit, config, Recorder(path, compression=compression))
        session.start()
        before = process.cpu_times()
        session.wait()
        after = process.cpu_times()
    cores = (after.user + after.system - before.user - before.system) / seconds
    report = verify(path)
    n_chunks, n_raw, n_bytes = _chunks(path)
    path.unlink()
    values = report.samples * len(config.channels)
    return (
        f"{len(config.channels)} x {1e3 / config.requested_interval_ns:g} MS/s, "
        f"{config.resolution_bits} bit, {compression}: lost {report.lost_samples}, "
        f"proven {report.proven_samples} of {report.samples}, {2 * values / n_bytes:.2f} times "
        f"smaller, {n_raw} of {n_chunks} chunks raw, {cores:.2f} core"
    )


def _chunks(path: Path) -> tuple[int, int, int]:
    """Chunks of all channels, those stored as they are, and the bytes of all."""
    stored: list[h5py.h5d.StoreInfo] = []
    with h5py.File(path) as file:
        for channel in file["channels"].values():
            channel["adc_counts"].id.chunk_iter(stored.append)
            chunk_bytes = channel["adc_counts"].chunks[0] * 2
    n_raw = sum(chunk.size == chunk_bytes for chunk in stored)
    return len(stored), n_raw, sum(chunk.size for chunk in stored)
