"""What a viewer draws when it opens a recording: found as silx and h5web find it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.records import Block, StreamDescription
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.storage.writing.envelope import _breaks
from tests.support.storage_stream import BLOCK_SAMPLES, Stream, describe, finish, gap_at, recording


def default_plot(file: Any) -> Any:
    """Follow the NeXus attributes from the root."""
    assert file.attrs["NX_class"] == "NXroot"
    entry = file[file.attrs["default"]]
    assert entry.attrs["NX_class"] == "NXentry"
    data = entry[entry.attrs["default"]]
    assert data.attrs["NX_class"] == "NXdata"
    return data


def curves(data: Any) -> list[str]:
    return [data.attrs["signal"], *data.attrs["auxiliary_signals"]]


@pytest.mark.parametrize("channels", ["A", "CB"])
@pytest.mark.parametrize("aggregate", [False, True])
def test_the_chain_leads_to_all_channels(tmp_path: Path, channels: str, aggregate: bool) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path, channels, aggregate=aggregate) as stream:
        stream.write()
        stream.write(77)
    with h5py.File(path) as file:
        data = default_plot(file)
        assert list(data.attrs["axes"]) == ["time"]
        assert curves(data) == [f"{name}_{end}" for name in channels for end in ("max", "min")]
        times = data["time"]
        assert (times.dtype, times.attrs["units"]) == (np.float64, "s")
        for name in curves(data):
            assert data[name].shape == times.shape
            assert (data[name].dtype, data[name].attrs["units"]) == (np.float32, "V")
            assert name[0] in data[name].attrs["long_name"]


def record(path: Path, values: np.ndarray, **channel: Any) -> None:
    """One channel at 1 MS/s."""
    config = StreamConfig(channels=(ChannelConfig("A", **channel),))
    sink = Recorder(path)
    sink.open(StreamDescription(config, 1000.0, 32767, 2**19, "2024-05-06"))
    for first in range(0, len(values), 2**19):
        part = values[first : first + 2**19]
        sink.write(Block(part[None], first, len(part)))
    finish(sink)


@pytest.mark.parametrize("samples", [1, 999, 2000, 2001, 255_999, 256_000, 300_000, 4_200_000])
def test_the_envelope_covers_every_sample_with_few_points(tmp_path: Path, samples: int) -> None:
    path = tmp_path / "a.hdf5"
    values = np.random.default_rng(samples).integers(-32767, 32768, samples).astype(np.int16)
    record(path, values, range_v=2.0, offset_v=0.5)
    with h5py.File(path) as file:
        data = default_plot(file)
        times, low, high = data["time"][()], data["A_min"][()], data["A_max"][()]
    assert len(times) == len(low) == len(high) == 2000
    volts = values / 32767 * 2.0 - 0.5
    starts = np.round(times * 1e6).astype(int)
    assert (starts[np.argmax(starts) :] == starts.max()).all()
    starts = np.unique(starts)
    assert starts[-1] < samples, "the axis goes on behind the last sample"
    drawn = slice(len(starts))
    assert starts[0] == 0
    assert len(starts) >= min(samples, 500)
    np.testing.assert_allclose(low[drawn], np.minimum.reduceat(volts, starts), atol=1e-6)
    np.testing.assert_allclose(high[drawn], np.maximum.reduceat(volts, starts), atol=1e-6)
    assert np.isnan(low[len(starts) :]).all()


def test_nothing_is_drawn_in_gaps(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write(1000)
        stream.recorder.add_gap(gap_at(300, 500, 500, "pool full", 0.0))
        stream.recorder.add_gap(gap_at(800, -1, 100, "restart", 0.0))
    with h5py.File(path) as file:
        data = default_plot(file)
        times_us, high = np.round(data["time"][()] * 1e6), data["A_max"][()]
        counts = file["adc_counts"][()]
    assert (times_us == np.minimum(np.arange(2000), 1599)).all()
    drawn = np.flatnonzero(~np.isnan(high))
    expected = [*range(300), *range(800, 1300), *range(1400, 1600)]
    assert drawn.tolist() == expected
    np.testing.assert_allclose(high[drawn], counts / 32512 * 20.0, rtol=1e-6)


def test_a_gap_shorter_than_a_point_breaks_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        for _ in range(4):
            stream.write()
        stream.recorder.add_gap(gap_at(8000, 3, 3, "pool full", 0.0))
    with h5py.File(path) as file:
        high = default_plot(file)["A_max"][()]
    step = -(-(4 * BLOCK_SAMPLES + 3) // 2000)
    assert np.flatnonzero(np.isnan(high[: 4 * BLOCK_SAMPLES // step])).tolist() == [
        -(-8000 // step)
    ]


def test_nothing_is_drawn_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    with h5py.File(path) as file:
        assert np.isnan(default_plot(file)["A_min"][()]).all()
    finish(stream.recorder)
    with h5py.File(path) as file:
        assert not np.isnan(default_plot(file)["A_min"][:1000]).any()


def test_an_empty_recording_has_an_empty_plot(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path):
        pass
    with h5py.File(path) as file:
        assert np.isnan(default_plot(file)["A_max"][()]).all()


@pytest.mark.parametrize("turns", [0.3, 2.5])
def test_a_live_only_file_shows_what_it_kept(tmp_path: Path, turns: float) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path, live_only_s=0.1), describe("BA", simulated=False))
    with h5py.File(path) as file:
        room = file["adc_counts"].maxshape[0]
    while stream.position < turns * room:
        stream.write()
    finish(stream.recorder)
    with h5py.File(path) as file:
        first, counts = file.attrs["first_sample"], file["channels/A/adc_counts"][()]
        data = default_plot(file)
        times, high = data["time"][()], data["A_max"][()]
    assert (first > 0) == (turns > 1)
    assert first + len(counts) == stream.position
    starts = np.unique(np.round(times * 1e6).astype(int) - first)
    assert starts[-1] < len(counts)
    volts = counts / 32512 * 20.0
    np.testing.assert_allclose(high[: len(starts)], np.maximum.reduceat(volts, starts), rtol=1e-6)


@pytest.mark.parametrize(
    ("start", "missing", "column"),
    [(5, 4, 0), (5, 5, 0), (5, 6, 1), (10, 1, 1), (10, 30, 1), (0, 1, 0)],
)
def test_the_line_breaks_in_a_column_of_the_gap(start: int, missing: int, column: int) -> None:
    """Of ten samples each; the first that lies in the gap as a whole, or the one that it is in."""
    assert _breaks(np.array([start]), np.array([missing]), 10).tolist() == [column]
