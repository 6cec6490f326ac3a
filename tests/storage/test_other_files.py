"""What a recording refers to in other files is not read; one that never answers would hang."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.storage import describe_file
from picostream_pymeasure.storage.overview_levels import find_levels
from tests.support.reader_files import noise, write_recording


def elsewhere(name: str) -> Callable[[Any, Path], None]:
    """Put a link into another file into a member's place."""

    def change(file: Any, other: Path) -> None:
        del file[name]
        file[name] = h5py.ExternalLink(str(other), "/x")

    return change


def values_elsewhere(name: str) -> Callable[[Any, Path], None]:
    """Put a dataset whose values lie in another file into a member's place."""

    def change(file: Any, other: Path) -> None:
        dtype, shape = file[name].dtype, file[name].shape or (1,)
        del file[name]
        external = [(str(other), 0, dtype.itemsize * shape[0])]
        file.create_dataset(name, shape, dtype, external=external)

    return change


def virtual(name: str) -> Callable[[Any, Path], None]:
    """Put a dataset that is made of another file's into a member's place."""

    def change(file: Any, other: Path) -> None:
        dtype = file[name].dtype
        del file[name]
        layout = h5py.VirtualLayout((10,), dtype)
        layout[:] = h5py.VirtualSource(str(other), "x", (10,), dtype)
        file.create_virtual_dataset(name, layout)

    return change


MEMBERS = ("adc_counts", "checksums")
OTHER_FILES = {
    **{f"link {name}": elsewhere(f"channels/A/{name}") for name in MEMBERS},
    **{f"virtual {name}": virtual(f"channels/A/{name}") for name in MEMBERS},
    **{f"link {name}": elsewhere(name) for name in ("gaps", "events", "health", "channels")},
    **{f"values of {name}": values_elsewhere(name) for name in ("gaps", "events", "health")},
    **{f"virtual {name}": virtual(name) for name in ("gaps", "events", "health")},
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that never answers")
@pytest.mark.parametrize("change", OTHER_FILES)
def test_other_files_are_never_opened(tmp_path: Path, change: str) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100), chunk=10, gaps=[(50, 1)])
    os.mkfifo(tmp_path / "other")
    with h5py.File(path, "r+") as file:
        OTHER_FILES[change](file, tmp_path / "other")
    with pytest.raises(FileFormatError):
        describe_file(path)


def test_an_overview_elsewhere_is_left_alone(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(100), chunk=10, overview=True)
    with h5py.File(path, "r+") as file:
        del file["channels/A/overview"]
        file["channels/A/overview"] = h5py.SoftLink("/channels/A")
        assert find_levels(file["channels/A"]) == {}
