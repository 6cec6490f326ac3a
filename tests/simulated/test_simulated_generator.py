"""The simulated library's signal generator, looped back to channel B."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.simulated import SimulatedSignal
from tests.support.simulated_client import OK, Client, assert_proven, span

Load = Callable[..., Any]


def _generate(
    client: Client,
    wave: int,
    frequency_hz: float,
    pk_to_pk_v: float = 2.0,
    offset_v: float = 0.0,
) -> int:
    return client.call(
        "SetSigGenBuiltInV2",
        round(offset_v * 1e6),
        round(pk_to_pk_v * 1e6),
        wave,
        frequency_hz,
        frequency_hz,
        *(0.0, 0.0, 0, 0, 0, 0, 0, 0, 0),
    )


def test_the_generator_changes_while_streaming(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        client.start("AB", size=20_000)
        for frequency_hz in (100.0, 1000.0, 10_000.0):
            assert _generate(client, 1, 5.0) == OK  # replaced before a sample is taken
            assert _generate(client, 0, frequency_hz) == OK
            client.poll()
        assert_proven(client, "AB")
        amplitudes = [span(delivery.values["B"]) / 2 for delivery in client.deliveries]
        expected = [16_256 / np.hypot(1, ratio) for ratio in (0.1, 1.0, 10.0)]
        assert amplitudes == pytest.approx(expected, abs=600)


def test_an_arbitrary_waveform_arrives_at_channel_b(simulated: Load) -> None:
    signals = {"B": SimulatedSignal("generator", noise_v=0.0)}
    with Client(simulated(paced=False, signals=signals), 4) as client:
        waveform = np.linspace(-32768, 32767, 1000).astype(np.int16)
        phase = ctypes.c_uint32()
        assert client.call("SigGenFrequencyToPhase", 100.0, 0, 1000, ctypes.byref(phase)) == OK
        status = client.call(
            "SetSigGenArbitrary",
            *(0, 2_000_000, phase.value, phase.value, 0, 0, waveform.ctypes.data, 1000),
            *(0, 0, 0, 0, 0, 0, 0, 0),
        )
        assert status == OK
        client.start("B", size=10_000, interval=1008)
        client.poll()
        values = client.values("B")[:9900]
        assert span(values) == pytest.approx(0.99 * 32_767, rel=0.01)
        assert np.corrcoef(values, np.arange(9900))[0, 1] > 0.99
        assert_proven(client, "B")


@pytest.mark.parametrize(
    ("offset_v", "pk_to_pk_v", "wave", "frequency_hz", "status"),
    [
        (0.0, 4.0, 0, 1000.0, OK),
        (0.0, 4.1, 0, 1000.0, 57),
        (2.1, 0.0, 8, 1000.0, 56),
        (1.0, 2.1, 0, 1000.0, 53),
        (0.0, 1.0, 0, 20.1e6, 46),
        (0.0, 1.0, 0, 0.02, 46),
        (0.0, 0.0, 8, 0.0, OK),
        (0.0, 1.0, 10, 1000.0, 46),
    ],
)
def test_limits(
    simulated: Load,
    offset_v: float,
    pk_to_pk_v: float,
    wave: int,
    frequency_hz: float,
    status: int,
) -> None:
    with Client(simulated()) as client:
        assert _generate(client, wave, frequency_hz, pk_to_pk_v, offset_v) == status


@pytest.mark.parametrize("wave", range(10))
def test_all_built_in_waves_stay_within_their_amplitude(simulated: Load, wave: int) -> None:
    signals = {"B": SimulatedSignal("generator", noise_v=0.0)}
    with Client(simulated(paced=False, signals=signals), 4) as client:
        assert _generate(client, wave, 1000.0, pk_to_pk_v=2.0) == OK
        client.start("B", interval=1008)
        client.poll()
        span_v = span(client.values("B")) / 32767 * 2
        assert span_v == (pytest.approx(0, abs=1e-3) if wave == 8 else pytest.approx(2, rel=0.4))
        assert_proven(client, "B")


def test_retuning_the_running_wave(simulated: Load) -> None:
    with Client(simulated(paced=False)) as client:
        tail = (0.0, 0.0, 0, 0, 0, 0, 0, 0)
        assert _generate(client, 0, 1000.0) == OK
        assert client.call("SetSigGenPropertiesBuiltIn", 50.0, 50.0, *tail) == OK
        client.start("B")
        (segment,) = client.library.simulation.describe(client.handle)["channels"]["B"]["segments"]
        assert segment["frequency_hz"] == 50.0


def test_models_without_arbitrary_waveforms(simulated: Load) -> None:
    with Client(simulated(variant="5444A")) as client:
        most = ctypes.c_uint32(7)
        assert client.call("SigGenArbitraryMinMaxValues", None, None, None, ctypes.byref(most)) == 0
        assert most.value == 0
        phase = ctypes.c_uint32()
        assert client.call("SigGenFrequencyToPhase", 1.0, 0, 10, ctypes.byref(phase)) == 271
