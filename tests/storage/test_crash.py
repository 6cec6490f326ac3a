"""Readers beside the recording, killed programs, full disks: what was acknowledged is there."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import DiskFullError, StorageError
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, describe_file, verify
from tests.support.programs import ask
from tests.support.storage_programs import program, recorder
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    prove_stream,
    stream_values,
)

READER = """
import sys, h5py
with h5py.File(sys.argv[1], swmr=True) as file:
    counts = [file[f"channels/{name}/adc_counts"] for name in "AB"]
    checksums = file["channels/A/checksums"]
    health = file["health"]
    print("ready", flush=True)
    for line in sys.stdin:
        for dataset in (*counts, checksums, health):
            dataset.refresh()
        sums = [int(dataset[()].sum(dtype="i8")) for dataset in counts]
        print(len(counts[0]), *sums, len(checksums), int(health["status"]), flush=True)
"""


COMPRESSIONS = pytest.mark.parametrize("compression", ["none", "bitshuffle-lz4"])


def test_a_reader_elsewhere_sees_every_chunk_and_does_not_hinder_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB"))
    with program("-c", READER, path) as reader:
        assert reader.stdout.readline().strip() == "ready"
        for number in range(1, 6):
            stream.write()
            samples = number * BLOCK_SAMPLES
            sums = [
                stream_values({"values_per_sample": 1}, name, 0, samples).sum(dtype="i8")
                for name in "AB"
            ]
            assert ask(reader) == f"{samples} {sums[0]} {sums[1]} {number} 0"
        finish(stream.recorder)
        assert ask(reader) == f"{samples} {sums[0]} {sums[1]} {number} 1"
        assert verify(path, prove=prove_stream).exit_code == 0
    assert verify(path, prove=prove_stream).exit_code == 0


def test_a_reader_in_this_process_does_not_hinder_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    with h5py.File(path, swmr=True) as file:
        assert len(file["adc_counts"]) == BLOCK_SAMPLES
        stream.write()
        finish(stream.recorder)
        file["adc_counts"].refresh()
        assert len(file["adc_counts"]) == 2 * BLOCK_SAMPLES
    assert verify(path, prove=prove_stream).exit_code == 0


def test_a_file_can_be_verified_while_it_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recorder(path, "AB") as writer:
        for _ in range(3):
            ask(writer)
        report = verify(path, prove=prove_stream)
        assert (report.exit_code, report.status) == (3, "recording")
        assert report.proven_samples == 3 * BLOCK_SAMPLES
        assert not describe_file(path)["closed_properly"]
    assert verify(path, prove=prove_stream).exit_code == 0


@COMPRESSIONS
def test_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "a.hdf5"
    with recorder(path, "ABCD", compression=compression) as writer:
        for _ in range(20):
            acknowledged = int(ask(writer))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.status == "recording"
    assert any("not finished" in note for note in report.notes)
    assert report.samples == report.proven_samples == acknowledged == 20 * BLOCK_SAMPLES
    with h5py.File(path, swmr=True) as file:
        simulation = {"values_per_sample": 1, "n_bits": 16 if compression == "none" else 4}
        expected = stream_values(simulation, "D", 0, acknowledged)
        np.testing.assert_array_equal(file["channels/D/adc_counts"][()], expected)


@COMPRESSIONS
def test_kill_in_the_midst_of_writing_leaves_a_file_that_verifies(
    tmp_path: Path, compression: str
) -> None:
    path = tmp_path / "a.hdf5"
    with recorder(path, "ABCD", compression=compression) as writer:
        for _ in range(5):
            acknowledged = int(ask(writer))
        with contextlib.suppress(BrokenPipeError):
            writer.stdin.write("next\n" * 500)
            writer.stdin.flush()
        for _ in range(7):
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
        writer.wait()
    acknowledged = int(rest[-1]) if rest else acknowledged
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.proven_samples == report.samples >= acknowledged


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a limit on file sizes")
@pytest.mark.parametrize("limit_bytes", [1_100_000, 1_107_777, 1_116_384, 1_123_456])
@COMPRESSIONS
def test_a_full_disk_ends_the_recording_and_what_is_there_verifies(
    tmp_path: Path, limit_bytes: int, compression: str
) -> None:
    path = tmp_path / "a.hdf5"
    acknowledged = 0
    with recorder(path, "AB", limit_bytes=limit_bytes, compression=compression) as writer:
        while (answer := ask(writer)).isdigit():
            acknowledged = int(answer)
        assert answer.startswith("disk full: ")
        assert "no room" in answer
        writer.stdin.close()
        assert writer.wait() == 0
        assert writer.stderr.read() == ""
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors, report.status) == (3, [], "recording")
    assert report.proven_samples == report.samples == acknowledged
    assert acknowledged > 0


@pytest.fixture
def small_files() -> Iterator[None]:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_until_it_fails(stream: Stream) -> None:
    while True:
        stream.write()


@pytest.mark.usefixtures("small_files")
def test_after_a_failed_write_nothing_reaches_the_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB"))
    with pytest.raises(DiskFullError) as first:
        write_until_it_fails(stream)
    content = path.read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    calls = (
        stream.write,
        lambda: stream.recorder.add_gap(gap_at(0, 1, 1, "pool full", 0.0)),
        lambda: stream.recorder.update(Health()),
    )
    for call in calls:
        with pytest.raises(DiskFullError) as later:
            call()
        assert later.value is first.value
    finish(stream.recorder)
    finish(stream.recorder)
    assert path.read_bytes() == content
    report = verify(path, prove=prove_stream)
    assert report.samples == stream.recorder.stored_samples > 0
    assert (report.exit_code, report.errors) == (3, [])


@pytest.mark.usefixtures("small_files")
def test_no_file_is_left_when_it_could_not_even_be_made(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    recorder = Recorder(path)
    with pytest.raises(DiskFullError):
        recorder.open(describe(metadata={"long": "x" * 2_000_000}))
    assert not path.exists()
    finish(recorder)


def test_the_recording_ends_cleanly_while_the_reserve_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    recorder = Recorder(path, reserve_bytes=1 << 62)
    stream = Stream(recorder, describe())
    with pytest.raises(DiskFullError, match="nearly full"):
        stream.write()
    finish(recorder, ended_by="disk", reason="The disk is nearly full.")
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.status, report.samples) == (3, "incomplete", 0)


def test_a_failing_sync_ends_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from picostream_pymeasure.storage import syncer

    failed = threading.Event()

    def fail(_descriptor: int) -> None:
        failed.set()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(syncer, "sync_data", fail)
    monkeypatch.setattr(syncer, "PERIOD_S", 0.001)
    stream = Stream(Recorder(tmp_path / "a.hdf5"), describe())
    assert failed.wait(10)
    with pytest.raises(StorageError, match="Input/output error"):
        finish(stream.recorder)
    finish(stream.recorder)
    with pytest.raises(StorageError, match="Input/output error"):
        stream.write()
