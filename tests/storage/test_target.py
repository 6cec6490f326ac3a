"""Where a recording may go."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.errors import (
    ConfigurationError,
    DiskFullError,
    OutputExistsError,
    StorageError,
)
from picostream_pymeasure.records import Health
from picostream_pymeasure.storage import Recorder, verify
from picostream_pymeasure.storage.target import check_target
from tests.support.storage_stream import Stream, describe, finish, prove_stream, recording


def test_an_existing_file_is_never_touched_unforced(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    path.write_text("precious")
    recorder = Recorder(path)
    with pytest.raises(OutputExistsError, match="choose another name"):
        recorder.check()
    with pytest.raises(OutputExistsError):
        recorder.open(describe())
    assert path.read_text() == "precious"


def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputExistsError):
        Recorder(path).check()


def test_a_link_to_nothing_is_replaced_by_force(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    path.symlink_to(tmp_path / "nowhere")
    stream = Stream(Recorder(path, force=True), describe())
    stream.write()
    finish(stream.recorder)
    assert not path.is_symlink()
    assert verify(path).errors == []
    assert [each.name for each in tmp_path.iterdir()] == ["a.hdf5"]


def test_a_place_without_room_for_files_is_no_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As /proc and /sys are, and network drives that do not tell."""
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(total=0, free=0))
    with pytest.raises(StorageError, match="does not tell how much room it has"):
        check_target(tmp_path / "a.hdf5", force=False)


def test_force_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB") as stream:
        stream.write()
    stream = Stream(Recorder(path, force=True), describe())
    stream.write(7)
    finish(stream.recorder)
    assert verify(path, prove=prove_stream).samples == 7


def test_check_touches_nothing(tmp_path: Path) -> None:
    Recorder(tmp_path / "a.hdf5", force=True).check()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/a.hdf5", "file/a.hdf5", "folder", 300 * "n"])
@pytest.mark.parametrize("force", [False, True])
def test_impossible_places_are_refused(tmp_path: Path, name: str, force: bool) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    recorder = Recorder(tmp_path / name, force=force)
    with pytest.raises(StorageError):
        recorder.check()
    with pytest.raises(StorageError):
        recorder.open(describe())


def test_required_space_is_compared_with_what_is_free(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.hdf5", reserve_bytes=0)
    recorder.require_space(1)
    with pytest.raises(DiskFullError, match=r"needs 4611686.02 TB .* only \S+ .B left"):
        recorder.require_space(1 << 62)
    with pytest.raises(DiskFullError, match="must stay free"):
        Recorder(tmp_path / "a.hdf5", reserve_bytes=1 << 58).require_space(1)


def test_a_recorder_that_is_not_open_says_so(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.hdf5")
    finish(recorder)
    with pytest.raises(StorageError, match="not open"):
        recorder.update(Health())


@pytest.mark.parametrize("reserve_bytes", [-1, 10**30, float("inf")])
def test_a_reserve_that_no_disk_has_is_refused(tmp_path: Path, reserve_bytes: float) -> None:
    with pytest.raises(ConfigurationError, match="0 to 1e\\+12 MB"):
        Recorder(tmp_path / "a.hdf5", reserve_bytes=reserve_bytes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"reserve_bytes": None}, "reserve_bytes must be a number of bytes, not None"),
        ({"reserve_bytes": "1e6"}, "a number of bytes"),
        ({"reserve_bytes": []}, "a number of bytes"),
        ({"reserve_bytes": 10**400}, "a number of bytes"),
        ({"reserve_bytes": np.arange(3)}, "a number of bytes"),
        ({"reserve_bytes": math.nan}, "a number of bytes"),
        ({"reserve_bytes": math.inf}, "reserve must be 0 to"),
        ({"live_only_s": "2"}, "live_only_s must be a number of seconds"),
        ({"live_only_s": 10**400}, "a number of seconds"),
        ({"live_only_s": []}, "a number of seconds"),
        ({"force": np.arange(3)}, "force must be True or False"),
        ({"force": "no"}, "force must be True or False"),
        ({"compress": []}, "compress must be True or False"),
    ],
)
def test_a_recorder_is_not_made_of_another_kind(
    tmp_path: Path, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says):
        Recorder(tmp_path / "a.hdf5", **settings)
