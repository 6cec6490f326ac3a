"""The streaming capture from its start to its end, in a Worker and without one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from pymeasure.experiment import IntegerParameter, Metadata, Results

from picostream_pymeasure import PicoStreamReader, host, verify
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.errors import (
    DeviceLostError,
    DeviceNotFoundError,
    OutputExistsError,
    OverrunError,
    StorageError,
)
from picostream_pymeasure.procedures.capture import StreamingCapture
from picostream_pymeasure.procedures.live_monitor import LiveMonitor
from picostream_pymeasure.procedures.streaming import StreamingProcedure
from tests.support.procedures_runs import PATIENT_SCOPE, run, running, wait_until


class Flashes(StreamingProcedure):
    """A user's own procedure."""

    n_flashes = IntegerParameter("Flashes", default=3)

    def run(self, session):
        for number in range(self.n_flashes):
            session.mark("flash", number)
            if not self.stream_for(0.1):
                return


class Labelled(StreamingProcedure):
    """A user's own procedure with PyMeasure's metadata."""

    sample = Metadata("Sample", default="NbSe2 no. 4")
    field_t = Metadata("Field", fget="measured_field", units="T")

    def measured_field(self) -> float:
        return 1.5

    def run(self, session):
        self.stream_for(0.05)


def short(**parameters: object) -> dict[str, object]:
    return {"scope_serial": "simulated", "sample_rate": 0.1, "range_a": 2, **parameters}


def until_stopped(**parameters: object) -> StreamingCapture:
    return StreamingCapture(**short(ends_by="stop", summary_interval=0.1, **parameters))


@pytest.fixture(autouse=True)
def faulty(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Describe more of the simulated scope."""

    def describe(text: str) -> None:
        monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, f"{PATIENT_SCOPE},{text}")

    describe("")
    return describe


def test_capture_by_duration(tmp_path: Path) -> None:
    # one row of hundreds of periods: how long the last of several is, is chance
    procedure = StreamingCapture(**short(duration=0.5, channel_b=True, summary_interval=10))
    results = run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED
    report = verify(tmp_path / "run.hdf5")
    assert report.status == "complete"
    assert report.proven_samples == report.samples
    assert report.samples == pytest.approx(0.5e5, rel=0.01)
    last = results.data.iloc[-1]
    assert last["Samples (count)"] == report.samples
    assert last["Lost Samples (count)"] == 0
    # a sine of 1 V at A, a generator that is off at B
    assert last["A Minimum (V)"] == pytest.approx(-1, abs=0.05)
    assert last["A Maximum (V)"] == pytest.approx(1, abs=0.05)
    assert last["A Mean (V)"] == pytest.approx(0, abs=0.05)
    assert last["A RMS (V)"] == pytest.approx(1 / math.sqrt(2), abs=0.05)
    assert last["B RMS (V)"] == pytest.approx(0, abs=0.02)
    assert math.isnan(last["C RMS (V)"])


def test_offset_is_taken_off_the_summary(tmp_path: Path) -> None:
    procedure = StreamingCapture(**short(duration=0.3, offset_a=0.5, summary_interval=10))
    row = run(procedure, tmp_path / "run.csv").data.iloc[-1]
    assert row["A Mean (V)"] == pytest.approx(0, abs=0.05)


def test_capture_by_samples(tmp_path: Path) -> None:
    run(StreamingCapture(**short(ends_by="samples", sample_count=12345)), tmp_path / "run.csv")
    assert verify(tmp_path / "run.hdf5").samples == 12345


def test_capture_by_trigger(tmp_path: Path, faulty) -> None:
    faulty("D=square")
    procedure = StreamingCapture(
        **short(
            channel_d=True,
            trigger_enabled=True,
            trigger_source="D",
            pre_trigger=0.0005,
            ends_by="samples",
            sample_count=2000,
        )
    )
    run(procedure, tmp_path / "run.csv")
    with h5py.File(tmp_path / "run.hdf5") as file:
        triggered = int(file.attrs["trigger_sample"])
        assert triggered == pytest.approx(50, abs=1)
        assert file.attrs["total_samples"] == triggered + 2000
        levels = file["channels/D/adc_counts"][triggered - 1 : triggered + 1]
    assert levels[0] < 0 < levels[1]


def test_stop_is_a_normal_end(tmp_path: Path) -> None:
    procedure = until_stopped()
    with running(procedure, tmp_path / "run.csv") as worker:
        wait_until(lambda: len(worker.results.data) > 1)
        procedure.request_stop()
    assert procedure.status == host.FINISHED
    assert verify(tmp_path / "run.hdf5").status == "complete"


def how_it_ended(path: Path) -> tuple[str, str, list[str]]:
    report = verify(path)
    with h5py.File(path, "r") as file:
        return np.bytes_(file.attrs["ended_by"]).decode(), report.status, report.errors


def test_abort_keeps_the_data(tmp_path: Path, tell: Callable[..., None]) -> None:
    procedure = until_stopped()
    with running(procedure, tmp_path / "run.csv") as worker:
        wait_until(lambda: len(worker.results.data) > 1)
        worker.stop()
    assert procedure.status == host.ABORTED
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert reader.num_samples > 0
    ended = how_it_ended(tmp_path / "run.hdf5")
    tell("Abort in the window", f"{ended[0]}, {ended[1]}", "aborted in the middle")
    assert ended == ("aborted", "incomplete", [])


def test_stop_before_the_trigger(tmp_path: Path) -> None:
    procedure = until_stopped(trigger_enabled=True, trigger_level=1.9)
    with running(procedure, tmp_path / "run.csv") as worker:
        wait_until(lambda: len(worker.results.data) > 0)
        procedure.request_stop()
    assert procedure.status == host.FINISHED
    assert worker.results.data["Samples (count)"].iloc[-1] == 0


def test_unplugged_scope_fails_the_run(tmp_path: Path, faulty) -> None:
    faulty("unplug_at=2e4")
    procedure = until_stopped()
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FAILED
    assert isinstance(procedure.error, DeviceLostError)
    report = verify(tmp_path / "run.hdf5")
    assert report.status == "incomplete"
    assert report.proven_samples == report.samples > 0


def test_lost_samples_are_counted(tmp_path: Path, faulty) -> None:
    faulty("overrun_at=1e4:20000")
    procedure = StreamingCapture(**short(duration=0.5))
    results = run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED
    assert results.data["Lost Samples (count)"].iloc[-1] > 0
    assert results.data["Gaps (count)"].iloc[-1] == 1
    assert verify(tmp_path / "run.hdf5").gaps == 1


def test_lost_samples_stop_on_request(tmp_path: Path, faulty) -> None:
    faulty("overrun_at=1e4:2000")
    procedure = StreamingCapture(**short(duration=5, on_overrun="stop"))
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FAILED
    assert isinstance(procedure.error, OverrunError)


def test_no_such_scope(tmp_path: Path, faulty) -> None:
    faulty("refuse_open_at=0")
    procedure = StreamingCapture(**short())
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FAILED
    assert isinstance(procedure.error, (DeviceNotFoundError, DeviceLostError))
    assert not (tmp_path / "run.hdf5").exists()


def test_recording_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "run.hdf5").write_bytes(b"precious")
    procedure = StreamingCapture(**short())
    run(procedure, tmp_path / "run.csv")
    assert isinstance(procedure.error, OutputExistsError)
    assert (tmp_path / "run.hdf5").read_bytes() == b"precious"


def test_missing_folder(tmp_path: Path) -> None:
    procedure = StreamingCapture(**short())
    procedure.recording_path = str(tmp_path / "missing" / "run.hdf5")
    with pytest.raises(StorageError, match="create it first"):
        procedure.check()


def test_metadata_and_attributes(tmp_path: Path) -> None:
    run(StreamingCapture(**short(duration=0.2)), tmp_path / "run.csv")
    loaded = Results.load(str(tmp_path / "run.csv")).procedure
    assert loaded.scope_model == "5444D"
    assert loaded.recording_file == "run.hdf5"
    assert float(loaded.actual_sample_rate.split()[0]) == pytest.approx(1e5, rel=0.01)
    with h5py.File(tmp_path / "run.hdf5") as file:
        stored = json.loads(file.attrs["metadata"])
        assert loaded.start_time == file.attrs["start_time"]
    assert stored["procedure"] == "picostream_pymeasure.procedures.capture.StreamingCapture"
    assert stored["parameters"]["duration"] == 0.2
    assert stored["parameters"]["range_a"] == 2
    assert (stored["units"]["duration"], stored["units"]["range_a"]) == ("s", "V")
    assert "channel_a" not in stored["units"]


def test_own_procedure(tmp_path: Path) -> None:
    procedure = Flashes(**short(n_flashes=4, ends_by="stop"))
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert reader.events["value"].tolist() == [0, 1, 2, 3]
        assert np.all(np.diff(reader.events["sample_index"]) > 0)


def test_failure_of_own_code_keeps_the_data(tmp_path: Path) -> None:
    class Broken(Flashes):
        def run(self, session):
            self.stream_for(0.2)
            raise ZeroDivisionError("the user's")

    procedure = Broken(**short(ends_by="stop"))
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FAILED
    assert isinstance(procedure.error, ZeroDivisionError)
    assert how_it_ended(tmp_path / "run.hdf5") == ("failed", "incomplete", [])
    with h5py.File(tmp_path / "run.hdf5", "r") as file:
        assert b"the user's" in np.bytes_(file.attrs["reason"])


def test_a_compressed_run(tmp_path: Path) -> None:
    procedure = StreamingCapture(**short(duration=0.3, compress=True))
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED
    with h5py.File(tmp_path / "run.hdf5") as file:
        assert "packed" in file.attrs["features"]
        assert file.attrs["status"] == b"complete"


def test_live_monitor_stays_small(tmp_path: Path) -> None:
    procedure = LiveMonitor(**short(live_only=0.5, summary_interval=0.1))
    with running(procedure, tmp_path / "run.csv") as worker:
        wait_until(
            lambda: len(worker.results.data) and worker.results.data["Samples (count)"].max() > 6e5
        )
        procedure.request_stop()
    assert procedure.status == host.FINISHED
    # a slow stream lets go whole segments, of which three are kept: 131 072 samples each
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert reader.first_sample > 0
        assert 0.5e5 <= reader.num_samples <= 3 * 131_072


def test_without_a_worker() -> None:
    procedure = StreamingCapture(**short(duration=0.2))
    rows = []
    procedure.emit = lambda topic, record: rows.append(record) if topic == "results" else None
    procedure.startup()
    try:
        procedure.execute()
    finally:
        procedure.shutdown()
    assert rows
    assert procedure.recording_path is not None
    assert verify(Path(procedure.recording_path)).exit_code == 0
    Path(procedure.recording_path).unlink()


def test_metadata_of_a_procedure_is_in_the_recording(tmp_path: Path) -> None:
    results = run(Labelled(**short()), tmp_path / "labelled.csv")
    path = tmp_path / "labelled.hdf5"
    assert path.exists(), results.data_filename
    with h5py.File(path) as file:
        stored = json.loads(file.attrs["metadata"])["metadata"]
    assert stored == {"Sample": "NbSe2 no. 4", "Field": 1.5}
