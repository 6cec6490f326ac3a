"""``repair`` of live-only files after a power cut: a turn that came to the disk in part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from xxhash import xxh3_64_intdigest

from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, open_recording, repair
from picostream_pymeasure.storage.layout.records import RECORD_BYTES, STATE_DTYPE, SYNC_MAGIC
from picostream_pymeasure.storage.schema import counts_path
from picostream_pymeasure.storage.writing.entry import sync_once
from tests.support.crashed_files import check, plan_of, reseal_state
from tests.support.hdf5.sparse_reading import copy_sparse
from tests.support.live_stream import LiveStream, describe_live
from tests.support.storage_stream import BLOCK_SAMPLES, finish, gap_at, stream_values

#: Blocks of a chunk each, 32 in a segment: two segments and a part of the third, and a turn later.
SYNCED_BLOCKS, TURN_BLOCKS, REST = 70, 4 * 32, 1234
SYNCED = SYNCED_BLOCKS * BLOCK_SAMPLES + REST
SEGMENT = 32 * BLOCK_SAMPLES


@pytest.fixture
def turns(tmp_path: Path) -> tuple[Path, bytes, Any]:
    """A file as it is when a sync has ended, the same a turn later as bytes, and its plan."""
    path, synced, later = (tmp_path / f"{name}.hdf5" for name in "abc")
    stream = LiveStream(Recorder(path, live_only_s=2.0), describe_live())
    stream.write_blocks(SYNCED_BLOCKS)
    stream.write(REST)
    copy_sparse(path, synced)
    stream.write_blocks(TURN_BLOCKS + 10)
    stream.recorder.update(Health(received=stream.recorder.stored_samples))
    copy_sparse(path, later)
    finish(stream.recorder)
    plan = plan_of(synced)
    assert plan.segments == 4
    content = bytearray(synced.read_bytes())
    sync_here(content, plan)
    synced.write_bytes(content)
    return synced, later.read_bytes(), plan


def state_at(plan: Any) -> int:
    return int(plan.fixed["recovery/state"][0])


def put_words(content: bytearray, plan: Any, words: dict[int, int]) -> None:
    for word, value in words.items():
        at = state_at(plan) + 8 * word
        content[at : at + 8] = value.to_bytes(8, "little")
    reseal_state(content, plan)


def sync_here(content: bytearray, plan: Any) -> None:
    """As if the sync of what is told here had ended a moment ago, and another had begun."""
    state = state_at(plan)
    open_checksum = int.from_bytes(content[state + 128 : state + 136], "little")
    put_words(content, plan, {12: SYNCED, 24: open_checksum, 32: SYNCED, 33: open_checksum})
    record = SYNC_MAGIC.to_bytes(8, "little") + bytes(content[state + 8 : state + 128]) + bytes(320)
    sync = plan.fixed["recovery/sync"][0]
    content[sync : sync + 456] = record + xxh3_64_intdigest(record).to_bytes(8, "little")


def repaired(path: Path) -> tuple[int, int]:
    """First and last sample that are kept, all of which are right."""
    repair(path)
    assert check(path).errors == []
    with open_recording(path) as recording:
        first, count = recording.first_sample, recording.stored_samples
    with h5py.File(path) as file:
        wanted = stream_values({"values_per_sample": 1}, "A", first, count)
        np.testing.assert_array_equal(file["adc_counts"][()], wanted)
    assert not repair(path).repaired
    return first, first + count


def from_later(path: Path, later: bytes, begin: int, stop: int) -> None:
    content = bytearray(path.read_bytes())
    content[begin:stop] = later[begin:stop]
    path.write_bytes(content)


def test_samples_of_a_later_turn_in_the_chunk_that_was_open_are_not_taken_for_certain(
    turns: tuple[Path, bytes, Any],
) -> None:
    path, later, plan = turns
    begin = plan.chunk_position(plan.datasets[counts_path("A")], SYNCED_BLOCKS)
    from_later(path, later, begin, begin + 2 * BLOCK_SAMPLES)
    assert repaired(path) == (0, SYNCED_BLOCKS * BLOCK_SAMPLES)


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_what_a_later_turn_has_not_written_over_is_kept(
    turns: tuple[Path, bytes, Any], segment: int
) -> None:
    path, later, plan = turns
    begin = plan.segment_position(segment)
    from_later(path, later, begin + 512, begin + plan.segment_bytes)
    wanted = {0: (SEGMENT, SYNCED), 1: (2 * SEGMENT, SYNCED), 2: (0, 2 * SEGMENT)}
    assert repaired(path) == wanted[segment]


def test_certain_samples_are_kept_where_nothing_that_came_later_is_there(
    turns: tuple[Path, bytes, Any],
) -> None:
    """The state knows of more of the same chunk, of which the samples are not on the disk."""
    path, _, plan = turns
    content = bytearray(path.read_bytes())
    put_words(content, plan, {2: SYNCED + 9, 16: 1, 32: SYNCED + 5, 33: 2})
    path.write_bytes(content)
    assert repaired(path) == (0, SYNCED)


@pytest.mark.parametrize("live_s", [None, 2.0])
@pytest.mark.parametrize("has_samples", [False, True])
def test_a_gap_that_is_not_on_the_disk(
    tmp_path: Path, live_s: float | None, has_samples: bool
) -> None:
    """Samples behind it do not count, and without any nothing is missing."""
    path, left = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=live_s), describe_live())
    stream.write_blocks(SYNCED_BLOCKS)
    stream.write(REST)
    copy_sparse(path, left)
    plan = plan_of(left)
    before = left.read_bytes()[state_at(plan) :][:512]
    stream.skip(100)
    stream.recorder.add_gap(gap_at(stream.recorder.stored_samples, 100, 100, "pool full", 0.0))
    if has_samples:
        stream.write_blocks(3)
    copy_sparse(path, left)
    finish(stream.recorder)
    content = bytearray(left.read_bytes())
    with open_recording(left) as recording:
        assert recording.planned is not None
        units = recording.planned.file_plan.unit_positions
    number = next(n for n, at in enumerate(units) if content[at : at + 16][8:] == bytes(8))
    content[units[number] : units[number] + 640] = bytes(640)
    synced = {word: int.from_bytes(before[8 * word :][:8], "little") for word in (2, 16)}
    put_words(content, plan, {12: 0, 32: synced[2], 33: synced[16], 41: 0})
    sync = plan.fixed["recovery/sync"][0]
    content[sync : sync + 512] = bytes(512)
    left.write_bytes(content)
    assert check(left).errors == []
    assert repaired(left) == (0, SYNCED)


def test_a_sync_that_begins_leaves_the_checksums_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=2.0), describe_live())
    writer = stream.recorder._open_writer
    writer.memory["stop_sync"] = 1  # this test syncs
    told = []
    for _ in range(2):
        stream.write(REST)
        told.append(state_of(path)["open_checksums"][0])
        sync_once(writer.memory.context, writer.memory["handle"])
    stream.write(1)
    state = state_of(path)
    assert (state["synced_checksums"][0], state["syncing_checksums"][0]) == (told[0], told[1])
    finish(stream.recorder)


def state_of(path: Path) -> np.void:
    record = path.read_bytes()[state_at(plan_of(path)) :][:RECORD_BYTES]
    return np.frombuffer(record, STATE_DTYPE)[0]
