"""Without a window: a queue, a sequence file, PyMeasure's console, and the pair of files."""

from __future__ import annotations

import _thread
import ctypes
import gc
import io
import multiprocessing
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from pymeasure.experiment import Procedure, Results, workers
from pymeasure.experiment.sequencer import SequenceHandler

from picostream_pymeasure import describe_file, host, verify
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.errors import (
    ConfigurationError,
    OutputExistsError,
    PicoStreamError,
    StorageError,
)
from picostream_pymeasure.instrument import PicoScope5000A
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.recording_file import is_temporary, recording_path_for
from picostream_pymeasure.procedures.recording_procedure import LOOK_S
from picostream_pymeasure.procedures.scope_keeper import wait_for_all
from picostream_pymeasure.procedures.scripted import run_procedure
from picostream_pymeasure.procedures.streaming import StreamingProcedure
from picostream_pymeasure.records import TARGET, Health, Outcome
from picostream_pymeasure.storage import Recorder, open_recording
from picostream_pymeasure.streaming import StreamSession
from tests.support.patience import PATIENCE_S
from tests.support.procedures_runs import PATIENT_SCOPE, run


@pytest.fixture(autouse=True)
def patient_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, PATIENT_SCOPE)


@pytest.fixture
def ctrl_c_is_heard() -> Iterator[None]:
    """As in a terminal; a program that a shell puts into the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def capture(**parameters: object) -> StreamingCapture:
    return StreamingCapture(
        scope_serial="simulated", sample_rate=0.1, **{"duration": 0.05, **parameters}
    )


def test_queue_on_one_scope(tmp_path: Path) -> None:
    for range_v in (2, 5):
        results = run_procedure(capture(range_a=range_v), tmp_path / f"{range_v}V.csv")
        assert len(results.data) >= 1
        assert verify(tmp_path / f"{range_v}V.hdf5").exit_code == 0
        assert Results.load(str(tmp_path / f"{range_v}V.csv")).procedure.range_a == range_v


def test_failure_reaches_the_script(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="At 16 bit"):
        run_procedure(capture(resolution=16, channel_b=True), tmp_path / "run.csv")
    assert not list(tmp_path.iterdir())
    with pytest.raises(StorageError, match="create it first"):
        run_procedure(capture(), tmp_path / "missing" / "run.csv")
    with pytest.raises(StorageError, match="cannot be written"):
        run_procedure(Procedure(), tmp_path / "missing" / "run.csv")
    (tmp_path / "run.hdf5").touch()
    with pytest.raises(OutputExistsError):
        run_procedure(capture(), tmp_path / "run.csv")
    assert not (tmp_path / "run.csv").exists()
    (tmp_path / "run.hdf5").rename(tmp_path / "run.csv")
    with pytest.raises(OutputExistsError):
        run_procedure(capture(), tmp_path / "run.csv")


def test_a_run_without_a_scope_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(PicoStreamError):
        run_procedure(StreamingCapture(scope_serial="NONE", duration=0.05), tmp_path / "run.csv")
    assert not list(tmp_path.iterdir())


def test_a_procedure_that_stops_itself_can_run_again(tmp_path: Path) -> None:
    class Stopped(StreamingCapture):
        def run(self, session):
            assert self.stream_for(0.05)
            self.request_stop()

    procedure = Stopped(scope_serial="simulated", sample_rate=0.1, ends_by="stop")
    for name in ("first", "second"):
        run_procedure(procedure, tmp_path / f"{name}.csv")
        assert procedure.status == host.FINISHED
        described = describe_file(tmp_path / f"{name}.hdf5")
        assert described["total_samples"] > 0
        assert described["reason"] == "Stopped on request."  # and not by the user


def test_ctrl_c_aborts_and_keeps_the_data(tmp_path: Path, ctrl_c_is_heard: None) -> None:
    class Interrupted(StreamingCapture):
        def run(self, session):
            assert self.stream_for(0.1)
            _thread.interrupt_main()
            while self.stream_for(0.1):
                pass

    procedure = Interrupted(scope_serial="simulated", sample_rate=0.1, ends_by="stop")
    with pytest.raises(KeyboardInterrupt):
        run_procedure(procedure, tmp_path / "run.csv")
    assert procedure.status == host.ABORTED
    report = verify(tmp_path / "run.hdf5")
    assert (report.status, report.errors, report.gaps) == ("incomplete", [], 0)


class Endless(Procedure):
    """Runs until it is stopped."""

    def execute(self) -> None:
        while not self.should_stop():
            threading.Event().wait(LOOK_S)


def test_ctrl_c_while_its_thread_is_started_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(thread: threading.Thread) -> None:
        original(thread)
        raise KeyboardInterrupt

    procedure, original = Endless(), workers.Worker.start
    monkeypatch.setattr(workers.Worker, "start", start)
    with pytest.raises(KeyboardInterrupt):
        run_procedure(procedure, tmp_path / "run.csv")
    assert procedure.status == host.ABORTED


def test_ctrl_c_before_the_first_sample_leaves_nothing(
    tmp_path: Path, ctrl_c_is_heard: None
) -> None:
    class Impatient(StreamingCapture):
        def open_scope(self) -> PicoScope5000A:
            _thread.interrupt_main()
            while not self.should_stop():
                self.wait_for_stop(LOOK_S)
            return super().open_scope()

    procedure = Impatient(scope_serial="simulated", sample_rate=0.1, duration=0.05)
    with pytest.raises(KeyboardInterrupt):
        run_procedure(procedure, tmp_path / "run.csv")
    assert procedure.status == host.ABORTED
    assert wait_for_all(PATIENCE_S)
    assert not list(tmp_path.iterdir())
    run_procedure(capture(), tmp_path / "run.csv")


def test_sequence_file(tmp_path: Path) -> None:
    text = '- "Range A", "(1, 2)"\n-- "Duration", "linspace(0.05, 0.06, 2)"\n'
    names = {parameter.name: name for name, parameter in capture().parameter_objects().items()}
    sequence = SequenceHandler(list(names), io.StringIO(text)).parameters_sequence(names)
    seen = []
    for number, settings in enumerate(sequence):
        procedure = capture()
        for step in settings:
            procedure.set_parameters(step)
        run_procedure(procedure, tmp_path / f"{number}.csv")
        seen.append((procedure.range_a, procedure.duration))
    assert seen == [(1, 0.05), (1, 0.06), (2, 0.05), (2, 0.06)]
    assert len(list(tmp_path.glob("*.hdf5"))) == 4


@pytest.mark.parametrize(
    ("csv_name", "recording"),
    [
        ("DATA_2024.05.csv", "DATA_2024.05.hdf5"),
        ("run", "run.hdf5"),
        ("run.CSV", "run.hdf5"),
        ("run.txt", "run.hdf5"),
        ("at_1.5V", "at_1.5V.hdf5"),
        ("run.hdf5", "run.hdf5.hdf5"),
    ],
)
def test_paths_belong_together(tmp_path: Path, csv_name: str, recording: str) -> None:
    assert recording_path_for(tmp_path / csv_name) == tmp_path / recording


@pytest.mark.parametrize("name", [None, 5, b"run.csv"])
def test_what_names_no_file_is_refused(name: Any) -> None:
    for use in (recording_path_for, Recorder, lambda name: run_procedure(capture(), name)):
        with pytest.raises(ConfigurationError, match="A file is named by a text or a Path"):
            use(name)


@pytest.mark.parametrize("name", ["run.hdf5", "run.H5"])
def test_results_are_not_named_as_a_recording(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"give its name, as run\.csv, not run\."):
        run_procedure(capture(), tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["run.csv", "run.hdf5"])
def test_what_exists_is_not_touched_by_a_run(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("old")
    with pytest.raises(OutputExistsError, match=r"exists; choose another name\.$"):
        run_procedure(capture(), tmp_path / "run.csv")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("procedure", [None, 5, StreamingCapture])
def test_what_is_no_procedure_is_not_run(procedure: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="What is run is a procedure with its parameters"):
        run_procedure(procedure, tmp_path / "run.csv")
    assert not list(tmp_path.iterdir())


def test_a_saved_run_may_be_called_as_unsaved_ones_are(tmp_path: Path) -> None:
    assert not is_temporary(tmp_path / "TempFile_of_a_test.csv")


def test_unsaved_run_leaves_no_recording_behind() -> None:
    csv_path = Path(tempfile.gettempdir()) / "TempFile_of_a_test.csv"
    assert is_temporary(csv_path)
    procedure = capture()
    try:
        run(procedure, csv_path)
    finally:
        csv_path.unlink()
    assert procedure.recording_path is not None
    recording = Path(procedure.recording_path)
    assert recording != recording_path_for(csv_path)
    assert verify(recording).exit_code == 0
    recording.unlink()


def test_a_run_leaves_no_thread_of_its_queues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After 0.16 PyMeasure's queues are pipes, and whoever puts something in has a thread."""
    monkeypatch.setattr(workers, "Queue", multiprocessing.Queue)
    before = threading.enumerate()
    results = run_procedure(capture(), tmp_path / "run.csv")
    added = [thread.name for thread in threading.enumerate() if thread not in before]
    assert "QueueFeederThread" not in added
    assert len(results.data) > 0


def test_ten_runs_leave_everything_where_it_was(tmp_path: Path) -> None:
    process = psutil.Process()
    kept = [run_procedure(capture(), tmp_path / f"warm_{number}.csv") for number in range(2)]
    gc.collect()
    before = process.memory_info().rss
    n_threads, n_files = threading.active_count(), len(process.open_files())
    for number in range(10):
        # kept as a window keeps them
        kept.append(run_procedure(capture(), tmp_path / f"{number}.csv"))
        assert threading.active_count() == n_threads
        assert kept[-1].procedure.scope is None
    gc.collect()
    if sys.platform == "linux":  # what was freed in pieces counts as given back
        ctypes.CDLL(None).malloc_trim(0)
    assert process.memory_info().rss - before < 20e6
    assert len(process.open_files()) == n_files


class Breaking(Procedure):
    """A procedure of the user's that fails."""

    DATA_COLUMNS = ["Row (count)"]  # noqa: RUF012 - PyMeasure's form

    def execute(self) -> None:
        raise ZeroDivisionError("of the user")


def test_the_reason_of_any_procedure_reaches_the_script(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="of the user"):
        run_procedure(Breaking(), tmp_path / "run.csv")


class Leaving(Procedure):
    """Ends its thread from within."""

    def execute(self) -> None:
        sys.exit("enough")


class Unclean(Procedure):
    """What it does at its end fails."""

    def shutdown(self) -> None:
        raise OSError("of the user")


class LeavingUnclean(Leaving, Unclean):
    """The first failure is the reason."""


@pytest.mark.parametrize(
    ("kind", "raised", "status"),
    [
        (Leaving, SystemExit("enough"), host.ABORTED),
        (Unclean, OSError("of the user"), host.FAILED),
        (LeavingUnclean, SystemExit("enough"), host.FAILED),
    ],
)
def test_nothing_that_ends_a_procedure_is_lost(
    kind: type[Procedure], raised: BaseException, status: Any, tmp_path: Path
) -> None:
    threads, procedure = threading.enumerate(), kind()
    with pytest.raises(type(raised), match=str(raised)):
        run_procedure(procedure, tmp_path / "run.csv")
    assert procedure.status == status
    assert threading.enumerate() == threads


def test_a_procedure_that_runs_again_makes_a_new_file(tmp_path: Path) -> None:
    procedure = capture()
    for name in ("one", "two"):
        run(procedure, tmp_path / f"{name}.csv")
        assert procedure.recording_path == str(tmp_path / f"{name}.hdf5")
    assert verify(tmp_path / "one.hdf5").exit_code == 0


class Steps(StreamingProcedure):
    """A procedure with rows of its own."""

    DATA_COLUMNS = ["Step (count)"]  # noqa: RUF012 - PyMeasure's form

    def run(self, session: object) -> None:
        for step in range(3):
            self.emit("results", {"Step (count)": step})
            self.stream_for(0.2)


def test_own_rows_stand_alone(tmp_path: Path) -> None:
    procedure = Steps(scope_serial="simulated", sample_rate=0.1, ends_by="stop")
    results = run_procedure(procedure, tmp_path / "run.csv")
    assert list(results.data["Step (count)"]) == [0, 1, 2]


@pytest.mark.parametrize(("stored", "rows"), [(1000, 1), (1001, 2)])
def test_the_last_row_stands_once(stored: int, rows: int) -> None:
    procedure, told = capture(), []
    procedure.emit = lambda topic, row: told.append(row["Samples (count)"])
    procedure.emit_summary(Health(received=1000, stored=1000))
    procedure.tell_end(Outcome(TARGET, "", Health(received=stored, stored=stored)))
    assert told == [1000, stored][:rows]


@pytest.mark.parametrize("wrong", [None, "1", float("nan")])
def test_a_time_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="seconds must be a number of seconds"):
        capture().stream_for(wrong)


def test_numbers_of_32_bits_are_taken() -> None:
    procedure = capture(range_a=np.float32(0.2))
    assert procedure.range_a == 0.2
    assert procedure.stream_for(np.float32(0.01)) in (True, False)


class Flashes(StreamingProcedure):
    """The pattern of the README: ``run`` says how long it takes."""

    def run(self, session: StreamSession) -> None:
        for number in range(4):
            session.mark("flash", number)
            if not self.stream_for(0.15):
                return


def flashes_in(path: Path) -> list[float]:
    with open_recording(path) as recording:
        return [float(event["value"]) for event in recording.events]


def test_a_run_of_its_own_decides_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, tell: Callable[..., None]
) -> None:
    procedure = Flashes(scope_serial="simulated", sample_rate=0.1, duration=0.1)
    run_procedure(procedure, tmp_path / "run.csv")
    assert flashes_in(tmp_path / "run.hdf5") == [0, 1, 2, 3]
    assert "reached its end" not in caplog.text
    with open_recording(tmp_path / "run.hdf5") as recording:
        ended_by = recording.attributes.text("ended_by")
        tell("run lasts longer than the duration", f"{ended_by}, 4 flashes", "4 flashes, its end")
        assert ended_by == "finished"
        assert recording.stored_samples > 0.6 * 0.1e6


def test_an_end_before_that_of_run_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"sample_rate": 0.1, "ends_by": "duration", "duration": 0.2}
    run_procedure(Flashes(scope_serial="simulated", **settings), tmp_path / "run.csv")
    assert len(flashes_in(tmp_path / "run.hdf5")) < 4
    assert "The recording reached its end (duration) before the procedure did." in caplog.text


@pytest.mark.parametrize("kind", [RuntimeError, SystemExit])
def test_what_release_raises_comes_once_all_is_closed(
    tmp_path: Path, kind: type[BaseException]
) -> None:
    run_is_over = threading.Event()

    class Careless(StreamingCapture):
        def release(self) -> None:
            run_is_over.wait(PATIENCE_S)  # it takes longer than the run's own end
            raise kind("the other instrument is gone")

        def _end(self) -> None:
            super()._end()
            run_is_over.set()

    procedure = Careless(scope_serial="simulated", duration=0.05)
    with pytest.raises(kind, match="the other instrument is gone"):
        run_procedure(procedure, tmp_path / "run.csv")
    assert procedure.scope is None
    assert procedure.status == host.FINISHED
    assert verify(tmp_path / "run.hdf5").exit_code == 0
