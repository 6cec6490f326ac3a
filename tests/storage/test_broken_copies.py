"""Copies that broke off, whatever their length: what is gone is named, and nothing is changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.storage import describe_file, open_recording, repair, verify
from picostream_pymeasure.storage.writing import entry
from tests.support.storage_stream import recording

_BLOCKS, _LENGTHS = 300, 25


def lengths(path: Path) -> list[int]:
    """From where the samples begin to where the file ends."""
    with open_recording(path) as found:
        assert found.planned is not None
        begin = found.planned.plan.data_offset
    return np.linspace(begin, path.stat().st_size - 1, _LENGTHS).astype(int).tolist()


@pytest.mark.parametrize("compress", [False, True])
def test_of_a_finished_file_all_say_that_it_is_cut_off(tmp_path: Path, compress: bool) -> None:
    path, copy = tmp_path / "a.hdf5", tmp_path / "copy.hdf5"
    with recording(path, "AB", compress=compress) as stream:
        for _ in range(_BLOCKS):
            stream.write()
    content = path.read_bytes()
    for length in lengths(path):
        copy.write_bytes(content[:length])
        report = verify(copy)
        assert report.exit_code == 1
        for told in (report.errors, describe_file(copy)["damage"]):
            assert sum("cut off" in each for each in told) == 1, told
        with pytest.raises(StorageError):
            repair(copy)
        assert copy.read_bytes() == content[:length]


def told_remedy(path: Path) -> str:
    """What ``verify`` says of it."""
    try:
        return " ".join(verify(path).notes)
    except StorageError as error:
        return str(error)


@pytest.mark.parametrize("compress", [False, True])
def test_of_an_unfinished_file_what_was_synced_is_kept_or_nothing_is_changed(
    tmp_path: Path, compress: bool
) -> None:
    path, left, copy = (tmp_path / name for name in ("a.hdf5", "left.hdf5", "copy.hdf5"))
    with recording(path, "AB", compress=compress) as stream:
        for number in range(_BLOCKS):
            stream.write()
            if number == _BLOCKS // 2:
                writer = stream.recorder._open_writer
                assert entry.sync_once(writer.memory.context, writer._sync_handle) == 0
        shutil.copy(path, left)
    with open_recording(left) as found:
        assert found.planned is not None
        certain = found.planned.sync().samples
    content = left.read_bytes()
    repaired = 0
    assert certain
    for length in lengths(left):
        copy.write_bytes(content[:length])
        promised = told_remedy(copy)
        try:
            report = repair(copy)
        except StorageError:
            assert copy.read_bytes() == content[:length], length
            assert "nother copy of the original" in promised, length
            continue
        assert "repair" in promised, length
        repaired += 1
        assert report.samples >= certain, length
        assert verify(copy).errors == [], length
    assert 0 < repaired < _LENGTHS
