"""Where HDF5's own records lie in a recording."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.records import Block
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.storage.overview import FACTORS
from tests.support.storage_stream import describe, finish, recording

SECTOR_BYTES = 512


@pytest.mark.parametrize("channels", ["A", "ABCD"])
def test_no_header_of_a_dataset_that_grows_can_be_torn(tmp_path: Path, channels: str) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, channels) as stream:
        stream.write()
    torn = []

    def look(name: str, member: h5py.HLObject) -> None:
        about = h5py.h5o.get_info(member.id)
        first, last = about.addr, about.addr + about.hdr.space.total - 1
        in_one = first // SECTOR_BYTES == last // SECTOR_BYTES
        if isinstance(member, h5py.Dataset) and member.chunks and not in_one:
            torn.append(name)

    with h5py.File(path) as file:
        file.visititems(look)
        assert f"channels/{channels[-1]}/overview/b4096" in file
    assert torn == []


@pytest.mark.parametrize("samples", [10_000_000, None])
def test_ten_seconds_take_little_more_than_samples_and_overview(
    tmp_path: Path, samples: int | None
) -> None:
    recorder = Recorder(tmp_path / "a.hdf5")
    recorder.open(describe(samples=samples))
    rows = np.ones((1, 1_000_000), np.int16)
    for number in range(10):
        recorder.write(Block(rows, number * rows.size, rows.size))
    finish(recorder)
    counts, overview = 2 * 10_000_000, sum(8 * math.ceil(10_000_000 / f) for f in FACTORS)
    found = recorder.path.stat()
    # where no end is known most of the index is a hole
    size = found.st_size if samples else 512 * getattr(found, "st_blocks", 0)
    assert size <= 1.05 * (counts + overview)


@pytest.mark.parametrize("channels", ["A", "ABCD"])
def test_a_file_is_made_with_few_calls(
    tmp_path: Path, channels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive may take tens of milliseconds for each."""
    made: Counter[str] = Counter()

    def count(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            made[name] += 1
            return real(*arguments, **options)

        monkeypatch.setattr(os, name, call)

    for name in ("open", "write", "fsync", "fdatasync", "ftruncate", "link", "rename"):
        if hasattr(os, name):
            count(name)
    recorder = Recorder(tmp_path / "a.hdf5")
    recorder.open(describe(channels))
    found = dict(made)
    finish(recorder)
    assert found.get("fsync", 0) + found.get("fdatasync", 0) <= 2
    assert sum(found.values()) <= 16
