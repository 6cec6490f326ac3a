"""Files left by a crash become ordinary ones, whatever was cut off, and nothing else is touched."""

from __future__ import annotations

import hashlib
import importlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import DiskFullError, FileFormatError, StorageError
from picostream_pymeasure.storage import (
    LiveRecorder,
    Recorder,
    Report,
    describe_file,
    open_recording,
    repair,
    verify,
)
from picostream_pymeasure.storage.live_plan import LivePlan
from picostream_pymeasure.storage.raw_file import RawFile
from tests.support import live_stream, storage_stream
from tests.support.live_stream import LiveStream, describe_live, expected
from tests.support.programs import ask, program, tell
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    prove_stream,
    recording,
)

repair_module = importlib.import_module("picostream_pymeasure.storage.repair")


@pytest.fixture(autouse=True)
def _no_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repair_module, "_WATCH_S", 0.0)


def crashed(path: Path, act: Callable[[Stream], None], channels: str = "A", **fields: Any) -> int:
    """Leave a file as a killed program does; the samples that were acknowledged."""
    compression = fields.pop("compression", "none")
    running = path.with_suffix(".running")
    stream = Stream(Recorder(running, compression=compression), describe(channels, **fields))
    act(stream)
    shutil.copy(running, path)
    finish(stream.recorder)
    running.unlink()
    return stream.recorder.stored_samples


def some_blocks(stream: Stream) -> None:
    for number in range(40):
        if number == 30:
            stream.skip(10)
            at = stream.recorder.stored_samples
            stream.recorder.add_gap(gap_at(at, 10, 10, "pool full", 0.0))
        stream.write()


def check(path: Path) -> Report:
    return verify(path, prove=prove_stream)


def raw_chunks(path: Path) -> dict[tuple[str, int], tuple[int, int, str]]:
    """Place, size and hash of the bytes of every raw chunk."""
    found = {}
    with open_recording(path) as opened, path.open("rb") as file:
        for name, pair in opened.channels.items():
            for index in range(pair.counts.id.get_num_chunks()):
                chunk = pair.counts.id.get_chunk_info(index)
                file.seek(chunk.byte_offset)
                digest = hashlib.sha256(file.read(chunk.size)).hexdigest()
                found[name, index] = (chunk.byte_offset, chunk.size, digest)
    return found


@pytest.mark.parametrize(
    ("channels", "fields"),
    [
        ("A", {}),
        ("ABCD", {}),
        ("AB", {"aggregate": True}),
        ("AB", {"compression": "bitshuffle-lz4", "n_bits": 6}),
    ],
)
def test_a_crashed_file_becomes_an_ordinary_one(
    tmp_path: Path, channels: str, fields: dict[str, Any]
) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks, channels, **fields)
    with pytest.raises(OSError, match="consistency flag"):
        h5py.File(path)
    chunks = raw_chunks(path)
    report = repair(path)
    assert (report.repaired, report.status, report.samples) == (True, "incomplete", samples)
    assert report.lost_samples == 10
    assert raw_chunks(path) == chunks
    verified = check(path)
    assert (verified.exit_code, verified.errors) == (3, [])
    assert verified.proven_samples == verified.samples == samples
    for mode in ("r", "r+"):
        with h5py.File(path, mode) as file:
            assert file.attrs["total_samples"] == samples
            assert file.attrs["lost_samples"] == 10
            assert file.attrs["reason"].startswith("Left by a crash")
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


def unacknowledged_tail(stream: Stream) -> None:
    """Leave channel A one block ahead, and channel B with a chunk that has no checksum."""
    for _ in range(3):
        stream.write()
    a, b = stream.recorder._file.channels
    row = np.ones(BLOCK_SAMPLES, np.int16)
    a.append(row, BLOCK_SAMPLES, compress=False)
    b._append_checksum = lambda: None
    b.append(row, BLOCK_SAMPLES, compress=False)


def test_what_was_not_acknowledged_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    crashed(path, unacknowledged_tail, "AB")
    report = repair(path)
    assert report.samples == 3 * BLOCK_SAMPLES
    assert f"{BLOCK_SAMPLES} samples at the end" in " ".join(report.notes)
    assert check(path).errors == []
    assert check(path).proven_samples == 3 * BLOCK_SAMPLES


def test_a_short_last_block_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def end_short(stream: Stream) -> None:
        some_blocks(stream)
        stream.write(100)

    samples = crashed(path, end_short, "AB")
    assert samples % BLOCK_SAMPLES == 100
    assert repair(path).samples == samples
    assert (check(path).errors, check(path).proven_samples) == ([], samples)


def test_blocks_that_a_power_cut_took_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks, "AB")
    with path.open("r+b") as file:
        for index in (37, 38, 39):
            file.seek(raw_chunks(path)["B", index][0])
            file.write(bytes(100))
    assert repair(path).samples == samples - 3 * BLOCK_SAMPLES
    assert (check(path).exit_code, check(path).errors) == (3, [])


def test_a_gap_after_the_last_sample_kept_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def lose_the_end(stream: Stream) -> None:
        some_blocks(stream)
        stream.recorder.add_gap(gap_at(stream.recorder.stored_samples + 9, 7, 7, "pool full", 0.0))

    crashed(path, lose_the_end)
    assert repair(path).lost_samples == 10
    assert check(path).errors == []


def test_a_gap_that_was_not_noted_before_the_crash_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def lose_silently(stream: Stream) -> None:
        stream.write()
        stream.skip(5)
        stream.write()

    crashed(path, lose_silently)
    repair(path)
    report = check(path)
    assert (report.exit_code, report.errors, report.proven_samples) == (3, [], BLOCK_SAMPLES)


@pytest.mark.parametrize("live", [False, True])
def test_a_file_that_is_being_recorded_is_refused(tmp_path: Path, live: bool) -> None:
    path = tmp_path / "a.hdf5"
    recorder = LiveRecorder(path, 0.1) if live else Recorder(path)
    stream = Stream(recorder, describe())
    stream.write()
    content = path.read_bytes()
    with pytest.raises(StorageError, match="still being recorded"):
        repair(path)
    assert path.read_bytes() == content
    stream.write()
    finish(recorder)
    assert not repair(path).repaired
    assert check(path).exit_code == 0


def test_a_file_that_another_program_records_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with program("-m", storage_stream.__name__, path) as writer:
        ask(writer)
        with pytest.raises(StorageError, match="still being recorded"):
            repair(path)
        ask(writer)
        writer.stdin.close()
        assert writer.wait() == 0
    assert check(path).exit_code == 0


def test_a_file_that_changes_is_refused_even_without_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.hdf5"
    crashed(path, some_blocks)

    def record_elsewhere(_seconds: float) -> None:
        with path.open("ab") as file:
            file.write(b"block")

    monkeypatch.setattr(repair_module.time, "sleep", record_elsewhere)
    with pytest.raises(StorageError, match="still being recorded"):
        repair(path)


def test_a_recording_given_up_after_a_failed_write_can_be_repaired(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.hdf5"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_100_000, before[1]))
    try:
        stream = Stream(Recorder(path), describe("AB"))
        with pytest.raises(DiskFullError):
            some_blocks_for_ever(stream)
        with pytest.raises(DiskFullError, match="no room"):
            repair(path)
        assert check(path).errors == []
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert repair(path).samples == stream.recorder.stored_samples > 0
    assert (check(path).exit_code, check(path).errors) == (3, [])


def some_blocks_for_ever(stream: Stream) -> None:
    while True:
        stream.write()


class PowerCutError(Exception):
    """The machine stops here."""


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many more bytes can be written."""
    left = [1 << 60]
    write = RawFile.write

    def write_while_there_is_power(self: RawFile, position: int, content: Any) -> None:
        content = bytes(content)
        kept = min(len(content), left[0])
        left[0] -= kept
        write(self, position, content[:kept])
        if kept < len(content):
            raise PowerCutError

    monkeypatch.setattr(RawFile, "write", write_while_there_is_power)
    return left


def test_a_crash_of_the_repair_at_any_byte_does_no_harm(tmp_path: Path, power: list[int]) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    samples = crashed(path, some_blocks, "AB")
    shutil.copy(path, copy)
    repair(copy)
    total = (1 << 60) - power[0]
    last_sector = total - 48
    moments = [*range(0, last_sector, total // 40), *range(last_sector - 12_000, last_sector, 251)]
    for moment in [*moments, last_sector]:
        shutil.copy(path, copy)
        power[0] = moment
        with pytest.raises(PowerCutError):
            repair(copy)
        power[0] = 1 << 60
        report = repair(copy)
        assert (report.repaired, report.samples) == (True, samples)
        verified = check(copy)
        assert (verified.exit_code, verified.errors, verified.proven_samples) == (3, [], samples)


def test_only_the_mark_is_removed_where_all_else_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB") as stream:
        stream.write(100)
    whole = path.read_bytes()
    with path.open("r+b") as file:
        file.seek(11)
        file.write(b"\5")
    report = repair(path)
    assert (report.repaired, report.status) == (True, "complete")
    assert path.read_bytes() == whole
    assert check(path).exit_code == 0


def test_a_file_whose_mark_was_removed_by_another_program(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks)
    from picostream_pymeasure.storage.superblock import SIZE, unmarked

    with path.open("r+b") as file:
        superblock = unmarked(file.read(SIZE), path.stat().st_size)
        file.seek(0)
        file.write(superblock)
    assert repair(path).samples == samples
    assert (check(path).exit_code, check(path).errors) == (3, [])


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


SECONDS = 0.2
PLAN = LivePlan.for_stream(describe_live(), SECONDS)
SLOTS, KEPT = PLAN.slots, PLAN.kept


@pytest.mark.parametrize("blocks", [0, 1, KEPT, KEPT + 2, SLOTS - 1, SLOTS, 5 * SLOTS + 3])
def test_a_live_only_file_is_in_order_for_everybody_after_repair(
    tmp_path: Path, blocks: int
) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = LiveStream(LiveRecorder(path, SECONDS), describe_live("AB"), gap_every=4)
    stream.write_blocks(blocks)
    shutil.copy(path, copy)
    finish(stream.recorder)
    report = repair(copy)
    assert report.repaired
    with h5py.File(copy) as file, h5py.File(path) as whole:
        assert file.attrs["status"] == "incomplete"
        for name in ("total_samples", "first_sample", "lost_samples"):
            assert file.attrs[name] == whole.attrs[name]
        for name in ("adc_counts", "channels/B/adc_counts", "channels/B/overview/256", "gaps"):
            np.testing.assert_array_equal(file[name][()], whole[name][()])
    with open_recording(copy) as opened:
        assert opened.live is None
        wanted = expected(opened, "B", opened.first_sample, opened.stored_samples)
        np.testing.assert_array_equal(opened.channels["B"].counts[()], wanted)
    assert not repair(copy).repaired
    assert check(copy).errors == []


def test_a_live_only_file_of_a_killed_program(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with program("-m", live_stream.__name__, path, SECONDS, "AB", "none", 5) as writer:
        ask(writer, 5 * SLOTS)
        tell(writer, 100_000)
        with open_recording(path) as opened:
            while opened.live.stop < 7 * SLOTS * BLOCK_SAMPLES:
                opened.live.refresh()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    repair(path)
    with open_recording(path) as opened:
        assert opened.stored_samples == KEPT * BLOCK_SAMPLES
        assert opened.first_sample + opened.stored_samples > 7 * SLOTS * BLOCK_SAMPLES - 1
        for name, pair in opened.channels.items():
            wanted = expected(opened, name, opened.first_sample, opened.stored_samples)
            np.testing.assert_array_equal(pair.counts[()], wanted)


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
