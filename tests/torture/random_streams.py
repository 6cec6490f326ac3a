"""Streams of the driver of ``random_driver.c`` on a virtual clock: the real poll loop, no waiting.

Hundreds pass in seconds, and the same seed always gives the same stream. One alone, with habits
changed, and what the ledger says of it beside what was true::

    python -m tests.torture.random_streams 17
    python -m tests.torture.random_streams 17 told=0 length_ms=8000
    python -m tests.torture.random_streams 1-3000           only what is wrong

The habits, and what they mean, stand in ``random_habits.h``; ``rate_hz``, ``length_ms`` and
``is_number`` say what is asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import math
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.simulated.load import _run_wrapper
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.pool_memory import PoolMemory
from picostream_pymeasure.streaming.preparation import prepare
from picostream_pymeasure.streaming.producer import Producer
from picostream_pymeasure.streaming.start import NativeStart
from picostream_pymeasure.streaming.state import SharedState

from ..support.disk.preload import shared_library
from ..support.virtual_stream import Told, told_of
from .random_judge import GAPS, Claims, Judge
from .random_log import DriverLog

SOURCE = Path(__file__).with_name("random_driver.c")
_BEGIN_NS = 10**9


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    :param is_number: a number of samples, and not a time.
    :param habits: of the driver, which shall not be as they are drawn.
    """

    seed: int
    rate_hz: float
    length_ms: float
    is_number: bool
    habits: tuple[str, ...] = ()

    @classmethod
    def drawn(cls, seed: int, *changes: str) -> Wish:
        """Draw one.

        :param changes: ``name=value`` of its fields and of habits.
        """
        chance = random.Random(seed)
        wish = cls(
            seed,
            rate_hz=10 ** chance.uniform(3.3, 5.3),
            length_ms=chance.choice([1500.0, 2500.0, 4000.0, 4000.0, 6000.0, 8000.0, 10000.0]),
            is_number=chance.random() < 0.2,
        )
        asked = dict(change.split("=") for change in changes)
        own = {
            field.name: float(asked.pop(field.name)) for field in fields(cls) if field.name in asked
        }
        return replace(wish, **own, habits=tuple(f"{name}={asked[name]}" for name in asked))

    def environment(self, log: Path) -> dict[str, str]:
        """Variables that make the driver so."""
        habits = " ".join((f"seed={self.seed}", f"length_ms={self.length_ms}", *self.habits))
        return {"RANDOM_DRIVER": habits, "RANDOM_DRIVER_LOG": str(log)}

    @property
    def end(self) -> dict[str, Any]:
        """Of a :class:`StreamConfig`."""
        if self.is_number:
            return {"samples": int(self.length_ms * 1e-3 * self.rate_hz)}
        return {"duration_s": self.length_ms * 1e-3}


@contextlib.contextmanager
def _variables(wanted: dict[str, str]) -> Iterator[None]:
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name in wanted:
            del os.environ[name]


class RandomDriver:
    """The driver in this process, on a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = ctypes.CDLL(str(shared_library(SOURCE, folder)))
        self._wrapper = _run_wrapper(self._library)
        self._clock = np.zeros(1, np.int64)
        self._library.random_driver_clock(ctypes.c_void_p(self._clock.ctypes.data))

    def judge(self, wish: Wish) -> Judge:
        """Stream, and be ready to say what is wrong."""
        log = self._folder / "driver.log"
        self._clock[0] = _BEGIN_NS
        config = StreamConfig(
            channels=(ChannelConfig("A", 5.0),), sample_rate_hz=wish.rate_hz, pool_s=1.0, **wish.end
        )
        with _variables(wish.environment(log)):
            claims = self._stream(config, wish)
        return Judge(claims, DriverLog(log))

    def _stream(self, config: StreamConfig, wish: Wish) -> Claims:
        plan = PoolPlan.for_stream(config, config.requested_interval_ns)
        blocks = math.ceil(wish.length_ms * 2.5e-3 * wish.rate_hz / plan.block_samples) + 8
        plan = PoolPlan(1, 1, plan.block_samples, blocks, plan.buffer_samples)
        memory, state = PoolMemory(plan), SharedState()
        state["clock_address"] = self._clock.ctypes.data
        try:
            with Unit.open(self._wrapper) as unit:
                unit.configure(config)
                unit.register_buffers(config.channels[0], config.downsample_mode, memory.buffers[0])
                prepare(state, config, plan, memory)
                start = NativeStart(unit.library, state)
                unit.run_streaming(config, plan.buffer_samples, start)
                ended_by = self._produce(unit, config, state, plan)
            told = told_of(state, 0, [], 0)
            samples = memory.blocks.reshape(-1)[: told.received].copy()
            return _claims(told, ended_by, samples, wish)
        finally:
            memory.release()

    @staticmethod
    def _produce(unit: Unit, config: StreamConfig, state: SharedState, plan: PoolPlan) -> str:
        """As the thread of a stream does, in this one."""
        failures: list[BaseException] = []
        producer = Producer(unit, config, state, plan.buffer_samples, failures.append)
        producer._run()
        return "failed" if failures else producer.ended_by


def _claims(told: Told, ended_by: str, samples: Any, wish: Wish) -> Claims:
    """What a file would say."""
    gaps = np.zeros(len(told.rows), GAPS)
    for gap, row in zip(gaps, told.rows, strict=True):
        index = row.index
        if index <= 0:
            index = row.latest if row.missing < 0 else 1
        length = max(row.estimate, -1)
        gap["sample_index"], gap["earliest"], gap["latest"] = index, row.earliest, row.latest
        gap["missing"], gap["estimated_missing"] = row.missing, length
        gap["cause"] = row.cause.encode()
    findings = told.findings
    is_complete = ended_by != "failed" and not len(gaps)
    return Claims(
        inputs={"A": samples},
        width=1,
        bits=12,
        first_stream_sample=0,
        gaps=np.sort(gaps, order="sample_index"),
        lost=told.lost,
        accuracy_s=findings.lost_accuracy_s,
        visible=findings.smallest_visible_loss or -1,
        status="complete" if is_complete else "incomplete",
        ended_by=ended_by,
        counts_samples=wish.is_number,
    )


def _print(judge: Judge) -> None:
    """What the driver was like, what is said of the stream, and what was true."""
    said = judge.claims
    print(judge.log)
    print(
        f"{said.samples} samples, {said.lost} told as lost ± {said.accuracy_s * 1e3:.0f} ms, "
        f"{judge.true_lost} lost; visible above {said.visible}; {said.status}, {said.ended_by}"
    )
    for row in said.gaps:
        print("  told", *(f"{name}={row[name]}" for name in GAPS.names or ()))
    for place, length, is_told in judge.holes:
        print(f"  true sample_index={place} missing={length} {'told' if is_told else 'silent'}")


def main(which: str, *changes: str) -> int:
    """Stream one seed or many; 1 if anything is not as it is promised."""
    logging.disable()
    first, _, last = which.partition("-")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        driver = RandomDriver(Path(folder))
        for seed in range(int(first), int(last or first) + 1):
            judge = driver.judge(Wish.drawn(seed, *changes))
            if not last:
                _print(judge)
            for violation in judge.violations():
                wrong += 1
                print(f"seed {seed}: {violation}", flush=True)
    print(f"{wrong} violations")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
