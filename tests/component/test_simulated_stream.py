"""Streams of the simulated library through picosdk's own wrapper."""

from __future__ import annotations

import ctypes
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from simulated_client import AGGREGATE, AVERAGE, BUSY, DECIMATE, NONE, OK, Client

from picostream_pymeasure.driver.simulated import Fault, SimulatedScope, SimulatedSignal
from picostream_pymeasure.kernels.signal import expected_values

Load = Callable[..., Any]
COUNTER = {"A": SimulatedSignal("counter")}


def description(client: Client) -> dict[str, Any]:
    return json.loads(json.dumps(client.library.simulation.describe(client.handle)))


def span(values: np.ndarray) -> int:
    return int(values.max()) - int(values.min())


def assert_proven(client: Client, channels: str) -> None:
    """All that was delivered is what the description says, holes left out."""
    simulation = description(client)
    index = np.arange(client.received)
    for sample, missing in simulation["holes"]:
        index[index >= sample] += missing
    last = int(index[-1]) + 1
    for channel in channels:
        expected = expected_values(simulation, channel, 0, last).reshape(last, -1)
        assert np.array_equal(client.values(channel), expected[index].reshape(-1)), channel


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
    with Client(simulated(fifo_s=0.02)) as client:
        client.start("A", mode=DECIMATE, ratio=50_000)
        client.poll_for(2)
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
        count = ctypes.c_uint32()
        assert client.call("Stop") == OK
        assert client.call("NoOfStreamingValues", ctypes.byref(count)) == OK
        assert count.value == 2500


def test_auto_stop_completes_the_last_block(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start(size=1000, post=95, auto_stop=1, mode=AVERAGE, ratio=10)
        client.poll_for(10)
        assert [(d.count, d.auto_stop) for d in client.deliveries] == [(10, 1)]


RAMP = {"A": SimulatedSignal("triangle", frequency_hz=100.0, noise_v=0.0)}


@pytest.mark.parametrize(("direction", "edges"), [(2, [0]), (3, [1]), (4, [0, 1])])
def test_trigger_marks_the_crossing(simulated: Load, direction: int, edges: list[int]) -> None:
    """Triangle of 10 000 samples: 0.5 V is crossed at 1250 (up) and 3750 (down)."""
    library = simulated(paced=False, signals=RAMP)
    with Client(library) as client:
        threshold = round(0.5 / 2 * 32512)
        client.call("SetSimpleTrigger", 1, 0, threshold, direction, 0, 0)
        client.start(size=500, pre=0, post=1500, auto_stop=1)
        while not (client.deliveries and client.deliveries[-1].auto_stop):
            assert client.poll() == OK
        values, at = client.values("A").astype(int), _trigger_index(client)
        rising = values[at] >= threshold > values[at - 1]
        falling = values[at] <= threshold < values[at - 1]
        assert (rising, falling) == (0 in edges and at < 2000, edges == [1])
        assert at == pytest.approx(1250 if 0 in edges else 3750, abs=40)
        assert client.received == at + 1500


def _trigger_index(client: Client) -> int:
    """Index in all that was delivered: samples before the chunk plus ``triggerAt``."""
    (number,) = [n for n, delivery in enumerate(client.deliveries) if delivery.triggered]
    before = sum(delivery.count for delivery in client.deliveries[:number])
    assert client.deliveries[number].trigger_at < client.deliveries[number].count
    return before + client.deliveries[number].trigger_at


def test_trigger_waits_for_the_pre_trigger_samples(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, round(0.5 / 2 * 32512), 2, 0, 0)
        client.start(size=1000, pre=5000, post=100, auto_stop=1)
        while not client.deliveries or not client.deliveries[-1].auto_stop:
            assert client.poll() == OK
        assert _trigger_index(client) == pytest.approx(11_250, abs=40)


@pytest.mark.parametrize("mode", [AVERAGE, AGGREGATE])
def test_trigger_position_is_in_delivered_samples(simulated: Load, mode: int) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, round(0.5 / 2 * 32512), 2, 0, 0)
        client.start(size=100, post=1000, auto_stop=1, mode=mode, ratio=10)
        while not client.deliveries or not client.deliveries[-1].auto_stop:
            assert client.poll() == OK
        assert _trigger_index(client) == pytest.approx(125, abs=4)
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
        assert _trigger_index(client) == pytest.approx(at, abs=40)


def test_auto_trigger_goes_on_without_an_edge(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=RAMP)) as client:
        client.call("SetSimpleTrigger", 1, 0, 32000, 2, 0, 3)
        client.start(size=5000, pre=100, post=500, auto_stop=1)
        client.poll()
        assert _trigger_index(client) == 3100
        assert client.received == 3600


def test_a_trigger_needs_its_channel(simulated: Load) -> None:
    with Client(simulated()) as client:
        client.call("SetSimpleTrigger", 1, 1, 0, 2, 0, 0)
        client.use("A")
        client.register("A", 100)
        assert client.run()[0] == 44
        client.call("SetSimpleTrigger", 0, 0, 0, 0, 0, 0)
        assert client.run()[0] == OK


@pytest.mark.parametrize("signal", ["flag", "stall"])
def test_polling_too_late_loses_samples_and_says_so(simulated: Load, signal: str) -> None:
    with Client(simulated(fifo_s=0.005, overrun_signal=signal, signals=COUNTER)) as client:
        client.start(size=100_000, interval=1000)
        time.sleep(0.02)  # on purpose: four times as long as the FIFO lasts
        status = client.poll()
        lost = client.library.simulation.lost_samples(client.handle)
        assert lost >= 10_000
        if signal == "stall":
            assert status == 28
            status = client.poll()
        assert status == OK
        assert client.deliveries[0].overflow == (-1 if signal == "flag" else 0)
        simulation = description(client)
        assert sum(missing for _, missing in simulation["holes"]) == lost
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


def test_calls_from_inside_the_callback_are_refused(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start()
        for name in ("Stop", "PingUnit", "CloseUnit"):
            client.inside = lambda name=name: client.call(name)
            assert client.poll() == OK
            assert client.inside_status == 35, name
        client.inside = client.poll
        assert client.poll() == OK
        assert client.inside_status == 35


def test_concurrent_calls_are_refused(simulated: Load) -> None:
    """A poll that hangs holds the driver; another thread's call gets 67 meanwhile."""
    scope = SimulatedScope(paced=False, faults=(Fault("hang", duration_s=0.5),))
    with Client(simulated(scope)) as client:
        client.start()

        def poll() -> None:
            while client.poll() == 67:  # it was the other call that was under way
                pass

        thread = threading.Thread(target=poll)
        thread.start()
        while client.call("PingUnit") != 67:
            assert thread.is_alive(), "the poll was over before a call could collide with it"
        assert client.poll() == 67
        thread.join()
        assert client.call("PingUnit") == BUSY
        assert client.received > 0


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


def _generate(client: Client, wave: int, frequency_hz: float, pk_to_pk_v: float = 2.0) -> int:
    return client.call(
        "SetSigGenBuiltInV2",
        0,
        round(pk_to_pk_v * 1e6),
        wave,
        frequency_hz,
        frequency_hz,
        *(0.0, 0.0, 0, 0, 0, 0, 0, 0, 0),
    )


def test_the_generator_changes_while_streaming(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start("AB", size=20_000)
        for frequency_hz in (100.0, 1000.0, 10_000.0):
            assert _generate(client, 0, frequency_hz) == OK
            client.poll()
        assert_proven(client, "AB")
        amplitudes = [span(delivery.values["B"]) / 2 for delivery in client.deliveries]
        expected = [16_256 / np.hypot(1, ratio) for ratio in (0.1, 1.0, 10.0)]
        assert amplitudes == pytest.approx(expected, abs=600)


def test_an_arbitrary_waveform_arrives_at_channel_b(simulated: Load) -> None:
    signals = {"B": SimulatedSignal("generator", noise_v=0.0)}
    with Client(simulated(paced=False, signals=signals), 4) as client:
        waveform = np.linspace(-32768, 32767, 1000).astype(np.int16)
        phase = ctypes.c_uint32()
        assert client.call("SigGenFrequencyToPhase", 100.0, 0, 1000, ctypes.byref(phase)) == OK
        status = client.call(
            "SetSigGenArbitrary",
            *(0, 2_000_000, phase.value, phase.value, 0, 0, waveform.ctypes.data, 1000),
            *(0, 0, 0, 0, 0, 0, 0, 0),
        )
        assert status == OK
        client.start("B", size=10_000, interval=1008)
        client.poll()
        values = client.values("B")[:9900]
        assert span(values) == pytest.approx(0.99 * 32_767, rel=0.01)
        assert np.corrcoef(values, np.arange(9900))[0, 1] > 0.99
        assert_proven(client, "B")


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
