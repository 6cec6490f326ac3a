"""Block mode of the simulated library through picosdk's own wrapper."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.simulated import (
    BlockFault,
    BlockHabits,
    Fault,
    SimulatedSignal,
    VirtualClock,
    scopes_from_text,
)
from tests.support.block_client import OK, BlockClient
from tests.support.patience import PATIENCE_S

Load = Callable[..., Any]
FAST = {"A": SimulatedSignal(frequency_hz=1e6, noise_v=0.0)}


def unpaced(simulated: Load, **settings: Any) -> Any:
    return simulated(**{"paced": False, "signals": FAST, **settings})


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


def test_ports_may_be_free(simulated: Load) -> None:
    library = unpaced(simulated, variant="5444DMSO", block=BlockHabits(ports_are_free=True))
    with BlockClient(library, ("A", "PORT0", "PORT1")) as client:
        assert client.run(0, 10, 0) == OK


def test_memory_that_the_driver_keeps(simulated: Load) -> None:
    block = BlockHabits(kept_samples=1000, max_segments=7)
    with BlockClient(unpaced(simulated, block=block)) as client:
        assert client.call("MemorySegments", 8, None) == 30
        assert client.divide(4) == 512 * 2**20 // 4 - 1000


def test_the_callback_comes_on_a_thread_of_the_driver(simulated: Load) -> None:
    came, threads = threading.Event(), []

    def inside() -> int:
        threads.append(threading.get_ident())
        status = client.call("PingUnit")
        came.set()
        return status

    with BlockClient(unpaced(simulated)) as client:
        client.inside = inside
        assert client.run(0, 100, callback=True) == OK
        assert came.wait(PATIENCE_S)
        assert client.wait() == OK
    assert client.told == [OK, 35]
    assert threads != [threading.get_ident()]


@pytest.mark.parametrize("when", ["before", "after", "never"])
def test_stop_cancels(simulated: Load, when: Any) -> None:
    faults = (BlockFault("never_triggers", "armed"),)
    library = unpaced(simulated, block=BlockHabits(stop_callback=when), block_faults=faults)
    with BlockClient(library) as client:
        client.register(1, 100)
        client.trigger()
        assert client.run(0, 100, callback=True) == OK
        assert client.ready() == (OK, 0)
        assert client.get(100)[0] == 37
        assert client.call("SetChannel", 0, 1, 1, 7, 0.0) == 39
        assert client.call("PingUnit") == 39
        assert client.call("MemorySegments", 1, None) == 39
        assert client.run(0, 100) == 39
        assert client.call("Stop") == OK
        if when == "before":
            assert client.told == [58]
        assert client.ready() == (58, 0)
        assert client.get(100)[0] == 37
        assert client.call("Stop") == OK
    assert client.told == ([] if when == "never" else [58])


def test_complete_captures_stay_after_stop(simulated: Load) -> None:
    clock = VirtualClock()
    with BlockClient(simulated(clock=clock, signals=FAST)) as client:
        client.divide(10)
        client.register(10, 100)
        assert client.run(0, 100, 127) == OK
        clock.advance(0.000_350)
        while client.made() < 3:
            pass
        assert client.call("Stop") == OK
        assert client.made() == 3
        assert client.get_bulk(100, 0, 2)[:2] == (OK, 100)
        client.assert_proven(100, range(3))
        assert client.get_bulk(100, 0, 3)[0] == 37


@pytest.mark.parametrize("reads", [False, True])
def test_reading_while_armed(simulated: Load, reads: bool) -> None:
    clock = VirtualClock()
    block = BlockHabits(read_while_armed=reads)
    with BlockClient(simulated(clock=clock, signals=FAST, block=block)) as client:
        client.divide(10)
        client.register(10, 100)
        assert client.run(0, 100, 127) == OK
        clock.advance(0.000_350)
        while client.made() < 3:
            pass
        assert client.get_bulk(100, 0, 2)[0] == (OK if reads else 37)
        assert client.get_bulk(100, 0, 3)[0] == 37


def test_run_while_armed_may_start_anew(simulated: Load) -> None:
    block = BlockHabits(run_while_armed="restart")
    faults = (BlockFault("never_triggers", "armed"),)
    with BlockClient(unpaced(simulated, block=block, block_faults=faults)) as client:
        client.trigger()
        assert client.run(0, 100, callback=True) == OK
        assert client.run(0, 100, callback=True) == OK
        assert client.wait() == OK
    assert client.told == [58, OK]


def test_never_ready(simulated: Load) -> None:
    faults = (BlockFault("never_ready", "armed"),)
    with BlockClient(unpaced(simulated, block_faults=faults)) as client:
        client.run(0, 100, callback=True)
        while client.made() < 1:
            pass
        assert client.ready() == (OK, 0)
        client.call("Stop")
    assert client.told == [58]


@pytest.mark.parametrize("told", [True, False])
def test_unplugged_while_armed(simulated: Load, told: bool) -> None:
    faults = (BlockFault("unplug", "armed", at_capture=2),)
    library = unpaced(simulated, block_faults=faults, block=BlockHabits(lost_callback=told))
    with BlockClient(library) as client:
        client.divide(5)
        client.run(0, 100, callback=True)
        assert client.wait() == 7
        assert client.get(100)[0] == 7
    assert client.told == ([7] if told else [])


@pytest.mark.parametrize("when", ["run_block", "armed", "get_values"])
def test_power_change(simulated: Load, when: Any) -> None:
    faults = (BlockFault("power_change", when, at_run=2),)
    with BlockClient(unpaced(simulated, block_faults=faults), "AC") as client:
        client.register(1, 100)
        assert client.run(0, 100) == OK
        client.wait()
        assert client.get(100)[0] == OK
        statuses = [client.run(0, 100)]
        statuses.append(client.wait() if statuses[-1] == OK else 0)
        statuses.append(client.get(100)[0])
        assert 282 in statuses
        assert client.get(100)[0] == 282
        assert client.call("ChangePowerSource", 282) == OK
        assert client.get(100)[0] == 37
        assert client.run(0, 100) == OK
        client.wait()
        assert client.get(100)[:2] == (OK, 100)
        assert client.call("SetChannel", 2, 1, 1, 7, 0.0) == 290


def test_answers_on_request(simulated: Load) -> None:
    faults = (
        BlockFault("answer", "run_block", status=284),
        BlockFault("answer", "get_values", at_run=2, status=39),
        BlockFault("fewer_samples", "get_values", at_run=3, samples=30),
    )
    with BlockClient(unpaced(simulated, block_faults=faults)) as client:
        client.register(1, 100)
        assert client.run(0, 100) == 284
        assert client.run(0, 100) == OK
        client.wait()
        assert client.get(100)[0] == 39
        assert client.get(100)[:2] == (OK, 100)
        client.run(0, 100)
        client.wait()
        assert client.get(100)[:2] == (OK, 70)


@pytest.mark.parametrize(
    ("discards", "same", "other"), [("none", OK, OK), ("changes", OK, 37), ("all", 37, 37)]
)
def test_settings_that_throw_captures_away(
    simulated: Load, discards: Any, same: int, other: int
) -> None:
    with BlockClient(unpaced(simulated, block=BlockHabits(discards=discards))) as client:
        client.register(1, 100)
        for arguments, status in (((0, 1, 1, 7, 0.0), same), ((0, 1, 1, 8, 0.0), other)):
            client.call("SetChannel", 0, 1, 1, 7, 0.0)
            client.run(0, 100)
            client.wait()
            assert client.call("SetChannel", *arguments) == OK
            assert client.get(100)[0] == status


@pytest.mark.parametrize("unit", ["fs", "ps", "ns", "varies"])
@pytest.mark.parametrize("sign", [1, -1])
def test_time_offsets(simulated: Load, unit: Any, sign: Any) -> None:
    """Where the straight line between two samples crosses the level, at or before the trigger."""
    block = BlockHabits(offset_unit=unit, offset_sign=sign)
    with BlockClient(unpaced(simulated, block=block)) as client:
        client.divide(20)
        client.register(20, 100)
        client.trigger(4321)
        client.run(50, 50, 12)  # 80 ns
        client.wait()
        client.get_bulk(100, 0, 19)
        times, units = np.zeros(20, np.int64), np.full(20, -1, np.int32)
        pointers = times.ctypes.data, units.ctypes.data
        assert client.call("GetValuesTriggerTimeOffsetBulk64", *pointers, 0, 19) == OK
        before, at = client.counts["A"][0, :, 49:51].astype(float).T
        expected_ns = sign * 80 * ((4321 - before) / (at - before) - 1)
        unit_ns = np.array([1e-6, 1e-3, 1.0])[units]
        assert np.allclose(times * unit_ns, expected_ns, atol=unit_ns.max())
        infos = client.infos(0, 19)
        assert np.array_equal(infos["time"], times)
        assert np.array_equal(infos["time_units"], units)
        one, one_unit = ctypes.c_int64(), ctypes.c_int32()
        arguments = ctypes.byref(one), ctypes.byref(one_unit), 7
        assert client.call("GetTriggerTimeOffset64", *arguments) == OK
        assert (one.value, one_unit.value) == (times[7], units[7])


def test_offsets_of_auto_triggers_may_not_be_calculable(simulated: Load) -> None:
    block = BlockHabits(offset_of_auto="not_calculable")
    with BlockClient(unpaced(simulated, block=block)) as client:
        client.divide(2)
        client.run(0, 100)
        client.wait()
        assert client.infos(0, 1)["status"].tolist() == [0x03000004, 0x02000004]


def test_stamps_wrap_and_may_count_a_clock(simulated: Load) -> None:
    block = BlockHabits(stamp_start=2**32 - 500, stamp_bits=32, stamp_ns=8)
    with BlockClient(unpaced(simulated, block=block)) as client:
        client.divide(10)
        client.run(0, 1000, 4)  # 16 ns
        client.wait()
        counter = client.infos(0, 9)["counter"].astype(np.int64)
        assert counter.max() < 2**32
        steps = np.diff(counter) % 2**32
        assert np.array_equal(steps, 2 * np.diff(client.truth["trigger"]))


def test_transfer_and_set_up_take_time(simulated: Load) -> None:
    clock = VirtualClock()
    block = BlockHabits(transfer_bytes_s=1e6, setup_s=0.05)
    with BlockClient(unpaced(simulated, block=block, clock=clock)) as client:
        client.register(1, 10_000)
        client.run(0, 10_000)
        client.wait()
        assert clock.now_ns == 50_000_000
        client.get(10_000)
        assert clock.now_ns == 70_000_000


def test_streams_and_captures_take_turns(simulated: Load) -> None:
    with BlockClient(unpaced(simulated)) as client:
        client.register(1, 100)
        client.run(0, 100)
        client.wait()
        wanted = ctypes.c_uint32(1000)
        arguments = (ctypes.byref(wanted), 2, 0, 0, 0, 1, 0, 100)
        assert client.call("RunStreaming", *arguments) == OK
        assert client.run(0, 100) == 39
        assert client.get(100)[0] == 36
        assert client.call("GetTriggerTimeOffset64", 8, 8, 0) == 94
        client.call("Stop")
        assert client.get(100)[0] == 37
        assert client.run(0, 100) == OK
        client.wait()
        assert client.get(100)[0] == OK
        client.assert_proven(100, range(1))


def test_text_describes_block_mode() -> None:
    (scope,) = scopes_from_text(
        "rearm_s=1e-5,slow_14_bit=yes,offset_sign=-1,unplug_at=armed:1:20,"
        "answer_at=run_block:2:284*,never_triggers_at=armed,unplug_at=5e6"
    )
    assert scope.block == BlockHabits(rearm_s=1e-5, slow_14_bit=True, offset_sign=-1)
    assert scope.block_faults == (
        BlockFault("unplug", "armed", at_capture=20),
        BlockFault("answer", "run_block", at_run=2, status=284, always=True),
        BlockFault("never_triggers", "armed"),
    )
    assert scope.faults == (Fault("unplug", 5_000_000),)
    with pytest.raises(ConfigurationError, match="'sometimes' is no value for 'answer_at'"):
        scopes_from_text("answer_at=sometimes")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: BlockHabits(stop_callback="soon"), "before, after, never"),  # type: ignore[arg-type]
        (lambda: BlockHabits(rearm_s=-1), "0 to 60 s"),
        (lambda: BlockHabits(stamp_bits=65), "1 to 64 bits"),
        (lambda: BlockHabits(kept_samples=-1), "0 or more"),
        (lambda: BlockFault("answer", "armed"), "unplug, power_change, never_triggers"),
        (lambda: BlockFault("answer", "later"), "run_block, armed, get_values"),  # type: ignore[arg-type]
        (lambda: BlockFault("unplug", "armed", at_run=0), "0 or more"),
    ],
)
def test_descriptions_that_cannot_be(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        make()
