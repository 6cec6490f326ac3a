"""Block mode of the simulated library through picosdk's own wrapper."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import BlockHabits, Fault, SimulatedSignal, VirtualClock
from tests.support.block_client import FAST, OK, BlockClient, unpaced

Load = Callable[..., Any]


def test_a_capture_without_a_trigger_comes_at_once(simulated: Load) -> None:
    with BlockClient(unpaced(simulated), "AB") as client:
        client.register(1, 5000)
        assert client.ready()[0] == 37
        assert client.run(100, 4900) == OK
        assert client.wait() == OK
        assert client.get(5000) == (OK, 5000, 0)
        client.assert_proven(5000, range(1))


@pytest.mark.parametrize(("direction", "sign"), [(2, 1), (3, -1)])
def test_the_trigger_lies_at_the_pre_trigger_samples(
    simulated: Load, direction: int, sign: int
) -> None:
    with BlockClient(unpaced(simulated)) as client:
        client.register(1, 3000)
        client.trigger(8000, direction)
        assert client.run(1000, 2000, 0) == OK
        assert client.wait() == OK
        assert client.get(3000)[0] == OK
        before, at = (int(client.counts["A"][0, 0, index]) for index in (999, 1000))
        assert sign * before < sign * 8000 <= sign * at + (sign < 0)
        client.assert_proven(3000, range(1))


def test_rapid_block_is_proven_sample_by_sample(simulated: Load) -> None:
    """10 000 captures of 1000 samples, their triggers and their times."""
    n, samples = 10_000, 1000
    with BlockClient(unpaced(simulated)) as client:
        client.divide(n)
        client.register(n, samples)
        client.trigger(0)
        assert client.run(100, 900, 0) == OK
        assert client.wait() == OK
        assert client.made() == n
        status, came, overflow = client.get_bulk(samples, 0, n - 1)
        assert (status, came, overflow[:n].any()) == (OK, samples, False)
        truth, infos = client.truth, client.infos(0, n - 1)
        last = int(truth["first"][-1]) + samples
        stream = client.expected("A", 0, last)
        windows = np.lib.stride_tricks.sliding_window_view(stream, samples)[truth["first"]]
        assert np.array_equal(client.counts["A"][0], windows)
        triggers = truth["first"] + 100
        assert np.array_equal(truth["trigger"], triggers)
        assert (stream[triggers] >= 0).all()
        assert (stream[triggers - 1] < 0).all()
        counter = infos["counter"].astype(np.int64)
        assert np.array_equal(np.diff(counter), np.diff(triggers))
        assert infos["status"].tolist() == [0x01000000] + [0] * (n - 1)
        assert np.array_equal(infos["segment"], np.arange(n))
        # armed again 2000 samples after the end; a period of the signal lasts 1000
        dead = np.diff(truth["first"]) - samples
        assert dead.min() >= 2000 - 100
        assert dead.max() <= 2000 + 1000


def test_runs_go_on_with_the_clock(simulated: Load) -> None:
    with BlockClient(unpaced(simulated)) as client:
        client.register(1, 100)
        firsts = []
        for _ in range(3):
            assert client.run(0, 100) == OK
            client.wait()
            assert client.get(100)[0] == OK
            client.assert_proven(100, range(1))
            firsts.append(int(client.truth["first"][0]))
        assert firsts[0] < firsts[1] < firsts[2]


def test_real_time(simulated: Load) -> None:
    """Captures are there once the scope's clock has gone so far, not before."""
    clock = VirtualClock()
    with BlockClient(simulated(clock=clock, signals=FAST)) as client:
        client.divide(2)
        assert client.run(0, 1000, 127) == OK  # 1 µs
        assert client.ready() == (OK, 0)
        clock.advance(0.000_999)
        assert client.made() == 0
        clock.advance(0.000_002)
        while client.made() < 1:
            pass
        assert client.ready() == (OK, 0)
        clock.advance(0.001_005)
        assert client.wait() == OK
        assert client.truth["first"].tolist() == [0, 1002]


def test_auto_trigger(simulated: Load) -> None:
    signals = {"A": SimulatedSignal("dc", noise_v=0.0)}
    with BlockClient(unpaced(simulated, signals=signals)) as client:
        client.trigger(20_000, auto_ms=5)
        assert client.run(10, 10, 127) == OK
        assert client.wait() == OK
        assert client.truth["trigger"][0] == 5000
        assert client.infos(0, 0)["time"][0] == 0


def test_digital_ports(simulated: Load) -> None:
    with BlockClient(unpaced(simulated, variant="5444DMSO"), ("A", "PORT0", "PORT1")) as client:
        client.divide(3)
        client.register(3, 700)
        assert client.run(0, 700) == OK
        client.wait()
        assert client.get_bulk(700, 0, 2)[:2] == (OK, 700)
        client.assert_proven(700, range(3))


def test_over_range_of_each_segment(simulated: Load) -> None:
    faults = (Fault("over_range", 700, samples=10, channel="B"),)
    with BlockClient(unpaced(simulated, faults=faults), "AB") as client:
        client.divide(3)
        client.register(3, 500)
        assert client.run(0, 500, 127) == OK
        client.wait()
        overflow = client.get_bulk(500, 0, 2)[2]
        assert overflow[:4].tolist() == [0, 2, 0, -1]


def test_segments_wrap(simulated: Load) -> None:
    with BlockClient(unpaced(simulated)) as client:
        client.divide(5, captures=3)
        client.register(5, 50)
        assert client.run(0, 50, segment=3) == OK
        client.wait()
        assert (client.truth["run"] > 0).tolist() == [True, False, False, True, True]
        status, _, overflow = client.get_bulk(50, 3, 0)
        assert status == OK
        assert overflow[:4].tolist() == [0, 0, 0, -1]
        assert client.infos(3, 0)["segment"].tolist() == [3, 4, 0]
        assert client.get_bulk(50, 0, 3)[0] == 37


def test_single_captures_in_several_segments(simulated: Load) -> None:
    with BlockClient(unpaced(simulated)) as client:
        client.divide(4, captures=1)
        client.register(4, 50)
        for segment in range(4):
            assert client.run(0, 50, segment=segment) == OK
            client.wait()
        assert client.get_bulk(50, 0, 3)[0] == OK
        client.assert_proven(50, range(4))


def test_a_part_of_a_capture(simulated: Load) -> None:
    with BlockClient(unpaced(simulated)) as client:
        client.register(1, 1000)
        client.run(0, 1000)
        client.wait()
        assert client.get(1000, start=900)[:2] == (OK, 100)
        first = int(client.truth["first"][0])
        expected = client.expected("A", first + 900, 100)
        assert np.array_equal(client.counts["A"][0, 0, :100], expected)
        assert (client.counts["A"][0, 0, 100:] == 99).all()
        assert client.get(10, start=1000)[0] == 40
        assert client.get(5)[:2] == (OK, 5)


@pytest.mark.parametrize("drops", [True, False])
def test_overlapped(simulated: Load, drops: bool) -> None:
    block = BlockHabits(stop_drops_request=drops)
    with BlockClient(unpaced(simulated, block=block)) as client:
        client.divide(3)
        client.register(3, 100)
        count, overflow = ctypes.c_uint32(100), np.full(3, -1, np.int16)
        arguments = (0, ctypes.byref(count), 1, 0, 0, 2, overflow.ctypes.data_as(ctypes.c_void_p))
        assert client.call("GetValuesOverlappedBulk", *arguments) == OK
        for _ in range(2):
            client.counts["A"][:] = 99
            assert client.run(0, 100) == OK
            assert client.wait() == OK
            client.assert_proven(100, range(3))
        assert overflow.tolist() == [0, 0, 0]
        client.call("Stop")
        client.counts["A"][:] = 99
        client.run(0, 100)
        client.wait()
        assert (client.counts["A"] == 99).all() == drops


def test_what_cannot_be(simulated: Load) -> None:
    with BlockClient(unpaced(simulated), "AB") as client:
        assert client.run(0, 100, 0) == 14
        assert client.run(-1, 100) == 13
        assert client.run(0, 0) == 13
        assert client.run(0, 100, segment=1) == 38
        assert client.run(0, 512 * 2**20 // 2) == OK
        client.call("Stop")
        assert client.run(1, 512 * 2**20 // 2) == 29
        assert client.call("SetNoOfCaptures", 0) == 13
        assert client.call("SetNoOfCaptures", 2) == OK
        assert client.run(0, 100) == 66
        most = ctypes.c_uint32()
        assert client.call("GetMaxSegments", ctypes.byref(most)) == OK
        assert client.call("MemorySegments", most.value + 1, None) == 30
        assert client.call("MemorySegments", 0, None) == 13
        assert client.divide(2) == 256 * 2**20
        assert client.get(100)[0] == 37
        assert client.get_bulk(100, 0, 1)[0] == 93
        assert client.run(0, 100) == OK
        client.wait()
        assert client.get(100)[0] == 70
        assert client.get(100, segment=2)[0] == 38
        assert client.get(100, mode=1)[0] == 71
        client.call("SetChannel", 0, 0, 1, 7, 0.0)
        client.call("SetChannel", 1, 0, 1, 7, 0.0)
        assert client.run(0, 100) == 16


@pytest.mark.parametrize(
    ("bits", "inputs", "fastest", "interval_ns"),
    [
        (8, "A", 0, 1),
        (8, "AB", 1, 2),
        (8, "ABC", 2, 4),
        (8, ("A", "B", "C", "D", "PORT0"), 3, 8),
        (12, "A", 1, 2),
        (12, "AB", 2, 4),
        (12, "ABCD", 3, 8),
        (12, ("A", "B", "C", "D", "PORT0"), 4, 16),
        (14, "ABCD", 3, 8),
        (14, ("A", "B", "C", "D", "PORT0"), 4, 16),
        (15, "AB", 3, 8),
        (16, "A", 4, 16),
    ],
)
def test_the_fastest_timebase(
    simulated: Load, bits: int, inputs: Any, fastest: int, interval_ns: float
) -> None:
    with BlockClient(unpaced(simulated, variant="5444DMSO"), inputs, bits) as client:
        found, most = ctypes.c_float(), ctypes.c_int32()
        pointers = ctypes.byref(found), ctypes.byref(most)
        if fastest:
            assert client.run(0, 10, fastest - 1) == 14
            assert client.call("GetTimebase2", fastest - 1, 10, *pointers, 0) == 14
        assert client.call("GetTimebase2", fastest, 10, *pointers, 0) == OK
        assert found.value == interval_ns
        share = {1: 1, 2: 2, 3: 4, 4: 4, 5: 8}[len(inputs)]
        assert most.value == 512 * 2**20 // share // (1 if bits == 8 else 2)
        assert client.call("GetTimebase2", fastest, most.value + 1, *pointers, 0) == 29
        assert client.run(0, 10, fastest) == OK


def test_four_channels_at_14_bits_may_be_slow(simulated: Load) -> None:
    with BlockClient(unpaced(simulated, block=BlockHabits(slow_14_bit=True)), "ABC", 14) as client:
        assert client.run(0, 10, 3) == 14
        assert client.run(0, 10, 4) == OK


def test_memory_that_the_driver_keeps(simulated: Load) -> None:
    block = BlockHabits(kept_samples=1000, max_segments=7)
    with BlockClient(unpaced(simulated, block=block)) as client:
        assert client.call("MemorySegments", 8, None) == 30
        assert client.divide(4) == 512 * 2**20 // 4 - 1000
