"""Compressed copies: what they hold, what is refused, and that nothing is left when one fails."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import (
    ConfigurationError,
    DiskFullError,
    FileFormatError,
    OutputExistsError,
    StorageError,
)
from picostream_pymeasure.records import Event
from picostream_pymeasure.storage import compress, describe_file, repair, verify
from picostream_pymeasure.storage.bytes.raw_file import RawFile
from tests.support.live_stream import describe_live
from tests.support.reader_files import noise, write_picostream
from tests.support.same_content import assert_same_content
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Recorder,
    Stream,
    finish,
    gap_at,
    recording,
)


def fill(path: Path, blocks: int = 3, rest: int = 100, channels: str = "AB", **form: Any) -> Path:
    with recording(path, channels, **form) as stream:
        for number in range(blocks):
            stream.write()
            stream.recorder.add_event(Event(stream.position, 0.1 * number, f"µ{number}", 1.5))
        if rest:
            stream.recorder.add_gap(gap_at(stream.position, 5, 5, "pool full", 0.5))
            stream.skip(5)
            stream.write(rest)
    return path


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return fill(tmp_path / "data.hdf5", blocks=40, samples=200_000)


@pytest.mark.parametrize(
    ("blocks", "rest", "form"),
    [
        (0, 0, {}),
        (0, 1, {}),
        (1, 0, {"samples": BLOCK_SAMPLES}),
        (40, 100, {"samples": 200_000}),
        (40, 100, {"samples": 200_000, "aggregate": True}),
    ],
    ids=["empty", "one sample", "one chunk", "last chunk in part", "aggregate"],
)
def test_copy_holds_what_the_recording_holds(
    tmp_path: Path, blocks: int, rest: int, form: dict[str, Any]
) -> None:
    path = fill(tmp_path / "data.hdf5", blocks, rest, **form)
    before = path.read_bytes()
    steps: list[tuple[int, int]] = []
    made = compress(path, progress=lambda *step: steps.append(step))
    assert made.path == tmp_path / "data.compressed.hdf5"
    assert (made.n_bytes, made.original_bytes) == (made.path.stat().st_size, len(before))
    assert path.read_bytes() == before
    assert_same_content(path, made.path)
    reports = [verify(file) for file in (path, made.path)]
    assert (reports[1].errors, reports[1].chunks) == ([], reports[0].chunks)
    assert [describe_file(file)["compressed"] for file in (path, made.path)] == [False, True]
    assert steps == sorted(steps)
    assert not steps or steps[-1][0] == steps[-1][1]


def test_what_others_have_added_is_kept(original: Path) -> None:
    with h5py.File(original, "r+") as file:
        file.attrs["note"] = "µ" * 100
        file["channels/A/adc_counts"].attrs["list"] = ["one", "two"]
        file["channels"].attrs["nothing"] = h5py.Empty("f8")
        file["mine/deep"] = np.arange(5)
        file["mine/soft"] = h5py.SoftLink("/adc_counts")
        file["mine/hard"] = file["mine"]
    assert_same_content(original, compress(original).path)


def unfinished(folder: Path) -> Path:
    path = folder / "data.hdf5"
    fill(path)
    with h5py.File(path, "r+") as file:
        file.attrs.modify("status", np.bytes_("recording"))
    return path


def live_only(folder: Path) -> Path:
    recorder = Recorder(folder / "data.hdf5", live_only_s=1.0)
    stream = Stream(recorder, describe_live())
    stream.write()
    finish(recorder)
    return folder / "data.hdf5"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (unfinished, "is not finished"),
        (live_only, "newest samples only"),
        (lambda folder: write_picostream(folder / "data.hdf5", noise(5000)), "file of PicoStream"),
        (lambda folder: compress(fill(folder / "a.hdf5"), folder / "data.hdf5").path, "a copy"),
    ],
)
def test_what_is_no_finished_recording_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], sentence: str
) -> None:
    path = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FileFormatError, match=sentence):
        compress(path)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["/", "nothing.hdf5"])
def test_what_is_no_file_is_refused(name: str) -> None:
    with pytest.raises(StorageError, match=r"is a folder|no file nothing.hdf5\."):
        compress(name)


def test_growing_recording_is_refused(tmp_path: Path) -> None:
    with recording(tmp_path / "data.hdf5") as stream:
        stream.write()
        with pytest.raises(FileFormatError, match="not finished"):
            compress(tmp_path / "data.hdf5")


def test_existing_file_is_kept_unless_it_may_be_replaced(original: Path) -> None:
    other = original.with_name("other.hdf5")
    other.write_text("mine")
    with pytest.raises(OutputExistsError):
        compress(original, other)
    assert other.read_text() == "mine"
    compress(original, other, force=True)
    assert verify(other).errors == []


@pytest.mark.parametrize("name", ["data.hdf5", "link.hdf5", "data.csv"])
def test_recording_never_becomes_its_own_copy(original: Path, name: str) -> None:
    os.link(original, original.with_name("link.hdf5"))
    before = original.read_bytes()
    with pytest.raises((ConfigurationError, StorageError)):
        compress(original, original.with_name(name), force=True)
    assert original.read_bytes() == before


def test_wrong_sample_keeps_the_copy_from_appearing(original: Path) -> None:
    with h5py.File(original, "r+") as file:
        file["channels/B/adc_counts"][70_000] ^= 1
    with pytest.raises(FileFormatError, match=r"not kept: Channel B"):
        compress(original)
    assert list(original.parent.iterdir()) == [original]


@pytest.mark.parametrize("fails_at", [0, 5, 60, "end"])
def test_full_disk_leaves_nothing(
    original: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int | str
) -> None:
    writes = 0

    def write(self: RawFile, position: int, content: Any) -> None:
        nonlocal writes
        writes += 1
        is_last = position == 0 and writes > 1  # the superblock again
        if is_last if fails_at == "end" else writes > fails_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(self, position, content)

    real = RawFile.write
    monkeypatch.setattr(RawFile, "write", write)
    before = original.read_bytes()
    with pytest.raises(DiskFullError):
        compress(original)
    monkeypatch.undo()
    assert list(original.parent.iterdir()) == [original]
    assert original.read_bytes() == before
    compress(original)  # nothing of the failure is left in this process either


def test_reserve_of_the_disk_is_kept(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picostream_pymeasure.storage.target.free_bytes", lambda folder: 10**8)
    with pytest.raises(DiskFullError, match="must stay free"):
        compress(original)
    assert list(original.parent.iterdir()) == [original]


def test_repair_leaves_a_copy_alone(original: Path) -> None:
    copy = compress(original).path
    before = copy.read_bytes()
    assert not repair(copy).repaired
    assert copy.read_bytes() == before


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"reserve_bytes": "1e6"}, "a number of bytes"),
        ({"reserve_bytes": None}, "a number of bytes"),
        ({"reserve_bytes": []}, "a number of bytes"),
        ({"reserve_bytes": 10**400}, "a number of bytes"),
        ({"force": np.arange(3)}, "force must be True or False"),
        ({"force": "no"}, "force must be True or False"),
    ],
)
def test_another_kind_of_argument_is_refused_before_the_recording_is_read(
    tmp_path: Path, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        compress(tmp_path / "none.hdf5", **settings)
