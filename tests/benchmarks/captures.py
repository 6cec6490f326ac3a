"""What triggered captures cost beside what the driver takes: time between them, and memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil

from picostream_pymeasure.capture import run
from picostream_pymeasure.driver import connection
from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter
from picostream_pymeasure.simulated import SimulatedScope, load_simulated

_SINGLE = 200
_CAPTURES, _SAMPLES = 10_000, 1000


def measure(folder: Path, seconds: float) -> None:
    library = load_simulated([SimulatedScope(paced=False)])
    with PicoScope5000A(PicoScopeAdapter(library=library)) as scope:
        scope.resolution, scope.A.range = 8, 2
        scope.trigger.level, scope.trigger.enabled = 0.5, True
        scope.capture(samples=_SAMPLES, captures=3)
        scope.capture(folder / "first.hdf5", samples=_SAMPLES, captures=3)
        _single(scope)
        _many("memory", lambda: scope.capture(samples=_SAMPLES, captures=_CAPTURES))
        _many(
            "file",
            lambda: scope.capture(folder / "many.hdf5", samples=_SAMPLES, captures=_CAPTURES),
        )


def _single(scope: PicoScope5000A) -> None:
    """Captures one by one: all the time that is not spent in calls of the driver, or waiting for
    it to have captured.
    """
    took_s: list[float] = []

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            begin_s = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                took_s.append(time.perf_counter() - begin_s)

        return call

    call, clock = connection._made, run.time
    connection._made = timed(call)
    run.time = SimpleNamespace(monotonic=time.monotonic, sleep=timed(time.sleep))
    begin_s = time.perf_counter()
    for _ in range(_SINGLE):
        scope.capture(samples=_SAMPLES)
    all_s = time.perf_counter() - begin_s
    connection._made, run.time = call, clock
    print(
        f"single captures: {all_s / _SINGLE * 1e3:.2f} ms each, of which "
        f"{(all_s - sum(took_s)) / _SINGLE * 1e3:.2f} ms are not the driver's"
    )


def _many(where: str, capture: Callable[[], Any]) -> None:
    process = psutil.Process()
    before, begin_s = process.memory_info().rss, time.perf_counter()
    with _Watch(process) as watch:
        capture()
    most = watch.most_bytes - before
    needed = 2 * _CAPTURES * _SAMPLES
    print(
        f"{_CAPTURES} captures of {_SAMPLES} samples into {where}: "
        f"{time.perf_counter() - begin_s:.2f} s, at most {most / 1e6:.0f} MB more in use for "
        f"{needed / 1e6:.0f} MB of samples"
    )


class _Watch:
    """Looks how much memory a process uses, all the time."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.most_bytes = 0

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.002):
            self.most_bytes = max(self.most_bytes, self._process.memory_info().rss)
