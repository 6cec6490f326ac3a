"""One run is handed over while the next is armed, where the driver does that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure import PicoScope5000A, PicoStreamReader, verify
from picostream_pymeasure.driver import block
from picostream_pymeasure.errors import DeviceLostError, DiskFullError, DriverError
from picostream_pymeasure.instrument import PicoScopeAdapter
from picostream_pymeasure.records import Block
from picostream_pymeasure.simulated import (
    BlockFault,
    BlockHabits,
    SimulatedScope,
    load_simulated,
)
from picostream_pymeasure.storage import Recorder, describe_file
from tests.support.call_log import CallLog
from tests.support.capturing import FAST, assert_proven
from tests.support.patience import PATIENCE_S

Open = Callable[..., PicoScope5000A]

REQUEST = "ps5000aGetValuesOverlappedBulk"
WORK = ("RunBlock", "Overlapped", "GetValuesBulk", "TriggerInfo", "Stop(")


@pytest.fixture(params=[True, False], ids=["Stop drops a request", "Stop keeps a request"])
def log(request: pytest.FixtureRequest) -> CallLog:
    block = BlockHabits(max_segments=4, stop_drops_request=request.param)
    settings = {"paced": False, "signals": FAST, "block": block}
    return CallLog(load_simulated((SimulatedScope(**settings),)))


@pytest.fixture
def scope(log: CallLog) -> Iterator[PicoScope5000A]:
    with PicoScope5000A(PicoScopeAdapter(library=log)) as instrument:
        instrument.resolution, instrument.A.range = 8, 2
        instrument.trigger.level, instrument.trigger.enabled = 0.25, True
        yield instrument


def work_of(log: CallLog) -> list[str]:
    """The order in which runs were requested, armed, fetched and stopped."""
    return [word for call in log.take() for word in WORK if word in call]


def test_each_run_is_armed_before_the_last_one_is_written(
    scope: PicoScope5000A, log: CallLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Recorder.write

    def noted(recorder: Recorder, block: Block) -> None:
        log.calls.append("Stop(a block is written)")
        write(recorder, block)

    monkeypatch.setattr(Recorder, "write", noted)
    log.take()
    scope.capture(tmp_path / "pulses.hdf5", samples=500, captures=10)
    armed = ["Overlapped", "RunBlock"]
    expected = [*armed, "TriggerInfo", *armed, "Stop(", "TriggerInfo", *armed, "Stop("]
    assert work_of(log)[: len(expected)] == expected
    assert verify(tmp_path / "pulses.hdf5").exit_code == 0


@pytest.mark.parametrize(
    ("name", "statuses"),
    [(REQUEST, (13,)), (REQUEST, (0x10A,)), (REQUEST, (0, 71)), ("ps5000aRunBlock", (70,))],
)
def test_a_driver_that_does_not_overlap_is_fetched_run_by_run(
    scope: PicoScope5000A, log: CallLog, name: str, statuses: tuple[int, ...]
) -> None:
    log.answer(name, *statuses)
    captures = scope.capture(samples=500, captures=10, timeout=PATIENCE_S)
    assert len(captures) == 10
    assert_proven(scope, captures, 8)
    words = work_of(log)
    assert words.count("GetValuesBulk") == 3
    assert words.count("Overlapped") == len(statuses) if name == REQUEST else 1


def test_what_was_requested_is_given_up_before_a_run_without_it(
    scope: PicoScope5000A, log: CallLog
) -> None:
    log.take()
    log.answer("ps5000aRunBlock", 70)
    scope.capture(samples=500, captures=10, timeout=PATIENCE_S)
    assert work_of(log)[:5] == ["Overlapped", "RunBlock", "Stop(", "RunBlock", "GetValuesBulk"]


def test_a_driver_that_forgets_the_request_is_fetched_run_by_run(
    scope: PicoScope5000A, log: CallLog
) -> None:
    log.answer(REQUEST, 0, 0, 0)  # it says OK and does nothing
    captures = scope.capture(samples=500, captures=10, timeout=PATIENCE_S)
    assert_proven(scope, captures, 8)
    assert work_of(log).count("GetValuesBulk") == 3


def test_a_driver_that_says_it_has_written_and_has_not_is_fetched_run_by_run(
    scope: PicoScope5000A, log: CallLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.answer(REQUEST, 0, 0, 0)
    monkeypatch.setattr(block.OverlappedRequest, "has_come", True)
    captures = scope.capture(samples=500, captures=10, timeout=PATIENCE_S)
    assert_proven(scope, captures, 8)
    assert work_of(log).count("GetValuesBulk") == 3


def test_what_the_driver_has_not_written_is_no_capture(scope: PicoScope5000A, log: CallLog) -> None:
    log.answer("ps5000aGetValuesBulk", 0)  # it says OK and does nothing
    with pytest.raises(DriverError, match="did not write all samples"):
        scope.capture(samples=500, captures=3, timeout=PATIENCE_S)


def test_a_request_that_was_stopped_harms_no_later_run(scope: PicoScope5000A) -> None:
    """The driver may still execute it: into other memory, of fewer segments, of more."""
    made: list[int] = []
    scope.capture(samples=500, captures=40, progress=made.append, should_stop=lambda: bool(made))
    for n_samples, n_captures in ((700, 1), (300, 3), (500, 4), (400, 6)):
        captures = scope.capture(samples=n_samples, captures=n_captures, timeout=PATIENCE_S)
        assert (len(captures), captures.n_samples) == (n_captures, n_samples)
        assert_proven(scope, captures, 4 if n_captures > 4 else 0)


def test_one_run_needs_no_request(scope: PicoScope5000A, log: CallLog) -> None:
    scope.capture(samples=500, captures=4)
    assert "Overlapped" not in work_of(log)


@pytest.mark.parametrize("n_captures", [5, 7, 8])
def test_a_last_run_that_is_shorter(opened: Open, n_captures: int, tmp_path: Path) -> None:
    scope = opened(block=BlockHabits(max_segments=4))
    scope.B.enabled = True
    path = tmp_path / "pulses.hdf5"
    scope.capture(path, samples=300, captures=n_captures, timeout=PATIENCE_S)
    report = verify(path)
    assert report.exit_code == 0, report
    with PicoStreamReader(path) as reader:
        assert len(reader.captures) == n_captures
    captures = scope.capture(samples=300, captures=n_captures, timeout=PATIENCE_S)
    assert_proven(scope, captures, 4)


FAULTS = [
    BlockFault("answer", "get_values", at_run=2, status=39),
    BlockFault("fewer_samples", "get_values", at_run=2, samples=7),
    BlockFault("power_change", "run_block", at_run=2, power="usb"),
    BlockFault("power_change", "armed", at_run=2, at_capture=2, power="usb"),
    BlockFault("power_change", "get_values", at_run=2, power="usb"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind} {fault.when}")
def test_what_goes_wrong_in_between(opened: Open, tmp_path: Path, fault: BlockFault) -> None:
    scope = opened(block=BlockHabits(max_segments=4), block_faults=(fault,))
    path = tmp_path / "pulses.hdf5"
    summary = scope.capture(path, samples=300, captures=12, timeout=PATIENCE_S)
    assert summary.captures == 12
    assert (summary.lost > 0) == (fault.kind == "power_change" and fault.when != "run_block")
    report = verify(path)
    assert (report.errors, report.exit_code) == ([], 3 if summary.lost else 0)
    told = describe_file(path)
    assert told["status"] == ("incomplete" if summary.lost else "complete")
    assert ("were lost, as the power source changed" in told["reason"]) == (summary.lost > 0)
    with PicoStreamReader(path) as reader:
        assert reader.captures.rows["samples"].tolist() == [300] * 12


@pytest.mark.parametrize("when", ["run_block", "armed", "get_values"])
def test_an_unplugged_scope_costs_no_run_that_was_fetched(
    opened: Open, tmp_path: Path, when: Any
) -> None:
    faults = (BlockFault("unplug", when, at_run=3),)
    scope = opened(block=BlockHabits(max_segments=4), block_faults=faults)
    path = tmp_path / "pulses.hdf5"
    with pytest.raises(DeviceLostError):
        scope.capture(path, samples=300, captures=20, timeout=PATIENCE_S)
    with PicoStreamReader(path) as reader:
        assert len(reader.captures) == 8


def test_a_full_disk_stops_the_armed_run(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = opened(block=BlockHabits(max_segments=4))
    path = tmp_path / "pulses.hdf5"
    write, written = Recorder.write, []

    def full(recorder: Recorder, block: Block) -> None:
        if written:
            raise DiskFullError("The disk is full.")
        written.append(block)
        write(recorder, block)

    monkeypatch.setattr(Recorder, "write", full)
    with pytest.raises(DiskFullError):
        scope.capture(path, samples=300, captures=20, timeout=PATIENCE_S)
    monkeypatch.undo()
    assert len(scope.capture(samples=100)) == 1  # the scope is idle, and nobody's memory in use
    with PicoStreamReader(path) as reader:
        assert len(reader.captures) == 4


def test_captures_in_memory_take_it_once(opened: Open) -> None:
    """What comes back is the memory that the driver has written to, of every run."""
    scope = opened(block=BlockHabits(max_segments=7))
    captures = scope.capture(samples=300, captures=20, timeout=PATIENCE_S)
    base = captures.counts["A"]
    while base.base is not None:
        base = base.base
    assert base.nbytes == 20 * 300 * 2
    assert np.shares_memory(base, captures.counts["A"])
