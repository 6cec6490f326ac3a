"""A gap whose row a power cut took: samples behind it are not kept, all of the last sync are."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np
import pytest
from xxhash import xxh3_64_intdigest

from picostream_pymeasure.storage import Recorder, repair, verify
from picostream_pymeasure.storage.bytes.fixed_array import PAGE_ENTRIES
from picostream_pymeasure.storage.layout.plan import UNIT_BYTES, UNIT_HEAD_BYTES
from picostream_pymeasure.storage.layout.records import (
    RECORD_BYTES,
    STATE,
    STATE_DTYPE,
    SYNC,
    sealed,
)
from picostream_pymeasure.storage.reading.proven import proven_extent
from picostream_pymeasure.storage.reading.published import Published
from picostream_pymeasure.storage.schema import GAPS, TABLE_DTYPES, TABLES
from picostream_pymeasure.storage.writing.entry import sync_once
from tests.support.storage_stream import Stream, describe, finish, gap_at

CERTAIN = 5000


@pytest.mark.parametrize("causes", [[], ["overrun"], ["overrun", ""]])
@pytest.mark.parametrize("told_by", ["sync", "state"])
def test_a_gap_that_is_not_on_the_disk_leaves_what_is_certain(
    causes: list[str], told_by: str
) -> None:
    """Whose record a power cut has torn says nothing: the other one does."""
    rows = np.zeros(len(causes), TABLE_DTYPES[GAPS])
    rows["cause"] = causes
    published = Published(
        samples=9000,
        table_rows={**dict.fromkeys(TABLES, 0), GAPS: 2},
        synced_samples=CERTAIN if told_by == "state" else 0,
    )
    planned: Any = SimpleNamespace(
        plan=SimpleNamespace(is_ring=False, chunk_samples=4096),
        published=published,
        sync=lambda: Published(samples=CERTAIN if told_by == "sync" else 0),
        tables=lambda: {GAPS: rows},
    )
    assert proven_extent(planned) == (0, CERTAIN)


@pytest.mark.parametrize("is_overwritten", [False, True])
def test_what_was_certain_of_a_ring_may_be_written_over_by_a_turn_that_no_state_tells_of(
    is_overwritten: bool,
) -> None:
    chunk_samples, segments = 10, 4
    segment_samples = chunk_samples * PAGE_ENTRIES
    certain = 5 * segment_samples + 3 * chunk_samples
    values = np.arange(chunk_samples, dtype=np.int16)

    def stored_checksum(channel: str, chunk: int) -> int:
        newest = chunk // PAGE_ENTRIES == 5
        return xxh3_64_intdigest(values.data, chunk) + (newest and is_overwritten)

    planned: Any = SimpleNamespace(
        plan=SimpleNamespace(
            is_ring=True,
            inputs=["A"],
            chunk_samples=chunk_samples,
            segments=segments,
            segment_samples=segment_samples,
            datasets={GAPS: SimpleNamespace(chunk_rows=124)},
        ),
        published=Published(samples=certain, segments=6, synced_samples=certain),
        sync=Published,
        tables=lambda: {GAPS: np.zeros(0, TABLE_DTYPES[GAPS])},
        stored_checksum=stored_checksum,
        chunk=lambda channel, chunk: values,
        oldest_of=lambda state: 3 * segment_samples,
    )
    stop = 5 * segment_samples if is_overwritten else certain
    assert proven_extent(planned) == (3 * segment_samples, stop)


def test_a_sync_whose_record_is_not_on_the_disk_counts_without_a_later_gap(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.hdf5")
    stream = Stream(recorder, describe())
    writer = recorder._open_writer
    writer.memory["stop_sync"] = 1  # this test syncs
    stream.write(1000)
    sync_once(writer.memory.context, writer.memory["handle"])
    recorder.add_gap(gap_at(1000, 7, 7, "overrun", 1e-3))
    stream.write(1000)
    path = tmp_path / "b.hdf5"
    shutil.copyfile(recorder.path, path)
    finish(recorder)
    plan = writer.memory.plan
    (gaps,) = writer.memory.units(GAPS)
    with path.open("r+b") as file:
        _write(file, gaps - UNIT_HEAD_BYTES, bytes(UNIT_BYTES))
        _write(file, plan.fixed[SYNC][0], bytes(RECORD_BYTES))
        file.seek(plan.fixed[STATE][0])
        state = np.frombuffer(file.read(RECORD_BYTES), STATE_DTYPE).copy()
        state["synced_samples"] = 0
        _write(file, plan.fixed[STATE][0], sealed(state))
    assert repair(path).samples == 1000
    assert verify(path).errors == []


def _write(file: BinaryIO, position: int, content: bytes) -> None:
    file.seek(position)
    file.write(content)
