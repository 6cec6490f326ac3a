"""Stop and abort act within a second, whatever hangs, and what was streamed is stored later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import h5py
import pytest
from pymeasure.experiment import Procedure, Results, Worker

from picostream_pymeasure import host, verify
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.errors import DeviceNotFoundError, SessionStateError
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.scope_keeper import ScopeKeeper, wait_for_all
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import PATIENT_SCOPE, join, running, wait_until


@pytest.fixture(autouse=True)
def patient_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, PATIENT_SCOPE)


class StalledDisk:
    """Lets no block through after the first ones until it is released."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()
        open_file, write = Recorder.open, Recorder.write

        def without_native_code(recorder, description):
            open_file(recorder, description)

        def stalled(recorder, block):
            if block.first_sample > 0:
                self.reached.set()
                assert self.released.wait(PATIENCE_S)
            write(recorder, block)

        monkeypatch.setattr(Recorder, "open", without_native_code)
        monkeypatch.setattr(Recorder, "write", stalled)


@pytest.fixture
def stalled_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[StalledDisk]:
    disk = StalledDisk(monkeypatch)
    yield disk
    disk.released.set()


def until_stopped(**parameters: object) -> StreamingCapture:
    return StreamingCapture(scope_serial="simulated", sample_rate=0.1, ends_by="stop", **parameters)


def start(procedure: Procedure, csv_path: Path) -> Worker:
    worker = Worker(Results(procedure, str(csv_path)))
    worker.start()
    return worker


@pytest.mark.parametrize("way", ["stop", "abort"])
def test_stalled_disk(tmp_path: Path, stalled_disk: StalledDisk, way: str) -> None:
    procedure = until_stopped()
    worker = start(procedure, tmp_path / "run.csv")
    assert stalled_disk.reached.wait(PATIENCE_S)
    end = procedure.request_stop if way == "stop" else worker.stop
    end()
    join(worker)  # while the disk is still stalled
    assert procedure.status == (host.FINISHED if way == "stop" else host.ABORTED)
    stalled_disk.released.set()
    assert wait_for_all(PATIENCE_S)
    report = verify(tmp_path / "run.hdf5")
    assert report.status == ("complete" if way == "stop" else "incomplete"), report
    assert report.proven_samples == report.samples


def test_next_run_waits_for_the_scope(tmp_path: Path, stalled_disk: StalledDisk) -> None:
    first, second = until_stopped(), until_stopped()
    worker = start(first, tmp_path / "first.csv")
    assert stalled_disk.reached.wait(PATIENCE_S)
    worker.stop()
    join(worker)
    with running(second, tmp_path / "second.csv") as worker:
        assert second.scope is None
        stalled_disk.released.set()
        wait_until(lambda: (tmp_path / "second.hdf5").exists())
        second.request_stop()
    assert second.status == host.FINISHED
    for name, status in (("first", "incomplete"), ("second", "complete")):
        report = verify(tmp_path / f"{name}.hdf5")
        assert (report.status, report.errors, report.gaps) == (status, [], 0)


def test_two_scopes_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, f"{PATIENT_SCOPE};{PATIENT_SCOPE}")
    first, second = until_stopped(), until_stopped()
    with running(first, tmp_path / "first.csv"):
        wait_until(lambda: first.description)
        with running(second, tmp_path / "second.csv"):
            wait_until(lambda: second.description)
            second.request_stop()
        assert second.status == host.FINISHED
        first.request_stop()
    assert first.status == host.FINISHED
    assert first.scope_serial_number != second.scope_serial_number


def test_scope_in_use_is_told_at_once(tmp_path: Path) -> None:
    first, second = until_stopped(), until_stopped()
    with running(first, tmp_path / "first.csv"):
        wait_until(lambda: first.description)
        try:
            with pytest.raises(DeviceNotFoundError, match="free"):
                run_procedure(second, tmp_path / "second.csv")
        finally:
            first.request_stop()
    assert first.status == host.FINISHED


def test_waiting_run_can_be_aborted(tmp_path: Path, stalled_disk: StalledDisk) -> None:
    first, second = until_stopped(), until_stopped()
    worker = start(first, tmp_path / "first.csv")
    assert stalled_disk.reached.wait(PATIENCE_S)
    worker.stop()
    join(worker)
    worker = start(second, tmp_path / "second.csv")
    worker.stop()
    join(worker)  # while the first run is still being stored
    assert second.status == host.ABORTED
    stalled_disk.released.set()
    assert wait_for_all(PATIENCE_S)
    assert not (tmp_path / "second.hdf5").exists()


def test_driver_that_does_not_return(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, f"{PATIENT_SCOPE},hang_at=2e4:4")
    procedure = until_stopped(summary_interval=0.1)
    worker = start(procedure, tmp_path / "run.csv")
    wait_until(lambda: has_hung(worker))
    worker.stop()
    join(worker)
    assert not wait_for_all(0.0), "it ended with the driver's call, not before"
    assert procedure.status == host.ABORTED
    assert wait_for_all(PATIENCE_S)
    report = verify(tmp_path / "run.hdf5")
    assert report.proven_samples == report.samples > 0


def has_hung(worker: Worker) -> bool:
    """Whether the driver delivered nothing between two rows, after it had delivered some."""
    elapsed = worker.results.data["Elapsed Time (s)"].tolist()
    return len(elapsed) > 2 and elapsed[-1] == elapsed[-2]


class SlowScope(StreamingCapture):
    """A scope that takes long to open."""

    may_open = threading.Event()

    def open_scope(self) -> PicoScope5000A:
        assert self.may_open.wait(PATIENCE_S)
        return super().open_scope()


@pytest.mark.parametrize("way", ["stop", "abort"])
def test_end_while_the_scope_is_opened(
    tmp_path: Path, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    SlowScope.may_open.clear()
    procedure = SlowScope(scope_serial="simulated", ends_by="stop")
    worker = start(procedure, tmp_path / "run.csv")
    end = procedure.request_stop if way == "stop" else worker.stop
    end()
    join(worker)  # while the disk is still stalled
    assert procedure.status == (host.FINISHED if way == "stop" else host.ABORTED)
    SlowScope.may_open.set()
    assert wait_for_all(PATIENCE_S)
    assert procedure.scope is None
    told = [record.getMessage() for record in caplog.records if record.levelno > logging.INFO]
    assert told == ["The run was ended before its first sample."]


class EndedScope(StreamingCapture):
    """One whose run ends when its scope is open and its recording has not begun."""

    def make_session(self, scope: PicoScope5000A, path: str) -> Any:
        self.made = super().make_session(scope, path)
        self.end()
        return self.made


@pytest.mark.parametrize("way", ["stop", "abort"])
def test_end_before_the_recording_begins(tmp_path: Path, way: str) -> None:
    procedure = EndedScope(scope_serial="simulated", ends_by="stop")
    may_start = threading.Event()
    procedure.end = lambda: (may_start.wait(PATIENCE_S), end())
    worker = start(procedure, tmp_path / "run.csv")
    end = procedure.request_stop if way == "stop" else worker.stop
    may_start.set()
    join(worker)
    assert wait_for_all(PATIENCE_S)
    assert procedure.status == (host.FINISHED if way == "stop" else host.ABORTED)
    assert procedure.made.outcome is None
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]


@pytest.mark.parametrize("hook", ["startup", "execute"])
def test_a_run_that_fails_around_the_recording_is_no_complete_one(
    tmp_path: Path, hook: str
) -> None:
    class Failing(StreamingCapture):
        def startup(self):
            super().startup()
            if hook == "startup":
                raise RuntimeError("no light")

        def execute(self):
            if hook == "execute":
                raise RuntimeError("no light")
            super().execute()

    procedure = Failing(scope_serial="simulated", sample_rate=0.1, ends_by="stop")
    with running(procedure, tmp_path / "run.csv"):
        pass
    assert procedure.status == host.FAILED
    assert verify(tmp_path / "run.hdf5").status == "incomplete"
    with h5py.File(tmp_path / "run.hdf5") as file:
        assert file.attrs["ended_by"] == b"failed"


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit, KeyboardInterrupt])
def test_release_that_fails_does_not_keep_the_scope(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    class Careless(StreamingCapture):
        def release(self):
            raise kind("the other instrument is gone")

    procedure = Careless(scope_serial="simulated", duration=0.05)
    with running(procedure, tmp_path / "run.csv"):
        pass
    assert procedure.status == host.FINISHED
    assert procedure.scope is None


def test_nobody_waits_for_a_run_that_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    opened, goes_on = threading.Event(), threading.Event()

    def open_none() -> Any:
        opened.set()
        raise SessionStateError("There is none.")

    def open_late() -> Any:
        assert goes_on.wait(PATIENCE_S)
        return open_none()

    earlier, later = (ScopeKeeper("scope", each, lambda: None) for each in (open_late, open_none))
    earlier.start()
    later.start()
    try:
        while not opened.wait(0.01):
            assert caplog.messages == []
    finally:
        goes_on.set()
        ended = [each.end(PATIENCE_S) for each in (earlier, later)]
    assert all(ended)


def test_a_run_that_waits_for_an_earlier_release_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)  # what a script's user sees without asking for it
    released, opened = threading.Event(), threading.Event()

    def open_none() -> Any:
        opened.set()
        raise SessionStateError("There is none.")

    earlier = ScopeKeeper("scope", open_none, lambda: released.wait(PATIENCE_S))
    earlier.start()
    assert not earlier.end(0.0), "it still has the scope"
    assert opened.wait(PATIENCE_S)
    opened.clear()
    later = ScopeKeeper("scope", open_none, lambda: None)
    later.start()
    while "Waiting until an earlier run has released the scope." not in caplog.messages:
        assert not later.started.wait(0.01)
    assert not opened.is_set()
    released.set()
    assert later.started.wait(PATIENCE_S)
    assert opened.is_set()
    assert later.end(PATIENCE_S)


class NothingKept:
    """A session that records nothing."""

    description = outcome = None

    def start(self) -> None: ...

    def wait(self) -> None: ...

    def request_stop(self, ended_by: str, reason: str) -> None: ...

    def mark(self, label: str, value: float) -> None: ...


def test_what_the_closing_raises_is_kept_beside_what_ended_the_recording() -> None:
    def close() -> None:
        raise RuntimeError("the other instrument is gone")

    keeper = ScopeKeeper("scope", NothingKept, close)
    keeper.start()
    assert keeper.end(PATIENCE_S)
    assert keeper.error is None
    assert str(keeper.close_error) == "the other instrument is gone"


@pytest.mark.parametrize(("column", "n_told"), [("nocolumn", 1), ("Elapsed Time (s)", 0)])
def test_columns_that_the_csv_does_not_have_are_told_once(
    caplog: pytest.LogCaptureFixture, column: str, n_told: int
) -> None:
    class Own(StreamingCapture):
        DATA_COLUMNS: ClassVar[list[str]] = ["X"]

        def summary(self, health: Health) -> dict[str, Any]:
            return {column: 5}

    procedure = Own(scope_serial="simulated")
    for _ in range(2):
        procedure.emit_summary(Health())
    said = f"The CSV has no column {column!r}, which summary() fills; DATA_COLUMNS has X."
    assert caplog.messages == [said] * n_told
