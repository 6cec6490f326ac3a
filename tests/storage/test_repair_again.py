"""``repair`` that was cut short: what is seen of the file then, and once it is done again."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from xxhash import xxh3_64_intdigest

from picostream_pymeasure.records import ClockPair, Event
from picostream_pymeasure.storage import open_recording, repair
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.layout.records import RECORD_BYTES, SYNC_MAGIC
from picostream_pymeasure.storage.reading import growth
from picostream_pymeasure.storage.schema import FIRST_SAMPLES, counts_path, level_path
from tests.support.crashed_files import (
    check,
    crashed,
    forget_the_sync,
    plan_of,
    reseal_state,
    some_blocks,
)
from tests.support.storage_stream import BLOCK_SAMPLES, Stream, gap_at


class PowerCutError(Exception):
    """The machine stops here."""


def cut_short(path: Path, monkeypatch: pytest.MonkeyPatch, n_bytes: int) -> int:
    """Repair a file until so many bytes are written, in whole sectors; how many were."""
    left, write = n_bytes, RawFile.write

    def write_while_there_is_power(self: RawFile, position: int, content: Any) -> None:
        nonlocal left
        content = memoryview(content).cast("B")
        if len(content) > left:
            stop = (position + left) // RECORD_BYTES * RECORD_BYTES
            write(self, position, content[: max(stop - position, 0)])
            raise PowerCutError
        left -= len(content)
        write(self, position, content)

    with monkeypatch.context() as patch:
        patch.setattr(RawFile, "write", write_while_there_is_power)
        with contextlib.suppress(PowerCutError):
            repair(path)
    return n_bytes - left


def cuts(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> Iterator[int]:
    """Leave a copy as a repair does that is cut short, at some bytes."""
    shutil.copy(path, copy)
    needed = cut_short(copy, monkeypatch, 1 << 60)
    for n_bytes in [*range(1000, needed, needed // count), needed - 600]:
        shutil.copy(path, copy)
        cut_short(copy, monkeypatch, n_bytes)
        yield n_bytes


def sync_what_is_told(content: bytearray, plan: Any) -> None:
    """As if the last sync had ended a moment ago."""
    state, sync = (plan.fixed[f"recovery/{name}"][0] for name in ("state", "sync"))
    record = SYNC_MAGIC.to_bytes(8, "little") + content[state + 8 : state + 448]
    content[sync : sync + 456] = record + xxh3_64_intdigest(record).to_bytes(8, "little")


def told_of_a_repair(path: Path, plan: Any) -> bool:
    return bool(path.read_bytes()[plan.fixed["recovery/state"][0] + 80] & 2)


@pytest.mark.parametrize("live_s", [None, 30.0])
def test_a_repair_that_keeps_part_of_a_chunk_and_is_done_again_keeps_as_many_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live_s: float | None
) -> None:
    """Its chunk gets a right checksum, and more had been told before the power cut."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"

    def write(stream: Stream) -> None:
        for _ in range(100):
            stream.write()

    crashed(path, write, live_only_s=live_s)
    plan = plan_of(path)
    content = bytearray(path.read_bytes())
    samples = 80 * BLOCK_SAMPLES + 7
    certain_at = plan.fixed["recovery/state"][0] + 96
    content[certain_at : certain_at + 8] = samples.to_bytes(8, "little")
    chunk, within = divmod(samples, plan.chunk_samples)
    end = plan.chunk_position(plan.datasets[counts_path("A")], chunk) + 2 * plan.chunk_samples
    kept = np.frombuffer(content[end - 2 * plan.chunk_samples : end], "<i2").copy()
    kept[within:] = -32768
    checksum = xxh3_64_intdigest(kept.data, chunk).to_bytes(8, "little")
    content[certain_at + 96 : certain_at + 104] = checksum
    reseal_state(content, plan)
    lost_bytes = 2 * (plan.chunk_samples - within)
    content[end - lost_bytes : end] = bytes(lost_bytes)
    path.write_bytes(content)
    for n_bytes in cuts(path, copy, monkeypatch, 40):
        if told_of_a_repair(copy, plan):
            assert check(copy).samples == samples, n_bytes
        assert repair(copy).samples == samples, n_bytes
        assert check(copy).errors == [], n_bytes


@pytest.mark.parametrize("is_synced", [False, True])
def test_rows_that_a_repair_leaves_out_are_not_missed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_synced: bool
) -> None:
    """A gap or a mark may be told, and synced, before the samples in front of it are."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"

    def lose_the_end(stream: Stream) -> None:
        some_blocks(stream)
        at = stream.recorder.stored_samples + 9
        stream.recorder.add_gap(gap_at(at, 7, 7, "pool full", 0.0))
        stream.recorder.add_event(Event(at, 0.0, "late"))

    samples = crashed(path, lose_the_end)
    if is_synced:
        content = bytearray(path.read_bytes())
        sync_what_is_told(content, plan_of(path))
        path.write_bytes(content)
    for n_bytes in cuts(path, copy, monkeypatch, 6):
        assert not any("rows of" in error for error in check(copy).errors), n_bytes
        report = repair(copy)
        assert (report.samples, report.lost_samples) == (samples, 10), n_bytes
        assert check(copy).errors == [], n_bytes


def test_a_file_whose_repair_was_cut_short_is_not_called_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer samples are kept than were told; their last chunk has two checksums for a while."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    crashed(path, some_blocks)
    plan, content = plan_of(path), bytearray(path.read_bytes())
    samples = 30 * BLOCK_SAMPLES + 7
    certain_at = plan.fixed["recovery/state"][0] + 96
    content[certain_at : certain_at + 8] = samples.to_bytes(8, "little")
    reseal_state(content, plan)
    chunk, within = divmod(samples, plan.chunk_samples)
    begin = plan.chunk_position(plan.datasets[counts_path("A")], chunk) + 2 * within
    content[begin : begin + 1000] = bytes(1000)
    path.write_bytes(content)
    for n_bytes in cuts(path, copy, monkeypatch, 12):
        told = [error for error in check(copy).errors if "eaders" not in error]
        assert (check(copy).samples, told) == (samples, []), n_bytes


def test_bins_that_may_not_be_on_the_disk_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.hdf5"
    samples = crashed(path, some_blocks)
    plan, content = plan_of(path), bytearray(path.read_bytes())
    forget_the_sync(content, plan)
    position = plan.chunk_position(plan.datasets[level_path("A", 256)], 0)
    content[position : position + 400] = bytes(400)
    path.write_bytes(content)
    monkeypatch.setattr(growth, "_SILENCE_S", -1.0)
    with open_recording(path) as recording:
        assert recording.stored_samples == samples
        assert [bins.rows for bins in recording.first.levels.values()] == [0] * len(plan.factors)
    assert check(path).errors == []


def test_first_samples_that_are_not_on_the_disk_are_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"

    def write(stream: Stream) -> None:
        for _ in range(100):
            stream.write()

    crashed(path, write, live_only_s=30.0)
    plan, content = plan_of(path), bytearray(path.read_bytes())
    position = plan.chunk_position(plan.datasets[FIRST_SAMPLES], 0)
    content[position : position + 256] = b"\xff" * 256
    path.write_bytes(content)
    repair(path)
    with h5py.File(path) as file:
        chunks = -(-len(file["adc_counts"]) // plan.chunk_samples)
        found = file[FIRST_SAMPLES][:chunks]
    np.testing.assert_array_equal(found, np.arange(chunks) * plan.chunk_samples)


@pytest.mark.parametrize("is_synced", [False, True])
def test_a_state_that_is_not_on_the_disk_is_made_by_the_repair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_synced: bool
) -> None:
    """Rows of tables that nothing tells of are kept, and nobody is surprised by them."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"

    def write(stream: Stream) -> None:
        for number in range(24):
            stream.recorder.add_clock(ClockPair(number, 100_000_000 * (number + 1), 0))
        some_blocks(stream)

    samples = crashed(path, write)
    plan, content = plan_of(path), bytearray(path.read_bytes())
    if is_synced:
        sync_what_is_told(content, plan)
    state = plan.fixed["recovery/state"][0]
    content[state : state + 512] = bytes(512)
    path.write_bytes(content)
    for n_bytes in cuts(path, copy, monkeypatch, 20):
        told = [error for error in check(copy).errors if "eaders" not in error]
        assert told == [], n_bytes
        assert repair(copy).samples == (samples if is_synced else 0)
        assert check(copy).errors == []
        with h5py.File(copy) as file:
            assert len(file["clock"]) == 24
