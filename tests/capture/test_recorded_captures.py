"""Captures into a file: written run by run, read back one by one, proven sample by sample."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure import PicoScope5000A, PicoStreamReader, verify
from picostream_pymeasure.errors import DeviceLostError, OutputExistsError
from picostream_pymeasure.simulated import BlockFault, BlockHabits, SimulatedSignal, prove
from picostream_pymeasure.storage import Recorder, describe_file, open_recording, repair
from tests.support.capturing import FAST, SLOW, truth
from tests.support.hdf5.sparse_reading import copy_sparse

Open = Callable[..., PicoScope5000A]


def record(scope: PicoScope5000A, path: Path, **request: Any) -> Any:
    return scope.capture(path, **{"samples": 500, "timeout": 100, **request})


def test_a_file_without_a_capture_is_not_complete(opened: Open, tmp_path: Path) -> None:
    scope = opened(block_faults=(BlockFault("never_triggers", "armed"),))
    summary = record(scope, tmp_path / "none.hdf5", captures=3, timeout=0.1)
    assert (summary.captures, summary.ended_by) == (0, "timeout")
    assert verify(tmp_path / "none.hdf5").exit_code == 3


@pytest.mark.parametrize("max_segments", [0, 7])
def test_what_is_recorded_is_what_the_scope_captured(
    opened: Open, tmp_path: Path, max_segments: int
) -> None:
    scope = opened(block=BlockHabits(max_segments=max_segments))
    scope.B.enabled, scope.trigger.pre_trigger = True, 100e-9
    path = tmp_path / "pulses.hdf5"
    summary = record(scope, path, captures=20)
    in_memory = scope.capture(samples=500, captures=1)
    assert (summary.captures, summary.wanted, summary.ended_by) == (20, 20, "target")
    assert summary.dead_time_s > 0
    assert np.isnan(summary.dead_time_between_runs_s) == (max_segments == 0)
    report = verify(path)
    assert report.exit_code == 0, report
    with PicoStreamReader(path) as reader:
        captures = reader.captures
        assert (len(captures), reader.num_samples) == (20, 10_000)
        assert captures.rows["run"].max() == (0 if max_segments == 0 else 2)
        one = captures[-1]
        assert one.times_s.shape == one.voltages_mv["A"].shape == (500,)
        at = 50
        assert one.times_s[at - 1] < 0 <= one.times_s[at]
        assert one.voltages_mv["A"][at - 1] < 250 <= one.voltages_mv["A"][at]
        assert np.isfinite(captures.trigger_times_s).all()
        mean = np.mean([capture.voltages_mv["A"] for capture in captures], axis=0)
        assert captures.average("A") == pytest.approx(mean)
        lazy = captures.to_dask("B")
        assert lazy.shape == (20, 500)
        third = lazy[3].compute(scheduler="synchronous")
        assert np.array_equal(third, captures[3].voltages_mv["B"])
        times_s = reader.to_xarray(0, 10_000)["time_s"].values[::500]
        assert np.diff(times_s) == pytest.approx(np.diff(captures.trigger_times_s), abs=4e-9)
        dead_s = captures.dead_times_s
        assert (dead_s > 0).all()
    assert in_memory.sample_interval_ns == 2
    told = describe_file(path)["captures"]
    assert (told["count"], told["samples_each"]) == (20, 500)
    assert describe_file(path)["ended_by"] == "target"
    assert told["runs"] == (1 if max_segments == 0 else 3)
    assert told["dead_time_s"] == pytest.approx(summary.dead_time_s)
    assert dead_s.min() == pytest.approx(summary.dead_time_s)
    assert (told["dead_time_between_runs_s"] is None) == (max_segments == 0)


def test_clipped_captures_are_counted(opened: Open, tmp_path: Path) -> None:
    scope = opened(block=BlockHabits(max_segments=4))
    scope.A.range, scope.B.enabled = 0.5, True
    record(scope, tmp_path / "a.hdf5", captures=6)
    assert describe_file(tmp_path / "a.hdf5")["over_range"]["A"] == 6


def test_ten_thousand_captures_are_proven(opened: Open, tmp_path: Path) -> None:
    """Every sample, and where and when each was triggered, by the file alone and by the truth."""
    scope = opened()
    scope.trigger.pre_trigger = 100e-9
    path = tmp_path / "pulses.hdf5"
    record(scope, path, samples=1000, captures=10_000)
    report = verify(path)
    assert report.exit_code == 0, report
    assert report.proven_samples == 10_000_000
    assert "All 10000 captures" in report.proof
    with h5py.File(path) as file:
        rows = file["captures"][:]
    assert rows["first_sample"].tolist() == list(range(0, 10_000_000, 1000))
    assert (rows["trigger_sample"] - rows["first_sample"] == 100).all()
    triggers = truth(scope)["trigger"][:10_000]
    assert rows["time_s"] == pytest.approx((triggers - triggers[0]) * 1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "habits",
    [
        BlockHabits(max_segments=7),
        BlockHabits(max_segments=3, stamp_ns=1000),  # the counter is not believed: no times
        BlockHabits(stamp_start=2**32 - 5, stamp_bits=32),
    ],
    ids=str,
)
def test_samples_are_proven(opened: Open, tmp_path: Path, habits: BlockHabits) -> None:
    scope = opened(block=habits)
    scope.B.enabled, scope.trigger.pre_trigger = True, 100e-9
    path = tmp_path / "pulses.hdf5"
    record(scope, path, captures=20)
    report = verify(path)
    assert (report.exit_code, report.proven_samples) == (0, 10_000), report


@pytest.mark.parametrize("came", [1, 2, 499])
def test_fewer_samples_are_those_of_the_scope(opened: Open, tmp_path: Path, came: int) -> None:
    faults = (BlockFault("fewer_samples", "get_values", samples=500 - came, always=True),)
    scope = opened(block=BlockHabits(max_segments=7), block_faults=faults)
    scope.B.enabled = True
    path = tmp_path / "pulses.hdf5"
    record(scope, path, captures=20)
    report = verify(path)
    assert (report.exit_code, report.proven_samples) == (3, 20 * came), report


@pytest.mark.parametrize("what", ["sample", "time", "trigger"])
def test_what_is_wrong_is_found(opened: Open, tmp_path: Path, what: str) -> None:
    path = tmp_path / "pulses.hdf5"
    record(opened(), path, captures=20)
    with h5py.File(path, "r+") as file:
        if what == "sample":
            file["adc_counts"][7 * 500 + 3] += 256
        else:
            rows = file["captures"][:]
            rows["time_s"][7] += 2e-9 if what == "time" else 0
            rows["trigger_sample"][7] += what == "trigger"
            file["captures"][:] = rows
    with open_recording(path) as recording:
        proof = prove(recording, 10_000)
    assert not proof.holds
    assert "Capture 7" in proof.text


def test_a_timeout_leaves_a_complete_file(opened: Open, tmp_path: Path) -> None:
    scope = opened(paced=True, signals=SLOW)
    path = tmp_path / "pulses.hdf5"
    summary = record(scope, path, captures=5000, timeout=2)
    assert 0 < summary.captures < 5000
    assert summary.ended_by == "timeout"
    assert verify(path).exit_code == 0
    with PicoStreamReader(path) as reader:
        assert len(reader.captures) == summary.captures


def test_runs_that_time_splits_are_stored_whole(
    opened: Open, tmp_path: Path, slow_registration: None
) -> None:
    path = tmp_path / "pulses.hdf5"
    summary = record(opened(), path, samples=10, captures=20_000, timeout=2)
    assert summary.captures > 0
    assert summary.dead_time_between_runs_s >= 0  # there was more than one
    report = verify(path)
    assert (report.exit_code, report.proven_samples) == (0, 10 * summary.captures), report


def test_no_capture_is_an_empty_file(opened: Open, tmp_path: Path) -> None:
    scope = opened(signals={"A": SimulatedSignal("dc", noise_v=0.0)})
    path = tmp_path / "pulses.hdf5"
    assert record(scope, path, captures=5, timeout=0.1).captures == 0
    with PicoStreamReader(path) as reader:
        assert len(reader.captures) == reader.num_samples == 0


def test_unplugged_keeps_what_was_complete(opened: Open, tmp_path: Path) -> None:
    faults = (BlockFault("unplug", "armed", at_run=2),)
    scope = opened(block=BlockHabits(max_segments=4), block_faults=faults)
    path = tmp_path / "pulses.hdf5"
    with pytest.raises(DeviceLostError):
        record(scope, path, captures=12)
    with PicoStreamReader(path) as reader:
        assert len(reader.captures) == 4
    with h5py.File(path) as file:
        assert file.attrs["status"] in (b"incomplete", "incomplete")


@pytest.mark.parametrize("number", range(4))
def test_a_scope_that_is_lost_while_it_gets_ready_leaves_no_recording_without_an_end(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    scope, path = opened(), tmp_path / "pulses.hdf5"
    made, calls = scope.unit.library.ps5000aMaximumValue, itertools.count()
    answers = lambda *arguments: 7 if next(calls) >= number else made(*arguments)  # noqa: E731
    monkeypatch.setattr(scope.unit.library, "ps5000aMaximumValue", answers)
    with contextlib.suppress(DeviceLostError):
        record(scope, path)
    if path.exists():
        assert describe_file(path)["status"] in ("complete", "incomplete")


@pytest.mark.parametrize("moment", ["write", "add_captures", "update"])
def test_what_a_crash_leaves(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The file as it is behind the third run's samples, their rows, and all of it."""
    path, left, calls = tmp_path / "pulses.hdf5", tmp_path / "left.hdf5", []
    done = getattr(Recorder, moment)

    def noted(recorder: Recorder, *arguments: Any) -> None:
        done(recorder, *arguments)
        calls.append(moment)
        if len(calls) == 3:
            copy_sparse(path, left)

    monkeypatch.setattr(Recorder, moment, noted)
    record(opened(block=BlockHabits(max_segments=4)), path, captures=20)
    for _ in range(2):
        report = verify(left)
        assert (report.exit_code, report.errors) == (3, [])
        assert "ended before it could say what was captured" in report.proof
        with PicoStreamReader(left) as reader:
            n_captures = len(reader.captures)
            with PicoStreamReader(path) as whole:
                assert 8 <= n_captures <= 12
                last, same = reader.captures[-1], whole.captures[n_captures - 1]
                assert np.array_equal(last.voltages_mv["A"], same.voltages_mv["A"])
        repair(left)


def test_an_existing_file_is_not_touched(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "pulses.hdf5"
    path.write_text("mine")
    with pytest.raises(OutputExistsError):
        record(opened(), path)
    assert path.read_text() == "mine"


def test_repair_of_a_whole_file_changes_nothing(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "pulses.hdf5"
    record(opened(signals=FAST), path, captures=3)
    before = path.read_bytes()
    repair(path)
    assert path.read_bytes() == before
