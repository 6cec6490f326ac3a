"""Files that somebody records are not repaired."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.storage import Recorder, repair
from picostream_pymeasure.storage.checking import repairing
from tests.support import storage_stream
from tests.support.crashed_files import check, crashed, some_blocks
from tests.support.programs import ask, program
from tests.support.storage_stream import Stream, describe, finish


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
