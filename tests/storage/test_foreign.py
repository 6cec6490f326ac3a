"""Files that are no recordings, or contradict the format, are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import FileFormatError, StorageError
from picostream_pymeasure.storage import describe_file, verify
from tests.support.storage_stream import recording


def foreign_version(path: Path) -> None:
    finished(path)
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = 3


def finished(path: Path) -> None:
    with recording(path, simulated=False):
        pass


def without(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        finished(path)
        with h5py.File(path, "r+") as file:
            del file[name]

    return make


def attribute(name: str, value: Any) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        finished(path)
        with h5py.File(path, "r+") as file:
            file.attrs[name] = value

    return make


def ordinary_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["data"] = [1, 2, 3]


def float_counts(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["sample_interval_ns"] = 16
        file["adc_counts"] = np.zeros(10)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(5000)),
        lambda path: path.write_text("time,volts\n1,2\n"),
        ordinary_hdf5,
        float_counts,
        foreign_version,
        without("channels/A"),
        attribute("features", ["segments", "something new"]),
        attribute("channels", ["Z"]),
        attribute("channels", 5),
        attribute("downsample_mode", "median"),
        attribute("format", "something else"),
    ],
)
def test_foreign_and_hostile_files_are_refused(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    path = tmp_path / "a.hdf5"
    make(path)
    with pytest.raises(FileFormatError, match=r"a\.hdf5"):
        verify(path)
    with pytest.raises(FileFormatError, match=r"a\.hdf5"):
        describe_file(path)


@pytest.mark.parametrize("use", [verify, describe_file])
def test_missing_files_are_named(tmp_path: Path, use: Callable[[Path], Any]) -> None:
    with pytest.raises(StorageError, match="no file"):
        use(tmp_path / "nowhere.hdf5")
    with pytest.raises(StorageError, match="is a folder"):
        use(tmp_path)
