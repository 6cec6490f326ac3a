"""Pulse-width qualifiers of the simulated library's trigger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import SimulatedSignal
from picostream_pymeasure.simulated.kernels.signal import expected_values
from tests.support.simulated_client import OK, Client, description
from tests.support.simulated_conditions import (
    ABOVE,
    BELOW,
    FALLING,
    LEVEL,
    PORT0,
    PULSE,
    RISING,
    TRUE,
    A,
    B,
    conditions,
    digital,
    directions,
    run,
    thresholds,
)

Load = Callable[..., Any]
LESS, GREATER, IN_RANGE, OUT_OF_RANGE = 1, 2, 3, 4
#: Blockades of 62 to 312 samples, one in every thousand.
EVENTS = {
    "A": SimulatedSignal("events", offset_v=1.5, frequency_hz=1000.0, noise_v=0.0),
    "B": SimulatedSignal("triangle", frequency_hz=3000.0, noise_v=0.0),
}
THRESHOLD = 20_000


def pulse(client: Client, source: int, direction: int) -> None:
    conditions(client, (source, TRUE), name="SetPulseWidthQualifierConditions")
    if source != PORT0:
        name = "SetPulseWidthQualifierDirections"
        assert directions(client, (source, direction, LEVEL), name=name) == OK


@pytest.mark.parametrize("begins_with", [FALLING, BELOW])
@pytest.mark.parametrize(
    ("kind", "lower", "upper"),
    [(LESS, 100, 0), (GREATER, 250, 0), (IN_RANGE, 200, 210), (OUT_OF_RANGE, 70, 305)],
)
def test_blockades_of_a_width(
    simulated: Load, begins_with: int, kind: int, lower: int, upper: int
) -> None:
    """The pulse begins where the signal falls, and the trigger comes where it rises again."""
    with Client(simulated(paced=False, signals=EVENTS)) as client:
        thresholds(client, (THRESHOLD, 100, 0, 0, A))
        directions(client, (A, RISING, LEVEL))
        conditions(client, (A, TRUE), (PULSE, TRUE))
        pulse(client, A, begins_with)
        assert client.call("SetPulseWidthQualifierProperties", lower, upper, kind) == OK
        at = run(client, "A", size=50_000)
        begins, ends = blockades(client)
        widths = ends - begins
        wanted = {
            LESS: widths < lower,
            GREATER: widths > lower,
            IN_RANGE: (widths >= lower) & (widths <= upper),
            OUT_OF_RANGE: (widths < lower) | (widths > upper),
        }[kind]
        assert at == ends[wanted.argmax()]
        assert not wanted[0]


def blockades(client: Client) -> tuple[Any, Any]:
    low = expected_values(description(client), "A", 0, 300_000) < THRESHOLD
    edges = np.diff(low.astype(int))
    return np.flatnonzero(edges == 1) + 1, np.flatnonzero(edges == -1) + 1


def test_a_level_that_lasts_too_long(simulated: Load) -> None:
    """The pulse width alone: the trigger comes while the pulse is still there."""
    with Client(simulated(paced=False, signals=EVENTS)) as client:
        thresholds(client, (THRESHOLD, 100, 0, 0, A))
        conditions(client, (PULSE, TRUE))
        pulse(client, A, BELOW)
        client.call("SetPulseWidthQualifierProperties", 250, 0, GREATER)
        at = run(client, "A", size=50_000)
        begins, ends = blockades(client)
        assert at == begins[(ends - begins > 250).argmax()] + 251


def test_the_time_between_two_inputs(simulated: Load) -> None:
    """At most 40 samples after the blockade begins another input must rise."""
    with Client(simulated(paced=False, signals=EVENTS)) as client:
        thresholds(client, (THRESHOLD, 100, 0, 0, A), (0, 100, 0, 0, B))
        directions(client, (B, RISING, LEVEL))
        conditions(client, (B, TRUE), (PULSE, TRUE))
        pulse(client, A, FALLING)
        client.call("SetPulseWidthQualifierProperties", 40, 0, LESS)
        at = run(client, "AB", size=50_000)
        begins, _ = blockades(client)
        waited = at - begins[begins < at][-1]
        assert 0 < waited < 40
        b = expected_values(description(client), "B", at - 1, 2)
        assert b[0] < 0 <= b[1]


def test_the_period_of_a_digital_channel(simulated: Load) -> None:
    """D5 rises every 64 samples: the first rise comes too early to be a whole period."""
    with Client(simulated(variant="5444DMSO", paced=False)) as client:
        digital(client, (5, 3))
        digital(client, (5, 3), name="SetPulseWidthDigitalPortProperties")
        conditions(client, (PORT0, TRUE), (PULSE, TRUE))
        pulse(client, PORT0, RISING)
        client.call("SetPulseWidthQualifierProperties", 64, 64, IN_RANGE)
        at = run(client, ("A", "PORT0"))
        bit = expected_values(description(client), "PORT0", 0, 1000) >> 5 & 1
        rises = np.flatnonzero(np.diff(bit) == 1) + 1
        assert at == rises[1]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((0, 0, 0), OK),
        ((5, 4, LESS), OK),
        ((5, 4, IN_RANGE), 31),
        ((0, 0, 5), 31),
        ((0, 0, -1), 31),
        ((16_777_215, 0, GREATER), OK),
        ((16_777_216, 0, GREATER), 31),
    ],
)
def test_widths_are_checked(simulated: Load, arguments: tuple[int, ...], status: int) -> None:
    with Client(simulated()) as client:
        assert client.call("SetPulseWidthQualifierProperties", *arguments) == status


def test_a_pulse_cannot_be_a_condition_of_itself(simulated: Load) -> None:
    with Client(simulated()) as client:
        name = "SetPulseWidthQualifierConditions"
        assert conditions(client, (PULSE, TRUE), name=name) == 18
        assert digital(client, (1, 1), name="SetPulseWidthDigitalPortProperties") == 275
        assert directions(client, (A, ABOVE, 2), name="SetPulseWidthQualifierDirections") == 13
