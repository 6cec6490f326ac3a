"""More gaps than a file can list: what is missing stays exact, and the table says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from picostream_pymeasure import PicoStreamReader
from picostream_pymeasure.records import Gap, Health
from picostream_pymeasure.storage import Recorder, repair, schema, verify
from picostream_pymeasure.storage.layout.plan import RING_UNITS
from tests.support.live_stream import LiveStream, describe_live
from tests.support.storage_stream import Stream, describe, finish, gap_at, recording

#: Gaps that a live-only file lists.
_RING_ROOM = RING_UNITS * (schema.TABLE_CHUNK_BYTES // schema.GAP_DTYPE.itemsize)
#: Gaps of which the length is still open while later ones come.
OPEN = 10


def gap(number: int, index: int, missing: int, estimate: int) -> Gap:
    return Gap(number, index, index - 1, index, missing, estimate, "driver overrun", 0.1)


@pytest.mark.parametrize(
    ("n_gaps", "table_chunks"),
    [
        pytest.param(7_000, 64, id="room for all"),
        pytest.param(9_000, 64, id="more than the table"),
        pytest.param(100_000, 1024, id="a hundred thousand", marks=pytest.mark.long),
        pytest.param(140_000, 1024, id="more than any table", marks=pytest.mark.long),
    ],
)
def test_totals_are_exact_whatever_the_table_holds(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tell: Callable[..., None],
    n_gaps: int,
    table_chunks: int,
) -> None:
    """Each is told twice: as it is noticed, every other one with an estimate, and once it is known.

    The last ones are settled from behind.
    """
    monkeypatch.setattr(schema, "TABLE_CHUNKS", table_chunks)
    path, lost = tmp_path / "a.hdf5", np.arange(1, n_gaps + 1) % 977 + 1
    with recording(path) as stream:
        while stream.recorder.stored_samples < n_gaps + 2:
            stream.write()
        for number in range(n_gaps + OPEN):
            if number < n_gaps:
                stream.recorder.add_gap(gap(number, number + 1, -1, (-1, 1)[number % 2]))
            if number >= OPEN:
                old = number - OPEN if number < n_gaps else 2 * n_gaps - 1 - number
                stream.recorder.add_gap(gap(old, old + 1, -1, int(lost[old])))
    report = verify(path)
    assert (report.exit_code, report.errors) == (3, [])
    said = f"{report.lost_samples} in {report.gaps} rows"
    tell(f"{n_gaps} gaps in a table of {table_chunks} chunks", said, lost.sum())
    assert report.lost_samples == lost.sum()
    room = table_chunks * (schema.TABLE_CHUNK_BYTES // schema.GAP_DTYPE.itemsize)
    with h5py.File(path) as file:
        rows, reason = file["gaps"][:], file.attrs["reason"]
    assert f"{lost.sum():,} samples" in str(reason)
    assert len(rows) == report.gaps == min(n_gaps, room)
    np.testing.assert_array_equal(rows["estimated_missing"][:-1], lost[: len(rows) - 1])
    last = rows[-1]
    assert (last["earliest"], last["latest"]) == (len(rows) - 1, n_gaps)
    is_joined = last["cause"] == b"more gaps than the table lists"
    assert is_joined == (n_gaps > room)


def test_gaps_that_a_live_only_file_has_forgotten_still_shift_its_times(tmp_path: Path) -> None:
    """Its table has room for 992; those of all that was overwritten count, finished or repaired."""
    path, copy = tmp_path / "a.hdf5", tmp_path / "b.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=0.2), describe_live(), gap_every=4)
    stream.write()
    for number in range(1200):
        stream.recorder.add_gap(gap_at(number + 1, 5, 5, "pool full", 0.0))
    stream.write_blocks(100)
    stream.recorder.update(Health(received=stream.recorder.stored_samples))
    shutil.copy(path, copy)
    finish(stream.recorder)
    assert repair(copy).repaired
    for each in (path, copy):
        assert verify(each).errors == []
        with PicoStreamReader(each) as reader, h5py.File(each) as file:
            begin = round(reader.begin_s / (reader.sample_interval_ns * 1e-9))
            lost = 1200 * 5 + 100 * (reader.first_sample // 4096 // 4)
            assert begin == reader.first_sample + lost
            assert file.attrs["first_stream_sample"] == begin
            assert file["entry/envelope/time"][0] == pytest.approx(reader.begin_s)


def test_a_live_only_file_lists_the_newest_and_counts_all(
    tmp_path: Path, tell: Callable[..., None]
) -> None:
    """Rows are used again; lengths that are found after that count as well."""
    n_gaps, path = 3 * _RING_ROOM + 7, tmp_path / "a.hdf5"
    lost = np.arange(1, n_gaps + 1) % 977 + 1
    stream = Stream(Recorder(path, live_only_s=0.1), describe())
    late = range(0, _RING_ROOM // 2)
    for number in range(n_gaps):
        while stream.recorder.stored_samples < number + 2:
            stream.write()
        estimate = (-1, 1)[number % 2] if number in late else int(lost[number])
        stream.recorder.add_gap(gap(number, number + 1, -1, estimate))
        if number == 2 * _RING_ROOM:  # their rows are others' by now
            for old in late:
                stream.recorder.add_gap(gap(old, old + 1, -1, int(lost[old])))
    finish(stream.recorder)
    report = verify(path)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.lost_samples == lost[-_RING_ROOM:].sum()
    with h5py.File(path) as file:
        rows, total = file["gaps"][:], int(file.attrs["lost_samples"])
    tell(f"{n_gaps} gaps in a live-only file", f"{total} lost", lost.sum())
    assert total == lost.sum()
    assert len(rows) == _RING_ROOM
    np.testing.assert_array_equal(np.sort(rows["estimated_missing"]), np.sort(lost[-_RING_ROOM:]))
