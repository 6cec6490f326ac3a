"""Streams of the simulated library through picosdk's own wrapper."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import SimulatedScope, SimulatedSignal
from tests.support.simulated_client import (
    AGGREGATE,
    AVERAGE,
    BUSY,
    DECIMATE,
    NONE,
    OK,
    Client,
    assert_proven,
    description,
    span,
)

Load = Callable[..., Any]
COUNTER = {"A": SimulatedSignal("counter")}


def test_real_time_stream_of_all_channels_is_what_the_description_says(simulated: Load) -> None:
    with Client(simulated(variant="5444D", fifo_s=5)) as client:
        client.start("ABCD", size=30_011, interval=1000)
        assert client.poll_for(100_000) == OK
        assert_proven(client, "ABCD")
        assert client.library.simulation.lost_samples(client.handle) == 0


def test_deliveries_never_wrap_and_follow_each_other(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start(size=1000, interval=1000)
        client.poll_for(5000)
        assert [(d.start, d.count) for d in client.deliveries] == [(0, 1000)] * 5
    with Client(simulated(fifo_s=5)) as client:
        client.start(size=1000, interval=1000)
        client.poll_for(5000)
        position = 0
        for delivery in client.deliveries:
            assert delivery.start == position
            assert 0 < delivery.count <= 1000 - position
            position = (position + delivery.count) % 1000


def test_samples_come_as_time_passes(simulated: Load) -> None:
    with Client(simulated(fifo_s=5)) as client:
        before = time.monotonic()
        client.start(size=100_000, interval=1000)
        client.poll_for(20_000)
        assert time.monotonic() - before >= 0.02
        assert client.poll() in (OK, BUSY)


def test_busy_calls_nothing_back(simulated: Load) -> None:
    with Client(simulated()) as client:
        client.start(interval=4_000_000_000)
        assert client.poll() == BUSY
        assert client.deliveries == []


@pytest.mark.parametrize("mode", [AGGREGATE, DECIMATE, AVERAGE])
@pytest.mark.parametrize("ratio", [1, 2, 7, 1000, 70_001])
def test_down_sampling(simulated: Load, mode: int, ratio: int) -> None:
    with Client(simulated(paced=False)) as client:
        client.start("AB", size=33, mode=mode, ratio=ratio)
        client.poll_for(100)
        assert_proven(client, "AB")


@pytest.mark.parametrize("mode", [AGGREGATE, AVERAGE])
def test_blocks_are_carried_over_deliveries(simulated: Load, mode: int) -> None:
    """Portions of 100 raw samples, blocks of 77: nearly every block spans two polls."""
    with Client(simulated(fifo_s=5)) as client:
        client.start("A", size=200, mode=mode, ratio=77)
        client.poll_for(300)
        assert len(client.deliveries) > 1
        assert_proven(client, "A")


def test_blocks_longer_than_the_fifo(simulated: Load) -> None:
    with Client(simulated(fifo_s=0.2)) as client:
        client.start("A", mode=DECIMATE, ratio=300_000)
        client.poll_for(1)
        assert client.library.simulation.lost_samples(client.handle) == 0
        assert_proven(client, "A")


@pytest.mark.parametrize("resolution", [0, 1, 2, 3, 4])
def test_resolutions_quantise(simulated: Load, resolution: int) -> None:
    with Client(simulated(paced=False), resolution) as client:
        client.start("A", size=20_000, interval=1008)
        client.poll_for(20_000)
        quantum = 1 << (16 - (8, 12, 14, 15, 16)[resolution])
        assert np.gcd.reduce(client.values("A").astype(int)) == quantum
        assert_proven(client, "A")


def test_auto_stop_without_trigger_counts_post_samples_only(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start(size=1000, pre=500, post=2500, auto_stop=1)
        client.poll_for(2500)
        assert client.received == 2500
        assert [delivery.auto_stop for delivery in client.deliveries] == [0, 0, 1]
        assert client.poll() == BUSY
        assert client.call("Stop") == OK


def test_auto_stop_completes_the_last_block(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start(size=1000, post=95, auto_stop=1, mode=AVERAGE, ratio=10)
        client.poll_for(10)
        assert [(d.count, d.auto_stop) for d in client.deliveries] == [(10, 1)]


@pytest.mark.parametrize("signal", ["flag", "stall"])
def test_polling_too_late_loses_samples_and_says_so(simulated: Load, signal: str) -> None:
    with Client(simulated(fifo_s=0.005, overrun_signal=signal, signals=COUNTER)) as client:
        client.start(size=100_000, interval=1000)
        time.sleep(0.02)  # on purpose: four times as long as the FIFO lasts
        statuses = [client.poll()]
        lost = client.library.simulation.lost_samples(client.handle)
        assert lost >= 10_000
        while not client.deliveries:
            statuses.append(client.poll())
        assert (28 in statuses) == (signal == "stall")
        assert client.deliveries[0].overflow == (-1 if signal == "flag" else 0)
        assert description(client)["holes"][0] == [0, lost]
        assert_proven(client, "A")


def test_a_hole_in_a_reduced_stream_keeps_the_blocks_whole(simulated: Load) -> None:
    with Client(simulated(fifo_s=0.005)) as client:
        client.start("A", mode=AGGREGATE, ratio=77)
        client.poll_for(10)
        time.sleep(0.02)  # on purpose, as above
        client.poll_for(200)
        assert client.library.simulation.lost_samples(client.handle) > 0
        assert_proven(client, "A")


def test_over_range_bits_tell_the_channels(simulated: Load) -> None:
    signals = {"A": SimulatedSignal(amplitude_v=1.0), "B": SimulatedSignal(amplitude_v=3.0)}
    with Client(simulated(paced=False, signals=signals)) as client:
        client.start("AB")
        client.poll()
        assert client.deliveries[0].overflow == 0b10


def test_buffers_belong_to_a_mode(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.use("A")
        client.register("A", 100, AVERAGE)
        client.register("A", 100, NONE)
        client._mode = DECIMATE
        assert client.run(ratio=2)[0] == OK
        assert client.poll() == 55


def test_the_smaller_of_buffer_and_overview_size_counts(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.use("AB")
        client.register("A", 300)
        client.register("B", 200)
        assert client.run(size=1000)[0] == OK
        client.poll()
        assert client.deliveries[0].count == 200


def test_buffers_of_disabled_inputs_do_not_count(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.register("B", 10)
        client.start("A", size=300)
        client.poll()
        assert client.deliveries[0].count == 300
        assert (client.values("B") == 99).all()


def test_other_buffers_while_streaming(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start(size=100)
        client.poll()
        client.register("A", 40)
        client.poll_for(180)
        assert [delivery.count for delivery in client.deliveries] == [100, 40, 40]
        assert_proven(client, "A")


def test_input_settings_wait_for_the_next_start(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start(size=5000)
        client.poll()
        assert client.call("SetChannel", 0, 1, 1, 10, 0.0) == OK
        client.poll()
        assert_proven(client, "A")
        assert span(client.deliveries[1].values["A"]) > 30_000
        client.call("Stop")
        assert client.run(size=5000)[0] == OK
        client.poll()
        assert span(client.deliveries[2].values["A"]) < 5000


def test_several_units_stream_side_by_side(simulated: Load) -> None:
    library = simulated(
        SimulatedScope(serial="ONE", paced=False, seed=1),
        SimulatedScope(serial="TWO", paced=False, seed=2),
    )
    with Client(library) as one, Client(library) as two:
        one.start("A", size=1000)
        two.start("A", size=700)
        for _ in range(3):
            assert (one.poll(), two.poll()) == (OK, OK)
        assert_proven(one, "A")
        assert_proven(two, "A")
        assert not np.array_equal(one.values("A")[:700], two.values("A")[:700])


def test_libraries_do_not_know_each_other(simulated: Load) -> None:
    first, second = simulated(paced=False), simulated(paced=False)
    with Client(first) as one, Client(second) as two:
        assert one.handle == two.handle == 1
        one.start("A", size=100)
        assert one.poll() == OK
        assert two.poll() == 60
