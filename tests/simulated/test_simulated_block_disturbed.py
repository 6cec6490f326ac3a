"""What may come between a capture and its samples: stops, faults, settings, callbacks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from picostream_pymeasure.simulated import BlockFault, BlockHabits, VirtualClock
from tests.support.block_client import FAST, OK, BlockClient, unpaced
from tests.support.patience import PATIENCE_S

Load = Callable[..., Any]


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


@contextmanager
def three_made(simulated: Load) -> Iterator[BlockClient]:
    """Three captures are complete, and the run goes on."""
    clock = VirtualClock()
    with BlockClient(simulated(clock=clock, signals=FAST)) as client:
        client.divide(10)
        client.register(10, 100)
        assert client.run(0, 100, 127) == OK
        clock.advance(0.000_350)
        while client.made() < 3:
            pass
        yield client


def test_complete_captures_stay_after_stop(simulated: Load) -> None:
    with three_made(simulated) as client:
        assert client.call("Stop") == OK
        assert client.made() == 3
        assert client.get_bulk(100, 0, 2)[:2] == (OK, 100)
        client.assert_proven(100, range(3))
        assert client.get_bulk(100, 0, 3)[0] == 37


def test_nothing_is_read_while_armed(simulated: Load) -> None:
    with three_made(simulated) as client:
        assert client.get_bulk(100, 0, 2)[0] == 37


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
