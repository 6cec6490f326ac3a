"""``repair``: what a crash left becomes an ordinary file, and everything proven is kept."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError, StorageError
from picostream_pymeasure.records import Event, Health, Proof
from picostream_pymeasure.storage import (
    Recorder,
    Report,
    describe_file,
    open_recording,
    repair,
    verify,
)
from picostream_pymeasure.storage.checking import repairing
from picostream_pymeasure.storage.layout.records import UNITS, sealed
from picostream_pymeasure.storage.reading import RawFile
from picostream_pymeasure.storage.schema import counts_path, level_path
from picostream_pymeasure.storage.writing.open_file import OpenFile
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
    stream_values,
)

Change = Callable[[bytearray, Any], None]


def crashed(path: Path, write: Callable[[Stream], None], channels: str = "A", **fields: Any) -> int:
    """The file as a killed program leaves it, its sync long ago; samples that were published."""
    recorder = Recorder(path.with_suffix(".open"))
    stream = Stream(recorder, describe(channels, **fields))
    write(stream)
    recorder.update(Health(received=stream.recorder.stored_samples))
    shutil.copyfile(recorder.path, path)
    samples = recorder.stored_samples
    finish(recorder)
    recorder.path.unlink()
    return samples


def some_blocks(stream: Stream) -> None:
    for number in range(40):
        if number == 30:
            stream.skip(10)
            at = stream.recorder.stored_samples
            stream.recorder.add_gap(gap_at(at, 10, 10, "pool full", 0.0))
        stream.write()


def check(path: Path) -> Report:
    return verify(path, prove=prove_stream)


def plan_of(path: Path) -> Any:
    with open_recording(path) as opened:
        assert opened.planned is not None
        return opened.planned.plan


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


def forget_the_sync(content: bytearray, plan: Any) -> None:
    """As if nothing had been synced since the start."""
    for name, begin, size in (("state", 96, 8), ("sync", 0, 512)):
        position, _ = plan.fixed[f"recovery/{name}"]
        content[position + begin : position + begin + size] = bytes(size)
    reseal_state(content, plan)


def reseal_state(content: bytearray, plan: Any) -> None:
    from xxhash import xxh3_64_intdigest

    position, _ = plan.fixed["recovery/state"]
    content[position + 72 : position + 80] = bytes(8)  # long ago
    digest = xxh3_64_intdigest(bytes(content[position : position + 448]))
    content[position + 448 : position + 456] = digest.to_bytes(8, "little")


def test_chunks_that_a_power_cut_took_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def write(stream: Stream) -> None:
        for _ in range(100):
            stream.write()

    crashed(path, write, "AB")
    plan = plan_of(path)
    content = bytearray(path.read_bytes())
    forget_the_sync(content, plan)
    first_bad = 100 * BLOCK_SAMPLES // plan.chunk_samples
    position = plan.chunk_position(plan.datasets[counts_path("B")], first_bad)
    content[position : position + 100] = bytes(100)
    path.write_bytes(content)
    report = repair(path)
    assert report.samples == first_bad * plan.chunk_samples > 0
    assert any("had not reached the disk" in note for note in report.notes)
    assert (check(path).exit_code, check(path).errors) == (3, [])
    with h5py.File(path) as file:
        counts = file["channels/B/adc_counts"][()]
    np.testing.assert_array_equal(
        counts, stream_values({"values_per_sample": 1}, "B", 0, len(counts))
    )


def test_a_gap_or_mark_after_the_last_sample_kept_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def lose_the_end(stream: Stream) -> None:
        some_blocks(stream)
        at = stream.recorder.stored_samples + 9
        stream.recorder.add_gap(gap_at(at, 7, 7, "pool full", 0.0))
        stream.recorder.add_event(Event(at, 0.0, "late"))

    crashed(path, lose_the_end)
    assert repair(path).lost_samples == 10
    assert check(path).errors == []


def test_a_gap_behind_the_last_sample_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def lose_the_end(stream: Stream) -> None:
        some_blocks(stream)
        end = stream.recorder.stored_samples
        stream.recorder.add_gap(gap_at(end, 7, 7, "pool full", 0.0))
        stream.recorder.add_event(Event(end, 0.0, "at the end"))

    samples = crashed(path, lose_the_end)
    report = repair(path)
    assert (report.samples, report.lost_samples) == (samples, 17)
    with open_recording(path) as recording:
        assert recording.events["label"].tolist() == [b"at the end"]


def torn_pages(content: bytearray, plan: Any) -> None:
    for dataset in plan.datasets.values():
        content[dataset.index.page(0).begin + 5] ^= 0x55


def torn_headers(content: bytearray, plan: Any) -> None:
    for dataset in plan.datasets.values():
        content[dataset.header + dataset.rows_at] ^= 0x55


def torn_bins(content: bytearray, plan: Any) -> None:
    dataset = plan.datasets[level_path("A", 256)]
    position = plan.chunk_position(dataset, 0)
    content[position : position + 1000] = bytes(1000)


def torn_superblock(content: bytearray, plan: Any) -> None:
    content[30] ^= 0x55


@pytest.mark.parametrize("change", [torn_pages, torn_headers, torn_bins, torn_superblock])
def test_what_a_power_cut_tore_is_computed_again(tmp_path: Path, change: Change) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks, "AB")
    plan = plan_of(path)
    content = bytearray(path.read_bytes())
    forget_the_sync(content, plan)
    change(content, plan)
    path.write_bytes(content)
    with open_recording(path) as opened:
        assert opened.stored_samples == samples
    assert repair(path).samples == samples
    verified = check(path)
    assert (verified.errors, verified.proven_samples) == ([], samples)
    with h5py.File(path) as file:
        assert file["channels/B/adc_counts"].shape == (samples,)
        file["channels/B/adc_counts"][()]


@pytest.mark.parametrize("change", [torn_pages, torn_headers])
def test_the_index_of_a_finished_file_is_rebuilt(tmp_path: Path, change: Change) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB") as stream:
        some_blocks(stream)
    whole = path.read_bytes()
    content = bytearray(whole)
    change(content, plan_of(path))
    path.write_bytes(content)
    report = check(path)
    assert report.exit_code == 1
    assert report.verified_chunks == report.chunks, "no good chunk is called missing"
    assert repair(path).repaired
    assert check(path).errors == []
    with h5py.File(path) as file:
        assert file.attrs["total_samples"] == 40 * BLOCK_SAMPLES
        file["channels/B/adc_counts"][()]


def test_an_end_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB") as stream:
        some_blocks(stream)
    plan = plan_of(path)
    content = bytearray(path.read_bytes())
    position, size = plan.root_blocks[-1]
    content[position + size // 2] ^= 0x55  # a torn block of the root's header
    state, _ = plan.fixed["recovery/state"]
    content[state + 80] = 0
    reseal_state(content, plan)
    path.write_bytes(content)
    report = repair(path)
    assert (report.repaired, report.status) == (True, "incomplete")  # it has a gap
    assert check(path).errors == []
    with h5py.File(path) as file:
        assert file.attrs["ended_by"] != b"crash"


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


@pytest.mark.parametrize("live", [False, True])
def test_a_file_that_is_being_recorded_is_refused(tmp_path: Path, live: bool) -> None:
    path = tmp_path / "a.hdf5"
    recorder = Recorder(path, live_only_s=0.1 if live else None)
    stream = Stream(recorder, describe())
    stream.write()
    with pytest.raises(StorageError, match="still being recorded"):
        repair(path)
    stream.write()
    finish(recorder)
    assert not repair(path).repaired
    assert check(path).exit_code == 0


def test_a_file_that_another_program_records_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with program(storage_stream.__file__, path) as writer:
        ask(writer)
        with pytest.raises(StorageError, match="still being recorded"):
            repair(path)
        ask(writer)
        writer.stdin.close()
        assert writer.wait() == 0
    assert check(path).exit_code == 0


@pytest.mark.parametrize("grows", [True, False])
def test_a_file_that_changes_is_refused_even_without_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, grows: bool
) -> None:
    path = tmp_path / "a.hdf5"
    crashed(path, some_blocks)

    def record_elsewhere(_seconds: float) -> None:
        if grows:
            with path.open("ab") as file:
                file.write(b"block")
        else:  # in place: it is long enough
            os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))

    monkeypatch.setattr(repairing, "lock_file", lambda descriptor, alone: False)
    monkeypatch.setattr(repairing.time, "sleep", record_elsewhere)
    with pytest.raises(StorageError, match="still being recorded"):
        repair(path)


def assert_in_steps(calls: list[int]) -> None:
    """Between a step and the next there is a sync, 0, one at the end; the first may have more."""
    changes = [call for call, before in zip(calls, [0, *calls], strict=False) if call != before]
    assert changes[1::2] == [0] * (len(changes) // 2)
    steps = changes[::2]
    assert steps == sorted(steps)
    assert Counter(steps[steps.index(2) :]) == Counter([2, 3, 4])


@pytest.mark.parametrize("ending", ["recorder", "repair"])
def test_each_step_of_the_end_is_on_the_disk_before_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """1: samples, index and bins; 2: how the head will be; 3: the head; 4: that it is finished."""
    path, calls = tmp_path / "a.hdf5", []
    crashed(path, some_blocks)
    plan = plan_of(path)
    steps = dict.fromkeys((begin for begin, _ in plan.root_blocks), 3)
    steps[plan.fixed["recovery/closing"][0]] = 2
    steps |= {plan.fixed[f"recovery/{name}"][0]: 4 for name in ("state", "sync")}
    kind = OpenFile if ending == "recorder" else RawFile
    write, sync = kind.write, kind.sync

    def note_write(self: Any, position: int, content: Any) -> None:
        calls.append(steps.get(position, 1))
        write(self, position, content)

    def note_sync(self: Any) -> None:
        calls.append(0)
        sync(self)

    monkeypatch.setattr(kind, "write", note_write)
    monkeypatch.setattr(kind, "sync", note_sync)
    if ending == "recorder":
        crashed(tmp_path / "b.hdf5", some_blocks)
    else:
        repair(path)
    assert_in_steps(calls)


class PowerCutError(Exception):
    """The machine stops here."""


@pytest.fixture
def power(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many more bytes can be written."""
    left = [1 << 60]
    write = RawFile.write

    def write_while_there_is_power(self: RawFile, position: int, content: Any) -> None:
        content = memoryview(content).cast("B")
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
    for moment in [*range(0, total, total // 60), *range(total - 2000, total, 97), total - 1]:
        shutil.copy(path, copy)
        power[0] = moment
        with pytest.raises(PowerCutError):
            repair(copy)
        power[0] = 1 << 60
        report = repair(copy)
        assert report.samples == samples
        verified = check(copy)
        assert (verified.exit_code, verified.errors, verified.proven_samples) == (3, [], samples)


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


@pytest.mark.parametrize("blocks", [0, 1, 31, 33, 70, 200])
def test_a_live_only_file_is_in_order_for_everybody_after_repair(
    tmp_path: Path, blocks: int
) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=SECONDS), describe_live("AB"), gap_every=4)
    stream.write_blocks(blocks)
    stream.recorder.update(Health(received=stream.recorder.stored_samples))
    shutil.copy(path, copy)
    finish(stream.recorder)
    assert repair(copy).repaired
    with h5py.File(copy) as file, h5py.File(path) as whole:
        assert file.attrs["status"] == b"incomplete"
        for name in ("total_samples", "first_sample", "first_stream_sample", "lost_samples"):
            assert file.attrs[name] == whole.attrs[name]
        for name in ("adc_counts", "channels/B/adc_counts", "channels/B/overview/b256", "gaps"):
            np.testing.assert_array_equal(file[name][()], whole[name][()])
    with open_recording(copy) as opened:
        wanted = expected(opened, "B", opened.first_sample, opened.stored_samples)
        counts = opened.channels["B"].counts.read(0, opened.stored_samples)
        np.testing.assert_array_equal(counts, wanted)
    assert not repair(copy).repaired
    assert check(copy).errors == []


def test_a_live_only_file_of_a_killed_program(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with program(live_stream.__file__, path, SECONDS, "AB", "none", 5) as writer:
        stop = int(ask(writer, 150))
        tell(writer, 100_000)
        wait_for(path, stop + 10 * BLOCK_SAMPLES)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    repair(path)
    assert verify(path).errors == []
    with open_recording(path) as opened:
        assert opened.first_sample + opened.stored_samples > stop
        for name, channel in opened.channels.items():
            wanted = expected(opened, name, opened.first_sample, opened.stored_samples)
            counts = channel.counts.read(0, opened.stored_samples)
            np.testing.assert_array_equal(counts, wanted)


def wait_for(path: Path, samples: int) -> None:
    while True:
        with open_recording(path) as opened:
            if opened.first_sample + opened.stored_samples >= samples:
                return


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


def test_room_for_a_table_that_was_taken_since_the_last_publishing(tmp_path: Path) -> None:
    path = tmp_path / "data.hdf5"

    def write(stream: Stream) -> None:
        stream.write()
        stream.recorder.add_event(Event(1, 0.0, "kept", 1.0))

    crashed(path, write)
    with open_recording(path) as recording:
        assert recording.planned is not None
        position, size = recording.planned.plan.fixed["recovery/state"]
    raw = RawFile(path, writable=True)
    words = np.frombuffer(raw.read(position, size), np.int64).copy()
    words[UNITS] = 0  # as it was before the event had its room
    raw.write(position, sealed(words))
    raw.close()
    repair(path)
    report = verify(path, prove=prove_stream)
    assert report.errors == []
    with open_recording(path) as recording:
        assert recording.events["label"].tolist() == [b"kept"]
