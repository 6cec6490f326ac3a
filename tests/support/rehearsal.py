"""A client of a simulated driver, on a clock of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from picostream_pymeasure.simulated import (
    Habits,
    SimulatedScope,
    SimulatedSignal,
    VirtualClock,
    load_simulated,
)
from tests.support.simulated_client import OK, Client, assert_proven
from tests.support.truth import Loss, absolute_indices, merged_losses, seams

INDEX = {"A": SimulatedSignal("index")}
SIZE = 20_011


class Rehearsal:
    """A client at 1 MS/s on a clock of its own."""

    def __init__(self, habits: Habits, **described: Any) -> None:
        self.clock = VirtualClock()
        self.interval = described.pop("interval", 1000)
        described = {"signals": INDEX, "fifo_s": 0.05, "habits": habits, **described}
        self.client = Client(load_simulated([SimulatedScope(**described)], self.clock))
        self.statuses: list[int] = []
        self.callbacks: list[int] = []

    def __enter__(self) -> Rehearsal:
        self.client.use("A")
        self.client.register("A", SIZE)
        assert self.client.run(self.interval, size=SIZE)[0] == OK
        return self

    def __exit__(self, *_: object) -> None:
        self.client.call("CloseUnit")

    def poll(self, times: int = 1, wait_s: float = 0.002) -> None:
        for _ in range(times):
            self.clock.advance(wait_s)
            before = len(self.client.deliveries)
            self.statuses.append(self.client.poll())
            self.callbacks.append(len(self.client.deliveries) - before)

    @property
    def indices(self) -> np.ndarray:
        return absolute_indices(self.client.values("A"))

    @property
    def losses(self) -> list[Loss]:
        description = self.client.library.simulation.describe(self.client.handle)
        return [Loss(*hole) for hole in description["holes"]]

    def assert_true(self) -> None:
        """The samples say the same as the log: where how many are missing, and none comes twice."""
        assert_proven(self.client, "A")
        indices, losses = self.indices, merged_losses(self.losses)
        first, last = int(indices[0]), int(indices[-1])
        assert first == sum(missing for place, missing in losses if place == 0)
        found = [(int(indices[seam.position - 1]) + 1, seam.missing) for seam in seams(indices)]
        logged = [(place, missing) for place, missing in losses if first < place <= last]
        assert [missing for _, missing in found] == [missing for _, missing in logged]
        for (place, _), (true, _) in zip(found, logged, strict=True):
            assert abs(place - true) < 8, "samples may look alike on both sides of a hole"
