"""A write fails that was to put rows of a table, or the head before them, into the file."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.records import Health, Outcome
from picostream_pymeasure.storage import verify
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from picostream_pymeasure.storage.layout.plan import UNIT_HEAD_BYTES
from tests.torture.feeder import Feeder
from tests.torture.judge import Judge
from tests.torture.plan import Plan
from tests.torture.recorders import MODES


@pytest.mark.parametrize(
    ("mode", "table"),
    [
        ("with gaps", "gaps"),
        ("with gaps", "clock"),
        ("with gaps", "events"),
        ("kept events", "captures"),
        ("live-only", "clock"),
        ("live-only", "events"),
    ],
)
@pytest.mark.parametrize("begin", [-UNIT_HEAD_BYTES, 0, 20])
def test_what_a_failed_write_left_half_is_whole_at_the_end(
    tmp_path: Path, mode: str, table: str, begin: int
) -> None:
    """Of the newest unit: its head, all of its rows, or the end of them."""
    settings = MODES[mode]
    plan, path = Plan(settings), tmp_path / "a.hdf5"
    feeder = Feeder(path, settings)
    for number, stretch in enumerate(plan.stretches):
        feeder.feed(stretch)
        if number % 3 == 0:
            feeder.mark(f"mark {number}", stretch.first_sample)
    memory, file = feeder.recorder._open_writer.memory, feeder.recorder._file
    place, unit = memory.newest_units(table)[-1]
    size = UNIT_HEAD_BYTES if begin < 0 else len(unit.content) - begin
    assert file is not None
    RawFile(path, writable=True, descriptor=file.descriptor).write(place + begin, bytes(size))
    memory["failure"] = -errno.EIO
    with pytest.raises(StorageError):
        feeder.recorder.close(Outcome("disk", "", Health()))
    report = verify(path)
    assert (report.errors, report.exit_code) == ([], 3)
    assert Judge(path, plan).judge().stop == feeder.recorder.told_samples
