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

from picostream_pymeasure.config import DigitalPortConfig
from picostream_pymeasure.errors import DiskFullError
from picostream_pymeasure.records import Block, Health
from picostream_pymeasure.storage import Recorder, verify
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    CHUNK_SAMPLES,
    Stream,
    describe,
    finish,
    prove_stream,
    recording,
)

FACTORS = (2**8, 2**12, 2**16, 2**20, 2**24)


def slow_bins(values: np.ndarray, factor: int, width: int) -> np.ndarray:
    groups = [values[i : i + factor * width] for i in range(0, len(values), factor * width)]
    if values.dtype == np.uint8:
        always, ever = np.bitwise_and.reduce, np.bitwise_or.reduce
        rows = [(part[0], always(part), ever(part), part[-1]) for part in groups]
    else:
        rows = [(part[0], part.min(), part.max(), part[-1]) for part in groups]
    return np.array(rows, values.dtype).reshape(-1, 4)


def assert_overview_is_right(path: Path, channels: str, width: int = 1) -> None:
    with h5py.File(path) as file:
        for name in channels:
            group = file[f"channels/{name}"]
            counts = group["adc_counts"][()]
            for factor in FACTORS:
                level = group[f"overview/b{factor}"]
                assert level.dtype == np.int16
                np.testing.assert_array_equal(level[()], slow_bins(counts, factor, width))


@pytest.mark.parametrize("channels", ["A", "DB"])
@pytest.mark.parametrize("aggregate", [False, True])
@pytest.mark.parametrize("last", [0, 1, 255, 256, 1000])
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


def test_levels_of_a_port_keep_the_bits(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    config = replace(describe().config, digital_ports=(DigitalPortConfig("PORT0"),))
    recorder = Recorder(path)
    recorder.open(replace(describe(simulated=False), config=config))
    pattern = np.full(10 * BLOCK_SAMPLES + 77, 0b1010_0000, np.int16)
    pattern[5] |= 1
    pattern[-3] &= ~0b1000_0000
    for begin in range(0, pattern.size, BLOCK_SAMPLES):
        part = pattern[begin : begin + BLOCK_SAMPLES]
        recorder.write(Block(np.stack((part, part)), begin, part.size))
        recorder.update(Health(received=begin + part.size))
    finish(recorder)
    with h5py.File(path) as file:
        group = file["channels/PORT0"]
        for factor in FACTORS:
            level = group[f"overview/b{factor}"]
            assert level.attrs["columns"] == "first and or last"
            np.testing.assert_array_equal(level[()], slow_bins(pattern.astype(np.uint8), factor, 1))
    assert verify(path).exit_code == 0


def test_an_empty_recording_has_empty_levels(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, "AB"):
        pass
    assert_overview_is_right(path, "AB")
    assert verify(path, prove=prove_stream).exit_code == 0


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
    assert (report.exit_code, report.chunks) == (0, 1)


def test_levels_say_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, aggregate=True):
        pass
    with h5py.File(path) as file:
        attributes = dict(file["channels/A/overview/b4096"].attrs)
    assert attributes["samples_per_bin"] == 4096
    assert attributes["interval_s"] == pytest.approx(4096 * 4e-6)
    assert attributes["columns"] == "first min max last"


def test_readers_see_it_grow(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    seen = []
    for _ in range(2):
        for _ in range(CHUNK_SAMPLES // BLOCK_SAMPLES):
            stream.write()
        stream.recorder.update(Health())
        with h5py.File(path) as file:
            level = file["channels/A/overview/b256"][()]
            expected = slow_bins(file["adc_counts"][: len(level) * 256], 256, 1)
        np.testing.assert_array_equal(level, expected)
        seen.append(len(level))
    assert seen[0] == CHUNK_SAMPLES // 256
    finish(stream.recorder)
    assert_overview_is_right(path, "A")


def write_until_it_fails(stream: Stream) -> None:
    while True:
        stream.write()


@pytest.mark.parametrize("limit_bytes", range(1_100_000, 1_600_000, 77_777))
def test_a_failed_write_ends_the_recording_with_what_was_told(
    tmp_path: Path, limit_bytes: int
) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe("AB", samples=1 << 19))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, unlimited[1]))
    try:
        with pytest.raises(DiskFullError):
            write_until_it_fails(stream)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    finish(stream.recorder, ended_by="disk")
    report = verify(path, prove=prove_stream)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.samples == report.proven_samples > 0
    assert_overview_is_right(path, "AB")


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
        (
            change_bin("b256", 5),
            "level 256 differs from the samples in 1 bin, the first is 5.",
        ),
        (
            change_bin("b65536", 1),
            "level 65536 differs from the samples in 1 bin, the first is 1.",
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


def test_looking_at_a_file_loads_no_compiled_code(recorded: Path) -> None:
    code = (
        "import sys; from picostream_pymeasure.storage import describe_file; "
        "describe_file(sys.argv[1]); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, recorded], check=True)
