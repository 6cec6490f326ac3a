"""What a viewer draws when it opens a recording: found as silx and h5web find it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.records import Block, StreamDescription
from picostream_pymeasure.storage import LiveRecorder, Recorder, repair
from tests.support.live_stream import LiveStream, describe_live
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
    assert min(samples, 500) <= len(times) <= 2000
    starts = np.round(times * 1e6).astype(int)
    assert starts[0] == 0
    volts = values / 32767 * 2.0 - 0.5
    np.testing.assert_allclose(low, np.minimum.reduceat(volts, starts), atol=1e-6)
    np.testing.assert_allclose(high, np.maximum.reduceat(volts, starts), atol=1e-6)


def test_gaps_move_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path) as stream:
        stream.write(1000)
        stream.recorder.add_gap(gap_at(300, 5000, 5000, "pool full", 0.0))
        stream.recorder.add_gap(gap_at(800, -1, 70_000, "restart", 0.0))
    with h5py.File(path) as file:
        times_us = np.round(default_plot(file)["time"][()] * 1e6)
    assert (times_us[299], times_us[300]) == (299, 5300)
    assert (times_us[799], times_us[800]) == (5799, 75_800)
    assert len(times_us) == 1000


def test_it_is_empty_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    stream = Stream(Recorder(path), describe())
    stream.write()
    with h5py.File(path, swmr=True) as file:
        assert default_plot(file)["A_min"].shape == (0,)
        finish(stream.recorder)
        default_plot(file)["A_min"].refresh()
        assert default_plot(file)["A_min"].shape == (-(-BLOCK_SAMPLES // 3),)


def test_an_empty_recording_has_an_empty_plot(tmp_path: Path) -> None:
    path = tmp_path / "a.hdf5"
    with recording(path):
        pass
    with h5py.File(path) as file:
        data = default_plot(file)
        assert all(data[name].shape == (0,) for name in ("time", *curves(data)))


@pytest.mark.parametrize("crashed", [False, True])
@pytest.mark.parametrize(("seconds", "blocks"), [(0.2, 3), (0.2, 40), (4.0, 130)])
def test_a_live_only_file_shows_what_it_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crashed: bool, seconds: float, blocks: int
) -> None:
    monkeypatch.setattr(sys.modules["picostream_pymeasure.storage.repair"], "_WATCH_S", 0.0)
    path = tmp_path / "a.hdf5"
    stream = LiveStream(LiveRecorder(path, seconds), describe_live("BA"), gap_every=5)
    stream.write_blocks(blocks)
    if crashed:
        shutil.copyfile(path, left := tmp_path / "left.hdf5")
        finish(stream.recorder)
        repair(path := left)
    else:
        finish(stream.recorder)
    with PicoStreamReader(path, channel="A") as reader, h5py.File(path) as file:
        volts = reader[:] / 1e3
        times_s = reader.get_block(reader.num_samples)[0]
        data = default_plot(file)
        starts = np.searchsorted(times_s, data["time"][:] - 1e-9)
        np.testing.assert_allclose(data["time"][:], times_s[starts])
        np.testing.assert_allclose(data["A_min"][:], np.minimum.reduceat(volts, starts), rtol=1e-6)
        np.testing.assert_allclose(data["A_max"][:], np.maximum.reduceat(volts, starts), rtol=1e-6)
        assert min(volts.size, 500) <= len(starts) <= 2000
        assert starts[0] == 0
