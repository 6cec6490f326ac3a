"""How fast is ``verify`` beside reading the file and doing nothing with it?

Both read the same recording from the page cache, in turn; ``cat FILE > /dev/null`` is the bare one.
The recording is no simulated one for ``verify``: its description is taken away, so that samples are
not computed again.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from picostream_pymeasure.config import StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.records import StreamDescription
from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal, load_simulated
from picostream_pymeasure.storage import Recorder, verify
from picostream_pymeasure.streaming.session import StreamSession

_SAMPLES = 1_000_000_000
_ROUNDS = 5
_POOL_S = 20.0


class _Anonymous(Recorder):
    """Records as if the scope were a real one."""

    def open(self, description: StreamDescription) -> Any:
        return super().open(replace(description, simulation=None))


def measure(folder: Path, seconds: float) -> None:
    path = folder / "recording.hdf5"
    _record(path)
    gigabytes = path.stat().st_size / 1e9
    _taken_s(lambda: _cat(path))
    rounds = [
        (_taken_s(lambda: _cat(path)), _taken_s(lambda: _verify(path))) for _ in range(_ROUNDS)
    ]
    cat_s, verify_s = (median(column) for column in zip(*rounds, strict=True))
    print(
        f"{gigabytes:.1f} GB: cat {gigabytes / cat_s:.2f} GB/s, verify "
        f"{gigabytes / verify_s:.2f} GB/s, {cat_s / verify_s:.2f} of cat; medians of {_ROUNDS}"
    )
    path.unlink()


def _record(path: Path) -> None:
    signals = {"A": SimulatedSignal(noise_v=0.0)}
    library = load_simulated([SimulatedScope(paced=False, signals=signals)])
    config = StreamConfig(samples=_SAMPLES, pool_s=_POOL_S)
    with Unit.open(library) as unit:
        session = StreamSession(unit, config, _Anonymous(path))
        session.start()
        session.wait()


def _taken_s(action: Callable[[], None]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _cat(path: Path) -> None:
    subprocess.run(["cat", str(path)], stdout=subprocess.DEVNULL, check=True)


def _verify(path: Path) -> None:
    report = verify(path)
    assert report.errors == [], report.errors
