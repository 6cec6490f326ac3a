"""What starts the simulated generator: software, the scope's trigger, EXT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import SimulatedSignal
from tests.support.simulated_client import (
    AVERAGE,
    OK,
    Client,
    assert_proven,
    description,
    trigger_index,
    until_the_end,
)

Load = Callable[..., Any]
RISING, FALLING, GATE_HIGH, GATE_LOW = range(4)
NO_SOURCE, SCOPE, AUX, EXT, SOFTWARE = range(5)
CONTINUOUS = 0xFFFFFFFF
LOOP = SimulatedSignal("generator", noise_v=0.0)
#: 1 ms and 1000 samples a period: high, then low.
SQUARE = {"B": LOOP, "EXT": SimulatedSignal("square", frequency_hz=1000.0)}


def square(
    client: Client,
    trigger_type: int,
    source: int,
    *,
    shots: int = 0,
    sweeps: int = 0,
    threshold_v: float = 0.5,
    frequency_hz: float = 10_000.0,
    wave: int = 1,
    operation: int = 0,
) -> int:
    """A square wave (never 0 V while it runs) of 100 samples a period."""
    threshold = round(threshold_v / 5 * 32767)
    frequencies = (frequency_hz, frequency_hz, 0.0, 0.0, 0)
    run = (operation, shots, sweeps, trigger_type, source, threshold)
    return client.call("SetSigGenBuiltInV2", 0, 2_000_000, wave, *frequencies, *run)


def stretches(client: Client) -> list[tuple[int, int]]:
    """Begin and end of every stretch in which the output ran."""
    runs = np.concatenate([[False], client.values("B") != 0, [False]])
    edges = np.flatnonzero(runs[1:] != runs[:-1]).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize("trigger_type", [RISING, FALLING])
def test_software_starts_a_burst(simulated: Load, trigger_type: int) -> None:
    with Client(simulated(paced=False, signals={"B": LOOP})) as client:
        assert square(client, trigger_type, SOFTWARE, shots=3) == OK
        client.start("B", size=1000)
        client.poll()
        for state in (0, 1):
            assert client.call("SigGenSoftwareControl", state) == OK
            client.poll()
        assert stretches(client) == [(1000, 1300), (2000, 2300)]
        assert_proven(client, "B")


@pytest.mark.parametrize(("trigger_type", "opens_with"), [(GATE_HIGH, 1), (GATE_LOW, 0)])
def test_a_gate_of_software(simulated: Load, trigger_type: int, opens_with: int) -> None:
    with Client(simulated(paced=False, signals={"B": LOOP})) as client:
        assert square(client, trigger_type, SOFTWARE, shots=CONTINUOUS) == OK
        client.call("SigGenSoftwareControl", 1 - opens_with)
        client.start("B", size=1050)
        client.poll()
        for state in (opens_with, opens_with, 1 - opens_with, opens_with):
            assert client.call("SigGenSoftwareControl", state) == OK
            client.poll()
        assert stretches(client) == [(1050, 3150), (4200, 5250)]
        assert_proven(client, "B")


def test_a_low_gate_of_software_is_open_at_first(simulated: Load) -> None:
    with Client(simulated(paced=False, signals={"B": LOOP})) as client:
        assert square(client, GATE_LOW, SOFTWARE, shots=5) == OK
        client.start("B", size=1000)
        client.poll()
        assert stretches(client) == [(0, 500)]


@pytest.mark.parametrize(
    ("trigger_type", "shots", "expected"),
    [
        (RISING, 2, [(0, 200), (1000, 1200), (2000, 2200)]),
        (FALLING, 2, [(500, 700), (1500, 1700), (2500, 2700)]),
        (FALLING, CONTINUOUS, [(500, 3000)]),
        (GATE_HIGH, CONTINUOUS, [(0, 500), (1000, 1500), (2000, 2500)]),
        (GATE_LOW, CONTINUOUS, [(500, 1000), (1500, 2000), (2500, 3000)]),
        (GATE_LOW, 2, [(500, 700), (1500, 1700), (2500, 2700)]),
        (RISING, 30, [(0, 3000)]),
    ],
)
def test_ext_starts_the_generator(
    simulated: Load, trigger_type: int, shots: int, expected: list[tuple[int, int]]
) -> None:
    with Client(simulated(paced=False, signals=SQUARE)) as client:
        assert square(client, trigger_type, EXT, shots=shots) == OK
        client.start("B", size=3000)
        client.poll()
        assert stretches(client) == expected
        assert_proven(client, "B")


def test_ext_starts_only_what_was_set_before(simulated: Load) -> None:
    """Set at sample 1300: a burst waits for the next edge, a gate is open already."""
    with Client(simulated(paced=False, signals=SQUARE)) as client:
        client.start("B", size=1300)
        client.poll()
        assert square(client, RISING, EXT, shots=1) == OK
        client.poll()
        assert stretches(client) == [(2000, 2100)]
        assert_proven(client, "B")
    with Client(simulated(paced=False, signals=SQUARE)) as client:
        client.start("B", size=1300)
        client.poll()
        assert square(client, GATE_HIGH, EXT, shots=CONTINUOUS) == OK
        client.poll()
        assert stretches(client) == [(1300, 1500), (2000, 2500)]
        assert_proven(client, "B")


@pytest.mark.parametrize(
    ("trigger_type", "threshold_v", "runs"),
    [
        (RISING, 0.5, False),
        (RISING, 2.0, False),
        (GATE_HIGH, 0.5, True),
        (GATE_HIGH, 2.0, False),
        (GATE_LOW, 2.0, True),
    ],
)
def test_a_flat_ext_has_no_edges(
    simulated: Load, trigger_type: int, threshold_v: float, runs: bool
) -> None:
    flat = {"B": LOOP, "EXT": SimulatedSignal("dc", offset_v=1.0)}
    with Client(simulated(paced=False, signals=flat)) as client:
        shots = {"shots": CONTINUOUS, "threshold_v": threshold_v}
        assert square(client, trigger_type, EXT, **shots) == OK
        client.start("B", size=3000)
        client.poll()
        assert stretches(client) == ([(0, 3000)] if runs else [])
        assert_proven(client, "B")


def test_edges_at_any_place_of_the_grid(simulated: Load) -> None:
    """A period of 1333.3 samples: every burst begins with the first sample past the edge."""
    signals = {**SQUARE, "EXT": SimulatedSignal("triangle", frequency_hz=750.0)}
    with Client(simulated(paced=False, signals=signals)) as client:
        assert square(client, RISING, EXT, shots=1, threshold_v=0.0) == OK
        client.start("B", size=30_000)
        client.poll()
        begins = [begin for begin, _ in stretches(client)]
        assert begins[:5] == [0, 1334, 2667, 4000, 5334]
        assert_proven(client, "B")


@pytest.mark.parametrize("trigger_type", [RISING, GATE_HIGH])
@pytest.mark.parametrize("mode", [0, AVERAGE])
def test_the_trigger_of_the_scope_starts_the_generator(
    simulated: Load, trigger_type: int, mode: int
) -> None:
    signals = {"A": SimulatedSignal("triangle", frequency_hz=100.0, noise_v=0.0), "B": LOOP}
    with Client(simulated(paced=False, signals=signals)) as client:
        assert square(client, trigger_type, SCOPE, shots=7) == OK
        client.call("SetSimpleTrigger", 1, 0, round(0.5 / 2 * 32512), 2, 0, 0)
        client.start("AB", size=500, post=3000, auto_stop=1, mode=mode, ratio=1)
        until_the_end(client)
        at = trigger_index(client) + 1
        assert at == pytest.approx(1250, abs=40)
        assert stretches(client) == [(at, at + 700)]
        (segment,) = description(client)["channels"]["B"]["segments"]
        assert segment["start_sample"] == at
        assert_proven(client, "AB")


def test_without_a_trigger_the_scope_starts_nothing(simulated: Load) -> None:
    with Client(simulated(paced=False, signals={"B": LOOP})) as client:
        assert square(client, RISING, SCOPE, shots=7) == OK
        client.start("B", size=500)
        client.poll()
        assert stretches(client) == []
        assert description(client)["channels"]["B"]["segments"][0]["start_sample"] is None
        assert_proven(client, "B")


def test_a_trigger_on_the_generator_itself(simulated: Load) -> None:
    """What the search has seen is what is delivered: the burst begins after its sample."""
    with Client(simulated(paced=False, signals={"B": LOOP})) as client:
        assert square(client, RISING, SCOPE, shots=1) == OK
        client.call("SetSimpleTrigger", 1, 1, 0, 0, 0, 0)
        client.start("B", size=500)
        client.poll()
        assert trigger_index(client) == 0
        assert stretches(client) == [(1, 101)]
        assert_proven(client, "B")


def test_every_new_stream_waits_again(simulated: Load) -> None:
    signals = {"A": SimulatedSignal("square", frequency_hz=1000.0, noise_v=0.0), "B": LOOP}
    with Client(simulated(paced=False, signals=signals)) as client:
        assert square(client, RISING, SCOPE, shots=1) == OK
        client.call("SetSimpleTrigger", 1, 0, 0, 2, 0, 0)
        client.start("AB", size=2000)
        client.poll()
        client.call("SetSimpleTrigger", 0, 0, 0, 0, 0, 0)
        client.call("Stop")
        client.run(size=2000)
        client.poll()
        assert client.deliveries[0].values["B"].any()
        assert not client.deliveries[1].values["B"].any()


@pytest.mark.parametrize(
    ("arguments", "settings", "status"),
    [
        ((RISING, SOFTWARE), {}, 47),
        ((RISING, EXT), {"shots": 1, "sweeps": 1}, 47),
        ((RISING, AUX), {"shots": 1}, 48),
        ((RISING, 5), {"shots": 1}, 48),
        ((4, SOFTWARE), {"shots": 1}, 48),
        ((RISING, SOFTWARE), {"shots": 1, "wave": 8}, OK),
        ((RISING, SOFTWARE), {"shots": 1, "wave": 9}, 48),
        ((RISING, SOFTWARE), {"shots": 1, "operation": 1}, 48),
        ((RISING, SOFTWARE), {"shots": 1, "operation": 2}, OK),
    ],
)
def test_limits(
    simulated: Load, arguments: tuple[int, int], settings: dict[str, int], status: int
) -> None:
    with Client(simulated()) as client:
        assert square(client, *arguments, **settings) == status


def test_software_controls_only_its_own(simulated: Load) -> None:
    with Client(simulated()) as client:
        assert client.call("SigGenSoftwareControl", 1) == 48
        assert square(client, RISING, EXT, shots=1) == OK
        assert client.call("SigGenSoftwareControl", 1) == 48
