"""Driver calls: the signal generator with its built-in waves."""

from __future__ import annotations

from typing import NamedTuple

from ...config import GeneratorTriggerSource, Status
from ..kernels.waveform import PERIODIC_WAVES
from ..unit.generator_settings import Course, GeneratorSettings, Output
from ..unit.unit import Unit
from .binding import Double, Int16, Int32, Uint32, unit_call

#: ``PS5000A_WAVE_TYPE`` by position.
_WAVES = (*(wave for wave in PERIODIC_WAVES if wave != "prbs"), "dc", "noise")
#: ``PS5000A_EXTRA_OPERATIONS`` that take the place of the wave.
_OPERATIONS = {1: "noise", 2: "prbs"}
_MAX_UV = 2_000_000
#: White noise fills the peak-to-peak voltage at ±3 standard deviations.
_NOISE_DEVIATIONS = 6


class Voltages(NamedTuple):
    """Arguments that tell offset and amplitude."""

    offset_uv: Int32
    pk_to_pk_uv: Uint32

    @property
    def refusal(self) -> int:
        """Status for what the output cannot reach, or OK."""
        if self.pk_to_pk_uv > 2 * _MAX_UV:
            return Status.SIGGEN_PK_TO_PK
        if abs(self.offset_uv) > _MAX_UV:
            return Status.SIGGEN_OFFSET_VOLTAGE
        if abs(self.offset_uv) + self.pk_to_pk_uv / 2 > _MAX_UV:
            return Status.SIGGEN_OUTPUT_OVER_VOLTAGE
        return Status.OK


class Frequencies(NamedTuple):
    """Arguments that tell a sweep in Hz and seconds."""

    start_hz: Double
    stop_hz: Double
    increment_hz: Double
    dwell_s: Double


class Run(NamedTuple):
    """Arguments that tell when the output runs; the order is that of :class:`Course`."""

    shots: Uint32
    sweeps: Uint32
    trigger_type: Int32
    trigger_source: Int32
    threshold: Int16


def output_of(wave: str, voltages: Voltages, operation: int = 0) -> Output:
    """Form and voltages of a wave, or of the operation in its place."""
    wave = _OPERATIONS.get(operation, wave)
    noise_v = voltages.pk_to_pk_uv * 1e-6 / _NOISE_DEVIATIONS if wave == "noise" else 0.0
    return Output(wave, voltages.pk_to_pk_uv * 0.5e-6, voltages.offset_uv * 1e-6, noise_v)


def put_out(unit: Unit, output: Output, course: Course) -> int:
    """Check, and put out from the next sample on."""
    if status := course.refusal(output, unit.model.awg_clock_hz):
        return status
    sample = int(unit.native["raw_position"])
    unit.set_generator(GeneratorSettings.begun(output, course, sample))
    return Status.OK


@unit_call()
def set_sig_gen_built_in_v2(
    unit: Unit,
    voltages: Voltages,
    wave: Int32,
    frequencies: Frequencies,
    sweep: Int32,
    operation: Int32,
    run: Run,
) -> int:
    """A built-in wave; off is DC without offset."""
    if not 0 <= wave < len(_WAVES) or operation not in (0, *_OPERATIONS):
        return Status.SIG_GEN_PARAM
    output = output_of(_WAVES[wave], voltages, operation)
    return voltages.refusal or put_out(unit, output, Course(*frequencies, sweep, *run))


@unit_call()
def set_sig_gen_properties_built_in(
    unit: Unit, frequencies: Frequencies, sweep: Int32, run: Run
) -> int:
    """Another course for the wave that runs."""
    output = unit.settings.generator.output
    if output.waveform:
        return Status.SIG_GEN_PARAM
    return put_out(unit, output, Course(*frequencies, sweep, *run))


@unit_call()
def sig_gen_software_control(unit: Unit, state: Int16) -> int:
    """Start what waits for software, or move its gate."""
    generator = unit.settings.generator
    if generator.course.source != GeneratorTriggerSource.SOFTWARE:
        return Status.SIGGEN_TRIGGER_SOURCE
    unit.set_generator(generator.controlled(state, int(unit.native["raw_position"])))
    return Status.OK
