"""Recordings as pandas, xarray and dask know them."""

from __future__ import annotations

import json
import math
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader, datasets, lazy
from tests.support.patience import PATIENCE_S
from tests.support.programs import ROOT
from tests.support.reader_files import (
    MAX_ADC,
    OFFSET_V,
    RANGE_V,
    noise,
    to_mv,
    write_picostream,
    write_recording,
)

SAMPLES = 10_500


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    channels = {"A": noise(SAMPLES, 1), "C": noise(SAMPLES, 2)}
    folder = tmp_path_factory.mktemp("analysis")
    return write_recording(folder / "a.hdf5", channels, gaps=[(100, 50)], start_time="2024-05-06")


def test_a_data_frame_holds_all_channels(path: Path) -> None:
    with PicoStreamReader(path) as reader:
        frame = reader.to_pandas()
        some = reader.to_pandas(50, 100, channels=["C"])
        pairs = reader.to_pandas(decimation_factor=10, decimation_mode="min_max")
        times, voltages = reader.get_block(SAMPLES, 0, 10, "min_max")
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["A_mv", "C_mv"]
    assert frame.index.name == "time_s"
    np.testing.assert_array_equal(frame["C_mv"], to_mv(noise(SAMPLES, 2)))
    pandas.testing.assert_frame_equal(some, frame[["C_mv"]].iloc[50:150])
    assert some.index[50] - some.index[49] == pytest.approx(51 * 16e-9)
    np.testing.assert_array_equal(pairs["A_mv"], voltages)
    np.testing.assert_array_equal(pairs.index, times)


def test_the_column_of_picostreams_file(tmp_path: Path) -> None:
    with PicoStreamReader(write_picostream(tmp_path / "p.hdf5", noise(20))) as reader:
        assert list(reader.to_pandas().columns) == ["voltage_mv"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"channels": ["B"]},
        {"channels": ["A", "A"]},
        {"channels": 5},
        {"start": "1"},
        {"decimation_factor": 0},
        {"decimation_mode": "max"},
        {"decimation_mode": np.array(["mean", "max"])},
    ],
    ids=repr,
)
def test_impossible_tables_are_refused(path: Path, arguments: Any) -> None:
    with PicoStreamReader(path) as reader, pytest.raises(ConfigurationError):
        reader.to_pandas(**arguments)


def test_a_data_set_knows_units_and_settings(path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    with PicoStreamReader(path) as reader:
        found = reader.to_xarray(size=1000)
    assert isinstance(found, xarray.Dataset)
    assert list(found.data_vars) == ["A", "C"]
    assert found["time_s"].attrs["units"] == "s"
    assert found.attrs["start_time"] == "2024-05-06"
    assert found["A"].attrs == {
        "units": "mV",
        "voltage_range_v": RANGE_V,
        "analog_offset_v": OFFSET_V,
        "max_adc": MAX_ADC,
    }
    np.testing.assert_array_equal(found["C"].values, to_mv(noise(SAMPLES, 2)[:1000]))
    assert float(found["A"].sel(time_s=slice(0, 1e-6)).size) == 63


def test_a_lazy_array_is_chunked_like_the_file(path: Path) -> None:
    dask = pytest.importorskip("dask")
    with PicoStreamReader(path, "C") as reader:
        array = reader.to_dask()
        coarse = reader.to_dask(chunks_per_block=4)
        counts = reader.to_dask(unit="counts")
    assert array.shape == (SAMPLES,)
    assert array.dtype == np.float64
    assert array.chunks == ((4096, 4096, 2308),)
    assert coarse.chunks == ((10500,),)
    assert counts.dtype == np.int16
    expected = noise(SAMPLES, 2)
    with dask.config.set(scheduler="synchronous"):
        np.testing.assert_array_equal(array.compute(), to_mv(expected))
        np.testing.assert_array_equal(counts.compute(), expected)
        np.testing.assert_array_equal(array[995:1005:3].compute(), to_mv(expected)[995:1005:3])
        assert coarse.mean().compute() == pytest.approx(to_mv(expected).mean())
        assert array[1234].compute() == to_mv(expected)[1234]
        np.testing.assert_array_equal(array[[5, 3, 999]].compute(), to_mv(expected)[[5, 3, 999]])
        np.testing.assert_array_equal(array[9000:100:-7].compute(), to_mv(expected)[9000:100:-7])
        assert counts[::-1][:5].compute().tolist() == expected[::-1][:5].tolist()


def test_what_stands_for_the_samples_is_sliced_as_an_array(path: Path) -> None:
    recorded = lazy.RecordedArray(path, "A", "counts", (SAMPLES,), np.dtype(np.int16))
    expected = noise(SAMPLES, 1)
    for index in (np.s_[5:50], np.s_[990:2010:7], np.s_[50:5:-4], np.s_[7:7], 77, -1):
        np.testing.assert_array_equal(recorded[(index,)], expected[index])


def test_a_lazy_array_of_pairs(tmp_path: Path) -> None:
    dask = pytest.importorskip("dask")
    pairs = noise(2 * SAMPLES)
    path = write_recording(tmp_path / "a.hdf5", pairs, downsample_mode="aggregate")
    with PicoStreamReader(path) as reader:
        array = reader.to_dask(unit="counts")
    assert array.shape == (SAMPLES, 2)
    assert array.chunks == ((4096, 4096, 2308), (2,))
    with dask.config.set(scheduler="synchronous"):
        np.testing.assert_array_equal(array.compute(), pairs.reshape(-1, 2))
        assert array[77, 1].compute() == pairs[155]
        assert array[:, 1].max().compute() == pairs.reshape(-1, 2)[:, 1].max()


def test_an_empty_recording_is_an_empty_array(tmp_path: Path) -> None:
    pytest.importorskip("dask")
    with PicoStreamReader(write_recording(tmp_path / "a.hdf5", noise(0))) as reader:
        assert reader.to_dask().compute(scheduler="synchronous").size == 0


@pytest.mark.parametrize(
    "arguments", [{"unit": "V"}, {"unit": None}, {"chunks_per_block": 0}, {"chunks_per_block": 1.5}]
)
def test_impossible_arrays_are_refused(path: Path, arguments: Any) -> None:
    pytest.importorskip("dask")
    with PicoStreamReader(path) as reader, pytest.raises(ConfigurationError):
        reader.to_dask(**arguments)


def test_a_lazy_array_travels_small(path: Path) -> None:
    pytest.importorskip("dask")
    with PicoStreamReader(path) as reader:
        assert len(pickle.dumps(reader.to_dask())) < 10_000


def test_a_cluster_computes_unchanged(path: Path) -> None:
    pytest.importorskip("distributed")
    big = write_recording(path.with_name("big.hdf5"), noise(500_000), chunk=20_000)
    program = ROOT / "tests" / "support" / "reader_cluster.py"
    done = subprocess.run(
        [sys.executable, program, big],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    found = json.loads(done.stdout)
    expected = to_mv(noise(500_000))
    assert found["mean"] == pytest.approx(expected.mean())
    assert found["std"] == pytest.approx(expected.std())
    assert found["max"] == noise(500_000).max()
    assert found["some"] == expected[123_456:123_460].tolist()


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"needs nosuchpackage.*pip install"):
        datasets.import_optional("nosuchpackage.part")


@pytest.mark.parametrize("number", ["1", None, math.nan, 1.0, True])
def test_captures_are_counted_in_whole_numbers(path: Path, number: Any) -> None:
    with PicoStreamReader(path) as reader, pytest.raises(ConfigurationError, match="whole number"):
        reader.captures[number]
