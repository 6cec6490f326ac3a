"""Simulated scopes that capture, and the proof of what they captured."""

from __future__ import annotations

from typing import Any

import numpy as np

from picostream_pymeasure import PicoScope5000A
from picostream_pymeasure.capture import Captures
from picostream_pymeasure.simulated import SimulatedSignal, expected_values

#: Fast enough that captures of 1000 samples at 1 GS/s hold a period.
FAST = {"A": SimulatedSignal(frequency_hz=1e6, noise_v=0.0), "B": SimulatedSignal("counter")}

#: A trigger every 2 ms in real time.
SLOW = {"A": SimulatedSignal(frequency_hz=500.0, noise_v=0.0)}


def truth(scope: PicoScope5000A) -> Any:
    """Where the captures of the last run began on the scope's clock, and their triggers."""
    return scope.unit.library.simulation.captures(scope.unit.handle)


def assert_proven(scope: PicoScope5000A, captures: Captures, first: int = 0) -> None:
    """The captures from ``first`` on are those of the last run, sample by sample."""
    begins = truth(scope)["first"][: len(captures) - first]
    description = scope.unit.simulation()
    for name, counts in captures.counts.items():
        for number, begin in enumerate(begins):
            expected = expected_values(description, name, int(begin), captures.n_samples)
            assert np.array_equal(counts[first + number], expected)
