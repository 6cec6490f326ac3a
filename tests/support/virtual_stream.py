"""Streams of the simulated scope on a virtual clock: the real poll loop, without waiting.

What truly was lost is computed from the samples, each of which knows its index.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import counted
from picostream_pymeasure.simulated import (
    SimulatedScope,
    SimulatedSignal,
    VirtualClock,
    load_simulated,
)
from picostream_pymeasure.streaming import access, polling
from picostream_pymeasure.streaming.callback import streaming_ready
from picostream_pymeasure.streaming.pool import PoolPlan
from picostream_pymeasure.streaming.pool_memory import PoolMemory
from picostream_pymeasure.streaming.preparation import prepare
from picostream_pymeasure.streaming.start import NativeStart
from picostream_pymeasure.streaming.state import SharedState
from picostream_pymeasure.streaming.told_gaps import next_gap
from picostream_pymeasure.streaming.totals import Findings, find
from tests.support.busy_machine import late_polls
from tests.support.truth import FOREIGN, absolute_indices, follow_from, seams

_FAR_AHEAD = 1 << 40


@dataclass(frozen=True)
class Row:
    """A gap as the ledger has it, indices of the stream."""

    index: int
    earliest: int
    latest: int
    missing: int
    estimate: int
    cause: str


@dataclass(frozen=True)
class Told:
    """What the ledger says of a stream, and what was true.

    :param truth: place and length of every loss; negative where samples come again.
    :param foreign: samples that are none of the stream's.
    """

    why: int
    rows: list[Row]
    truth: list[tuple[int, int]]
    foreign: int
    received: int
    lost: int
    polls: int
    findings: Findings
    interval_ns: float
    state: SharedState

    @property
    def true_lost(self) -> int:
        """Samples that are missing between those that arrived."""
        return sum(missing for _, missing in self.truth)

    @property
    def said(self) -> str:
        """What the ledger says, in a few words."""
        return f"{self.lost} in {counted(len(self.rows), 'gap')}" if self.rows else "no loss"

    @property
    def true(self) -> str:
        """What was true, and how far from it the ledger is."""
        return f"{self.true_lost}, off by {self.missed_ms():+.2f} ms"

    def unseen_ms(self) -> float:
        """The smallest silent loss that would have been seen."""
        return self.findings.smallest_visible_loss * self.interval_ns / 1e6

    def missed_ms(self) -> float:
        """How far the told loss is from the true one."""
        return (self.lost - self.true_lost) * self.interval_ns / 1e6


def run_virtually(
    seconds: float,
    rate_hz: float = 1e6,
    *,
    bits: int = 12,
    samples: int | None = None,
    kept_s: float = math.inf,
    late_of_1000: int = 0,
    latest_s: float = 0.5,
    late_seed: int = 1,
    **scope: Any,
) -> Told:
    """Stream for so long on the virtual clock.

    :param samples: end after so many that were received, not after the time.
    :param kept_s: samples that are older make room for newer ones.
    :param late_of_1000: so many polls begin up to ``latest_s`` late, and as many return so.
    :param late_seed: which.
    :param scope: settings of the simulated scope.
    """
    clock = VirtualClock()
    signals = {"A": SimulatedSignal("index")}
    library = load_simulated((SimulatedScope(signals=signals, **scope),), clock=clock)
    config = StreamConfig(
        channels=(ChannelConfig("A", 5.0),),
        resolution_bits=bits,
        sample_rate_hz=rate_hz,
        duration_s=None if samples else seconds,
        samples=samples,
        pool_s=1.0,
    )
    plan = PoolPlan.for_stream(config, config.requested_interval_ns)
    blocks = math.ceil(min(seconds * 1.6, kept_s) * rate_hz / plan.block_samples) + 4
    plan = PoolPlan(1, 1, plan.block_samples, blocks, plan.buffer_samples)
    memory = PoolMemory(plan)
    state = SharedState()
    state["clock_address"] = clock.words.ctypes.data
    clock.advance(1.0)
    try:
        with Unit.open(library) as unit:
            unit.configure(config)
            unit.register_buffers(config.channels[0], config.downsample_mode, memory.buffers[0])
            prepare(state, config, plan, memory)
            if kept_s < math.inf:
                state["tail"] = _FAR_AHEAD  # what fills the pool is always given back
            start = NativeStart(unit.library, state)
            unit.run_streaming(config, plan.buffer_samples, start)
            poll = unit.poll_address
            if late_of_1000:
                poll = late_polls(poll, late_of_1000, latest_s, late_seed)
            why = _poll(state, unit, config, plan, poll)
        truth, foreign = _truth(memory.blocks.reshape(-1), int(state["accepted"]))
    finally:
        memory.release()
    return told_of(state, why, truth, foreign)


def _truth(pool: NDArray[np.int16], received: int) -> tuple[list[tuple[int, int]], int]:
    """Where samples are missing, and how many are foreign; of those that are kept."""
    first = max(0, received - pool.size)
    kept = np.roll(pool, -(received % pool.size)) if first else pool[:received]
    if follow_from(kept, first):
        return [], 0
    indices = absolute_indices(kept)
    truth = [(first + seam.position, seam.missing) for seam in seams(indices)]
    if first and indices[0] != first:
        truth.insert(0, (first, int(indices[0]) - first))
    return truth, int(np.count_nonzero(indices == FOREIGN))


def _poll(
    state: SharedState, unit: Unit, config: StreamConfig, plan: PoolPlan, poll_address: int
) -> int:
    arguments = (state.records, poll_address, unit.handle, streaming_ready.address)
    while True:
        why, _status = polling.poll_until(*arguments)
        if why != polling.STATUS:
            break
        polling.enter_restart(state.records)
        unit.stop()
        unit.run_streaming(config, plan.buffer_samples)
        polling.note_data(state.records)
    polling.end_ledger(state.records)
    return int(why)


def told_of(state: SharedState, why: int, truth: list[tuple[int, int]], foreign: int) -> Told:
    """What the ledger of a stream that has ended says, beside what was true."""
    count = state.read(access.GAP_COUNT)
    state.drains["first"] = 0
    while next_gap(state.records[0], state.drains[0]):
        pass  # as a file is told of them
    names = ("index", "earliest", "latest", "missing", "estimate")
    rows = [
        Row(
            *(int(row[name]) for name in names),
            row["cause"].tobytes().rstrip(b"\0").decode(),
        )
        for row in state.gaps[:count]
    ]
    return Told(
        why,
        rows,
        truth,
        foreign,
        int(state["accepted"]),
        int(state["lost"]),
        int(state["polls"]),
        find(state),
        float(state["interval_ns"]),
        state,
    )
