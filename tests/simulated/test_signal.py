from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.simulated.kernels.signal import ChannelSignal, expected_values, fill
from picostream_pymeasure.simulated.kernels.waveform import (
    PERIODIC_WAVES,
    TABLE_POINTS,
    encode_waveform,
    low_pass,
    period_v,
)

WORD32, WORD64 = 2**32, 2**64
MAX_ADC = {8: 32512, 12: 32767, 14: 32767, 15: 32767, 16: 32767}
FAR = (0, 1, 2**32 - 5, 2**32, 2**33 + 17, 2**40 + 3)


def segment(**changes: Any) -> dict[str, Any]:
    return {
        "first_sample": 0,
        "wave": "sine",
        "amplitude_v": 1.0,
        "offset_v": 0.0,
        "frequency_hz": 12_345.0,
        "noise_v": 0.0,
        "rc_hz": 0.0,
        "range_v": 2.0,
        "analog_offset_v": 0.0,
        "ac_coupled": False,
        "max_adc": 32767,
        "resolution_bits": 16,
        **changes,
    }


def simulation(*segments: dict[str, Any], **changes: Any) -> dict[str, Any]:
    described = {"segments": list(segments), "over_range": changes.pop("over_range", [])}
    return {
        "seed": 7,
        "sample_interval_ns": 16.0,
        "mode": "none",
        "ratio": 1,
        "channels": {"A": described, "B": described},
        **changes,
    }


def mix32(word: int, key: int) -> int:
    word ^= word >> 16
    word = word * 0x7FEB352D % WORD32
    word = word ^ (word >> 15) ^ key
    word = word * 0x846CA68B % WORD32
    return word ^ (word >> 16)


def mix64(word: int) -> int:
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % WORD64
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % WORD64
    return word ^ (word >> 31)


def slow_noise(key: int, gain: int, index: int) -> int:
    keys = mix64((key + (index // WORD32 + 1) * 0x9E3779B97F4A7C15) % WORD64)
    word = mix32(index % WORD32 ^ keys % WORD32, keys >> 32)
    total = sum(word >> shift & 255 for shift in (0, 8, 16, 24)) - 510
    return total * gain >> 16


def slow_sample(settings: dict[str, Any], index: int, seed: int = 7) -> int:
    """Periodic waves only, one sample at a time, with integers of any size."""
    per_volt = settings["max_adc"] / settings["range_v"]
    step = round(settings["frequency_hz"] * 16e-9 % 1 * WORD64)
    point = index * step % WORD64 >> 48
    volts = period_v(settings)[point] + settings["analog_offset_v"]
    value = math.floor(volts * per_volt + 0.500001)
    key = mix64(4 * seed)
    deviation = math.sqrt(4 * (65536 - 1) / 12)
    gain = round(settings["noise_v"] * per_volt / deviation * 65536)
    value += slow_noise(key, gain, index)
    quantum = 1 << (16 - settings["resolution_bits"])
    limit = settings["max_adc"] // quantum * quantum
    return max(-limit, min(limit, (value + quantum // 2) // quantum * quantum))


@pytest.mark.parametrize("first", FAR)
@pytest.mark.parametrize("noise_v", [0.0, 0.01])
@pytest.mark.parametrize("bits", [8, 12, 14, 15, 16])
def test_samples_equal_the_slow_formula(first: int, noise_v: float, bits: int) -> None:
    settings = segment(noise_v=noise_v, resolution_bits=bits, max_adc=MAX_ADC[bits])
    values = expected_values(simulation(settings), "A", first, 20)
    assert values.dtype == np.int16
    assert values.tolist() == [slow_sample(settings, first + index) for index in range(20)]


@pytest.mark.parametrize("wave", [*PERIODIC_WAVES, "dc", "noise", "events", "counter"])
def test_samples_do_not_depend_on_how_they_are_asked_for(wave: str) -> None:
    described = simulation(segment(wave=wave, noise_v=0.01, frequency_hz=3000.0))
    first, count = 2**32 - 10_000, 20_000
    whole = expected_values(described, "A", first, count)
    cuts = [0, 0, 1, 2, 2047, 2048, 9_999, 10_001, 16_000, count]
    parts = [
        expected_values(described, "A", first + begin, end - begin) for begin, end in pairwise(cuts)
    ]
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("first", FAR)
def test_the_counter_walks_through_all_codes(bits: int, first: int) -> None:
    described = simulation(segment(wave="counter", resolution_bits=bits, max_adc=MAX_ADC[bits]))
    quantum = 1 << (16 - bits)
    top = MAX_ADC[bits] // quantum
    expected = [
        ((first + index) % (2 * top + 1) - top) * quantum for index in range(2 * 65535 + 10)
    ]
    assert expected_values(described, "A", first, len(expected)).tolist() == expected


def test_the_offset_is_added_before_digitising() -> None:
    described = simulation(segment(wave="dc", offset_v=0.5, analog_offset_v=1.0))
    assert expected_values(described, "A", 0, 1)[0] == round(1.5 / 2.0 * 32767)


def test_ac_coupling_takes_the_mean_away() -> None:
    described = simulation(segment(offset_v=0.7, amplitude_v=0.5, ac_coupled=True))
    assert abs(expected_values(described, "A", 0, 1_000_000).mean()) < 20


def test_clipping_is_reported_and_clamped() -> None:
    out = np.zeros(5000, np.int16)
    loud = ChannelSignal(segment(amplitude_v=2.1), 16.0, 7, 0)
    assert fill(loud.records[0], 0, out) != 0
    assert (out.min(), out.max()) == (-32767, 32767)
    soft = ChannelSignal(segment(amplitude_v=1.9), 16.0, 7, 0)
    assert fill(soft.records[0], 0, out) == 0


@pytest.mark.parametrize("amplitude_v", [1e3, 1e12])
def test_a_voltage_far_beyond_the_range_clamps(amplitude_v: float) -> None:
    values = expected_values(simulation(segment(amplitude_v=amplitude_v)), "A", 0, 10_000)
    assert (values.min(), values.max()) == (-32767, 32767)


def test_noise_has_the_deviation_asked_for_and_is_white() -> None:
    values = expected_values(simulation(segment(wave="noise", noise_v=0.1)), "A", 0, 400_000)
    noise = values / 32767 * 2.0
    assert noise.std() == pytest.approx(0.1, rel=0.01)
    assert noise.mean() == pytest.approx(0, abs=1e-3)
    for lag in (1, 2, 2048, 65_536):
        correlation = np.corrcoef(noise[:-lag], noise[lag:])[0, 1]
        assert abs(correlation) < 0.01, lag


def test_channels_seeds_and_high_words_have_noise_of_their_own() -> None:
    settings = segment(wave="noise", noise_v=0.1)
    described = simulation(settings)
    rows = [
        expected_values(described, "A", 0, 10_000),
        expected_values(described, "B", 0, 10_000),
        expected_values({**described, "seed": 8}, "A", 0, 10_000),
        expected_values(described, "A", 2**32, 10_000),
    ]
    correlations = np.corrcoef(np.stack(rows)) - np.eye(4)
    assert np.abs(correlations).max() < 0.05


def test_events_are_blockades_that_fit_into_their_slots() -> None:
    settings = segment(wave="events", offset_v=1.5, amplitude_v=1.0, frequency_hz=62_500.0)
    values = expected_values(simulation(settings), "A", 0, 1000 * 500).reshape(500, 1000)
    baseline = round(1.5 / 2 * 32767)
    blocked = values < baseline
    lengths = blocked.sum(axis=1)
    assert values.max() == baseline
    assert lengths.min() >= 1000 // 16
    assert lengths.max() <= 1000 // 16 + 1000 // 4
    assert len(set(lengths)) > 50
    assert len(set(blocked.argmax(axis=1))) > 100
    depths = baseline - values.min(axis=1)
    assert depths.min() >= 0.39 * 16384
    assert depths.max() <= 16384
    assert (np.abs(np.diff(blocked.astype(int), axis=1)).sum(axis=1) <= 2).all()


def test_rc_low_pass_of_a_sine() -> None:
    amplitudes = []
    for frequency_hz in (100.0, 1000.0, 10_000.0):
        settings = segment(frequency_hz=frequency_hz, rc_hz=1000.0)
        amplitudes.append(np.ptp(period_v(settings)) / 2)
    expected = [1 / math.hypot(1, ratio) for ratio in (0.1, 1.0, 10.0)]
    assert amplitudes == pytest.approx(expected, rel=1e-6)


def test_rc_low_pass_of_a_square_is_an_exponential() -> None:
    square = np.where(np.arange(TABLE_POINTS) < TABLE_POINTS // 2, 1.0, -1.0)
    filtered = low_pass(square, frequency_hz=100.0, corner_hz=1000.0)
    time_s = np.arange(TABLE_POINTS // 2) / TABLE_POINTS / 100.0
    tau_s = 1 / (2 * math.pi * 1000.0)
    edge = -math.tanh(0.005 / (2 * tau_s))
    expected = 1 + (edge - 1) * np.exp(-time_s / tau_s)
    middle = slice(500, -500)
    assert filtered[: TABLE_POINTS // 2][middle] == pytest.approx(expected[middle], abs=1e-3)


def test_an_arbitrary_waveform_survives_json() -> None:
    samples = np.array([0, 16384, -32768, 32767], np.int16)
    settings = segment(wave="arbitrary", waveform=encode_waveform(samples), frequency_hz=62_500.0)
    described = json.loads(json.dumps(simulation(settings)))
    values = expected_values(described, "A", 0, 1000)
    expected = np.floor(samples / 32768 / 2 * 32767 + 0.500001).astype(int)
    assert values[[100, 350, 600, 850]].tolist() == expected.tolist()


def test_changed_settings_apply_from_their_first_sample_on() -> None:
    described = simulation(
        segment(wave="dc", offset_v=0.0),
        segment(wave="dc", offset_v=1.0, first_sample=1000),
        segment(wave="dc", offset_v=2.0, first_sample=1005),
    )
    values = expected_values(described, "A", 998, 10)
    assert values.tolist() == [0] * 2 + [16384] * 5 + [32767] * 3
    assert expected_values(described, "A", 0, 0).size == 0


def test_over_range_stretches() -> None:
    described = simulation(segment(wave="dc"), over_range=[[10, 12], [15, 40]])
    assert expected_values(described, "A", 9, 8).tolist() == [
        0,
        32767,
        32767,
        0,
        0,
        0,
        32767,
        32767,
    ]


@pytest.mark.parametrize("ratio", [1, 7, 1000])
def test_reduced_samples_come_from_their_raw_samples(ratio: int) -> None:
    settings = segment(noise_v=0.05)
    first, count = 12_345, 40
    raw = expected_values(simulation(settings), "A", first * ratio, count * ratio)
    blocks: NDArray[np.int16] = raw.reshape(count, ratio)

    def reduced(mode: str) -> NDArray[np.int16]:
        return expected_values(simulation(settings, mode=mode, ratio=ratio), "A", first, count)

    assert np.array_equal(reduced("decimate"), blocks[:, 0])
    pairs = np.stack([blocks.min(axis=1), blocks.max(axis=1)], axis=1)
    assert np.array_equal(reduced("aggregate"), pairs.reshape(-1))
    means = np.floor(blocks.astype(np.int64).sum(axis=1) / ratio + 0.5)
    assert np.array_equal(reduced("average"), means)


def test_reduction_over_more_than_one_piece() -> None:
    settings = segment(noise_v=0.05)
    ratio, count = 300_007, 9
    raw = expected_values(simulation(settings), "A", 0, count * ratio).reshape(count, ratio)
    described = simulation(settings, mode="aggregate", ratio=ratio)
    values = expected_values(described, "A", 0, count).reshape(count, 2)
    assert np.array_equal(values, np.stack([raw.min(axis=1), raw.max(axis=1)], axis=1))
