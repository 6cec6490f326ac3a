"""A sink that keeps everything, and streams of the simulated scope into it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picostream_pymeasure.config import (
    ChannelConfig,
    StreamConfig,
)
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.records import (
    Block,
    ClockPair,
    Event,
    Gap,
    Health,
    Outcome,
    Sink,
    StreamDescription,
)
from picostream_pymeasure.simulated.kernels.signal import expected_values
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.patience import PATIENCE_S

RATE_HZ = 5e6


class KeepingSink(Sink):
    """Keeps what it is given; may be held up or made to fail."""

    def __init__(self) -> None:
        self.description: StreamDescription | None = None
        self.blocks: list[NDArray[np.int16]] = []
        self.gaps: list[Gap] = []
        self.events: list[Event] = []
        self.pairs: list[ClockPair] = []
        self.outcome: Outcome | None = None
        self.stored = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.fail_in: dict[str, Exception] = {}

    def _perhaps_fail(self, where: str) -> None:
        if where in self.fail_in:
            raise self.fail_in[where]

    def open(self, description: StreamDescription) -> None:
        self._perhaps_fail("open")
        self.description = description

    def write(self, block: Block) -> None:
        self.may_go_on.wait()
        self._perhaps_fail("write")
        assert self.description is not None
        assert block.first_sample == self.stored
        self.stored += block.count
        self.blocks.append(block.rows.copy())

    def add_gap(self, gap: Gap) -> None:
        self.gaps = [other for other in self.gaps if other.number != gap.number] + [gap]

    def add_clock(self, pair: ClockPair) -> None:
        self.pairs.append(pair)

    def add_event(self, event: Event) -> None:
        self.events.append(event)

    def update(self, health: Health) -> None:
        self._perhaps_fail("update")

    def close(self, outcome: Outcome) -> None:
        self._perhaps_fail("close")
        assert self.outcome is None, "closed twice"
        self.outcome = outcome

    def row(self, number: int) -> NDArray[np.int16]:
        """Samples as the driver scales them, those of one byte too."""
        counts = np.concatenate([block[number] for block in self.blocks])
        return counts if counts.itemsize == 2 else counts.astype(np.int16) * 256

    def expected(self, channel: str, first: int, count: int) -> NDArray[np.int16]:
        assert self.outcome is not None
        assert self.outcome.simulation is not None
        return expected_values(self.outcome.simulation, channel, first, count)


def record(library: Any, sink: KeepingSink, **settings: Any) -> Outcome:
    settings.setdefault("sample_rate_hz", RATE_HZ)
    with Unit.open(library) as unit:
        return run(StreamSession(unit, StreamConfig(**settings), sink))


def run(session: StreamSession) -> Outcome:
    session.start()
    return session.wait(PATIENCE_S)


def channels(names: str) -> tuple[ChannelConfig, ...]:
    return tuple(ChannelConfig(name, 5.0) for name in names)
