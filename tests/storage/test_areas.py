"""The list of what was taken between segments: damaged, half written, impossible."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import Recorder, open_recording, repair, verify
from picostream_pymeasure.storage.layout.areas import (
    AREAS_IN_RECORD,
    LIST_BYTES,
    MOST_AREAS,
    TABLE_UNITS,
    Area,
    area_records,
    read_areas,
)
from picostream_pymeasure.storage.layout.records import RECORD_BYTES
from tests.support.storage_stream import Stream, describe, finish

AREAS = tuple(Area(4096 * n, 1 + n % 3, TABLE_UNITS, n // 2) for n in range(2 * AREAS_IN_RECORD))


@pytest.mark.parametrize("count", [0, 1, AREAS_IN_RECORD, AREAS_IN_RECORD + 1, len(AREAS)])
def test_what_is_listed_is_found(count: int) -> None:
    records = area_records(AREAS[:count])
    assert len(records) == 2 * LIST_BYTES <= 2 * RECORD_BYTES * MOST_AREAS
    assert read_areas(records) == AREAS[:count]


def test_one_list_of_the_two_is_enough() -> None:
    records = bytearray(area_records(AREAS))
    records[20] ^= 1
    records[LIST_BYTES + RECORD_BYTES + 20] ^= 1
    assert read_areas(bytes(records)) == AREAS
    records[LIST_BYTES + 20] ^= 1
    with pytest.raises(FileFormatError, match="list of its areas"):
        read_areas(bytes(records))


def test_nothing_follows_a_record_whose_newest_form_is_not_there() -> None:
    """All behind would lie elsewhere than it is taken to."""
    older, newer = (area_records(AREAS[:count])[:LIST_BYTES] for count in (5, len(AREAS)))
    mixed = older[:RECORD_BYTES] + newer[RECORD_BYTES:]
    assert read_areas(2 * mixed) == AREAS[:5]
    missing = bytes(RECORD_BYTES) + newer[RECORD_BYTES:]
    assert read_areas(2 * missing) == ()


@pytest.mark.parametrize(
    "areas",
    [
        [Area(-1, 1, TABLE_UNITS, 0)],
        [Area(0, 0, TABLE_UNITS, 0)],
        [Area(0, 1, -3, 0)],
        [Area(0, 2**60, 0, 0)],
        [Area(0, 1, 3, 0)] * 11,
        [Area(0, 2**16, TABLE_UNITS, 0)] * 9,
    ],
)
def test_impossible_areas_are_refused(areas: list[Area]) -> None:
    with pytest.raises(FileFormatError, match="impossible"):
        read_areas(area_records(areas))


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_file_with_one_damaged_list_is_read(tmp_path: Path, is_finished: bool) -> None:
    path, growing = tmp_path / "a.hdf5", tmp_path / "growing.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    stream.recorder.add_event(Event(10, 0.0, "mark"))
    shutil.copy(path, growing)
    finish(stream.recorder)
    path = path if is_finished else growing
    with open_recording(path) as found:
        assert found.planned is not None
        at = found.planned.plan.fixed["recovery/areas"][0]
    content = bytearray(path.read_bytes())
    content[at : at + LIST_BYTES] = bytes([7]) * LIST_BYTES
    path.write_bytes(content)
    report = verify(path)
    assert (report.errors, report.samples > 0) == ([], True)
    with open_recording(path) as found:
        assert found.events["label"].tolist() == [b"mark"]
    content[at + LIST_BYTES : at + 2 * LIST_BYTES] = bytes([7]) * LIST_BYTES
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match="list of its areas"):
        repair(path)
