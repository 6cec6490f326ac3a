"""What does the whole program cost at 62.5 MS/s, simulator included?

The command line runs in its own process; its processor time is read while it records, so that
neither start-up nor verification counts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

_COMMAND = "from picostream_pymeasure.cli import main; main()"


def measure(folder: Path, seconds: float) -> None:
    for settings in (["-s", "62.5"], ["-b", "8"], ["-c", "A", "-c", "B", "-c", "C", "-c", "D"]):
        path = folder / "recording.hdf5"
        print(f"{' '.join(settings)}: {_cores(path, settings, seconds):.2f} core", flush=True)


def _cores(path: Path, settings: list[str], seconds: float) -> float:
    command = [sys.executable, "-c", _COMMAND, "--simulate", *settings, "-o", str(path)]
    process = subprocess.Popen(
        [*command, "--duration", str(seconds + 4)], stdout=subprocess.DEVNULL
    )
    watched = psutil.Process(process.pid)
    while not path.exists():
        time.sleep(0.1)
    time.sleep(1)
    before, started = watched.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after, ended = watched.cpu_times(), time.monotonic()
    process.wait()
    path.unlink()
    return (after.user + after.system - before.user - before.system) / (ended - started)
