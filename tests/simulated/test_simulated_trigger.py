"""The simulated library's trigger, through picosdk's own wrapper."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from picostream_pymeasure.simulated import SimulatedSignal
from tests.support.simulated_client import (
    AGGREGATE,
    AVERAGE,
    OK,
    Client,
    assert_proven,
    trigger_index,
    until_the_end,
)

Load = Callable[..., Any]

RAMP = {"A": SimulatedSignal("triangle", frequency_hz=100.0, noise_v=0.0)}


@pytest.mark.parametrize(("direction", "edges"), [(2, [0]), (3, [1]), (4, [0, 1])])
def test_trigger_marks_the_crossing(simulated: Load, direction: int, edges: list[int]) -> None:
    """Triangle of 10 000 samples: 0.5 V is crossed at 1250 (up) and 3750 (down)."""
    library = simulated(paced=False, signals=RAMP)
    with Client(library) as client:
        threshold = round(0.5 / 2 * 32512)
        client.call("SetSimpleTrigger", 1, 0, threshold, direction, 0, 0)
        client.start(size=500, pre=0, post=1500, auto_stop=1)
        until_the_end(client)
        values, at = client.values("A").astype(int), trigger_index(client)
        rising = values[at] >= threshold > values[at - 1]
        falling = values[at] <= threshold < values[at - 1]
        assert (rising, falling) == (0 in edges and at < 2000, edges == [1])
        assert at == pytest.approx(1250 if 0 in edges else 3750, abs=40)
        assert client.received == at + 1500


@pytest.mark.parametrize("first_poll_ms", [18.6, 19.0, 19.4])
def test_an_edge_that_comes_during_a_poll_is_found(simulated: Load, first_poll_ms: float) -> None:
    """A long first search, and the only edge at 20 ms: samples it did not see are not delivered."""
    square = {"A": SimulatedSignal("square", frequency_hz=50.0, noise_v=0.0)}
    with Client(simulated(variant="5444D", signals=square, fifo_s=5)) as client:
        client.call("SetSimpleTrigger", 1, 0, 0, 2, 0, 0)
        client.start(size=2_000_000, interval=16, post=1000, auto_stop=1)
        begin = time.monotonic()
        while time.monotonic() - begin < first_poll_ms / 1e3:
            pass
        until_the_end(client)
        values, at = client.values("A"), trigger_index(client)
        assert values[at - 1] < 0 <= values[at]


def test_trigger_waits_for_the_pre_trigger_samples(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, round(0.5 / 2 * 32512), 2, 0, 0)
        client.start(size=1000, pre=5000, post=100, auto_stop=1)
        until_the_end(client)
        assert trigger_index(client) == pytest.approx(11_250, abs=40)


@pytest.mark.parametrize("mode", [AVERAGE, AGGREGATE])
def test_trigger_position_is_in_delivered_samples(simulated: Load, mode: int) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, round(0.5 / 2 * 32512), 2, 0, 0)
        client.start(size=100, post=1000, auto_stop=1, mode=mode, ratio=10)
        until_the_end(client)
        assert trigger_index(client) == pytest.approx(125, abs=4)
        assert_proven(client, "A")


def test_small_noise_on_the_wrong_slope_does_not_trigger(simulated: Load) -> None:
    """Noise crosses the threshold upwards on the falling slope, but within the hysteresis."""
    noisy = {"A": SimulatedSignal("ramp_down", frequency_hz=100.0, noise_v=0.004)}
    with Client(simulated(paced=False, signals=noisy)) as client:
        client.call("SetSimpleTrigger", 1, 0, 0, 2, 0, 0)
        client.start(size=9900)
        client.poll()
        values = client.values("A")
        assert ((values[1:] >= 0) & (values[:-1] < 0)).any()
        assert not client.deliveries[0].triggered


@pytest.mark.parametrize(("direction", "at"), [(0, 1250), (1, 0)])
def test_level_triggers(simulated: Load, direction: int, at: int) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, round(0.5 / 2 * 32512), direction, 0, 0)
        client.start(size=5000)
        client.poll()
        assert trigger_index(client) == pytest.approx(at, abs=40)


def test_auto_trigger_goes_on_without_an_edge(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, 32000, 2, 0, 3)
        client.start(size=5000, pre=100, post=500, auto_stop=1)
        client.poll()
        assert trigger_index(client) == 3100
        assert client.received == 3600


def test_a_trigger_needs_its_channel(simulated: Load) -> None:
    with Client(simulated()) as client:
        client.call("SetSimpleTrigger", 1, 1, 0, 2, 0, 0)
        client.use("A")
        client.register("A", 100)
        assert client.run()[0] == 44
        client.call("SetSimpleTrigger", 0, 0, 0, 0, 0, 0)
        assert client.run()[0] == OK
