"""Measurements of known signals."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.config import ChannelConfig, StreamConfig
from picostream_pymeasure.display.analysis import measurement, stretches
from picostream_pymeasure.display.analysis.measurement import Measurements, measure
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.reader import PicoStreamReader
from picostream_pymeasure.simulated import SimulatedSignal
from picostream_pymeasure.storage import Recorder
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.live_stream import LiveStream, describe_live
from tests.support.reader_files import (
    MAX_ADC,
    OFFSET_V,
    RANGE_V,
    noise,
    to_mv,
    write_picostream,
    write_recording,
)
from tests.support.signals import (
    INTERVAL_S,
    SCALE_V,
    digitised,
    make_digital,
    sine,
    square,
    white,
    write_volts,
)
from tests.support.storage_stream import finish

SIZE = 500_000
WHOLE_S = (0.0, 1.0)


def measured(
    path: Path, channel: str = "A", times_s: tuple[float, float] = WHOLE_S
) -> Measurements:
    with PicoStreamReader(path) as reader:
        return measure(reader, channel, *times_s)


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small recordings be measured as long ones are."""
    for module in (measurement, stretches):
        monkeypatch.setattr(module, "LIMIT_SAMPLES", 80_000)


@pytest.mark.parametrize("frequency_hz", [1234.5, 54_321.0, 1.7e6, 9.87e6])
def test_a_noisy_sine(tmp_path: Path, frequency_hz: float) -> None:
    volts = 0.2 + sine(SIZE, frequency_hz) + white(SIZE, 0.01)
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert found.frequency_hz == pytest.approx(frequency_hz, rel=1e-4)
    assert found.rms_v == pytest.approx(math.sqrt((volts**2).mean()), abs=1e-5)
    assert found.mean_v == pytest.approx(volts.mean(), abs=1e-5)
    assert found.min_v == pytest.approx(volts.min(), abs=SCALE_V)
    assert found.max_v == pytest.approx(volts.max(), abs=SCALE_V)
    assert found.peak_to_peak_v == pytest.approx(np.ptp(volts), abs=2 * SCALE_V)
    assert (found.n_samples, found.exact) == (SIZE, True)


@pytest.mark.parametrize("duty", [0.05, 0.3, 0.5, 0.9])
def test_duty_of_a_noisy_square(tmp_path: Path, duty: float) -> None:
    path = write_volts(tmp_path / "a.hdf5", square(SIZE, 12_345.6, duty) + white(SIZE, 0.01))
    found = measured(path)
    assert found.duty == pytest.approx(duty, abs=1e-3)
    assert found.frequency_hz == pytest.approx(12_345.6, rel=1e-4)


def test_a_pair_of_falling_edges_is_a_period_too(tmp_path: Path) -> None:
    volts = np.repeat([1.0, -1.0, 1.0, -1.0], [100, 300, 100, 50])
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert found.frequency_hz == pytest.approx(1 / (400 * INTERVAL_S))
    assert found.duty == pytest.approx(0.25, abs=1e-9)


def test_noise_has_no_frequency(tmp_path: Path) -> None:
    found = measured(write_volts(tmp_path / "a.hdf5", white(SIZE, 0.1)))
    assert math.isnan(found.frequency_hz)
    assert math.isnan(found.duty)
    assert found.rms_v == pytest.approx(0.1, rel=0.01)


def test_noise_of_a_band_has_no_frequency(tmp_path: Path) -> None:
    size = 1 << 17
    lines = np.fft.rfft(white(size, 1.0))
    share = np.linspace(0, 1, lines.size)
    volts = np.fft.irfft(lines * np.exp(-(((share - 0.05) / 0.03) ** 2)), size)
    found = measured(write_volts(tmp_path / "a.hdf5", 0.2 * volts / volts.std()))
    assert math.isnan(found.frequency_hz), "its periods differ by more than a fifth"


@pytest.mark.parametrize("lengths", [(300, 400), (300, 330, 280), (100, 120, 90, 100)])
def test_few_pulses_that_agree_by_chance_have_no_frequency(
    tmp_path: Path, lengths: tuple[int, ...]
) -> None:
    high = [40] * (len(lengths) + 1)
    low = [length - 40 for length in lengths]
    edges = [50, *[each for pair in zip(high, low, strict=False) for each in pair], 40, 50]
    volts = np.repeat(np.resize([-1.0, 1.0], len(edges)), edges)
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert math.isnan(found.frequency_hz)


def test_a_steep_edge_lies_between_two_samples(tmp_path: Path) -> None:
    period = 4807.3  # of 2.5 ms three edges of each kind are seen, all of them rounded
    edges = np.round(np.arange(7) * period / 2).astype(int)
    volts = np.repeat(np.resize([1.0, -1.0], 6), np.diff(edges))
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    true_hz = 1 / (period * INTERVAL_S)
    assert 0 < abs(found.frequency_hz - true_hz) <= found.frequency_error_hz < 2e-4 * true_hz


@pytest.mark.parametrize(("jitter", "text"), [(0.0, "12.5000 kHz"), (40.0, "12.50 kHz")])
def test_a_frequency_is_told_to_what_it_is_known(
    application: Any, tmp_path: Path, jitter: float, text: str
) -> None:
    from picostream_pymeasure.display.analysis.measurement_table import MeasurementTable

    period, n_periods = 5000, 40
    edges = period * np.arange(2 * n_periods) / 2
    edges = edges + np.random.default_rng(1).uniform(-jitter, jitter, edges.size)
    volts = np.repeat(np.tile([0.5, -0.5], n_periods)[1:], np.diff(edges.round().astype(int)))
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert abs(found.frequency_hz - 12_500) <= found.frequency_error_hz + 1e-3
    table = MeasurementTable()
    table.show_measurements({"A": found})
    titles = [table.table.horizontalHeaderItem(n).text() for n in range(table.table.columnCount())]
    assert table.table.item(0, titles.index("Frequency")).text().startswith(text)
    assert "kHz" in table.table.item(0, titles.index("Frequency")).text()


def test_one_period_alone_is_told_to_three_digits(tmp_path: Path) -> None:
    volts = np.repeat([1.0, -1.0, 1.0, -1.0], [100, 300, 100, 50])
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert found.frequency_error_hz == pytest.approx(0.01 * found.frequency_hz)


def test_rms_of_little_on_much_does_not_drown(tmp_path: Path) -> None:
    counts = np.tile(np.array([30_000, 30_001], np.int16), 200_000)
    found = measured(write_recording(tmp_path / "a.hdf5", counts, analog_offset_v=0.0))
    level_v = 30_000.5 * SCALE_V
    assert found.rms_v == pytest.approx(math.hypot(level_v, SCALE_V / 2), rel=1e-14)


@settings(max_examples=30)
@given(st.integers(0, 999), st.integers(0, 1001))
def test_any_range_of_noise(tmp_path_factory: Any, first: int, stop: int) -> None:
    path = tmp_path_factory.getbasetemp() / "range.hdf5"
    counts = noise(1000)
    if not path.exists():
        write_recording(path, counts, chunk=64)
    found = measured(path, times_s=(first * INTERVAL_S, stop * INTERVAL_S))
    inside = counts[first:stop]
    assert found.n_samples == inside.size
    if inside.size:
        volts = to_mv(inside) / 1e3
        assert (found.min_v, found.max_v) == pytest.approx((volts.min(), volts.max()))
        assert found.mean_v == pytest.approx(volts.mean(), abs=1e-12)
        assert found.rms_v == pytest.approx(math.sqrt((volts**2).mean()), rel=1e-12)
    else:
        assert math.isnan(found.min_v)


@pytest.mark.parametrize("times_s", [(-5.0, -1.0), (2.0, 3.0), (0.5e-3, 0.5e-3), (1e-3, 0.0)])
def test_ranges_without_samples(tmp_path: Path, times_s: tuple[float, float]) -> None:
    found = measured(write_recording(tmp_path / "a.hdf5", noise(100_000)), times_s=times_s)
    assert found.n_samples == 0
    assert found.exact
    assert all(math.isnan(value) for value in (found.min_v, found.rms_v, found.frequency_hz))


def test_an_empty_recording(tmp_path: Path) -> None:
    found = measured(write_recording(tmp_path / "a.hdf5", noise(0)))
    assert found.n_samples == 0


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_constant_signals(tmp_path: Path, size: int) -> None:
    found = measured(write_recording(tmp_path / "a.hdf5", np.full(size, 1234, np.int16)))
    level_v = to_mv(1234) / 1e3
    assert found.min_v == found.max_v == pytest.approx(level_v)
    assert (found.mean_v, found.rms_v) == pytest.approx((level_v, abs(level_v)))
    assert found.peak_to_peak_v == 0
    assert math.isnan(found.frequency_hz)


@pytest.mark.parametrize("times_s", [(float("nan"), 1.0), (0.0, float("inf"))])
def test_times_that_are_none_are_refused(tmp_path: Path, times_s: tuple[float, float]) -> None:
    with pytest.raises(ConfigurationError, match="finite"):
        measured(write_recording(tmp_path / "a.hdf5", noise(10)), times_s=times_s)


def test_a_channel_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no channel"):
        measured(write_recording(tmp_path / "a.hdf5", noise(10)), "B")


def test_each_channel_has_its_own_scale(tmp_path: Path) -> None:
    channels = {"A": np.full(10, 1000, np.int16), "C": np.full(10, 1000, np.int16)}
    path = write_recording(tmp_path / "a.hdf5", channels)
    with h5py.File(path, "r+") as file:
        file["channels/C"].attrs.update({"voltage_range_v": 0.02, "analog_offset_v": 0.0})
    assert measured(path, "A").mean_v == pytest.approx(1000 / MAX_ADC * RANGE_V - OFFSET_V)
    assert measured(path, "C").mean_v == pytest.approx(1000 / MAX_ADC * 0.02)


def test_no_period_reaches_across_a_gap(tmp_path: Path) -> None:
    period = 1000
    volts = sine(20 * period, 1 / (period * INTERVAL_S))
    # half a period is missing again and again: taken as a whole, the signal would be 5 % slower
    at = np.arange(2, 18) * period
    keep = np.ones(volts.size, bool)
    for first in at:
        keep[first : first + 300] = False
    gaps = [(int(first - 300 * n), 300) for n, first in enumerate(at)]
    path = write_volts(tmp_path / "a.hdf5", volts[keep], gaps=gaps)
    found = measured(path)
    assert found.frequency_hz == pytest.approx(1 / (period * INTERVAL_S), rel=1e-4)
    assert found.n_samples == keep.sum()
    assert found.mean_v == pytest.approx(volts[keep].mean(), abs=1e-5)


def test_a_frequency_wants_a_whole_period_without_a_gap(tmp_path: Path) -> None:
    gaps = [(at, 100) for at in range(900, 20_000, 900)]
    path = write_volts(tmp_path / "a.hdf5", sine(20_000, 1 / (1000 * INTERVAL_S)), gaps=gaps)
    assert math.isnan(measured(path).frequency_hz)


def test_min_and_max_of_pairs_are_exact_and_the_rest_is_of_their_middles(tmp_path: Path) -> None:
    volts = sine(SIZE, 20_000.0)
    spread = np.abs(white(SIZE, 0.05))
    pairs = np.column_stack((digitised(volts - spread), digitised(volts + spread)))
    path = write_recording(
        tmp_path / "a.hdf5",
        pairs.ravel(),
        downsample_mode="aggregate",
        hardware_downsample_ratio=4,
        sample_interval_ns=INTERVAL_S * 1e9 / 4,
    )
    found = measured(path)
    assert found.min_v == pytest.approx(to_mv(pairs.min()) / 1e3)
    assert found.max_v == pytest.approx(to_mv(pairs.max()) / 1e3)
    assert found.mean_v == pytest.approx(volts.mean(), abs=1e-5)
    assert found.rms_v == pytest.approx(0.5 / math.sqrt(2), rel=1e-3)
    assert found.frequency_hz == pytest.approx(20_000, rel=1e-4)
    assert found.n_samples == SIZE


def test_a_clipped_signal_is_measured_as_it_is(tmp_path: Path) -> None:
    path = write_volts(tmp_path / "a.hdf5", sine(SIZE, 50_000.0, amplitude_v=3.0))
    found = measured(path)
    assert found.max_v == pytest.approx(RANGE_V - OFFSET_V)
    assert found.frequency_hz == pytest.approx(50_000, rel=1e-4)
    assert found.duty == pytest.approx(0.5, abs=0.05)


def test_a_digital_port_has_extremes_alone(tmp_path: Path) -> None:
    channels = {"A": noise(100), "PORT0": np.tile(np.array([3, 254], np.int16), 50)}
    path = make_digital(write_recording(tmp_path / "a.hdf5", channels), "PORT0")
    found = measured(path, "PORT0")
    assert (found.min_v, found.max_v) == pytest.approx((0.003, 0.254))
    assert math.isnan(found.mean_v)
    assert math.isnan(found.frequency_hz)
    assert found.is_digital


def test_picostreams_own_file(tmp_path: Path) -> None:
    path = write_picostream(tmp_path / "p.hdf5", digitised(sine(SIZE, 30_000.0)))
    assert measured(path, "").frequency_hz == pytest.approx(30_000, rel=1e-4)


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("overview", [True, False])
def test_long_ranges_are_sampled_but_no_spike_is_missed(tmp_path: Path, overview: bool) -> None:
    volts = 0.1 + sine(1_000_000, 100_000.0) + white(1_000_000, 0.005)
    volts[123_457], volts[777_777] = -1.1, 1.2
    found = measured(write_volts(tmp_path / "a.hdf5", volts, overview=overview))
    assert not found.exact
    assert found.n_samples == 1_000_000
    assert (found.min_v, found.max_v) == pytest.approx((-1.1, 1.2), abs=SCALE_V)
    assert found.mean_v == pytest.approx(0.1, abs=2e-3)
    assert found.rms_v == pytest.approx(math.hypot(0.1, 0.5 / math.sqrt(2)), rel=5e-3)


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("periods", [1.9, 5, 50, 700, 10_000])
def test_frequency_of_long_ranges_whatever_the_period(tmp_path: Path, periods: float) -> None:
    size = 2_000_000
    frequency_hz = periods / (size * INTERVAL_S)
    volts = sine(size, frequency_hz) + white(size, 0.005)
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert found.frequency_hz == pytest.approx(frequency_hz, rel=1e-3)
    assert not found.exact


@pytest.mark.parametrize("period", [650, 937, 1250, 2100, 30_000])
@pytest.mark.parametrize("wave", ["sine", "square", "ramp"])
def test_a_period_between_columns_and_stretches_is_looked_for_more_closely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, period: int, wave: str
) -> None:
    for module in (measurement, stretches):
        monkeypatch.setattr(module, "LIMIT_SAMPLES", 8_000)
    size = 4096 * 500  # 500 samples a column, and a stretch
    turns = np.arange(size) / period + 0.2
    waves = {"sine": np.sin(2 * np.pi * turns), "square": np.sign(turns % 1 - 0.4)}
    volts = 0.5 * waves.get(wave, 2 * (turns % 1) - 1)
    found = measured(write_volts(tmp_path / "a.hdf5", volts))
    assert found.frequency_hz == pytest.approx(1 / (period * INTERVAL_S), rel=1e-3)


@pytest.mark.usefixtures("small_limit")
def test_slow_periods_do_not_reach_across_a_gap_either(tmp_path: Path) -> None:
    size, period = 2_000_000, 200_000
    volts = sine(size, 1 / (period * INTERVAL_S))
    keep = np.ones(size, bool)
    keep[900_000:1_030_000] = False
    path = write_volts(
        tmp_path / "a.hdf5", volts[keep], gaps=[(900_000, 50_000)]
    )  # the gap is said to be shorter than it was
    assert measured(path).frequency_hz == pytest.approx(1 / (period * INTERVAL_S), rel=1e-3)


@pytest.mark.usefixtures("small_limit")
def test_reads_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_volts(tmp_path / "a.hdf5", sine(2_000_000, 100_000.0))
    read: list[int] = []
    original = PicoStreamReader.read_counts

    def read_counts(reader: Any, start: int, size: int, channel: str | None = None) -> Any:
        read.append(size)
        return original(reader, start, size, channel)

    monkeypatch.setattr(PicoStreamReader, "read_counts", read_counts)
    measured(path)
    assert sum(read) <= 80_000


def test_chunks_that_a_damaged_file_lacks_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "_READ_SAMPLES", 100_000)
    path = tmp_path / "a.hdf5"
    counts = np.full(500_000, 16_000, np.int16)
    counts[400_000:] = 20_000
    with h5py.File(write_picostream(path, counts[:0]), "r+") as file:
        del file["adc_counts"]
        dataset = file.create_dataset(
            "adc_counts", counts.shape, np.int16, chunks=(100_000,), maxshape=(None,)
        )
        for number in (0, 1, 3, 4):
            dataset.id.write_direct_chunk(
                (number * 100_000,), counts[400_000 * (number > 1) :][:100_000].tobytes()
            )
    found = measured(path, "")
    assert not found.exact
    assert found.n_samples == 500_000
    assert found.min_v == found.mean_v == pytest.approx(to_mv(20_000) / 1e3), "the last unbroken"


def test_a_live_only_file_is_measured_while_its_oldest_samples_go(tmp_path: Path) -> None:
    path = tmp_path / "live.hdf5"
    stream = LiveStream(Recorder(path, live_only_s=0.5), describe_live())
    try:
        stream.write_blocks(100)
        with PicoStreamReader(path) as reader:
            whole = measure(reader, "A", 0.0, 1e3)
            assert whole.exact
            assert whole.n_samples == reader.num_samples
            stream.write_blocks(100)
            gone = measure(reader, "A", 0.0, 1e3)
            assert not gone.exact
            assert math.isnan(gone.mean_v)
            reader.refresh()
            assert measure(reader, "A", 0.0, 1e3).exact
    finally:
        finish(stream.recorder)


def test_a_simulated_sine(simulated: Callable[..., Any], tmp_path: Path) -> None:
    signal = SimulatedSignal("sine", amplitude_v=0.7, frequency_hz=1234.567, noise_v=0.02)
    library = simulated(signals={"A": signal}, paced=False)
    config = StreamConfig(
        channels=(ChannelConfig("A", 1.0),),
        resolution_bits=8,
        sample_rate_hz=5e6,
        samples=1_000_000,
        pool_s=1.0,
    )
    with Unit.open(library) as unit:
        session = StreamSession(unit, config, Recorder(tmp_path / "a.hdf5"))
        session.start()
        session.wait()
    found = measured(tmp_path / "a.hdf5")
    assert found.frequency_hz == pytest.approx(1234.567, rel=1e-4)
    assert found.duty == pytest.approx(0.5, abs=5e-3)
    assert found.rms_v == pytest.approx(math.hypot(0.7 / math.sqrt(2), 0.02), rel=2e-3)
    assert found.mean_v == pytest.approx(0, abs=2e-3)
