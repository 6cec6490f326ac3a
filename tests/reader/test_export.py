"""Exports are read back with the libraries that users have."""

from __future__ import annotations

import csv
import io
import json
import os
import wave
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from picostream_pymeasure.config import ChannelScale
from picostream_pymeasure.errors import (
    ConfigurationError,
    DiskFullError,
    FileFormatError,
    OutputExistsError,
    StorageError,
)
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.reader.exporting import export as export_module
from picostream_pymeasure.reader.exporting import plan as export_plan
from picostream_pymeasure.reader.exporting.export import FORMATS
from picostream_pymeasure.reader.exporting.export import export_recording as export
from tests.support.reader_files import noise, to_mv, write_picostream, write_recording

SAMPLES = 10_500
GAPS = [(2000, 500)]
SUFFIXES = tuple(FORMATS)


@pytest.fixture(autouse=True)
def many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_plan, "_BLOCK_SAMPLES", 1000)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    channels = {"A": noise(SAMPLES, 1), "C": noise(SAMPLES, 2)}
    return write_recording(tmp_path_factory.mktemp("export") / "a.hdf5", channels, gaps=GAPS)


def load(path: Path) -> dict[str, np.ndarray]:
    """Columns by name."""
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            names, *rows = csv.reader(file)
        return dict(zip(names, np.array(rows, float).T, strict=True))
    if path.suffix == ".npy":
        records = np.load(path, mmap_mode="r")
        return {name: np.array(records[name]) for name in records.dtype.names}
    # of a path Arrow's threads may close the file after the table is there
    table = pytest.importorskip("pyarrow.parquet").read_table(io.BytesIO(path.read_bytes()))
    return {name: table[name].to_numpy() for name in table.column_names}


@pytest.mark.parametrize("suffix", [".csv", ".npy", ".parquet", ".CSV"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"decimation_factor": 7},
        {"decimation_factor": 7, "decimation_mode": "min_max"},
        {"decimation_factor": 3000, "channels": ["C"]},
    ],
    ids=repr,
)
def test_an_export_holds_what_the_reader_gives(
    path: Path, tmp_path: Path, suffix: str, options: dict[str, Any]
) -> None:
    target = tmp_path / f"out{suffix}"
    report = export(path, target, **options)
    found = load(target.rename(target.with_suffix(suffix.lower())))
    channels = options.pop("channels", ["A", "C"])
    with PicoStreamReader(path) as reader:
        expected = reader.to_pandas(channels=channels, **options)
    assert list(found) == ["time_s", *expected.columns]
    assert report.rows == len(expected)
    assert report.n_bytes == target.with_suffix(suffix.lower()).stat().st_size
    tolerance = {"rtol": 0, "atol": 1e-4} if suffix.lower() == ".csv" else {"rtol": 0, "atol": 0}
    for name in expected.columns:
        np.testing.assert_allclose(found[name], expected[name], **tolerance)
    np.testing.assert_allclose(found["time_s"], expected.index, rtol=0, atol=1e-11)


def test_counts_can_be_told_from_the_text(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path / "out.csv", channels=["A"])
    found = load(tmp_path / "out.csv")["A_mv"]
    steps = (found + 250.0) / (2000.0 / 32512)
    assert np.abs(steps - noise(SAMPLES, 1)).max() < 0.01


@pytest.mark.parametrize(
    ("from_s", "to_s", "first", "stop"),
    [
        (None, 1.6e-6, 0, 100),
        (1.6e-6, None, 100, SAMPLES),
        (3.2e-5, 1e9, 2000, SAMPLES),
        (3.5e-5, 4e-5 + 16e-9, 2000, 2001),
        (-5, 16e-9, 0, 1),
    ],
)
def test_a_range_of_time(
    path: Path, tmp_path: Path, from_s: Any, to_s: Any, first: int, stop: int
) -> None:
    export(path, tmp_path / "out.npy", channels=["A"], from_s=from_s, to_s=to_s)
    found = load(tmp_path / "out.npy")["A_mv"]
    np.testing.assert_array_equal(found, to_mv(noise(SAMPLES, 1)[first:stop]))


def test_wav_holds_counts(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path / "out.wav", to_s=2000 * 16e-9)
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        assert file.getframerate() == 62_500_000
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    np.testing.assert_array_equal(frames[:, 0], noise(SAMPLES, 1)[:2000])
    np.testing.assert_array_equal(frames[:, 1], noise(SAMPLES, 2)[:2000])
    export(path, tmp_path / "slow.wav", from_s=4e-5, decimation_factor=10, channels=["A"])
    with wave.open(str(tmp_path / "slow.wav")) as file:
        assert (file.getframerate(), file.getnframes()) == (6_250_000, 850)
        values = np.frombuffer(file.readframes(850), "<i2")
    means = noise(SAMPLES, 1)[2000:].reshape(-1, 10).mean(axis=1)
    assert np.abs(values - means).max() <= 0.5


def test_wav_refuses_what_it_cannot_hold(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="missing"):
        export(path, tmp_path / "out.wav", force_size=True)
    with pytest.raises(ConfigurationError, match="leave the difference out"):
        export(path, tmp_path / "out.wav", channels=["A", "A-C"])
    slow = write_recording(tmp_path / "slow.hdf5", noise(100), sample_interval_ns=1e12)
    with pytest.raises(ConfigurationError, match="1 Hz"):
        export(slow, tmp_path / "out.wav")
    long = write_picostream(tmp_path / "long.hdf5", noise(10))
    import h5py

    with h5py.File(long, "r+") as file:
        file["adc_counts"].resize((2**31,))
    with pytest.raises(ConfigurationError, match=r"4\.3 GB"):
        export(long, tmp_path / "out.wav", force_size=True)
    assert not list(tmp_path.glob("*out*"))


def test_picostreams_own_file(tmp_path: Path) -> None:
    source = write_picostream(tmp_path / "p.hdf5", noise(100))
    export(source, tmp_path / "out.csv")
    assert list(load(tmp_path / "out.csv")) == ["time_s", "voltage_mv"]


def test_parquet_says_where_it_comes_from(path: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    export(path, tmp_path / "out.parquet", decimation_factor=2)
    origin = json.loads(parquet.read_schema(tmp_path / "out.parquet").metadata[b"picostream"])
    assert origin["recording"] == "a.hdf5"
    assert origin["sample_interval_ns"] == 16.0
    assert origin["decimation_factor"] == 2


def test_an_existing_file_is_replaced_only_by_force(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.npy"
    target.write_text("precious")
    with pytest.raises(OutputExistsError):
        export(path, target)
    assert target.read_text() == "precious"
    export(path, target, force=True)
    assert load(target)["A_mv"].size == SAMPLES
    assert [item.name for item in tmp_path.iterdir()] == ["out.npy"]


def test_a_recording_is_not_exported_over_itself(tmp_path: Path) -> None:
    source = write_recording(tmp_path / "a.csv", noise(10))
    before = source.read_bytes()
    with pytest.raises(ConfigurationError, match="over itself"):
        export(source, source, force=True)
    assert source.read_bytes() == before


def test_the_results_of_a_run_are_not_replaced_even_by_force(path: Path, tmp_path: Path) -> None:
    results = tmp_path / "a.csv"
    results.write_text("#Procedure: <mine>\n")
    with pytest.raises(OutputExistsError, match=r"a.csv holds the results of a run"):
        export(path, results, force=True)
    assert results.read_text() == "#Procedure: <mine>\n"


def test_a_name_without_a_format_is_shown_as_it_was_given(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="The name 'out' does not say the format"):
        export(path, "out")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_absurd_sizes_want_to_be_forced(
    path: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = FORMATS[suffix]
    monkeypatch.setitem(
        FORMATS,
        suffix,
        export_module.ExportFormat(chosen.writer, chosen.estimate_bytes, 30_000),
    )
    options: dict[str, Any] = {"to_s": 1900 * 16e-9, "channels": ["A"]}
    if suffix == ".wav":
        assert export(path, tmp_path / f"small{suffix}", **options).rows == 1900
        return
    with pytest.raises(ConfigurationError, match="force the size"):
        export(path, tmp_path / f"out{suffix}", **options)
    assert not list(tmp_path.iterdir())
    assert export(path, tmp_path / f"out{suffix}", force_size=True, **options).rows == 1900


def test_the_estimate_is_not_below_the_text(path: Path, tmp_path: Path) -> None:
    monitor: list[int] = []
    original = FORMATS[".csv"]
    report = export(path, tmp_path / "out.csv", progress=lambda done, total: monitor.append(done))
    source = export_module.Source(path)
    plan = export_plan.ExportPlan.make(source, tmp_path / "x.csv", None, None, None, 1, "mean")
    assert report.n_bytes * 0.8 < original.estimate_bytes(plan) < report.n_bytes * 1.3
    source.close()
    assert monitor == [*range(1000, 10_001, 1000), SAMPLES]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, RuntimeError])
def test_what_fails_leaves_nothing(
    path: Path, tmp_path: Path, suffix: str, error: type[BaseException]
) -> None:
    target = tmp_path / f"out{suffix}"

    def fail(done: int, total: int) -> None:
        if done >= 1000:
            raise error("enough")

    expected = StorageError if error is OSError else error
    with pytest.raises(expected):
        export(path, target, to_s=1900 * 16e-9, progress=fail)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_damaged_recording_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    source = write_picostream(tmp_path / "a.hdf5", noise(2000))
    import h5py

    with h5py.File(source, "r+") as file:
        file["adc_counts"].resize((5000,))
    with pytest.raises(FileFormatError, match="missing"):
        export(source, tmp_path / f"out{suffix}")
    assert [item.name for item in tmp_path.iterdir()] == ["a.hdf5"]


def test_a_full_disk_is_refused_before_it_is_full(path: Path, tmp_path: Path) -> None:
    with pytest.raises(DiskFullError):
        export(path, tmp_path / "out.csv", force_size=True, reserve_bytes=10**18)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
@pytest.mark.parametrize("suffix", [".csv", ".npy", ".parquet"])
def test_a_write_that_fails_is_named(path: Path, tmp_path: Path, suffix: str) -> None:
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        with pytest.raises(DiskFullError):
            export(path, tmp_path / f"out{suffix}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "options",
    [
        {"from_s": float("nan")},
        {"from_s": 5.0},
        {"from_s": 2e-6, "to_s": 1e-6},
        {"to_s": -1.0},
        {"to_s": "1"},
        {"channels": ["B"]},
        {"decimation_factor": 0},
        {"decimation_mode": "median"},
        {"scales": {"Z": ChannelScale(1.0, "A")}},
        {"scales": {"A": 5}},
        {"scales": 5},
        {"force": "no"},
        {"force_size": np.arange(3)},
        {"channels": 5},
        {"progress": 5},
    ],
    ids=repr,
)
def test_impossible_exports_are_refused(path: Path, tmp_path: Path, options: Any) -> None:
    with pytest.raises(ConfigurationError):
        export(path, tmp_path / "out.csv", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [None, 5, b"a.csv"])
def test_exports_are_named_by_text_or_path(path: Path, tmp_path: Path, name: Any) -> None:
    for names in ((path, name), (name, tmp_path / "out.csv")):
        with pytest.raises(ConfigurationError, match="named by a text or a Path, not by"):
            export(*names)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["out", "out.xlsx", "out.hdf5", ".csv"])
def test_the_suffix_must_say_the_format(path: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\.csv, \.npy, \.wav, \.parquet"):
        export(path, tmp_path / name)


def test_targets_that_cannot_be(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="does not exist"):
        export(path, tmp_path / "nowhere" / "out.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(StorageError, match="is a folder"):
        export(path, tmp_path / "folder.csv", force=True)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_memory_stays_flat(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(export_plan, "_BLOCK_SAMPLES", 1 << 15)
    source = write_recording(tmp_path / "a.hdf5", noise(1_500_000), chunk=50_000)
    process = psutil.Process()
    used: list[int] = []
    export(
        source,
        tmp_path / f"out{suffix}",
        progress=lambda done, total: used.append(process.memory_info().rss),
    )
    assert max(used[20:]) - used[10] < 12_000_000


def test_a_stretch_between_two_samples_is_no_gap(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "a.hdf5", noise(100), gaps=[(50, 1000)])
    with pytest.raises(ConfigurationError, match=r"No sample lies from 1e-07 to 1\.1e-07 s"):
        export(recording, tmp_path / "a.csv", from_s=1e-7, to_s=1.1e-7)


def test_a_stretch_in_a_gap_is_told_as_such(tmp_path: Path) -> None:
    recording = write_recording(tmp_path / "a.hdf5", noise(100), gaps=[(50, 1000)])
    with pytest.raises(ConfigurationError, match="that is in a gap"):
        export(recording, tmp_path / "a.csv", from_s=100 * 16e-9, to_s=200 * 16e-9)
    with pytest.raises(ConfigurationError, match=r"must lie after the begin \(--from, 2e-06 s\)"):
        export(recording, tmp_path / "a.csv", from_s=2e-6, to_s=1e-6)
