"""Spectra of known signals."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from picostream_pymeasure.display.analysis.spectrum import (
    Spectrum,
    difference_spectrum,
    make_spectrum,
)
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader
from tests.support.reader_files import noise, write_recording
from tests.support.signals import INTERVAL_S, digitised, make_digital, sine, white, write_volts

VOLT_RMS = math.sqrt(2)


def made(path: Path, channel: str = "A", begin_s: float = 0.0, end_s: float = 1e3) -> Spectrum:
    with PicoStreamReader(path) as reader:
        return make_spectrum(reader, channel, begin_s, end_s)


@pytest.mark.parametrize(
    ("size", "segment"),
    [(1000, 1000), (1001, 1001), (65_536, 65_536), (100_000, 65_536), (1_000_000, 131_072)],
)
def test_a_volt_rms_on_a_bin_reads_0_dbv(tmp_path: Path, size: int, segment: int) -> None:
    frequency_hz = 50 / (segment * INTERVAL_S)
    volts = 0.1 + sine(size, frequency_hz, VOLT_RMS) + white(size, 1e-3)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.resolution_hz == pytest.approx(1 / (segment * INTERVAL_S))
    assert found.frequencies_hz[49] == pytest.approx(frequency_hz)
    assert found.amplitude_dbv[49] == pytest.approx(0, abs=0.02)
    assert found.amplitude_dbv.argmax() == 49
    assert found.frequencies_hz.size == found.amplitude_dbv.size == segment // 2
    assert found.frequencies_hz[-1] == pytest.approx(0.5 / INTERVAL_S, rel=1 / segment)


@pytest.mark.parametrize("offset", [0.0, 0.13, 0.5, 0.77])
def test_a_peak_is_free_of_scalloping(tmp_path: Path, offset: float) -> None:
    size = 50_000
    frequency_hz = (700 + offset) / (size * INTERVAL_S)
    volts = sine(size, frequency_hz, VOLT_RMS * 0.1) + white(size, 1e-3)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.peak_hz == pytest.approx(frequency_hz, abs=0.02 * found.resolution_hz)
    assert found.peak_dbv == pytest.approx(-20, abs=0.05)
    assert found.amplitude_dbv.max() == pytest.approx(-20, abs=1.45), "Hann's scalloping"


@pytest.mark.parametrize("n_periods", [0.3, 0.7, 1.0])
def test_what_has_no_two_periods_is_no_line(tmp_path: Path, n_periods: float) -> None:
    size = 5000
    volts = sine(size, n_periods / (size * INTERVAL_S)) + white(size, 1e-3)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.amplitude_dbv.argmax() == 0
    assert math.isnan(found.peak_hz), "it would be told 20 % to 100 % too high"
    assert math.isnan(found.peak_dbv)


@pytest.mark.parametrize("n_periods", [2.0, 2.4, 3.0])
def test_two_periods_are_a_line(tmp_path: Path, n_periods: float) -> None:
    size = 5000
    frequency_hz = n_periods / (size * INTERVAL_S)
    found = made(write_volts(tmp_path / "a.hdf5", sine(size, frequency_hz, VOLT_RMS)))
    assert found.peak_hz == pytest.approx(frequency_hz, rel=0.01)
    assert found.peak_dbv == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("width", [0.002, 0.02, 0.2])
def test_a_hump_is_no_line(tmp_path: Path, width: float) -> None:
    """Noise of a band, ``width`` of the whole one, far above the rest."""
    size = 65_536
    lines = np.fft.rfft(white(size, 1.0))
    share = np.linspace(0, 1, lines.size)
    volts = np.fft.irfft(lines * np.exp(-(((share - 0.3) / width) ** 2)), size)
    volts = 0.3 * volts / volts.std() + white(size, 1e-3)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.amplitude_dbv.max() > np.median(found.amplitude_dbv) + 20
    assert math.isnan(found.peak_hz)


def test_a_pulse_is_no_line(tmp_path: Path) -> None:
    volts = np.where(np.arange(5000) // 600 == 3, 0.5, 0.0) + white(5000, 1e-3)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.amplitude_dbv.argmax() > 0
    assert math.isnan(found.peak_hz)


@pytest.mark.parametrize("noise_v", [0.01, 0.1, 0.5])
def test_a_line_in_noise_is_a_line(tmp_path: Path, noise_v: float) -> None:
    size = 5000
    frequency_hz = 50.3 / (size * INTERVAL_S)
    volts = sine(size, frequency_hz, 0.25) + white(size, noise_v)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.peak_hz == pytest.approx(frequency_hz, abs=0.5 * found.resolution_hz)


def test_lines_close_to_each_other_are_lines(tmp_path: Path) -> None:
    """The harmonics of two periods of a square lie four bins from each other."""
    size = 5000
    volts = np.where(np.arange(size) % (size // 2) < size // 4, 0.5, -0.5)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.peak_hz == pytest.approx(2 * found.resolution_hz, rel=0.05)


def test_white_noise_is_flat_and_adds_up(tmp_path: Path) -> None:
    found = made(write_volts(tmp_path / "a.hdf5", white(500_000, 0.1)))
    power = 10 ** (found.amplitude_dbv / 10)
    assert power.sum() / 1.5 == pytest.approx(0.1**2, rel=0.01), "Parseval, Hann's 1.5 bins"
    low, high = power[: power.size // 2].mean(), power[power.size // 2 :].mean()
    assert low == pytest.approx(high, rel=0.03)
    assert math.isnan(found.peak_hz)
    assert found.n_averages == 14


def test_half_the_sample_rate_counts_once(tmp_path: Path) -> None:
    volts = np.tile([1.0, -1.0], 5000)
    found = made(write_volts(tmp_path / "a.hdf5", volts))
    assert found.amplitude_dbv[-1] == pytest.approx(0, abs=0.01)


def test_a_constant_signal_lies_at_the_floor(tmp_path: Path) -> None:
    found = made(write_recording(tmp_path / "a.hdf5", np.full(10_000, 20_000, np.int16)))
    assert (found.amplitude_dbv == -200).all()
    assert math.isnan(found.peak_dbv)


@pytest.mark.parametrize("size", [0, 1, 15])
def test_too_few_samples_have_no_spectrum(tmp_path: Path, size: int) -> None:
    found = made(write_recording(tmp_path / "a.hdf5", noise(size)))
    assert found.n_averages == found.frequencies_hz.size == found.amplitude_dbv.size == 0
    assert math.isnan(found.resolution_hz)


def test_a_stretch_of_time_is_what_is_transformed(tmp_path: Path) -> None:
    volts = np.concatenate((sine(30_000, 1e6), sine(30_000, 5e6)))
    path = write_volts(tmp_path / "a.hdf5", volts)
    found = made(path, begin_s=0.0, end_s=30_000 * INTERVAL_S)
    assert found.peak_hz == pytest.approx(1e6, abs=found.resolution_hz)
    assert (found.begin_s, found.end_s) == pytest.approx((0.0, 30_000 * INTERVAL_S))
    later = made(path, begin_s=30_000 * INTERVAL_S)
    assert later.peak_hz == pytest.approx(5e6, abs=found.resolution_hz)
    assert (later.begin_s, later.end_s) == pytest.approx((30_000 * INTERVAL_S, 60_000 * INTERVAL_S))
    assert made(path, begin_s=5.0).n_averages == 0
    assert made(path, begin_s=1e-4, end_s=0.0).n_averages == 0


def test_only_the_longest_stretches_without_a_gap_are_used(tmp_path: Path) -> None:
    volts = np.concatenate((sine(2000, 5e6), sine(20_000, 1e6), sine(20_000, 1e6, phase=2.0)))
    gaps = [(2000, 77), (22_000, 500)]
    found = made(write_volts(tmp_path / "a.hdf5", volts, gaps=gaps))
    assert found.n_averages == 2
    assert found.resolution_hz == pytest.approx(1 / (20_000 * INTERVAL_S))
    assert found.peak_hz == pytest.approx(1e6, abs=0.1 * found.resolution_hz)
    begin_s, end_s = 2077 * INTERVAL_S, 42_577 * INTERVAL_S
    assert (found.begin_s, found.end_s) == pytest.approx((begin_s, end_s))
    beside = np.abs(found.frequencies_hz - 1e6) > 5 * found.resolution_hz
    assert found.amplitude_dbv[beside].max() < -80, "a segment across the gap would leak"


def test_long_recordings_are_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from picostream_pymeasure.display.analysis import spectrum as module

    path = write_volts(tmp_path / "a.hdf5", sine(1_000_000, 2e6) + white(1_000_000, 1e-3))
    whole = made(path)
    monkeypatch.setattr(module, "LIMIT_SAMPLES", 400_000)
    found = made(path)
    assert (whole.n_averages, found.n_averages) == (14, 3)
    assert found.begin_s == 0
    assert found.end_s == whole.end_s, "evenly spread"
    assert found.peak_dbv == pytest.approx(20 * math.log10(0.5 / VOLT_RMS), abs=0.02)


def test_of_pairs_the_middles_are_transformed(tmp_path: Path) -> None:
    volts = sine(20_000, 1e6)
    pairs = np.column_stack((digitised(volts - 0.1), digitised(volts + 0.1))).ravel()
    path = write_recording(tmp_path / "a.hdf5", pairs, downsample_mode="aggregate")
    found = made(path)
    assert found.peak_hz == pytest.approx(1e6, abs=0.1 * found.resolution_hz)
    assert found.peak_dbv == pytest.approx(20 * math.log10(0.5 / VOLT_RMS), abs=0.02)


def test_a_digital_port_has_no_spectrum(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", {"A": noise(1000), "PORT1": noise(1000)})
    assert made(make_digital(path, "PORT1"), "PORT1").n_averages == 0


def test_impossible_arguments_are_refused(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "a.hdf5", noise(1000))
    with pytest.raises(ConfigurationError, match="no channel"):
        made(path, "B")
    with pytest.raises(ConfigurationError, match="finite"):
        made(path, begin_s=float("nan"))


def test_a_difference_shows_what_its_channels_do_not_share(tmp_path: Path) -> None:
    size = 20_000
    hum = sine(size, 1e6, VOLT_RMS)
    counts = {"A": digitised(hum + sine(size, 2e6, 0.1 * VOLT_RMS)), "B": digitised(hum)}
    path = write_recording(tmp_path / "a.hdf5", counts)
    with PicoStreamReader(path) as reader:
        found = difference_spectrum(reader, "A", "B", 0.0, 1e3)
        alone = make_spectrum(reader, "A", 0.0, 1e3)
    assert alone.peak_hz == pytest.approx(1e6, abs=0.1 * alone.resolution_hz)
    assert found.peak_hz == pytest.approx(2e6, abs=0.1 * found.resolution_hz)
    assert found.peak_dbv == pytest.approx(-20, abs=0.05)
    shared = np.abs(found.frequencies_hz - 1e6) < 5 * found.resolution_hz
    assert found.amplitude_dbv[shared].max() < -90


def test_a_difference_of_pairs_has_no_spectrum(tmp_path: Path) -> None:
    pairs = {name: noise(2000) for name in "AB"}
    path = write_recording(tmp_path / "a.hdf5", pairs, downsample_mode="aggregate")
    with PicoStreamReader(path) as reader:
        assert difference_spectrum(reader, "A", "B", 0.0, 1e3).n_averages == 0
