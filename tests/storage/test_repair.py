"""``repair``: what a crash left becomes an ordinary file, and everything proven is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError, StorageError
from picostream_pymeasure.records import Proof
from picostream_pymeasure.storage import describe_file, repair, verify
from tests.support.crashed_files import check, crashed, some_blocks
from tests.support.storage_stream import BLOCK_SAMPLES, Stream, recording


@pytest.mark.parametrize(
    ("channels", "fields"), [("A", {}), ("ABCD", {}), ("AB", {"aggregate": True})]
)
def test_a_crashed_file_becomes_an_ordinary_one(
    tmp_path: Path, channels: str, fields: dict[str, Any]
) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks, channels, **fields)
    with h5py.File(path) as file:
        assert file["adc_counts"].shape[0] >= samples
    report = repair(path)
    assert (report.repaired, report.status, report.samples) == (True, "incomplete", samples)
    assert report.lost_samples == 10
    verified = check(path)
    assert (verified.exit_code, verified.errors) == (3, [])
    assert verified.proven_samples == verified.samples == samples
    for mode in ("r", "r+"):
        with h5py.File(path, mode) as file:
            assert file.attrs["total_samples"] == samples
            assert file.attrs["lost_samples"] == 10
            (health,) = file["health"][()]
            assert (health["total_samples"], health["lost_samples"]) == (samples, 10)
            assert file.attrs["ended_by"] == b"crash"
            assert file.attrs["reason"].startswith(b"Left by a crash")
            assert np.isfinite(file["entry/envelope/A_max"][()]).any()
    assert describe_file(path)["closed_properly"]


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    crashed(path, some_blocks)
    repair(path)
    content = path.read_bytes()
    report = repair(path)
    assert (report.repaired, report.notes) == (False, [])
    assert path.read_bytes() == content


def test_a_good_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
    content = path.read_bytes()
    report = repair(path)
    assert (report.repaired, report.status, report.samples) == (False, "complete", BLOCK_SAMPLES)
    assert path.read_bytes() == content


def test_an_empty_recording_is_repaired_too(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    crashed(path, lambda stream: None)
    assert repair(path).samples == 0
    assert check(path).exit_code == 3


def test_a_short_last_block_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def end_short(stream: Stream) -> None:
        some_blocks(stream)
        stream.write(100)

    samples = crashed(path, end_short, "AB")
    assert samples % BLOCK_SAMPLES == 100
    assert repair(path).samples == samples
    assert (check(path).errors, check(path).proven_samples) == ([], samples)


def test_samples_that_cannot_be_proven_any_more_are_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    crashed(path, some_blocks)

    def prove(_recording: Any, _samples: int) -> Proof:
        return Proof(0, "Nobody knows what the scope did last.", False)

    for repaired in (False, True):
        report = verify(path, prove=prove)
        assert report.errors == []
        assert "Nobody knows what the scope did last." in report.notes
        assert repair(path).repaired != repaired
    with recording(tmp_path / "b.hdf5") as stream:
        stream.write()
    assert verify(tmp_path / "b.hdf5", prove=prove).errors == [
        "Nobody knows what the scope did last."
    ]


@pytest.mark.parametrize("marked", [False, True])
def test_picostreams_own_files(tmp_path: Path, marked: bool) -> None:
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w", libver=("v110", "v110")) as file:
        file.create_dataset("adc_counts", data=np.arange(1000, dtype="i2"), chunks=(100,))
        file.attrs["sample_interval_ns"] = 16.0
    whole = path.read_bytes()
    if marked:
        with path.open("r+b") as raw:
            raw.seek(11)
            raw.write(b"\5")
    assert repair(path).repaired == marked
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "content", [b"", b"notes", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n\3\10\10\1" + bytes(500)]
)
def test_what_is_no_recording_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.hdf5"
    path.write_bytes(content)
    with pytest.raises(FileFormatError):
        repair(path)
    assert path.read_bytes() == content


def test_a_foreign_file_and_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w") as file:
        file["x"] = 1
    with pytest.raises(FileFormatError, match="no recording"):
        repair(path)
    with pytest.raises(StorageError, match="no file"):
        repair(tmp_path / "b.hdf5")


def test_the_command_says_what_was_recovered(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks, simulated=False)
    command = "from picostream_pymeasure.cli import main; main()"
    for repaired in (True, False):
        done = subprocess.run(
            [sys.executable, "-c", command, "repair", path, "--json"],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 3, done.stderr
        found = json.loads(done.stdout)
        assert (found["exit_code"], found["errors"]) == (3, [])
        assert (found["repair"]["repaired"], found["repair"]["samples"]) == (repaired, samples)
        assert ("nothing to do" in done.stderr) != repaired
