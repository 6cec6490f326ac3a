"""Sweeps, shots and index modes of the simulated generator, looped back to channel B."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.simulated import SimulatedSignal
from tests.support.simulated_client import OK, Client, assert_proven, description, span

Load = Callable[..., Any]
LOOP = {"B": SimulatedSignal("generator", noise_v=0.0)}
CONTINUOUS = 0xFFFFFFFF
DWELL = 10_000  # samples, at 1 µs
UP, DOWN, UP_DOWN, DOWN_UP = range(4)


def sweep(
    client: Client,
    start_hz: float,
    stop_hz: float,
    step_hz: float,
    *,
    dwell_s: float = DWELL * 1e-6,
    way: int = UP,
    wave: int = 0,
    operation: int = 0,
    shots: int = 0,
    sweeps: int = 0,
    trigger: tuple[int, int, int] = (0, 0, 0),
    pk_to_pk_v: float = 2.0,
) -> int:
    frequencies = (start_hz, stop_hz, step_hz, dwell_s, way)
    run = (operation, shots, sweeps, *trigger)
    return client.call("SetSigGenBuiltInV2", 0, round(pk_to_pk_v * 1e6), wave, *frequencies, *run)


def frequencies_hz(values: NDArray[np.int16]) -> list[float]:
    """Of each dwell: rising edges past the middle."""
    highs = values.reshape(-1, DWELL) > 0
    return [float((np.diff(row.astype(int)) == 1).sum() / (DWELL * 1e-6)) for row in highs]


@pytest.mark.parametrize(
    ("way", "sequence"),
    [
        (UP, [500, 700, 900, 1100, 500, 700]),
        (DOWN, [1100, 900, 700, 500, 1100, 900]),
        (UP_DOWN, [500, 700, 900, 1100, 900, 700, 500, 700]),
        (DOWN_UP, [1100, 900, 700, 500, 700, 900, 1100, 900]),
    ],
)
@pytest.mark.parametrize(("start_hz", "stop_hz"), [(500, 1100), (1100, 500)])
def test_frequencies_follow_each_other(
    simulated: Load, way: int, sequence: list[int], start_hz: int, stop_hz: int
) -> None:
    if start_hz > stop_hz:
        sequence = [1600 - frequency_hz for frequency_hz in sequence]
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, start_hz, stop_hz, 200, way=way) == OK
        client.start("B", size=len(sequence) * DWELL)
        client.poll()
        assert frequencies_hz(client.values("B")) == pytest.approx(sequence, abs=101)
        assert_proven(client, "B")


def test_the_phase_goes_on_from_dwell_to_dwell(simulated: Load) -> None:
    """No step in a sine is larger than its steepest slope, at every change of the frequency."""
    with Client(simulated(paced=False, signals=LOOP), 4) as client:
        assert sweep(client, 300, 1000, 7, dwell_s=0.00123) == OK
        client.start("B", size=300_000, interval=1008)
        client.poll()
        steepest = 2 * np.pi * 1000 * 1.008e-6 * 32767 / 2
        assert np.abs(np.diff(client.values("B").astype(int))).max() < 1.1 * steepest


def test_a_low_pass_does_not_act_on_sweeps(simulated: Load) -> None:
    """The RC network of the default loop-back has its corner at 1 kHz."""
    with Client(simulated(paced=False)) as client:
        assert sweep(client, 500, 2000, 500) == OK
        client.start("B", size=4 * DWELL)
        client.poll()
        amplitudes = [span(part) / 2 / 16_256 for part in client.values("B").reshape(4, DWELL)]
        assert amplitudes == pytest.approx([1, 1, 1, 1], abs=0.03)
        assert_proven(client, "B")


@pytest.mark.parametrize("wave", range(8))
def test_every_wave_sweeps(simulated: Load, wave: int) -> None:
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 900, 2100, 100, wave=wave, dwell_s=1e-3) == OK
        client.start("B", size=30_000)
        client.poll()
        assert span(client.values("B")) == pytest.approx(32_512, rel=0.4)
        assert_proven(client, "B")


def test_sweeps_of_an_arbitrary_waveform(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=LOOP)) as client:
        waveform = np.where(np.arange(8192) < 4096, 32767, -32767).astype(np.int16)
        start, stop, step = (_phase(client, hz, 8192) for hz in (500.0, 1100.0, 200.0))
        dwell = DWELL * 100  # clocks of 10 ns
        assert _arbitrary(client, waveform, (start, stop, step, dwell)) == OK
        client.start("B", size=5 * DWELL)
        client.poll()
        sequence = [500, 700, 900, 1100, 500]
        assert frequencies_hz(client.values("B")) == pytest.approx(sequence, abs=101)
        retuned = (start, start, 0, 0, UP, 0, 0, 0, 0, 0)
        assert client.call("SetSigGenPropertiesArbitrary", *retuned) == OK
        client.poll()
        assert frequencies_hz(client.deliveries[1].values["B"]) == pytest.approx([500] * 5, abs=101)
        assert_proven(client, "B")


def _phase(client: Client, frequency_hz: float, samples: int, index_mode: int = 0) -> int:
    phase = ctypes.c_uint32()
    arguments = (frequency_hz, index_mode, samples, ctypes.byref(phase))
    assert client.call("SigGenFrequencyToPhase", *arguments) == OK
    return phase.value


def _arbitrary(
    client: Client,
    waveform: NDArray[np.int16],
    phases: tuple[int, int, int, int],
    index_mode: int = 0,
    operation: int = 0,
) -> int:
    samples = (waveform.ctypes.data, waveform.size)
    tail = (UP, operation, index_mode, 0, 0, 0, 0, 0)
    return client.call("SetSigGenArbitrary", 0, 2_000_000, *phases, *samples, *tail)


@pytest.mark.parametrize(("index_mode", "quarters"), [(0, 1), (1, 2), (2, 4)])
def test_index_modes(simulated: Load, index_mode: int, quarters: int) -> None:
    """A ramp from 0 up: there, and back again, and both once more with the sign turned."""
    with Client(simulated(paced=False, signals=LOOP), 2) as client:
        client.use("B")
        waveform = np.linspace(0, 32767, 500).astype(np.int16)
        phase = _phase(client, 97.65625, 500, index_mode)  # exactly 10 240 samples
        assert _arbitrary(client, waveform, (phase, phase, 0, 0), index_mode) == OK
        client.start("B", size=10_240)
        client.poll()
        ramp = np.linspace(0, 1, 10_240 // quarters)
        parts = [ramp, ramp[::-1], -ramp, -ramp[::-1]][:quarters]
        period = np.concatenate(parts) * 32767 / 2
        assert np.abs(client.values("B") - period).max() < 100
        assert_proven(client, "B")


@pytest.mark.parametrize("way", [UP, DOWN_UP])
def test_sweeps_are_counted(simulated: Load, way: int) -> None:
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 500, 900, 200, way=way, sweeps=2) == OK
        client.start("B", size=12 * DWELL)
        client.poll()
        runs = [hz > 0 for hz in frequencies_hz(client.values("B"))]
        length = 6 if way == UP else 8
        assert runs == [True] * length + [False] * (12 - length)
        assert_proven(client, "B")


@pytest.mark.parametrize("shots", [1, 3, 10])
def test_shots_are_whole_periods(simulated: Load, shots: int) -> None:
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 1000, 1000, 0, wave=1, shots=shots) == OK
        client.start("B", size=20_000)
        client.poll()
        values = client.values("B")
        assert np.count_nonzero(values[: 1000 * shots]) == 1000 * shots
        assert not values[1000 * shots :].any()
        assert_proven(client, "B")


def test_shots_of_a_sweep_are_periods_of_its_frequencies(simulated: Load) -> None:
    """Ten periods of 500 Hz fill a dwell of 20 ms, the next ten take 10 ms at 1 kHz."""
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 500, 1500, 500, wave=1, dwell_s=0.02, shots=20) == OK
        client.start("B", size=40_000)
        client.poll()
        assert np.count_nonzero(client.values("B")) == pytest.approx(30_000, abs=2)
        assert_proven(client, "B")


def test_retuning_to_a_sweep_and_back(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 1000, 1000, 0) == OK
        client.start("B", size=3 * DWELL)
        client.poll()
        arguments = (500.0, 900.0, 200.0, DWELL * 1e-6, UP, 0, 0, 0, 0, 0)
        assert client.call("SetSigGenPropertiesBuiltIn", *arguments) == OK
        client.poll()
        arguments = (700.0, 700.0, 0.0, 0.0, UP, 0, 0, 0, 0, 0)
        assert client.call("SetSigGenPropertiesBuiltIn", *arguments) == OK
        client.poll()
        sequence = [1000, 1000, 1000, 500, 700, 900, 700, 700, 700]
        assert frequencies_hz(client.values("B")) == pytest.approx(sequence, abs=101)
        assert len(description(client)["channels"]["B"]["segments"]) == 3
        assert_proven(client, "B")


def test_pseudo_random_bits(simulated: Load) -> None:
    """100 kHz are 10 samples a bit; the sequence repeats after 4095 and is balanced."""
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 100_000, 100_000, 0, operation=2) == OK
        client.start("B", size=2 * 40_950)
        client.poll()
        values = client.values("B")
        assert set(values.tolist()) == {-16_128, 16_384}
        bits = values[5::10] > 0
        assert bits[:4095].sum() == 2048
        assert np.array_equal(bits[:4095], bits[4095:])
        words = {tuple(bits[index : index + 12]) for index in range(4095)}
        assert len(words) == 4095
        assert_proven(client, "B")


def test_white_noise_in_the_place_of_a_wave(simulated: Load) -> None:
    with Client(simulated(paced=False, signals=LOOP)) as client:
        assert sweep(client, 1000, 1000, 0, operation=1, pk_to_pk_v=1.0) == OK
        client.start("B", size=50_000)
        client.poll()
        values = client.values("B").astype(float)
        assert values.std() == pytest.approx(16_256 / 6, rel=0.03)
        assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.02
        assert_proven(client, "B")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, OK),
        ({"stop_hz": 20.1e6}, 46),
        ({"step_hz": 0.0}, 46),
        ({"step_hz": -200.0}, 46),
        ({"step_hz": float("nan")}, 46),
        ({"step_hz": 1e-9}, 46),
        ({"dwell_s": 0.0}, 46),
        ({"dwell_s": 29e-9}, 46),
        ({"dwell_s": 30e-9}, OK),
        ({"dwell_s": 42.9}, OK),
        ({"dwell_s": 43.0}, 46),
        ({"dwell_s": float("inf")}, 46),
        ({"step_hz": float("inf")}, 46),
        ({"way": 4}, 46),
        ({"operation": 3}, 46),
        ({"shots": 2**30 - 1}, OK),
        ({"shots": 2**30}, 46),
        ({"sweeps": CONTINUOUS}, OK),
        ({"shots": 1, "sweeps": 1}, 47),
        ({"stop_hz": 500, "sweeps": 1}, 46),
        ({"wave": 9, "step_hz": 0.0}, OK),
        ({"wave": 9, "shots": 1}, 48),
        ({"wave": 8, "start_hz": 0, "stop_hz": 0, "shots": 1}, OK),
    ],
)
def test_limits(simulated: Load, changes: dict[str, Any], status: int) -> None:
    with Client(simulated()) as client:
        settings = {"start_hz": 500, "stop_hz": 900, "step_hz": 200, **changes}
        assert sweep(client, **settings) == status


def test_limits_of_arbitrary_waveforms(simulated: Load) -> None:
    waveform = np.zeros(10, np.int16)
    with Client(simulated()) as client:
        retuned = (5, 5, 0, 0, UP, 0, 0, 0, 0, 0)
        assert client.call("SetSigGenPropertiesArbitrary", *retuned) == 46
        assert _arbitrary(client, waveform, (1000, 2000, 10, 2)) == 46
        assert _arbitrary(client, waveform, (1000, 2000, 10, 3)) == OK
        assert _arbitrary(client, waveform, (0, 0, 0, 0)) == 46
        assert _arbitrary(client, waveform, (1000, 1000, 0, 0), index_mode=3) == 46
        assert _arbitrary(client, waveform, (1000, 1000, 0, 0), operation=3) == 46
        assert _arbitrary(client, np.zeros(32769, np.int16), (1000, 1000, 0, 0)) == 46
        assert client.call("SetSigGenPropertiesArbitrary", *retuned) == OK
        assert client.call("SetSigGenPropertiesBuiltIn", *(1e3, 1e3, 0.0, 0.0), *retuned[4:]) == 46
        phase = ctypes.byref(ctypes.c_uint32())
        assert client.call("SigGenFrequencyToPhase", 21e6, 0, 10, phase) == 312
        assert client.call("SigGenFrequencyToPhase", 1e3, 3, 10, phase) == 46


def test_a_running_stream_goes_from_wave_to_wave(simulated: Load) -> None:
    """Nothing of what was delivered depends on what came later."""
    with Client(simulated(paced=False)) as client:
        client.start("B", size=7001)
        for start_hz, stop_hz in pairwise((100, 2000, 300, 300, 40_000)):
            assert sweep(client, start_hz, stop_hz, 10, dwell_s=1e-4) == OK
            client.poll()
        assert_proven(client, "B")
