"""``repair`` after a power cut, of the recording, of its end, or of the repair itself."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import DigitalPortConfig
from picostream_pymeasure.records import Block, Health
from picostream_pymeasure.storage import Recorder, open_recording, repair
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.layout.plan import UNIT_BYTES
from picostream_pymeasure.storage.reading import growth
from picostream_pymeasure.storage.schema import checksums_path, counts_path, level_path
from tests.support.crashed_files import (
    check,
    crashed,
    forget_the_sync,
    plan_of,
    reseal_state,
    some_blocks,
)
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    CHUNK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    recording,
    stream_values,
)

Change = Callable[[bytearray, Any], None]


@pytest.mark.parametrize("damage", [bytes(100), b"\x55"], ids=["lost", "damaged"])
def test_chunks_behind_one_that_is_not_right_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
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
    content[position : position + len(damage)] = damage
    path.write_bytes(content)
    monkeypatch.setattr(growth, "_SILENCE_S", -1.0)
    before = check(path)
    assert (before.exit_code, before.errors) == (3, [])
    report = repair(path)
    assert report.samples == before.samples == first_bad * plan.chunk_samples > 0
    for told in (report, before):
        assert any("are not on the disk or are damaged" in note for note in told.notes)
    assert (check(path).exit_code, check(path).errors) == (3, [])
    with h5py.File(path) as file:
        counts = file["channels/B/adc_counts"][()]
    np.testing.assert_array_equal(
        counts, stream_values({"values_per_sample": 1}, "B", 0, len(counts))
    )


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


def torn_signature(content: bytearray, plan: Any) -> None:
    content[4] ^= 0x55


@pytest.mark.parametrize(
    "change", [torn_pages, torn_headers, torn_bins, torn_superblock, torn_signature]
)
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


@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("at", range(0, 48, 5))
def test_the_first_bytes_are_written_again(tmp_path: Path, at: int, is_finished: bool) -> None:
    path = tmp_path / "a.hdf5"
    if is_finished:
        with recording(path, "AB") as stream:
            some_blocks(stream)
    else:
        crashed(path, some_blocks, "AB")
        repair(path)
    content = bytearray(path.read_bytes())
    content[at] ^= 0x55
    path.write_bytes(content)
    assert check(path).errors == ["The first bytes of the file are damaged."]
    assert repair(path).repaired
    assert check(path).errors == []
    with h5py.File(path) as file:
        assert file["channels/B/adc_counts"].size == repair(path).samples


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
    write, sync = RawFile.write, RawFile.sync

    def note_write(self: Any, position: int, content: Any) -> None:
        calls.append(steps.get(position, 1))
        write(self, position, content)

    def note_sync(self: Any) -> None:
        calls.append(0)
        sync(self)

    monkeypatch.setattr(RawFile, "write", note_write)
    monkeypatch.setattr(RawFile, "sync", note_sync)
    if ending == "recorder":
        crashed(tmp_path / "b.hdf5", some_blocks)
    else:
        repair(path)
        assert calls[:2] == [4, 0], "how many samples are kept, before what proves them changes"
        del calls[:2]
    assert_in_steps(calls)


def test_areas_that_move_are_on_the_disk_before_the_list_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the list before the file is cut off behind where they were."""
    calls: list[str] = []
    write, sync, truncate = RawFile.write, RawFile.sync, RawFile.truncate
    with recording(tmp_path / "a.hdf5") as stream:
        stream.write()
        stream.recorder.add_gap(gap_at(100, 5, 5, "pool full", 0.0))
        plan = stream.recorder._open_writer.memory.plan

        def note_write(self: RawFile, position: int, content: Any) -> None:
            is_list = position == plan.fixed["recovery/areas"][0]
            is_area = len(content) == plan.areas[0].units * UNIT_BYTES
            calls.append("list" if is_list else "area" if is_area else "other")
            write(self, position, content)

        monkeypatch.setattr(RawFile, "write", note_write)
        monkeypatch.setattr(RawFile, "sync", lambda self: (calls.append("sync"), sync(self)))
        monkeypatch.setattr(
            RawFile, "truncate", lambda self, size: (calls.append("cut"), truncate(self, size))
        )
    begin = calls.index("area")
    assert calls[begin : begin + 4] == ["area", "sync", "list", "sync"]
    assert "cut" in calls[begin + 4 :]


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


def test_a_crash_of_the_repair_at_any_byte_does_no_harm(
    tmp_path: Path, power: list[int], pytestconfig: pytest.Config
) -> None:
    parts, step = (20, 331) if pytestconfig.getoption("--long") else (7, 719)
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    samples = crashed(path, some_blocks, "AB")
    shutil.copy(path, copy)
    before = power[0]
    repair(copy)
    total = before - power[0]
    for moment in [*range(0, total, total // parts), *range(total - 2000, total, step), total - 1]:
        shutil.copy(path, copy)
        power[0] = moment
        with pytest.raises(PowerCutError):
            repair(copy)
        power[0] = 1 << 60
        report = repair(copy)
        assert report.samples == samples
        verified = check(copy)
        assert (verified.exit_code, verified.errors, verified.proven_samples) == (3, [], samples)


def test_a_repair_that_drops_a_gap_and_is_done_again_keeps_as_many_samples(
    tmp_path: Path, power: list[int]
) -> None:
    """Rows of gaps that were told prove what lies before them, and are gone by then."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"

    def write(stream: Stream) -> None:
        for number in range(100):
            if number in (30, 95):
                stream.skip(10)
                at = stream.recorder.stored_samples
                stream.recorder.add_gap(gap_at(at, 10, 10, "pool full", 0.0))
            stream.write()

    crashed(path, write)
    plan = plan_of(path)
    content = bytearray(path.read_bytes())
    forget_the_sync(content, plan)
    first_bad = 80 * BLOCK_SAMPLES // plan.chunk_samples
    position = plan.chunk_position(plan.datasets[counts_path("A")], first_bad)
    content[position : position + 100] = bytes(100)
    path.write_bytes(content)
    shutil.copy(path, copy)
    before = power[0]
    samples = repair(copy).samples
    needed = before - power[0]
    assert samples == first_bad * plan.chunk_samples
    for power[0] in range(0, needed, needed // 40):
        cut = power[0]
        shutil.copy(path, copy)
        with pytest.raises(PowerCutError):
            repair(copy)
        power[0] = before
        assert repair(copy).samples == samples, cut
        power[0] = before
        assert check(copy).errors == [], cut


def test_the_end_of_a_full_chunk_of_a_port_that_is_not_on_the_disk(tmp_path: Path) -> None:
    """Its last sector and its checksum are both those of before, when it was not full: zeros."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    config = replace(describe().config, digital_ports=(DigitalPortConfig("PORT0"),))
    recorder = Recorder(path)
    recorder.open(replace(describe(), config=config))
    values = np.random.default_rng(1).integers(1, 256, CHUNK_SAMPLES + BLOCK_SAMPLES)
    rows = np.stack([values - 128, values]).astype(np.int16)
    images = []
    for begin, stop in ((0, CHUNK_SAMPLES - 300), (CHUNK_SAMPLES - 300, rows.shape[1])):
        for first in range(begin, stop, BLOCK_SAMPLES):
            last = min(first + BLOCK_SAMPLES, stop)
            recorder.write(Block(rows[:, first:last], first, last - first))
        recorder.update(Health(received=stop))
        images.append(path.read_bytes())
    finish(recorder)
    before, now = images[0], bytearray(images[1])
    copy.write_bytes(now)
    plan = plan_of(copy)
    end = plan.chunk_position(plan.datasets[counts_path("PORT0")], 0) + CHUNK_SAMPLES
    row = plan.chunk_position(plan.datasets[checksums_path("PORT0")], 0)
    for first, stop in ((end - 300, end), (row, row + 8)):
        now[first:stop] = before[first:stop]
    forget_the_sync(now, plan)
    copy.write_bytes(now)
    repair(copy)
    assert check(copy).errors == []
    with h5py.File(copy) as file:
        port = file["channels/PORT0/adc_counts"][()]
    np.testing.assert_array_equal(port, values[: len(port)])
