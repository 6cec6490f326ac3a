"""Verification finds what is damaged, missing or contradictory, and refuses what is foreign."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import ConfigurationError, StorageError
from picostream_pymeasure.records import Event, Gap
from picostream_pymeasure.storage import (
    Recorder,
    Report,
    describe_file,
    open_recording,
    verify,
)
from picostream_pymeasure.storage.layout.plan import UNIT_BYTES, UNIT_HEAD_BYTES
from picostream_pymeasure.storage.reading import PlannedFile, growth
from picostream_pymeasure.storage.schema import (
    EVENTS,
    GAPS,
    checksums_path,
    counts_path,
    level_path,
)
from picostream_pymeasure.storage.writing import entry
from tests.support.crashed_files import forget_the_sync
from tests.support.reader_files import noise, write_recording
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    CHUNK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    prove_stream,
    recording,
)

SAMPLES = 5 * BLOCK_SAMPLES + 100


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Two channels, five full chunks and a partial one, hardware (nothing to prove)."""
    counts = {"A": noise(SAMPLES, 1), "B": noise(SAMPLES, 2)}
    return write_recording(tmp_path / "a.hdf5", counts, chunk=BLOCK_SAMPLES)


def place(path: Path, channel: str, sample: int) -> int:
    """Where a sample lies in the file."""
    with open_recording(path) as opened:
        assert opened.planned is not None
        plan = opened.planned.plan
        chunk, within = divmod(sample, plan.chunk_samples)
        return plan.chunk_position(plan.datasets[counts_path(channel)], chunk) + 2 * within


def flip_byte(path: Path, position: int) -> None:
    """Change one stored byte behind HDF5's back."""
    with path.open("r+b") as raw:
        raw.seek(position)
        byte = raw.read(1)[0]
        raw.seek(position)
        raw.write(bytes([byte ^ 0x10]))


def test_a_whole_file_verifies_without_a_proof(recorded: Path) -> None:
    report = verify(recorded)
    assert (report.exit_code, report.errors, report.notes) == (0, [], [])
    assert (report.chunks, report.verified_chunks) == (12, 12)
    assert report.proven_samples is None
    assert json.loads(json.dumps(report.to_dict()))["exit_code"] == 0


@pytest.mark.parametrize("sample", [0, BLOCK_SAMPLES - 1, 3 * BLOCK_SAMPLES, SAMPLES - 1])
def test_one_changed_byte_is_found(recorded: Path, sample: int) -> None:
    flip_byte(recorded, place(recorded, "B", sample))
    report = verify(recorded)
    assert report.exit_code == 1
    assert report.verified_chunks == 11
    assert report.errors == [
        f"Channel B: The checksum differs in 1 chunk: {sample // BLOCK_SAMPLES}."
    ]


def test_progress_ends_at_the_total(recorded: Path) -> None:
    calls: list[tuple[int, int]] = []
    verify(recorded, progress=lambda done, total: calls.append((done, total)))
    total = SAMPLES * 2 * 2
    assert calls[-1] == (total, total)
    assert calls == sorted(calls)
    with pytest.raises(ConfigurationError, match="progress must be a function, not 5"):
        verify(recorded, progress=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [256, 4096, 65536, 2**20, 2**24])
def test_a_changed_bin_is_found(recorded: Path, factor: int) -> None:
    with open_recording(recorded) as opened:
        assert opened.planned is not None
        plan = opened.planned.plan
    flip_byte(recorded, plan.chunk_position(plan.datasets[level_path("A", factor)], 0) + 3)
    assert verify(recorded).errors == [
        f"Channel A: Overview level {factor} differs from the samples in 1 bin, the first is 0."
    ]


@pytest.mark.parametrize("lacking", [1, 31, 32, 33, 63, 64])
def test_a_chunk_that_lacks_a_few_bytes_has_its_checksum(tmp_path: Path, lacking: int) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    with recording(path) as stream:
        for _ in range(CHUNK_SAMPLES // BLOCK_SAMPLES - 1):
            stream.write()
        stream.write(BLOCK_SAMPLES - lacking)
        copy.write_bytes(path.read_bytes())
    for file in (path, copy):
        report = verify(file, prove=prove_stream)
        assert (report.errors, report.chunks) == ([], 1)
        assert report.proven_samples == report.samples == CHUNK_SAMPLES - lacking


def test_a_changed_checksum_is_found(recorded: Path) -> None:
    with open_recording(recorded) as opened:
        assert opened.planned is not None
        plan = opened.planned.plan
    flip_byte(recorded, plan.chunk_position(plan.datasets[checksums_path("A")], 0) + 8 * 3)
    assert verify(recorded).errors == ["Channel A: The checksum differs in 1 chunk: 3."]


def test_a_changed_bit_in_any_row_of_a_table_is_found(tmp_path: Path) -> None:
    """Of gaps, marks and pairs of clocks, none of which says how it must be."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    with recording(path) as stream:
        for number in range(20):
            if number == 10:
                stream.skip(10)
                stream.recorder.add_gap(gap_at(stream.recorder.stored_samples, 10, 10, "x", 0.0))
            stream.write()
            stream.recorder.add_event(Event(number, 0.001 * number, f"mark {number}", 1.0))
    assert verify(path).errors == []
    with open_recording(path) as opened:
        assert opened.planned is not None
        positions = opened.planned.plan.unit_positions
        units = [unit for unit in opened.planned.units() if unit.content]
    assert {unit.table for unit in units} >= {GAPS, EVENTS}
    for unit in units:
        for byte in range(0, len(unit.content), unit.row_bytes // 8):
            shutil.copy(path, copy)
            flip_byte(copy, positions[unit.number] + UNIT_HEAD_BYTES + byte)
            sentence = f"{unit.table}: the checksum of its rows is wrong (chunks 0)."
            assert sentence in verify(copy).errors
            assert sentence in describe_file(copy)["damage"]


@pytest.mark.parametrize("curve", ["time", "A_min", "A_max", "B_max"])
def test_a_changed_bit_of_the_picture_is_found(recorded: Path, curve: str) -> None:
    with open_recording(recorded) as opened:
        assert opened.planned is not None
        position, _ = opened.planned.plan.fixed[f"entry/envelope/{curve}"]
    flip_byte(recorded, position + 83)
    assert [error.split(":")[0] for error in verify(recorded).errors] == [f"entry/envelope/{curve}"]


def test_a_range_that_is_changed_everywhere_contradicts_the_picture(recorded: Path) -> None:
    with h5py.File(recorded, "r+") as file:
        for member in (file, file["channels/A"]):
            member.attrs["voltage_range_v"] *= 2
        for member in (file["adc_counts"], *file["channels/A/overview"].values()):
            member.attrs["volts_per_count"] *= 2
    assert "entry/envelope/A_min" in " ".join(verify(recorded).errors)


def test_a_few_contradictions_are_enough(recorded: Path) -> None:
    with h5py.File(recorded, "r+") as file:
        file.attrs["sample_interval_ns"] *= 2
    errors = verify(recorded).errors
    assert len(errors) == 3
    assert all("interval_s" in error for error in errors)


def change_attribute(name: str, value: Any) -> Callable[[Any], None]:
    return lambda file: file.attrs.__setitem__(name, value)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (change_attribute("total_samples", 5), "claims 5 samples"),
        (change_attribute("lost_samples", 3), "claims 3 lost samples"),
        (change_attribute("max_adc", "many"), "max_adc is no number"),
        (change_attribute("status", "perfect"), "status is impossible"),
        (change_attribute("start_time", "yesterday"), "start_time is impossible"),
        (change_attribute("trigger_sample", SAMPLES + 1), "trigger_sample is imposs"),
        (change_attribute("trigger_sample", -2), "trigger_sample is impossible"),
        (change_attribute("first_sample", 5), "its first 5 samples are gone"),
        (lambda file: file["channels/A/checksums"].resize((4,)), "claims 4 rows and not 6"),
        (lambda file: file["channels/A/adc_counts"].resize((99,)), "claims 99 rows"),
    ],
)
def test_contradictions_are_found(
    recorded: Path, change: Callable[[Any], None], error: str
) -> None:
    with h5py.File(recorded, "r+") as file:
        change(file)
    report = verify(recorded)
    assert report.exit_code == 1
    assert any(error in text for text in report.errors), report.errors


@pytest.mark.parametrize(
    ("gaps", "error"),
    [
        ([gap_at(101, 1, 1, "pool full", 0.0)], "outside"),
        ([gap_at(-1, 1, 1, "pool full", 0.0)], "outside"),
        ([gap_at(5, -7, 1, "pool full", 0.0)], "impossible length"),
        ([gap_at(5, 1, 1, "pool full", -0.1)], "time of a gap is impossible"),
    ],
)
def test_impossible_gaps_are_found(tmp_path: Path, gaps: list[Gap], error: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, simulated=False) as stream:
        stream.write(100)
        for gap in gaps:
            stream.recorder.add_gap(gap)
    report = verify(path)
    assert report.exit_code == 1
    assert any(error in text for text in report.errors), report.errors


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (Event(-1, 0.5, "lamp"), "before the recording"),
        (Event(1, float("inf"), "lamp"), "time of an event is impossible"),
        (Event(1, -1.0, "lamp"), "time of an event is impossible"),
    ],
)
def test_impossible_events_are_found(tmp_path: Path, event: Event, error: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, simulated=False) as stream:
        stream.write(100)
        stream.recorder.add_event(event)
    report = verify(path)
    assert report.exit_code == 1
    assert any(error in text for text in report.errors), report.errors


def test_a_gap_at_the_very_end_is_possible(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write(100)
        stream.recorder.add_gap(gap_at(100, -1, 50, "restart", 0.0))
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors, report.proven_samples) == (3, [], 100)


@pytest.fixture
def unclosed(tmp_path: Path) -> Path:
    """A file as a program leaves it that was killed."""
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB", simulated=False))
    stream.write()
    stream.write()
    content = path.read_bytes()
    finish(stream.recorder)
    path.write_bytes(content)
    return path


def test_a_file_that_was_never_closed_is_read_nevertheless(unclosed: Path) -> None:
    with h5py.File(unclosed) as file:
        assert len(file["adc_counts"]) == 2 * BLOCK_SAMPLES
    report = verify(unclosed)
    assert (report.exit_code, report.errors, report.samples) == (3, [], 2 * BLOCK_SAMPLES)
    assert not describe_file(unclosed)["closed_properly"]


def write_picostream_file(path: Path, values: int) -> None:
    """As PicoStream's consumer writes it."""
    with h5py.File(path, "w") as file:
        file.attrs["sample_interval_ns"] = 16
        file.attrs["voltage_range_v"] = 20.0
        file.attrs["max_adc"] = 32767
        file.attrs["resolution"] = "PS5000A_DR_12BIT"
        file.attrs["downsample_mode"] = "aggregate"
        file.attrs["hardware_downsample_ratio"] = 4
        counts = file.create_dataset(
            "adc_counts", (0,), maxshape=(None,), dtype="int16", chunks=(1000,)
        )
        counts.resize((values,))
        counts[:] = np.arange(values)


@pytest.mark.parametrize(
    ("channels", "options"),
    [("AB", {}), ("A", {"aggregate": True}), ("AB", {"compress": True}), ("A", {"live_only_s": 5})],
    ids=["plain", "aggregate", "compressed", "live-only"],
)
@pytest.mark.parametrize("full", [False, True])
def test_what_came_after_the_last_telling_is_no_damage(
    tmp_path: Path,
    channels: str,
    options: dict[str, Any],
    full: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A chunk holds more than its checksum is of until that is written; also after a crash."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "copy.hdf5"
    first = CHUNK_SAMPLES if full else 99
    with recording(path, channels, **options) as stream:
        for _ in range(first // BLOCK_SAMPLES):
            stream.write()
        stream.write(first % BLOCK_SAMPLES or 1)
        told = verify(path).samples
        stream.write(1000, is_told=False)
        growing = verify(path)
        shutil.copy(path, copy)
    crashed = verify(copy)
    monkeypatch.setattr(growth, "_SILENCE_S", -1.0)
    silent = verify(copy)
    for report in (growing, crashed, silent):
        assert (report.exit_code, report.errors, report.samples) == (3, [], told)
        assert report.verified_chunks == report.chunks > 0


def test_samples_up_to_a_gap_whose_row_is_lost_are_no_damage(tmp_path: Path) -> None:
    """They end where the sync began; what came later in their chunk is not on the disk either."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "copy.hdf5"
    with recording(path, "AB") as stream:
        stream.write(4000)
        writer = stream.recorder._open_writer
        assert entry.sync_once(writer.memory.context, writer._sync_handle) == 0
        stream.skip(10)
        stream.recorder.add_gap(gap_at(4000, 10, 10, "overrun", 0.0))
        for _ in range(CHUNK_SAMPLES // BLOCK_SAMPLES + 1):
            stream.write()
        shutil.copy(path, copy)
    with open_recording(copy) as growing:
        planned = growing.planned
        assert planned is not None
        units = planned.units()
        row_at = next(planned.plan.unit_positions[u.number] for u in units if u.table == GAPS)
        plan = planned.plan
    content = bytearray(copy.read_bytes())
    for name in "AB":
        at = plan.chunk_position(plan.datasets[counts_path(name)], 0) + 2 * 5000
        content[at : at + 4096] = bytes(4096)
    content[row_at + UNIT_HEAD_BYTES : row_at + UNIT_BYTES] = bytes(UNIT_BYTES - UNIT_HEAD_BYTES)
    forget_the_sync(content, plan)
    copy.write_bytes(content)
    report = verify(copy)
    assert (report.exit_code, report.samples) == (3, 4000)
    assert not any("checksum" in error for error in report.errors)
    assert report.verified_chunks == report.chunks == 2


@pytest.mark.parametrize("compress", [False, True])
def test_a_damaged_sample_of_a_chunk_that_was_not_full_is_seen(
    tmp_path: Path, compress: bool
) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "copy.hdf5"
    with recording(path, compress=compress) as stream:
        stream.write()
        stream.write(1000, is_told=False)
        shutil.copy(path, copy)
    with open_recording(copy) as growing:
        assert growing.planned is not None
        plan = growing.planned.file_plan
        at = plan.chunk_position(plan.datasets[counts_path("A")], 0) + 500
    with copy.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))
    report = verify(copy)
    assert report.exit_code == 1
    assert any("checksum differs in 1 chunk: 0" in error for error in report.errors)


def test_a_chunk_that_grows_while_it_is_read_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB") as stream:
        stream.write()
        read_checksums = PlannedFile.checksums

        def grow_first(planned: PlannedFile, *place: Any) -> Any:
            stream.write()
            return read_checksums(planned, *place)

        monkeypatch.setattr(PlannedFile, "checksums", grow_first)
        report = verify(path)
    assert (report.exit_code, report.errors, report.samples) == (3, [], BLOCK_SAMPLES)
    assert (report.chunks, report.verified_chunks) == (2, 2)


def test_files_of_picostream_are_recognised(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    write_picostream_file(path, 3000)
    report = verify(path)
    assert (report.exit_code, report.format, report.samples) == (0, "picostream", 1500)
    assert any("no checksums" in note for note in report.notes)
    summary = describe_file(path)
    assert summary["duration_s"] == pytest.approx(1500 * 64e-9)
    assert summary["channels"] == [{"name": "", "voltage_range_v": 20.0}]
    json.dumps(summary, allow_nan=False)


@pytest.mark.parametrize("kind", ["recorded", "unclosed"])
def test_cut_and_scrambled_files_never_pass_and_never_break(
    kind: str, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(kind)
    content = path.read_bytes()
    random = np.random.default_rng(1)
    for _ in range(60):
        damaged = bytearray(content[: int(random.integers(len(content)))])
        for position in random.integers(48, max(len(damaged), 49), size=20):
            damaged[position : position + 1] = bytes([int(random.integers(256))])
        path.write_bytes(bytes(damaged))
        try:
            report = verify(path)
        except StorageError:
            continue
        assert report.exit_code != 0


def test_exit_codes() -> None:
    report = Report("a", "picostream-pymeasure", "complete")
    assert report.exit_code == 0
    report.gaps = 1
    assert report.exit_code == 3
    report.errors.append("Broken.")
    assert report.exit_code == 1
    assert Report("a", "picostream-pymeasure", "incomplete").exit_code == 3


def test_an_incomplete_end_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe(simulated=False))
    stream.write()
    finish(stream.recorder, ended_by="lost scope", reason="The scope was unplugged.")
    report = verify(path)
    assert (report.exit_code, report.errors, report.status) == (3, [], "incomplete")


def test_a_gap_of_unknown_length_is_in_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
        stream.recorder.add_gap(gap_at(stream.recorder.stored_samples, -1, -1, "restart", 0.0))
        stream.write()
    assert verify(path).errors == []
