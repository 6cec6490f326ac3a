"""The overview in the file: while it is recorded, at its end, after a failure, and verified."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import DiskFullError
from picostream_pymeasure.records import Block
from picostream_pymeasure.storage import Recorder, recorder, verify
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    prove_stream,
    recording,
)

FACTORS = (2**8, 2**12, 2**16, 2**20, 2**24)


def slow_bins(values: np.ndarray, factor: int, width: int) -> np.ndarray:
    groups = [values[i : i + factor * width] for i in range(0, len(values), factor * width)]
    rows = [(part[0], part.min(), part.max(), part[-1]) for part in groups]
    return np.array(rows, np.int16).reshape(-1, 4)


def assert_overview_is_right(path: Path, channels: str, width: int = 1) -> None:
    with h5py.File(path) as file:
        for name in channels:
            group = file[f"channels/{name}"]
            counts = group["adc_counts"][()]
            for factor in FACTORS:
                level = group[f"overview/{factor}"]
                assert level.dtype == np.int16
                np.testing.assert_array_equal(level[()], slow_bins(counts, factor, width))


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The overview of a block is written with the next block."""
    monkeypatch.setattr(recorder, "_OVERVIEW_PERIOD_S", 0.0)


@pytest.mark.parametrize("channels", ["A", "DB"])
@pytest.mark.parametrize("aggregate", [False, True])
@pytest.mark.parametrize("last", [0, 1, 255, 256, 1000])
@pytest.mark.usefixtures("_at_once")
def test_every_level_summarises_the_stored_samples(
    tmp_path: Path, channels: str, aggregate: bool, last: int
) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, channels, aggregate=aggregate) as stream:
        for count in (*[BLOCK_SAMPLES] * 17, last):
            if count:
                stream.write(count)
    assert_overview_is_right(path, channels, width=2 if aggregate else 1)
    assert verify(path, prove=prove_stream).exit_code == 0


def test_an_empty_recording_has_empty_levels(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB"):
        pass
    assert_overview_is_right(path, "AB")
    assert verify(path, prove=prove_stream).exit_code == 0


@pytest.mark.usefixtures("_at_once")
def test_blocks_may_be_shorter_than_a_bin(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    sink = Recorder(path)
    sink.open(replace(describe(simulated=False), block_samples=64))
    values = np.random.default_rng(1).integers(-9000, 9000, 64 * 100).astype(np.int16)
    for first in range(0, len(values), 64):
        sink.write(Block(values[None, first : first + 64], first, 64))
    finish(sink)
    assert_overview_is_right(path, "A")
    report = verify(path)
    assert (report.exit_code, report.chunks) == (0, 100)


def test_levels_say_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, aggregate=True):
        pass
    with h5py.File(path) as file:
        attributes = dict(file["channels/A/overview/4096"].attrs)
    assert attributes["samples_per_bin"] == 4096
    assert attributes["values_per_bin"] == 8192
    assert list(attributes["columns"]) == ["first", "min", "max", "last"]


@pytest.mark.usefixtures("_at_once")
def test_readers_see_it_grow(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    with h5py.File(path, swmr=True) as file:
        level = file["channels/A/overview/256"]
        for blocks in range(1, 5):
            stream.write()
            level.refresh()
            assert len(level) == (blocks - 1) * BLOCK_SAMPLES // 256
        expected = slow_bins(file["adc_counts"][: 3 * BLOCK_SAMPLES], 256, 1)
        np.testing.assert_array_equal(level[()], expected)
    finish(stream.recorder)
    assert_overview_is_right(path, "A")


def test_it_is_written_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "_OVERVIEW_PERIOD_S", 1e6)
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    stream.write()
    with h5py.File(path, swmr=True) as file:
        assert len(file["channels/A/overview/256"]) == 0
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors, report.samples) == (3, [], 2 * BLOCK_SAMPLES)
    assert "Channel A: the last bins of the overview (256, 4096) are missing." in report.notes
    finish(stream.recorder)
    assert verify(path, prove=prove_stream).notes == []


def write_until_it_fails(stream: Stream) -> None:
    while True:
        stream.write()


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("limit_bytes", range(1_100_000, 1_140_000, 3000))
def test_after_a_failed_write_nothing_reaches_the_file(tmp_path: Path, limit_bytes: int) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB"))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, unlimited[1]))
    try:
        with pytest.raises(DiskFullError):
            write_until_it_fails(stream)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    content = path.read_bytes()
    finish(stream.recorder)
    assert path.read_bytes() == content
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.samples == report.proven_samples == stream.recorder.stored_samples > 0


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Two channels of 17 blocks and a partial one."""
    path = tmp_path / "a.hdf5"
    with recording(path, "AB", simulated=False) as stream:
        for count in (*[BLOCK_SAMPLES] * 17, 100):
            stream.write(count)
    return path


def change_bin(level: str, number: int) -> Callable[[Any], None]:
    def change(overview: Any) -> None:
        overview[level][number, 1] ^= 1
        overview[level][number] = overview[level][number] ^ 1

    return change


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (change_bin("256", 5), "level 256: 1 bin(s) do not summarise their samples: 5."),
        (change_bin("65536", 1), "level 65536: 1 bin(s) do not summarise their samples: 1."),
        (lambda overview: overview["4096"].resize(17, 0), "level 4096 has 17 bins and not 18."),
        (lambda overview: overview["256"].resize(280, 0), "level 256 has 280 bins and not 273."),
        (lambda overview: overview.__delitem__("65536"), "level 65536 is missing."),
        (lambda overview: overview.move("256", "x"), "level 256 is missing."),
        (
            lambda overview: (
                overview.move("256", "x") or overview.create_dataset("256", data=np.zeros((273, 4)))
            ),
            "level 256 is missing.",
        ),
    ],
)
def test_a_wrong_overview_is_found(
    recorded: Path, change: Callable[[Any], None], error: str
) -> None:
    with h5py.File(recorded, "r+") as file:
        change(file["channels/B/overview"])
    report = verify(recorded)
    assert report.exit_code == 1
    assert report.errors == [f"Channel B: Overview {error}"]


def test_a_file_without_overview_does_not_pass(recorded: Path) -> None:
    with h5py.File(recorded, "r+") as file:
        del file["channels/A/overview"]
    assert [error for error in verify(recorded).errors if "A: Overview" in error] == [
        f"Channel A: Overview level {factor} is missing." for factor in FACTORS
    ]


def test_looking_at_a_file_loads_no_compiled_code(recorded: Path) -> None:
    code = (
        "import sys; from picostream_pymeasure.storage import describe_file; "
        "describe_file(sys.argv[1]); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, recorded], check=True)
