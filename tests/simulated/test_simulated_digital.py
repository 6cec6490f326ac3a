"""The simulated library's digital ports, through picosdk's own wrapper."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import Fault, SimulatedScope
from picostream_pymeasure.simulated.kernels.signal import expected_values
from tests.support.simulated_client import (
    AGGREGATE,
    AVERAGE,
    DECIMATE,
    NONE,
    OK,
    Client,
    assert_proven,
    description,
)

Load = Callable[..., Any]
MSO = "5444DMSO"
ALL = ("A", "PORT0", "PORT1")


def test_ports_are_a_binary_counter_of_the_samples(simulated: Load) -> None:
    with Client(simulated(variant=MSO, paced=False)) as client:
        client.start(ALL, size=70_000)
        client.poll()
        low, high = (client.values(port).astype(int) for port in ("PORT0", "PORT1"))
        assert (low.min(), low.max(), high.min(), high.max()) == (0, 255, 0, 255)
        assert np.array_equal(np.diff(low + 256 * high) % 65536, np.ones(69_999))
        for bit in range(8):
            toggles = np.flatnonzero(np.diff(low >> bit & 1))
            assert set(np.diff(toggles)) == {2**bit}
        assert_proven(client, ALL)


@pytest.mark.parametrize("mode", [NONE, AGGREGATE, DECIMATE, AVERAGE])
def test_real_time_stream_with_ports(simulated: Load, mode: int) -> None:
    with Client(simulated(variant="5242DMSO", fifo_s=5)) as client:
        client.start(ALL, size=30_011, total=2, mode=mode, ratio=1 if mode == NONE else 77)
        assert client.poll_for(500) == OK
        assert client.deliveries[0].overflow == 0
        assert_proven(client, ALL)


def test_aggregation_gives_the_smallest_and_largest_number(simulated: Load) -> None:
    with Client(simulated(variant=MSO, paced=False)) as client:
        client.start(ALL, size=50, mode=AGGREGATE, ratio=256)
        client.poll()
        pairs = client.values("PORT0").reshape(-1, 2)
        assert (pairs == [0, 255]).all()


def test_ports_alone(simulated: Load) -> None:
    with Client(simulated(variant=MSO, paced=False)) as client:
        client.start(["PORT1"])
        client.poll()
        assert_proven(client, ["PORT1"])
        assert list(description(client)["channels"]) == ["PORT1"]


def test_every_seed_counts_from_another_number(simulated: Load) -> None:
    library = simulated(
        SimulatedScope(MSO, "ONE", seed=1, paced=False),
        SimulatedScope(MSO, "TWO", seed=2, paced=False),
    )
    with Client(library) as one, Client(library) as two:
        for client in (one, two):
            client.start(ALL, size=100)
            client.poll()
        assert not np.array_equal(one.values("PORT0"), two.values("PORT0"))


def test_lost_samples_are_missing_in_ports_too(simulated: Load) -> None:
    fault = Fault("overrun", 1000, samples=300)
    with Client(simulated(variant=MSO, paced=False, faults=(fault,))) as client:
        client.start(ALL, size=500)
        client.poll_for(3000)
        assert client.library.simulation.lost_samples(client.handle) == 300
        low = client.values("PORT0").astype(int)
        assert (low[1000] - low[999]) % 256 == 301 % 256
        assert_proven(client, ALL)


def test_ports_far_from_the_start(simulated: Load) -> None:
    """The description tells samples that nobody has waited for."""
    with Client(simulated(variant=MSO, paced=False)) as client:
        client.start(ALL)
        simulation = description(client)
        (segment,) = simulation["channels"]["PORT1"]["segments"]
        first = 2**40 + 5
        expected = (segment["first_count"] + first + np.arange(600)) >> 8 & 255
        assert np.array_equal(expected_values(simulation, "PORT1", first, 600), expected)


def test_ports_wait_for_the_next_start(simulated: Load) -> None:
    with Client(simulated(variant=MSO, paced=False)) as client:
        client.start("A", size=100)
        assert client.call("SetDigitalPort", 0x80, 1, 0) == OK
        client.register(["PORT0"], 100)
        client.poll()
        assert (client.values("PORT0") == 99).all()
        client.call("Stop")
        client.run(size=100)
        client.poll()
        assert len(set(client.deliveries[1].values["PORT0"])) == 100


@pytest.mark.parametrize(
    ("variant", "arguments", "status"),
    [
        (MSO, (0x80, 1, 0), OK),
        (MSO, (0x81, 1, 32767), OK),
        (MSO, (0x81, 1, -32768), 13),
        (MSO, (0x82, 1, 0), 275),
        (MSO, (0, 1, 0), 275),
        ("5444D", (0x80, 1, 0), 275),
        ("5444D", (0x80, 0, 0), 275),
    ],
)
def test_which_ports_there_are(
    simulated: Load, variant: str, arguments: tuple[int, ...], status: int
) -> None:
    with Client(simulated(variant=variant)) as client:
        assert client.call("SetDigitalPort", *arguments) == status


def test_buffers_of_ports(simulated: Load) -> None:
    library = simulated(SimulatedScope(MSO, "ONE"), SimulatedScope("5444D", "TWO"))
    with Client(library) as mso, Client(library) as plain:
        assert mso.call("SetDataBuffer", 0x81, 4096, 10, 0, NONE) == OK
        assert mso.call("SetDataBuffer", 0x82, 4096, 10, 0, NONE) == 16
        assert plain.call("SetDataBuffer", 0x80, 4096, 10, 0, NONE) == 16
        assert mso.call("SetDataBuffer", 0x81, None, 0, 0, NONE) == OK


@pytest.mark.parametrize(
    ("resolution", "channels", "fastest_ns"),
    [(0, ("A", "PORT0"), 16), (0, ALL, 24), (1, ("A", "PORT1"), 32), (4, ("A", "PORT0"), 32)],
)
def test_ports_share_the_rate(
    simulated: Load, resolution: int, channels: tuple[str, ...], fastest_ns: int
) -> None:
    with Client(simulated(variant=MSO), resolution) as client:
        client.use(channels)
        client.register(channels, 100)
        assert client.run(fastest_ns - 1)[0] == 43
        assert client.run(fastest_ns) == (OK, fastest_ns)


def test_ports_share_memory_and_timebases(simulated: Load) -> None:
    with Client(simulated(variant=MSO), 1) as client:
        most = ctypes.c_int32()
        arguments = (4, 100, None, ctypes.byref(most), 0)
        client.use("A")
        assert client.call("GetTimebase2", *arguments) == OK
        alone = most.value
        client.use(["A", "PORT0"])
        assert client.call("GetTimebase2", 1, *arguments[1:]) == 14
        assert client.call("GetTimebase2", *arguments) == OK
        assert most.value == alone // 2
