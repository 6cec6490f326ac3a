"""Histograms of known signals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from picostream_pymeasure.display.analysis import stretches
from picostream_pymeasure.display.analysis.histogram import Histogram, make_histogram
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader
from tests.support.reader_files import noise, to_mv, write_recording
from tests.support.signals import INTERVAL_S, SCALE_V, digitised, make_digital, white


def made(path: Path, channel: str = "A", begin_s: float = 0.0, end_s: float = 1e3) -> Histogram:
    with PicoStreamReader(path) as reader:
        return make_histogram(reader, channel, begin_s, end_s)


@pytest.mark.parametrize("step", [1, 16, 256])
def test_every_sample_counts_in_its_bin(tmp_path: Path, step: int) -> None:
    counts = digitised(white(200_000, 0.2), step)
    found = made(write_recording(tmp_path / "a.hdf5", counts))
    expected, _ = np.histogram(to_mv(counts) / 1e3, found.edges_v)
    np.testing.assert_array_equal(found.counts, expected)
    assert found.counts.sum() == counts.size
    assert 50 <= found.counts.size <= 256
    assert found.exact


def test_coarse_converters_make_no_combs(tmp_path: Path) -> None:
    # 8 bits in int16: 255 of 256 codes never occur
    counts = digitised(np.linspace(-1.2, 1.2, 300_000), 256)
    found = made(write_recording(tmp_path / "a.hdf5", counts))
    assert found.counts[1:-1].min() > 0.9 * found.counts[1:-1].max()
    widths = np.diff(found.edges_v)
    assert widths == pytest.approx(widths[0])
    assert widths[0] == pytest.approx(256 * SCALE_V)


def test_the_whole_scale(tmp_path: Path) -> None:
    counts = np.array([-32768, 32767, 32767], np.int16)
    found = made(write_recording(tmp_path / "a.hdf5", counts))
    assert found.counts.tolist() == [1, 2]
    assert found.edges_v[0] < to_mv(-32768) / 1e3 < found.edges_v[1] < to_mv(32767) / 1e3


def test_a_constant_signal_fills_one_bin(tmp_path: Path) -> None:
    found = made(write_recording(tmp_path / "a.hdf5", np.full(100, 55, np.int16)))
    assert found.counts.tolist() == [100]
    assert found.edges_v == pytest.approx([to_mv(54.5) / 1e3, to_mv(55.5) / 1e3])


def test_a_stretch_of_time(tmp_path: Path) -> None:
    counts = np.repeat(np.array([100, 200], np.int16), 1000)
    path = write_recording(tmp_path / "a.hdf5", counts)
    found = made(path, begin_s=900 * INTERVAL_S, end_s=1300 * INTERVAL_S)
    assert found.counts.tolist() == [100, 300]
    assert not made(path, begin_s=5.0).counts.size
    assert not made(path, begin_s=1e-6, end_s=0.0).counts.size
    with pytest.raises(ConfigurationError, match="finite"):
        made(path, end_s=float("nan"))


def test_both_values_of_a_pair_count(tmp_path: Path) -> None:
    counts = np.array([1, 3, 1, 5], np.int16)
    found = made(write_recording(tmp_path / "a.hdf5", counts, downsample_mode="aggregate"))
    assert found.counts.tolist() == [2, 1, 1]
    assert found.exact


def test_gaps_change_nothing(tmp_path: Path) -> None:
    counts = noise(5000)
    whole = made(write_recording(tmp_path / "a.hdf5", counts))
    gaps = made(write_recording(tmp_path / "b.hdf5", counts, gaps=[(77, 10_000), (500, 1)]))
    np.testing.assert_array_equal(whole.counts, gaps.counts)


def test_long_recordings_are_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "LIMIT_SAMPLES", 64_000)
    path = write_recording(tmp_path / "a.hdf5", np.arange(-500, 500, dtype=np.int16).repeat(1000))
    found = made(path)
    assert not found.exact
    assert found.counts.sum() == 64_000
    assert found.edges_v[0] == pytest.approx(to_mv(-500.5) / 1e3), "from the first sample …"
    assert found.edges_v[-1] >= to_mv(499.5) / 1e3, "… to the last"


def test_a_digital_port_has_no_histogram(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", {"A": noise(100), "PORT0": noise(100)})
    assert not made(make_digital(path, "PORT0"), "PORT0").counts.size
