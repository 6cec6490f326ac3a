"""Is a sample lost at full rate, also while a thread holds the GIL most of the time, or all?"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psutil

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated import SimulatedScope, load_simulated
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.verification import verify


@dataclass(frozen=True)
class Case:
    """A stream, and how much the scope itself can bridge."""

    resolution_bits: int
    channels: str
    fifo_s: float


CASES = (Case(12, "A", 0.1), Case(8, "A", 0.25), Case(12, "ABCD", 0.1))


@contextmanager
def gil_held_in_turns() -> Iterator[None]:
    """Let a thread hold the GIL 0.9 s out of every 1.9 s."""
    usleep = ctypes.PyDLL(None).usleep
    ended = threading.Event()

    def hold() -> None:
        while not ended.wait(1.0):
            usleep(900_000)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def hold_gil(seconds: float) -> None:
    """Hold the GIL in one piece."""
    ctypes.PyDLL(None).usleep(round(seconds * 1e6))


def measure(folder: Path, seconds: float) -> None:
    path = folder / "recording.hdf5"
    for case in CASES:
        print(_record(path, case, seconds), flush=True)
        print(_record(path, case, seconds, gil_held_in_turns(), "0.9 of 1.9 s"), flush=True)
    print(_record(path, CASES[0], seconds + 2, held_s=seconds), flush=True)


def _record(
    path: Path,
    case: Case,
    seconds: float,
    meanwhile: AbstractContextManager[None] | None = None,
    held: str = "",
    held_s: float = 0.0,
) -> str:
    config = StreamConfig(
        channels=tuple(ChannelConfig(name) for name in case.channels),
        resolution_bits=case.resolution_bits,
        duration_s=seconds,
    )
    library = load_simulated([SimulatedScope(fifo_s=case.fifo_s)])
    process = psutil.Process()
    with Unit.open(library) as unit, meanwhile or nullcontext():
        session = StreamSession(unit, config, Recorder(path))
        before = process.cpu_times()
        session.start()
        if held_s:
            time.sleep(1.0)  # in the midst of it
            hold_gil(held_s)
            held = f"{held_s:g} s in one piece"
        session.wait()
        after = process.cpu_times()
    report = verify(path)
    path.unlink()
    cores = (after.user + after.system - before.user - before.system) / seconds
    rate_ms = 1e3 / config.requested_interval_ns
    return (
        f"{len(case.channels)} x {rate_ms:g} MS/s, {case.resolution_bits} bit, {seconds:g} s, "
        f"FIFO {case.fifo_s:g} s{held and ', GIL held ' + held}: "
        f"lost {report.lost_samples}, gaps {report.gaps}, proven {report.proven_samples} of "
        f"{config.target_samples(config.requested_interval_ns)}, {cores:.2f} core"
    )
