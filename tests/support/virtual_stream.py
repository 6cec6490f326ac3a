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
from picostream_pymeasure.streaming.totals import Findings, find
from tests.support.truth import FOREIGN, absolute_indices, seams


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

    def unseen_ms(self) -> float:
        """The smallest silent loss that would have been seen."""
        return self.findings.smallest_visible_loss * self.interval_ns / 1e6

    def missed_ms(self) -> float:
        """How far the told loss is from the true one."""
        return (self.lost - self.true_lost) * self.interval_ns / 1e6


def run_virtually(
    seconds: float, rate_hz: float = 1e6, *, stopped: bool = False, **scope: Any
) -> Told:
    """Stream for so long on the virtual clock.

    :param stopped: end it by the clock and not by a number of samples.
    :param scope: settings of the simulated scope.
    """
    clock = VirtualClock()
    signals = {"A": SimulatedSignal("index")}
    library = load_simulated((SimulatedScope(signals=signals, **scope),), clock=clock)
    config = StreamConfig(
        channels=(ChannelConfig("A", 5.0),), sample_rate_hz=rate_hz, duration_s=seconds, pool_s=1.0
    )
    plan = PoolPlan.for_stream(config, config.requested_interval_ns)
    blocks = math.ceil(seconds * rate_hz * 1.6 / plan.block_samples) + 4
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
            start = NativeStart(unit.library, state)
            unit.run_streaming(config, plan.buffer_samples, start)
            why = _poll(state, unit, config, plan)
        indices = absolute_indices(memory.blocks.reshape(-1)[: int(state["accepted"])])
    finally:
        memory.release()
    return _told(state, why, indices)


def _poll(state: SharedState, unit: Unit, config: StreamConfig, plan: PoolPlan) -> int:
    arguments = (state.records, unit.poll_address, unit.handle, streaming_ready.address)
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


def _told(state: SharedState, why: int, indices: NDArray[np.int64]) -> Told:
    count = state.read(access.GAP_COUNT)
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
        [(seam.position, seam.missing) for seam in seams(indices)],
        int(np.count_nonzero(indices == FOREIGN)),
        int(state["accepted"]),
        int(state["lost"]),
        int(state["polls"]),
        find(state),
        float(state["interval_ns"]),
        state,
    )
