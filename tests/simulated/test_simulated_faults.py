"""Faults on request: each strikes where it should, and says so with its status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import Fault, SimulatedScope, SimulatedSignal
from tests.support.simulated_client import AVERAGE, BUSY, OK, Client, assert_proven, description

Load = Callable[..., Any]
AT = 12_345


def faulty(simulated: Load, *faults: Fault, **settings: Any) -> Client:
    settings = {"signals": {"A": SimulatedSignal("counter")}, "paced": False, **settings}
    return Client(simulated(SimulatedScope(faults=faults, **settings)))


def test_unplug(simulated: Load) -> None:
    with faulty(simulated, Fault("unplug", AT)) as client:
        client.start()
        assert client.poll_for(10**6) == 7
        assert client.received == AT
        assert_proven(client, "A")
        for name in ("Stop", "PingUnit", "CurrentPowerSource"):
            assert client.call(name) == 7
        assert client.call("SetChannel", 0, 1, 1, 7, 0.0) == 7
        assert client.call("CloseUnit") == OK
        assert Client(client.library).open_status == 3


@pytest.mark.parametrize(("kind", "status"), [("streaming_failed", 20), ("buffer_stall", 28)])
@pytest.mark.parametrize("paced", [True, False])
def test_a_dead_stream_goes_on_with_its_index(
    simulated: Load, kind: Any, status: int, paced: bool
) -> None:
    with faulty(simulated, Fault(kind, AT), paced=paced, fifo_s=5) as client:
        client.start()
        assert client.poll_for(10**6) == status
        assert client.poll() == status
        assert client.received == AT
        assert client.call("Stop") == OK
        assert client.poll() == 60
        assert client.run()[0] == OK
        assert client.poll_for(2 * AT) == OK
        holes = description(client)["holes"]
        assert len(holes) == (1 if paced else 0)
        assert sum(missing for _, missing in holes) == client.library.simulation.lost_samples(
            client.handle
        )
        assert_proven(client, "A")


def test_other_settings_start_a_new_index(simulated: Load) -> None:
    with faulty(simulated, Fault("streaming_failed", AT)) as client:
        client.start()
        client.poll_for(10**6)
        client.deliveries.clear()
        assert client.run(2000)[0] == OK
        client.poll()
        assert_proven(client, "A")


def test_a_stopped_stream_starts_anew(simulated: Load) -> None:
    with faulty(simulated) as client:
        client.start()
        client.poll()
        client.call("Stop")
        client.deliveries.clear()
        assert client.run()[0] == OK
        client.poll()
        assert_proven(client, "A")


def test_restart_of_a_reduced_stream_keeps_its_blocks(simulated: Load) -> None:
    with faulty(simulated, Fault("buffer_stall", AT), paced=True, fifo_s=5) as client:
        client.start("A", mode=AVERAGE, ratio=100)
        assert client.poll_for(10**6) == 28
        assert client.run(ratio=100)[0] == OK
        assert client.poll_for(300) == OK
        assert_proven(client, "A")


def test_power_change(simulated: Load) -> None:
    with faulty(simulated, Fault("power_change", AT)) as client:
        client.start("AC")
        assert client.poll_for(10**6) == 282
        assert client.received == AT
        assert client.run()[0] == 282
        assert client.call("ChangePowerSource", 281) == 283
        assert client.call("ChangePowerSource", 282) == OK
        assert client.poll() == BUSY
        assert client.call("SetChannel", 2, 1, 1, 7, 0.0) == 290
        assert client.run()[0] == OK
        assert client.poll_for(AT + 1) == OK
        assert_proven(client, "A")


def test_stall_ends_with_a_new_start(simulated: Load) -> None:
    with faulty(simulated, Fault("stall", AT)) as client:
        client.start()
        client.poll_until(BUSY)
        assert client.received == AT
        assert [client.poll() for _ in range(5)] == [BUSY] * 5
        assert client.call("Stop") == OK
        assert client.run()[0] == OK
        assert client.poll() == OK
        assert_proven(client, "A")


def test_a_burst_of_busy_loses_nothing(simulated: Load) -> None:
    fault = Fault("busy", AT, duration_s=0.02)
    with faulty(simulated, fault, paced=True, fifo_s=5) as client:
        client.start(size=100_000)
        assert client.poll_for(AT + 20_000) == OK
        assert client.library.simulation.lost_samples(client.handle) == 0
        first = next(d for d in client.deliveries if d.start >= AT)
        assert first.start == AT
        assert first.count >= 20_000 - 100
        assert_proven(client, "A")


def test_a_hanging_poll_overruns_a_short_fifo(simulated: Load) -> None:
    fault = Fault("hang", AT, duration_s=0.1)
    with faulty(simulated, fault, paced=True, fifo_s=0.02) as client:
        client.start(size=100_000)
        assert client.poll_for(2 * AT) == OK
        assert client.library.simulation.lost_samples(client.handle) >= 80_000 - 100
        assert any(delivery.overflow == -1 for delivery in client.deliveries)
        assert_proven(client, "A")


@pytest.mark.parametrize("signal", ["flag", "stall"])
@pytest.mark.parametrize("ratio", [1, 100])
def test_overrun_at_a_place(simulated: Load, signal: Any, ratio: int) -> None:
    fault = Fault("overrun", AT, samples=5000)
    with faulty(simulated, fault, overrun_signal=signal) as client:
        client.start(mode=AVERAGE, ratio=ratio, size=20_000 // ratio)
        statuses = [client.poll() for _ in range(4)]
        assert (28 in statuses) == (signal == "stall")
        flagged = [delivery.overflow for delivery in client.deliveries if delivery.overflow]
        assert flagged == ([-1] if signal == "flag" else [])
        first, after = AT // ratio, -(-(AT + 5000) // ratio)
        assert description(client)["holes"] == [[first, after - first]]
        assert_proven(client, "A")


def test_over_range(simulated: Load) -> None:
    fault = Fault("over_range", AT, samples=100, channel="B")
    with faulty(simulated, fault) as client:
        client.start("AB", size=5000)
        client.poll_for(20_000)
        assert [delivery.overflow for delivery in client.deliveries] == [0, 0, 2, 0]
        assert np.flatnonzero(client.values("B") == 32512).tolist() == list(range(AT, AT + 100))
        assert_proven(client, "AB")


def test_faults_at_a_time(simulated: Load) -> None:
    with faulty(simulated, Fault("unplug", at_s=0.01)) as client:
        client.start(interval=2000)
        assert client.poll_for(10**6) == 7
        assert client.received == 5000


def test_refused_open(simulated: Load) -> None:
    with faulty(simulated, Fault("refuse_open")) as client:
        assert (client.open_status, client.handle) == (7, -1)


def test_faults_come_again_with_the_next_opening(simulated: Load) -> None:
    library = simulated(SimulatedScope(faults=(Fault("streaming_failed", AT),), paced=False))
    for _ in range(2):
        with Client(library) as client:
            client.start()
            assert client.poll_for(10**6) == 20
            assert client.received == AT
