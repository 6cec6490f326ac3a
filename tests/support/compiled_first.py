"""Compiles what most tests need, once and on two cores, before the tests begin.

Tests that run side by side would each compile the same functions at the same time. The programs
that compile them begin together, so none may import what another one compiles: that of the file
does without the simulated scope.
``python -m tests.support.compiled_first scope|file|reading FOLDER`` is one of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

_ROOT = Path(__file__).resolve().parents[2]
_DONE = "compiled_first.txt"


def compile_first(cache: Path) -> None:
    """Fill the cache, unless that was done before; what fails here fails in a test too."""
    if (cache / _DONE).exists():
        return
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", __name__]
        env = {**os.environ, "PYTHONPATH": str(_ROOT)}
        programs = [
            subprocess.Popen([*command, part, folder], cwd=folder, env=env, stderr=subprocess.PIPE)
            for part in _PARTS
        ]
        for program in programs:
            program.communicate()
    (cache / _DONE).touch()


def _compile_scope(_: Path) -> None:
    """From the driver's call to the sink, and captures."""
    from picostream_pymeasure import PicoScope5000A
    from picostream_pymeasure.config import ChannelConfig, DigitalPortConfig, StreamConfig
    from picostream_pymeasure.driver.unit import Unit
    from picostream_pymeasure.simulated import SimulatedScope, load_simulated
    from picostream_pymeasure.streaming.session import StreamSession

    from .forgetting_sink import ForgettingSink

    channels = (ChannelConfig("A"), ChannelConfig("B"))
    port = DigitalPortConfig("PORT0")
    scope = SimulatedScope(variant="5444DMSO")
    for config in (
        StreamConfig(channels=channels, resolution_bits=8, duration_s=0.01),
        StreamConfig(channels=channels, digital_ports=(port,), duration_s=0.01),
    ):
        with Unit.open(load_simulated([scope])) as unit:
            session = StreamSession(unit, config, ForgettingSink())
            session.start()
            session.wait()
    with PicoScope5000A(simulated=True) as instrument:
        instrument.capture(samples=100, captures=2)


def _compile_file(folder: Path) -> None:
    """From the sink to the file, and its proof."""
    from picostream_pymeasure.config import EventRule, KeepConfig
    from picostream_pymeasure.storage import Recorder, verify

    from . import kept_memory

    for dtype in ("<i2", "i1"):
        path = folder / f"kept{dtype[-2:]}.hdf5"
        keep = KeepConfig(EventRule("A", "falling", 0.2), 1e-3, 1e-3)
        fed = kept_memory.FedStream(kept_memory.describe(keep, "A", dtype), Recorder(path))
        row = (np.sin(np.arange(100_000) / 100) * 100).astype(dtype)
        fed.feed(row[np.newaxis])
        fed.end()
        verify(path)


def _compile_reading(folder: Path) -> None:
    """What is read and drawn."""
    from picostream_pymeasure import PicoStreamReader

    from .reader_files import noise, write_recording

    with PicoStreamReader(write_recording(folder / "read.hdf5", noise(100_000))) as reader:
        for mode in ("min_max", "mean"):
            list(reader.get_block_iter(decimation_factor=10, decimation_mode=mode))
        reader.window(0.0, 0.001, 100)
        reader.find_events("A:falling:5sigma")


_PARTS = {"scope": _compile_scope, "file": _compile_file, "reading": _compile_reading}

if __name__ == "__main__":
    _PARTS[sys.argv[1]](Path(sys.argv[2]))
