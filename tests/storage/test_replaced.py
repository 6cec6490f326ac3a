"""What a recording replaces is there until the recording holds something."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.config import KeepConfig
from picostream_pymeasure.errors import StorageError
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, verify
from picostream_pymeasure.storage.writing import native_writer
from tests.support.storage_stream import Stream, describe, finish

OLD = b"precious"


@pytest.fixture(params=["links", "no links"])
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there, on drives of both kinds."""
    if request.param == "no links":
        real = os.link

        def refuse(source: Any, *arguments: Any, **options: Any) -> None:
            if not str(source).startswith("/proc"):
                raise OSError(errno.EPERM, os.strerror(errno.EPERM))
            real(source, *arguments, **options)

        monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.hdf5"
    path.write_bytes(OLD)
    return path


def others(path: Path) -> list[Path]:
    return [found for found in path.parent.iterdir() if found != path]


def test_it_is_back_if_nothing_was_recorded(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    stream = Stream(Recorder(old, force=True), describe())
    stream.recorder.update(Health())
    [kept] = others(old)
    assert kept.read_bytes() == OLD, "also if the program ends now"
    finish(stream.recorder, ended_by="unplugged")
    assert not stream.recorder.has_file
    stream.recorder.discard()
    assert (old.read_bytes(), others(old)) == (OLD, [])
    assert "is what it was before" in caplog.text


def test_it_goes_with_the_first_samples(old: Path) -> None:
    stream = Stream(Recorder(old, force=True), describe())
    stream.write()
    assert others(old) == []
    finish(stream.recorder)
    assert verify(old).samples == stream.position


def test_it_goes_at_the_end_at_the_latest(old: Path) -> None:
    stream = Stream(Recorder(old, force=True), describe())
    stream.write(is_told=False)
    finish(stream.recorder)
    assert (verify(old).samples, others(old)) == (stream.position, [])


def test_a_stream_without_an_event_replaces_it(old: Path) -> None:
    stream = Stream(Recorder(old, force=True), describe(keep=KeepConfig()))
    finish(stream.recorder, health=Health(received=1000))
    assert (verify(old).exit_code, others(old)) == (0, [])


def test_a_search_that_failed_without_an_event_leaves_it(old: Path) -> None:
    stream = Stream(Recorder(old, force=True), describe(keep=KeepConfig()))
    health = Health(received=1000, stored=1000)
    stream.recorder.update(health)
    finish(stream.recorder, ended_by="unplugged", health=health)
    assert not stream.recorder.has_file
    assert (old.read_bytes(), others(old)) == (OLD, [])


def test_a_writer_that_cannot_start_leaves_it(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(native_writer, "NativeWriter", fail)
    with pytest.raises(OSError, match="Too many open files"):
        Recorder(old, force=True).open(describe())
    assert (old.read_bytes(), others(old)) == (OLD, [])


def test_what_took_its_name_meanwhile_is_not_replaced(
    old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(Recorder(old, force=True), describe())
    [kept] = others(old)
    old.unlink()
    old.write_text("of somebody else")
    finish(stream.recorder, ended_by="disk")
    assert (old.read_text(), kept.read_bytes()) == ("of somebody else", OLD)
    assert str(kept) in caplog.text


def test_where_it_is_is_told_if_it_cannot_be_put_back(
    old: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(Recorder(old, force=True), describe())
    [kept] = others(old)

    def fail(_path: Path, _target: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        finish(stream.recorder, ended_by="unplugged")
    assert kept.read_bytes() == OLD
    assert str(kept) in caplog.text


def test_a_link_is_a_link_again(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "a.hdf5"
    target.write_bytes(OLD)
    link.symlink_to(target)
    stream = Stream(Recorder(link, force=True), describe())
    finish(stream.recorder, ended_by="unplugged")
    assert link.readlink() == target
    assert target.read_bytes() == OLD
    assert others(link) == [target]


def test_a_refused_name_is_left_alone(old: Path) -> None:
    recorder = Recorder(old)
    with pytest.raises(StorageError):
        recorder.open(describe())
    recorder.discard()
    assert old.read_bytes() == OLD
