"""One writer a file: who may take a name, and what is said when somebody else touches the file."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

from picostream_pymeasure.errors import (
    DiskFullError,
    FileMovedError,
    OutputExistsError,
    StorageError,
)
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, open_recording, path_with_time, verify
from picostream_pymeasure.storage.writing import entry, named_file, native_writer
from picostream_pymeasure.storage.writing import recorder as recorder_module
from picostream_pymeasure.storage.writing.context import FULL_FILE
from picostream_pymeasure.system import file_lock, new_file
from tests.support.patience import PATIENCE_S
from tests.support.storage_programs import recorder as recorder_program
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    prove_stream,
    recording,
)


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "_LOOK_PERIOD_S", 0.0)


@pytest.mark.parametrize("live_only_s", [None, 0.1])
def test_a_file_that_is_being_recorded_is_not_replaced(
    tmp_path: Path, live_only_s: float | None
) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    with pytest.raises(OutputExistsError, match="being recorded"):
        Recorder(path, force=True, live_only_s=live_only_s).open(describe())
    stream.write()
    finish(stream.recorder)
    assert verify(path, prove=prove_stream).samples == 2 * BLOCK_SAMPLES
    assert list(tmp_path.iterdir()) == [path]


def test_another_program_cannot_replace_it_either(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recorder_program(path) as program:
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline()
        with pytest.raises(OutputExistsError, match="being recorded"):
            Recorder(path, force=True).open(describe())
    assert verify(path, prove=prove_stream).samples == BLOCK_SAMPLES


@pytest.mark.parametrize("exists", [False, True])
def test_of_two_that_force_at_once_one_gets_the_name(tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "a.hdf5"
    if exists:
        path.write_text("old")
    recorders = [Recorder(path, force=True) for _ in range(4)]
    refused: list[OutputExistsError] = []
    opened: list[Stream] = []
    gate = threading.Barrier(len(recorders))

    def start(recorder: Recorder) -> None:
        gate.wait()
        try:
            opened.append(Stream(recorder, describe()))
        except OutputExistsError as error:
            refused.append(error)

    threads = [threading.Thread(target=start, args=(recorder,)) for recorder in recorders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(opened), len(refused)) == (1, 3)
    opened[0].write()
    finish(opened[0].recorder)
    assert verify(path).exit_code == 0
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="what is open is not replaced there")
def test_a_recording_that_takes_the_name_while_the_old_file_is_locked_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.hdf5"
    path.write_bytes(b"an old file")
    other = Stream(Recorder(tmp_path / "b.hdf5"), describe())
    inode = other.recorder.path.stat().st_ino
    locked: list[bool] = []

    def lock(descriptor: int, *, alone: bool) -> bool:
        has_lock = file_lock.lock_file(descriptor, alone=alone)
        if alone and True not in locked:
            other.recorder.path.replace(path)
        locked.append(alone)
        return has_lock

    monkeypatch.setattr(named_file, "lock_file", lock)
    try:
        with pytest.raises(OutputExistsError, match="being recorded"):
            Recorder(path, force=True).open(describe())
        assert path.stat().st_ino == inode
    finally:
        finish(other.recorder)


def test_hdf5_cannot_open_it_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    with pytest.raises(OSError, match="lock"):
        h5py.File(path, "r+")
    finish(stream.recorder)
    h5py.File(path, "r+").close()


def test_a_removed_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.recorder.update(Health())
    path.unlink()
    with pytest.raises(StorageError, match="was removed while it was recorded"):
        stream.recorder.update(Health())
    finish(stream.recorder, ended_by="disk")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells the new name")
@pytest.mark.parametrize("replaced", [False, True])
def test_a_moved_file_is_told_with_its_new_name(tmp_path: Path, replaced: bool) -> None:
    path, other = tmp_path / "a.hdf5", tmp_path / "other.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    path.rename(other)
    if replaced:
        path.write_text("something else")
    with pytest.raises(FileMovedError, match=r"renamed to .*other\.hdf5"):
        stream.recorder.update(Health())
    finish(stream.recorder, ended_by="disk")
    assert verify(other, prove=prove_stream).samples == BLOCK_SAMPLES


def test_a_file_that_nobody_can_look_at_is_not_said_to_be_gone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    stream = Stream(Recorder(folder / "a.hdf5"), describe())
    folder.rename(tmp_path / "elsewhere")
    folder.write_text("looked into, it is no folder: as an error of a server that is away")
    stream.write()
    stream.recorder.update(Health())
    finish(stream.recorder)
    assert verify(tmp_path / "elsewhere" / "a.hdf5", prove=prove_stream).exit_code == 0


def test_a_file_that_somebody_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(StorageError, match="cut off by another program"):
        stream.recorder.update(Health())
    finish(stream.recorder, ended_by="disk")


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_drive_without_locks_is_recorded_to_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: int
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(file_lock, "_lock", refuse)
    path = tmp_path / "a.hdf5"
    for _ in range(2):
        stream = Stream(Recorder(path, force=True), describe())
        stream.write()
        finish(stream.recorder)
        assert verify(path, prove=prove_stream).exit_code == 0
        [note] = caplog.messages
        assert "has no locks" in note
        caplog.clear()


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("step", ["fill", "give_name"])
def test_a_file_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool, exists: bool, step: str
) -> None:
    if named:
        monkeypatch.setattr(new_file, "_UNNAMED", 0)
    path = tmp_path / "a.hdf5"
    if exists:
        path.write_text("old")

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(new_file.UnnamedFile, step, fail)
    with pytest.raises(StorageError, match="Input/output error"):
        Recorder(path, force=exists).open(describe())
    assert list(tmp_path.iterdir()) == ([path] if exists else [])
    assert not exists or path.read_text() == "old"


@pytest.mark.parametrize("has_links", [False, True])
@pytest.mark.parametrize("force", [False, True])
def test_where_files_need_a_name_at_once_the_result_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool, force: bool
) -> None:
    monkeypatch.setattr(new_file, "_UNNAMED", 0)
    if not has_links:

        def refuse(*_arguments: Any, **_options: Any) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.hdf5"
    if force:
        path.write_text("old")
    stream = Stream(Recorder(path, force=force), describe())
    stream.write()
    finish(stream.recorder)
    assert verify(path, prove=prove_stream).exit_code == 0
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OutputExistsError):
        Recorder(path).open(describe())


def test_the_reserve_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    free = shutil.disk_usage(tmp_path).free
    stream = Stream(Recorder(path, reserve_bytes=2 * free), describe())
    with pytest.raises(DiskFullError, match="must stay free"):
        stream.write()
    finish(stream.recorder, ended_by="disk")
    assert verify(path, prove=prove_stream).exit_code == 3


def test_what_others_take_of_the_disk_is_seen(tmp_path: Path) -> None:
    """Room that was found before is asked for again a few times a second."""
    stream = Stream(Recorder(tmp_path / "a.hdf5", reserve_bytes=100_000), describe())
    stream.write()
    stream.recorder._open_writer.memory["reserve"] = 10**17  # as if all was taken
    stream.recorder.update(Health())
    with pytest.raises(DiskFullError, match="100 kB must stay free"):
        stream.write()
    finish(stream.recorder, ended_by="disk")


def test_a_file_that_is_full_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    stream.recorder._open_writer.memory["failure"] = FULL_FILE
    with pytest.raises(StorageError, match="as long as it was laid out for"):
        stream.write()
    finish(stream.recorder, ended_by="disk")
    assert verify(path, prove=prove_stream).exit_code == 3


def test_a_live_only_file_needs_its_room_at_once(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    recorder = Recorder(tmp_path / "a.hdf5", live_only_s=0.1, reserve_bytes=2 * free)
    with pytest.raises(DiskFullError):
        recorder.open(describe())
    assert list(tmp_path.iterdir()) == []


def test_a_sync_that_fails_ends_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native_writer, "keep_synced", lambda *_: -errno.EIO)
    stream = Stream(Recorder(tmp_path / "a.hdf5"), describe())
    stream.recorder._open_writer._sync.join()
    with pytest.raises(StorageError, match="Input/output error"):
        stream.write()
    finish(stream.recorder, ended_by="disk")


@pytest.mark.skipif(sys.platform == "win32", reason="the device for nothing is another one")
def test_a_sync_that_the_system_refuses_ends_the_recording(tmp_path: Path) -> None:
    """The device for nothing takes all writes, but cannot be synced."""
    stream = Stream(Recorder(tmp_path / "a.hdf5"), describe())
    assert stream.recorder._file is not None
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, stream.recorder._file.sync_descriptor)
    os.close(nothing)
    stream.recorder._open_writer._sync.join(PATIENCE_S)
    with pytest.raises(StorageError, match="cannot be written"):
        stream.write()
    finish(stream.recorder, ended_by="disk")


def test_what_the_last_sync_brought_to_the_disk_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write()
        writer = stream.recorder._open_writer
        assert entry.sync_once(writer.memory.context, writer._sync_handle) == 0
        stream.write()
        with open_recording(path) as growing:
            assert growing.planned is not None
            synced = growing.planned.published.synced_samples
            assert BLOCK_SAMPLES <= synced <= 2 * BLOCK_SAMPLES


def test_a_file_that_took_the_name_at_once_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "a.hdf5", tmp_path / "other"
    other.write_bytes(bytes(100_000))

    def take_the_name(action: Callable[[], int]) -> int:
        other.replace(path)
        return action()

    monkeypatch.setattr(named_file, "patiently", take_the_name)
    recorder = Recorder(path)
    recorder.open(describe())
    memory, handle = recorder._open_writer.memory, recorder._open_writer._sync_handle
    assert entry.sync_once(memory.context, handle) == 0
    with pytest.raises(FileMovedError, match="was replaced"):
        recorder.update(Health())
    finish(recorder, ended_by="disk")
    assert path.read_bytes() == bytes(100_000)


@pytest.mark.parametrize("live_only_s", [None, 0.1])
def test_a_close_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live_only_s: float | None
) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path, live_only_s=live_only_s), describe())
    stream.write()
    close = os.close

    def fail(descriptor: int) -> None:
        close(descriptor)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fail)
        with pytest.raises(StorageError, match="Input/output error"):
            finish(stream.recorder)
    assert verify(path).errors == []


def test_default_names_tell_milliseconds(tmp_path: Path) -> None:
    assert re.fullmatch(r"picostream_\d{8}_\d{6}_\d{3}\.hdf5", path_with_time().name)
