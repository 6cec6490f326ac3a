"""The signal generator of an opened scope; the simulated one is looped back to channel B."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.config import (
    ChannelConfig,
    GeneratorConfig,
    GeneratorTrigger,
    GeneratorTriggerSource,
    IndexMode,
    StreamConfig,
    Sweep,
    Wave,
)
from picostream_pymeasure.driver.arbitrary import ScaledWave
from picostream_pymeasure.driver.generator import Generator
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.errors import ConfigurationError, DriverError
from picostream_pymeasure.records import Block, Sink, StreamDescription
from picostream_pymeasure.simulated import SimulatedSignal
from picostream_pymeasure.streaming.session import StreamSession
from tests.support.patience import PATIENCE_S

Load = Callable[..., Any]

RATE_HZ = 1e6
SWEEP = {"stop_frequency_hz": 2000.0, "frequency_step_hz": 10.0, "dwell_s": 1e-3}


class VoltsSink(Sink):
    """Keeps channel B in volts."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float64]] = []
        self._arrived = threading.Condition()

    def open(self, description: StreamDescription) -> None:
        (channel,) = description.config.channels
        self._scale_v = channel.range_v / description.max_adc

    def write(self, block: Block) -> None:
        with self._arrived:
            self._parts.append(block.rows[0, : block.count] * self._scale_v)
            self._arrived.notify_all()

    def wait_for(self, samples: int) -> None:
        """Wait for so many samples more."""
        with self._arrived:
            wanted = self.n_samples + samples
            assert self._arrived.wait_for(lambda: self.n_samples >= wanted, 20)

    @property
    def n_samples(self) -> int:
        return sum(map(len, self._parts))

    @property
    def volts(self) -> NDArray[np.float64]:
        return np.concatenate(self._parts)


@pytest.fixture
def unit(simulated: Load) -> Iterator[Unit]:
    signals = {"B": SimulatedSignal("generator", noise_v=0.0)}
    with Unit.open(simulated(signals=signals)) as opened:
        yield opened


def config(**extent: Any) -> StreamConfig:
    channels = (ChannelConfig("B", 5.0),)
    return StreamConfig(channels, sample_rate_hz=RATE_HZ, resolution_bits=14, **extent)


def streamed(unit: Unit, samples: int = 20_000) -> NDArray[np.float64]:
    """What channel B sees of the generator: 1 ms of its RC network is behind it at the end."""
    sink = VoltsSink()
    session = StreamSession(unit, config(samples=samples), sink)
    session.start()
    session.wait(PATIENCE_S)
    return sink.volts


def frequency_hz(volts: NDArray[np.float64]) -> float:
    spectrum = np.abs(np.fft.rfft((volts - volts.mean()) * np.hanning(volts.size)))
    return float(spectrum.argmax() * RATE_HZ / volts.size)


# -- waves


@pytest.mark.parametrize("wave", [wave for wave in Wave if wave is not Wave.ARBITRARY])
def test_every_built_in_wave_is_put_out(unit: Unit, wave: Wave) -> None:
    generator = Generator(unit)
    generator.start(GeneratorConfig(wave, 1000.0, 2.0, 0.5))
    volts = streamed(unit)
    assert abs(volts).max() < 2.5
    assert np.ptp(volts) < 0.01 if wave is Wave.DC else np.ptp(volts) > 0.2
    generator.off()
    assert abs(streamed(unit)).max() < 0.01


def test_frequency_amplitude_and_offset_arrive(unit: Unit) -> None:
    Generator(unit).start(GeneratorConfig(Wave.SINE, 100.0, 1.0, -0.5))
    volts = streamed(unit, 100_000)
    assert frequency_hz(volts) == pytest.approx(100, abs=10)
    assert np.ptp(volts) == pytest.approx(1.0, abs=0.02)
    assert volts.mean() == pytest.approx(-0.5, abs=0.02)


@pytest.mark.parametrize("n_samples", [1, 2, 1000, 32768])
def test_arbitrary_wave_arrives_in_volts(unit: Unit, n_samples: int) -> None:
    wave_v = np.linspace(-0.5, 1.5, n_samples) if n_samples > 1 else np.array([0.75])
    generator = Generator(unit)
    generator.start(GeneratorConfig(Wave.ARBITRARY, 10.0, arbitrary=wave_v))
    volts = streamed(unit, 100_000)
    assert volts.min() == pytest.approx(wave_v.min(), abs=0.05)
    assert volts.max() == pytest.approx(wave_v.max(), abs=0.05)


def test_arbitrary_wave_uses_all_values_of_a_sample() -> None:
    wave = ScaledWave.of([0.5, 1.0, 1.5], 32767)
    assert wave.values.tolist() == [-32767, 0, 32767]
    assert (wave.peak_to_peak_uv, wave.offset_uv) == (1_000_000, 1_000_000)
    constant = ScaledWave.of([-0.3, -0.3], 32767)
    assert constant.values.tolist() == [0, 0]
    assert (constant.peak_to_peak_uv, constant.offset_uv) == (0, -300_000)


@pytest.mark.parametrize(
    ("variant", "grid_hz"),
    [("5444D", 762.939), ("5442B", 762.939), ("5443B", 1525.879), ("5444B", 2288.818)],
)
@pytest.mark.parametrize("index_mode", list(IndexMode))
def test_an_arbitrary_wave_tells_the_frequency_that_it_really_has(
    simulated: Load,
    variant: str,
    grid_hz: float,
    index_mode: IndexMode,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = GeneratorConfig(
        Wave.ARBITRARY, 0.5, arbitrary=np.linspace(-1, 1, 16384), index_mode=index_mode
    )
    step_hz = grid_hz / 16384 / 2**index_mode
    with Unit.open(simulated(variant=variant)) as unit:
        generator = Generator(unit)
        generator.start(asked)
        assert generator.grid_hz(16384, index_mode) == pytest.approx(step_hz, rel=1e-6)
        real_hz = round(0.5 / step_hz) * step_hz
        assert generator.actual_frequency_hz == pytest.approx(real_hz, rel=1e-6)
        assert f"puts out {real_hz:.6g} Hz, not 0.5 Hz" in caplog.text
        generator.retune(replace(asked, frequency_hz=100 * step_hz))
        assert generator.actual_frequency_hz == pytest.approx(100 * step_hz, rel=1e-6)
        assert len(caplog.records) == 1
        generator.off()
        assert generator.actual_frequency_hz == generator.running.frequency_hz


def test_the_frequency_of_an_arbitrary_wave_arrives_as_it_is_told(unit: Unit) -> None:
    wave_v = np.sin(2 * np.pi * np.arange(1600) / 16)  # 100 periods
    generator = Generator(unit)
    generator.start(GeneratorConfig(Wave.ARBITRARY, 10.7, arbitrary=wave_v))
    assert generator.actual_frequency_hz == pytest.approx(22 * 762.939 / 1600, rel=1e-6)
    found_hz = frequency_hz(streamed(unit, 200_000))
    assert found_hz == pytest.approx(100 * generator.actual_frequency_hz, abs=3)


def test_an_arbitrary_wave_that_would_stand_still_is_refused(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = Generator(unit)
    assert generator.grid_hz(4) == pytest.approx(190.7, rel=1e-3)
    monkeypatch.setattr(unit.library, "ps5000aSigGenFrequencyToPhase", lambda *_: 0)
    with pytest.raises(ConfigurationError, match=r"steps of 191 Hz, so that 50 Hz cannot be"):
        generator.start(GeneratorConfig(Wave.ARBITRARY, 50.0, arbitrary=[0, 1, 0, -1]))
    assert generator.running.wave is Wave.DC


# -- what a model cannot do


def test_model_without_arbitrary_waves_says_so(simulated: Load) -> None:
    with Unit.open(simulated(variant="5444A")) as unit:
        generator = Generator(unit)
        with pytest.raises(ConfigurationError, match="built-in waves"):
            generator.start(GeneratorConfig(Wave.ARBITRARY, arbitrary=[0.0, 1.0]))
        generator.start(GeneratorConfig())


def test_length_of_an_arbitrary_wave_is_the_models(unit: Unit) -> None:
    with pytest.raises(ConfigurationError, match=r"32769 samples.*1 to 32768"):
        Generator(unit).start(GeneratorConfig(Wave.ARBITRARY, arbitrary=np.zeros(32769)))


@pytest.mark.parametrize("dwell_s", [1e-9, 60.0])
def test_dwell_time_of_an_arbitrary_sweep_is_counted_in_32_bits(unit: Unit, dwell_s: float) -> None:
    swept = {**SWEEP, "dwell_s": dwell_s}
    with pytest.raises(ConfigurationError, match=r"3e-08 s to 42\.9 s"):
        Generator(unit).start(GeneratorConfig(Wave.ARBITRARY, arbitrary=[0.0, 1.0], **swept))


def test_scope_without_a_generator_says_so(simulated: Load) -> None:
    library = simulated()
    limits = library.ps5000aSigGenArbitraryMinMaxValues
    built_in = library.ps5000aSetSigGenBuiltInV2
    library.ps5000aSigGenArbitraryMinMaxValues = lambda *arguments: 19
    library.ps5000aSetSigGenBuiltInV2 = lambda *arguments: 19
    try:
        with Unit.open(library) as unit:
            generator = Generator(unit)
            with pytest.raises(ConfigurationError, match="5444D has no signal generator"):
                generator.start(GeneratorConfig(Wave.ARBITRARY, arbitrary=[0.0, 1.0]))
            with pytest.raises(DriverError, match="no signal generator") as caught:
                generator.start(GeneratorConfig())
            assert caught.value.status_name == "NO_SIGNAL_GENERATOR"
    finally:
        library.ps5000aSigGenArbitraryMinMaxValues = limits
        library.ps5000aSetSigGenBuiltInV2 = built_in


# -- while it runs


def test_retuning_keeps_the_wave(unit: Unit) -> None:
    generator = Generator(unit)
    generator.start(GeneratorConfig(Wave.SINE, 1000.0, 1.0))
    generator.retune(GeneratorConfig(Wave.SINE, 3000.0, 1.0))
    assert frequency_hz(streamed(unit)) == pytest.approx(3000, abs=100)
    with pytest.raises(ConfigurationError, match="start the generator anew"):
        generator.retune(GeneratorConfig(Wave.SINE, 1000.0, 1.1))
    assert generator.running.frequency_hz == 3000


def test_arbitrary_wave_is_retuned(unit: Unit) -> None:
    wave_v = np.sin(np.linspace(0, 2 * np.pi, 500, endpoint=False))
    generator = Generator(unit)
    generator.start(GeneratorConfig(Wave.ARBITRARY, 1000.0, arbitrary=wave_v))
    generator.retune(GeneratorConfig(Wave.ARBITRARY, 2000.0, arbitrary=wave_v))
    assert frequency_hz(streamed(unit)) == pytest.approx(2000, abs=100)
    with pytest.raises(ConfigurationError, match="start the generator anew"):
        generator.retune(GeneratorConfig(Wave.ARBITRARY, 2000.0, arbitrary=-wave_v))


def test_generator_changes_while_a_stream_runs(unit: Unit) -> None:
    generator, sink = Generator(unit), VoltsSink()
    with StreamSession(unit, config(), sink) as session:
        bounds = []
        for number in range(40):
            generator.start(GeneratorConfig(Wave.DC, amplitude_v=0.0, offset_v=number / 40))
            if number % 10 == 0:
                sink.wait_for(200_000)
                bounds.append(sink.n_samples)
        outcome = session.stop()
    assert outcome.complete
    assert outcome.health.gaps == 0
    for number, end in zip(range(0, 40, 10), bounds, strict=True):
        assert sink.volts[end - 1000 : end] == pytest.approx(number / 40, abs=0.01)


# -- sweeps and triggers


def test_sweep_moves_the_frequency(unit: Unit) -> None:
    swept = GeneratorConfig(
        Wave.SINE, 1000.0, stop_frequency_hz=9000.0, frequency_step_hz=1000.0, dwell_s=10e-3
    )
    Generator(unit).start(swept)
    volts = streamed(unit, 90_000)
    found = {round(frequency_hz(part), -3) for part in np.split(volts, 18)}
    assert len(found) > 6
    assert found <= set(range(1000, 10_000, 1000))


def test_sweep_of_an_arbitrary_wave(unit: Unit) -> None:
    wave_v = np.sin(np.linspace(0, 2 * np.pi, 500, endpoint=False))
    swept = GeneratorConfig(
        Wave.ARBITRARY,
        1000.0,
        stop_frequency_hz=5000.0,
        frequency_step_hz=1000.0,
        dwell_s=10e-3,
        sweep=Sweep.DOWN,
        arbitrary=wave_v,
    )
    Generator(unit).start(swept)
    found = [round(frequency_hz(part), -3) for part in np.split(streamed(unit, 50_000), 10)]
    assert len(set(found)) > 3


def test_software_trigger_starts_the_wave(unit: Unit) -> None:
    generator, sink = Generator(unit), VoltsSink()
    waiting = GeneratorConfig(
        Wave.SINE, 1000.0, shots=5, trigger_source=GeneratorTriggerSource.SOFTWARE
    )
    generator.start(waiting)
    with StreamSession(unit, config(), sink) as session:
        sink.wait_for(100_000)
        before = sink.n_samples
        generator.trigger()
        sink.wait_for(300_000)
        session.stop()
    assert abs(sink.volts[:before]).max() < 0.05
    waves = np.abs(sink.volts[before:]) > 0.1
    assert 4e-3 < waves.sum() / RATE_HZ < 8e-3


def test_gate_lets_the_wave_through(unit: Unit) -> None:
    generator, sink = Generator(unit), VoltsSink()
    gated = GeneratorConfig(
        Wave.SINE,
        1000.0,
        trigger=GeneratorTrigger.GATE_HIGH,
        trigger_source=GeneratorTriggerSource.SOFTWARE,
    )
    generator.start(gated)
    with StreamSession(unit, config(), sink) as session:
        generator.trigger()
        sink.wait_for(300_000)
        opened = sink.n_samples
        generator.trigger(high=False)
        sink.wait_for(500_000)
        session.stop()
    assert abs(sink.volts[opened - 2000 : opened]).max() > 0.1
    assert abs(sink.volts[-2000:]).max() < 0.05


def test_wave_that_waits_for_nothing_is_not_triggered(unit: Unit) -> None:
    generator = Generator(unit)
    generator.start(GeneratorConfig())
    with pytest.raises(ConfigurationError, match="trigger source SOFTWARE"):
        generator.trigger()
