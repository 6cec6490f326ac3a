"""Every sample of a simulated recording is proven, whatever is missing between."""

from __future__ import annotations

from pathlib import Path

import h5py
import pytest

from picostream_pymeasure.records import Gap
from picostream_pymeasure.storage import Recorder, Report, verify
from tests.support.storage_stream import (
    BLOCK_SAMPLES,
    Stream,
    describe,
    finish,
    gap_at,
    prove_stream,
    recording,
)


def prove(path: Path) -> Report:
    return verify(path, prove=prove_stream)


def record(path: Path, *steps: int | Gap, channels: str = "AB", aggregate: bool = False) -> None:
    """Positive numbers are samples to write, negative ones to leave out."""
    with recording(path, channels, aggregate=aggregate) as stream:
        for step in steps:
            if isinstance(step, Gap):
                stream.recorder.add_gap(step)
            elif step < 0:
                stream.skip(-step)
            else:
                stream.write(step)


@pytest.mark.parametrize("aggregate", [False, True])
def test_known_gaps_are_followed(tmp_path: Path, aggregate: bool) -> None:
    path = tmp_path / "a.hdf5"
    record(
        path,
        BLOCK_SAMPLES,
        -777,
        gap_at(BLOCK_SAMPLES, 700, 700, "pool full", 0.1),
        gap_at(BLOCK_SAMPLES, 77, 77, "driver overrun", 0.1),
        BLOCK_SAMPLES,
        10,
        aggregate=aggregate,
    )
    report = prove(path)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.proven_samples == 2 * BLOCK_SAMPLES + 10


@pytest.mark.parametrize("true", [0, 3, 50_000, 1_040_000, 2_500_000])
@pytest.mark.parametrize("cause", ["restart", "driver overrun"])
def test_gaps_of_unknown_length_are_measured(tmp_path: Path, true: int, cause: str) -> None:
    path = tmp_path / "a.hdf5"
    estimate = 1_000_000
    missing = -1 if cause != "restart" else estimate
    gap = gap_at(BLOCK_SAMPLES, missing, estimate, cause, 0.1)
    later = gap_at(2 * BLOCK_SAMPLES, 5, 5, "pool full", 0.1)
    record(path, BLOCK_SAMPLES, *[-true] * bool(true), gap, BLOCK_SAMPLES, -5, later, 1000)
    report = prove(path)
    assert (report.exit_code, report.errors) == (3, [])
    assert report.proven_samples == report.samples
    assert (
        f"Before sample {BLOCK_SAMPLES} {true} samples are missing (estimate {estimate})."
        in report.proof
    )


def test_the_search_ends_two_seconds_from_the_estimate(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    gap = gap_at(BLOCK_SAMPLES, -1, 50_000, "driver overrun", 0.1)
    record(path, BLOCK_SAMPLES, -2_100_000, gap, 100)
    report = prove(path)
    assert report.exit_code == 1
    assert report.proven_samples == BLOCK_SAMPLES
    assert any("fit nowhere" in error for error in report.errors)


def test_a_trigger_shifts_the_whole_stream(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.skip(12_345)
    stream.write()
    finish(stream.recorder, trigger_sample=0, first_stream_sample=12_345)
    report = prove(path)
    assert (report.exit_code, report.proven_samples) == (0, BLOCK_SAMPLES)


@pytest.mark.parametrize("aggregate", [False, True])
def test_loss_that_nobody_noted_is_found(tmp_path: Path, aggregate: bool) -> None:
    path = tmp_path / "a.hdf5"
    record(path, BLOCK_SAMPLES, -1, BLOCK_SAMPLES, channels="BA", aggregate=aggregate)
    report = prove(path)
    assert report.exit_code == 1
    assert report.proven_samples == BLOCK_SAMPLES
    assert f"Sample {BLOCK_SAMPLES} of channel" in report.proof


def test_a_gap_noted_too_long_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    record(path, BLOCK_SAMPLES, -4, gap_at(BLOCK_SAMPLES, 5, 5, "pool full", 0.1), BLOCK_SAMPLES)
    assert prove(path).exit_code == 1


def test_a_file_without_its_simulation_proves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    record(path, 10)
    with h5py.File(path, "r+") as file:
        file.attrs["simulation"] = "null"
    report = prove(path)
    assert (report.exit_code, report.proven_samples) == (1, 0)
