"""Frequency response against the RC network's own formula, and a source stepped meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from pymeasure.instruments import Instrument

from picostream_pymeasure import PicoStreamReader, host, verify
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.procedures.frequency_response import FrequencyResponse
from picostream_pymeasure.procedures.simulated_source import SimulatedSource, into_input_b
from picostream_pymeasure.procedures.sine_fit import SineFit
from picostream_pymeasure.procedures.source_sweep import SourceSweep
from picostream_pymeasure.records import Health
from tests.support.procedures_runs import PATIENT_SCOPE, run

RC_HZ = 1000.0


@pytest.fixture(autouse=True)
def patient_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, PATIENT_SCOPE)


class Patient(FrequencyResponse):
    simulated_wiring = f"{PATIENT_SCOPE},{FrequencyResponse.simulated_wiring}"


def test_frequency_response_of_the_rc_network(tmp_path: Path) -> None:
    procedure = Patient(
        scope_serial="simulated",
        sample_rate=1,
        first_frequency=100,
        last_frequency=20e3,
        n_frequencies=5,
        measuring_time=0.1,
        settling_time=0.05,
    )
    results = run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED, procedure.error
    table = results.data
    expected = 1 / (1 + 1j * table["Frequency (Hz)"] / RC_HZ)
    np.testing.assert_allclose(table["Frequency (Hz)"], procedure.frequencies_hz)
    np.testing.assert_allclose(table["Gain (dB)"], 20 * np.log10(np.abs(expected)), atol=0.05)
    np.testing.assert_allclose(table["Phase (deg)"], np.degrees(np.angle(expected)), atol=0.5)
    np.testing.assert_allclose(table["Reference Amplitude (V)"], 1.0, atol=0.01)
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        np.testing.assert_allclose(reader.events["value"], procedure.frequencies_hz)
    assert verify(tmp_path / "run.hdf5").exit_code == 0
    assert procedure.newest_samples() == []  # nothing is kept with the results


class Interrupted(FrequencyResponse):
    """Samples are lost while the only frequency is measured, however late a busy machine begins."""

    simulated_wiring = f"{Patient.simulated_wiring},overrun_at=28e5:5000"


def test_frequency_is_measured_again_when_samples_were_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    procedure = Interrupted(
        scope_serial="simulated",
        first_frequency=RC_HZ,
        n_frequencies=1,
        settling_time=0,
        measuring_time=3,
    )
    table = run(procedure, tmp_path / "run.csv").data
    assert "1000 Hz; it is measured once more" in caplog.text
    assert table["Gain (dB)"].tolist() == pytest.approx([-3.01], abs=0.05)
    assert table["Phase (deg)"].tolist() == pytest.approx([-45], abs=0.5)
    assert verify(tmp_path / "run.hdf5").gaps == 1


def test_response_that_cannot_be_measured() -> None:
    with pytest.raises(ConfigurationError, match="use a sample rate of"):
        FrequencyResponse(last_frequency=1e6, sample_rate=1).check()
    with pytest.raises(ConfigurationError, match="use a sample rate of"):
        FrequencyResponse(first_frequency=1e6, last_frequency=1e3, sample_rate=1).check()
    with pytest.raises(ConfigurationError, match="two inputs"):
        FrequencyResponse(reference="B").check()
    with pytest.raises(ConfigurationError, match="C is not recorded"):
        FrequencyResponse(response="C").check()
    with pytest.raises(ConfigurationError, match="wait for a trigger"):
        FrequencyResponse(trigger_enabled=True).check()


def test_an_input_that_was_clipped_is_told(caplog: pytest.LogCaptureFixture) -> None:
    before, after = (Health(over_range={"A": 3, "B": count}) for count in (5, 6))
    FrequencyResponse()._warn_of_clipping(before, after, 10.0)
    assert [record.getMessage() for record in caplog.records] == [
        "Input B was clipped at 10 Hz; use a larger range."
    ]


def test_the_simulated_source_gives_no_more_than_the_generator_can() -> None:
    generator = SimpleNamespace(enabled=True)
    feed = into_input_b(SimpleNamespace(generator=generator))  # type: ignore[arg-type]
    for volts, given in ((1.5, 1.5), (7.0, 2.0), (-7.0, -2.0)):
        feed(volts)
        assert generator.offset == given


class Unconnected(FrequencyResponse):
    """Nobody connected the generator."""

    simulated_wiring = "A=dc,B=dc"


def test_reference_that_sees_nothing_says_so(tmp_path: Path) -> None:
    procedure = Unconnected(scope_serial="simulated", n_frequencies=2, resolution=8, range_a=20)
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FAILED
    assert "connect the generator" in str(procedure.error)


@pytest.mark.parametrize("periods", [0.4, 3.3, 50.0])
def test_sine_fit_needs_no_whole_periods(periods: float) -> None:
    n_samples = 4000
    frequency_hz = periods / n_samples
    times = np.arange(n_samples)
    wanted = np.array([2.0 * np.exp(0.7j), 0.1 * np.exp(-2j)])
    turns = np.exp(2j * np.pi * frequency_hz * times)
    values = np.real(wanted[:, None] * turns) + np.array([[0.3], [-5.0]])
    fit = SineFit(frequency_hz, 1.0, 2)
    for begin, end in ((0, 1500), (1700, 1701), (2000, 4000)):
        fit.add(begin, values[:, begin:end])
    np.testing.assert_allclose(fit.amplitudes(), wanted, rtol=1e-6)


class RecordingSource(SimulatedSource):
    """Another instrument, which remembers how it was used."""

    log: list[object]

    def __init__(self, adapter: object = None, name: str = "Source") -> None:
        super().__init__(adapter, name)
        type(self).log = [adapter]

    @property
    def level(self) -> float:
        """Control the level (float)."""
        return 0.0

    @level.setter
    def level(self, value: float) -> None:
        self.log.append(value)

    def shutdown(self) -> None:
        self.log.append("shutdown")
        Instrument.shutdown(self)


#: From -1 V to 2 V in steps of 1 V.
STEPS = {
    "scope_serial": "simulated",
    "channel_b": True,
    "n_values": 4,
    "first_value": -1,
    "last_value": 2,
}


def test_sweep_marks_each_step(tmp_path: Path) -> None:
    procedure = SourceSweep(**STEPS, dwell=0.15, summary_interval=0.1)
    results = run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED, procedure.error
    with PicoStreamReader(tmp_path / "run.hdf5") as reader:
        assert reader.events["value"].tolist() == [-1, 0, 1, 2]
        assert np.all(np.diff(reader.events["sample_index"]) > 0)
    with PicoStreamReader(tmp_path / "run.hdf5", channel="B") as reader:
        # the source is connected to B
        np.testing.assert_allclose(
            [reader[:1000].mean(), reader[-1000:].mean()], [-1e3, 2e3], rtol=0.02
        )
    assert set(results.data["Source Value"]) <= {-1, 0, 1, 2}


def test_steps_of_an_armed_sweep_lie_where_the_input_has_them(
    tmp_path: Path, tell: Callable[..., None]
) -> None:
    armed = {"trigger_enabled": True, "trigger_source": "B", "trigger_level": 0.75}
    procedure = SourceSweep(**STEPS, **armed, dwell=0.2)
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED, procedure.error
    with PicoStreamReader(tmp_path / "run.hdf5", channel="B") as reader:
        steps = {float(event["value"]): int(event["sample_index"]) for event in reader.events}
        margin = round(0.05 / (reader.sample_interval_ns * 1e-9))
        read = {value: reader[at + margin : at + 2 * margin].mean() for value, at in steps.items()}
    for value, millivolts in read.items():
        tell("a step of an armed sweep", f"source {value:g} V", f"{millivolts / 1e3:.2f} V")
    assert set(read) == {1, 2}
    assert read == {value: pytest.approx(1e3 * value, rel=0.03) for value in read}


def test_sweep_with_another_instrument(tmp_path: Path) -> None:
    procedure = SourceSweep(
        scope_serial="simulated",
        source=f"{__name__}.RecordingSource",
        source_address="GPIB::1",
        source_property="level",
        n_values=2,
        dwell=0.05,
    )
    run(procedure, tmp_path / "run.csv")
    assert procedure.status == host.FINISHED, procedure.error
    assert RecordingSource.log == ["GPIB::1", 0, 0, 1, "shutdown"]


def test_sweep_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"There is no instrument 'nowhere.Source'"):
        SourceSweep(source="nowhere.Source").check()
    with pytest.raises(ConfigurationError, match="no property 'current'"):
        SourceSweep(source=f"{__name__}.RecordingSource", source_property="current").check()
    for name in ("volage", "shutdown", "", "output enabled"):
        with pytest.raises(ConfigurationError, match=f"SimulatedSource has no property '{name}'"):
            SourceSweep(source_property=name).check()


def test_simulated_source_obeys() -> None:
    with SimulatedSource() as source:
        source.voltage = 1.5
        source.output_enabled = True
        assert (source.voltage, source.output_enabled) == (1.5, True)
        with pytest.raises(ValueError, match="not in range"):
            source.voltage = 11
    assert (source.voltage, source.output_enabled) == (0, False)
    with pytest.raises(ConfigurationError, match="output must be a function, not 5"):
        SimulatedSource(output=5)  # type: ignore[arg-type]
