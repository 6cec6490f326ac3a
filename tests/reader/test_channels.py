"""Counts and settings of channels other than the reader's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader
from tests.support.reader_files import MAX_ADC, RANGE_V, noise, write_recording


def test_every_channel_is_read_with_its_own_settings(tmp_path: Path) -> None:
    channels = {"A": noise(100, 1), "C": noise(100, 2)}
    path = write_recording(tmp_path / "a.hdf5", channels)
    with h5py.File(path, "r+") as file:
        file["channels/C"].attrs.update({"voltage_range_v": 0.5, "analog_offset_v": -0.1})
    with PicoStreamReader(path) as reader:
        np.testing.assert_array_equal(reader.read_counts(10, 20), channels["A"][10:30])
        np.testing.assert_array_equal(reader.read_counts(10, 20, "C"), channels["C"][10:30])
        assert reader.settings().scale_mv == pytest.approx(RANGE_V / MAX_ADC * 1e3)
        assert reader.settings("C").scale_mv == pytest.approx(0.5 / MAX_ADC * 1e3)
        assert reader.settings("C").offset_mv == pytest.approx(-100)
    with PicoStreamReader(path, "C") as reader:
        np.testing.assert_array_equal(reader.read_counts(0, 5), channels["C"][:5])
        assert reader.settings().voltage_range_v == 0.5


def test_a_channel_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with PicoStreamReader(write_recording(tmp_path / "a.hdf5", noise(10))) as reader:
        with pytest.raises(ConfigurationError, match="no channel 'B'"):
            reader.read_counts(0, 1, "B")
        with pytest.raises(ConfigurationError, match="no channel 'b'; use A"):
            reader.settings("b")


@pytest.mark.parametrize("names", [["A", "B"], ("A", "B"), np.array(["A", "B"])], ids=repr)
def test_channels_are_named_by_whatever_lists_them(tmp_path: Path, names: Any) -> None:
    path = write_recording(tmp_path / "a.hdf5", {"A": noise(10, 1), "B": noise(10, 2)})
    with PicoStreamReader(path) as reader:
        assert list(reader.to_pandas(channels=names)) == ["A_mv", "B_mv"]
        assert list(reader.to_pandas(channels="A-B")) == ["A-B_mv"]


@pytest.mark.parametrize("names", [5, np.arange(3), np.array(5), [[]], [5], object()])
def test_what_lists_no_channels_is_refused(tmp_path: Path, names: Any) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(10))
    refused = pytest.raises(ConfigurationError, match=r"list of names|no channel")
    with PicoStreamReader(path) as reader, refused:
        reader.to_pandas(channels=names)
