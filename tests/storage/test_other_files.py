"""What a recording refers to in other files is not read; one that never answers would hang."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

from picostream_pymeasure.errors import ConfigurationError, FileFormatError
from picostream_pymeasure.storage import describe_file, repair, verify
from tests.support.reader_files import noise, write_picostream, write_recording


def _take_away(file: Any, name: str) -> None:
    """The room of what is deleted would be used again."""
    file[f"kept {name.replace('/', ' ')}"] = file[name]
    del file[name]


def elsewhere(name: str) -> Callable[[Any, Path], None]:
    """Put a link into another file into a member's place."""

    def change(file: Any, other: Path) -> None:
        _take_away(file, name)
        file[name] = h5py.ExternalLink(str(other), "/x")

    return change


def values_elsewhere(name: str) -> Callable[[Any, Path], None]:
    """Put a dataset whose values lie in another file into a member's place."""

    def change(file: Any, other: Path) -> None:
        dtype, shape = file[name].dtype, file[name].shape or (1,)
        _take_away(file, name)
        external = [(str(other), 0, dtype.itemsize * shape[0])]
        file.create_dataset(name, shape, dtype, external=external)

    return change


def virtual(name: str) -> Callable[[Any, Path], None]:
    """Put a dataset that is made of another file's into a member's place."""

    def change(file: Any, other: Path) -> None:
        dtype = file[name].dtype
        _take_away(file, name)
        layout = h5py.VirtualLayout((10,), dtype)
        layout[:] = h5py.VirtualSource(str(other), "x", (10,), dtype)
        file.create_virtual_dataset(name, layout)

    return change


KINDS = {"link": elsewhere, "values": values_elsewhere, "virtual": virtual}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that never answers")
@pytest.mark.parametrize("kind", KINDS)
def test_other_files_of_picostreams_are_never_opened(tmp_path: Path, kind: str) -> None:
    path = write_picostream(tmp_path / "a.hdf5", noise(100))
    os.mkfifo(tmp_path / "other")
    with h5py.File(path, "r+") as file:
        KINDS[kind]("adc_counts")(file, tmp_path / "other")
    with pytest.raises(FileFormatError):
        describe_file(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that never answers")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name", ["channels/A/adc_counts", "channels/A/checksums", "gaps", "events", "recovery/plan"]
)
def test_readers_take_nothing_from_other_files(tmp_path: Path, kind: str, name: str) -> None:
    """Where our own datasets lie is arithmetic; what HDF5 says of them does not matter."""
    path = write_recording(tmp_path / "a.hdf5", noise(1000), gaps=[(50, 1)])
    whole = describe_file(path)
    os.mkfifo(tmp_path / "other")
    with h5py.File(path, "r+") as file:
        KINDS[kind](name)(file, tmp_path / "other")
    found = describe_file(path)
    assert {**found, "file_bytes": 0} == {**whole, "file_bytes": 0}
    verify(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that never answers")
@pytest.mark.parametrize("action", [verify, repair, describe_file])
@pytest.mark.parametrize("name", [5, None, b"a.hdf5"])
def test_a_recording_is_named_by_a_text(action: Callable[[Any], Any], name: Any) -> None:
    with pytest.raises(ConfigurationError, match="named by a text or a Path, not by"):
        action(name)


def test_channels_elsewhere(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(1000))
    os.mkfifo(tmp_path / "other")
    with h5py.File(path, "r+") as file:
        elsewhere("channels")(file, tmp_path / "other")
    with pytest.raises(FileFormatError):
        describe_file(path)


@pytest.mark.parametrize("rows", [2**40, 2**49])
def test_more_chunks_are_missing_than_can_be_listed(tmp_path: Path, rows: int) -> None:
    path = write_picostream(tmp_path / "a.hdf5", noise(1700))
    with h5py.File(path, "r+") as file:
        file["adc_counts"].resize((rows,))
    missing = -(-rows // 500) - 4
    (error,) = verify(path).errors
    assert error == f"{missing} chunks missing: 4–{missing + 3}."


def test_half_of_a_pair_is_told(tmp_path: Path) -> None:
    pairs = {"downsample_mode": "aggregate", "hardware_downsample_ratio": 10}
    report = verify(write_picostream(tmp_path / "a.hdf5", noise(1701), **pairs))
    assert (report.samples, report.errors) == (850, [])
    assert "The last value is half of a pair, and belongs to no sample." in report.notes
