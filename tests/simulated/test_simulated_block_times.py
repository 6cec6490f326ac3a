"""When captures of the simulated library were triggered, and how long they take."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.simulated import (
    BlockFault,
    BlockHabits,
    Fault,
    VirtualClock,
    scopes_from_text,
)
from tests.support.block_client import OK, BlockClient, unpaced

Load = Callable[..., Any]


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
        assert client.call("GetValuesTriggerTimeOffsetBulk64", 8, 8, 0, 0) == 94
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
    with pytest.raises(ConfigurationError, match="must be run_block, armed, get_values"):
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
