"""Driver calls: the generator with samples of the caller's own."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...config import Status
from ..kernels.waveform import encode_waveform
from ..unit.generator_settings import MAX_HZ, Course
from ..unit.unit import Unit
from .binding import Double, Int32, Pointer, Required, Uint32, unit_call, write
from .generator import Run, Voltages, output_of, put_out

#: ``PS5000A_INDEX_MODE``: passes through the samples that make a period.
_PASSES = {0: 1, 1: 2, 2: 4}
_ACCUMULATOR = 2**32


class Phases(NamedTuple):
    """Arguments that tell a sweep in phases a clock of the generator, and clocks."""

    start: Uint32
    stop: Uint32
    increment: Uint32
    dwell: Uint32

    def course(self, unit: Unit, period_samples: int, sweep: int, run: Run) -> Course:
        """The same in Hz and seconds."""
        hz = unit.model.awg_clock_hz * unit.model.awg_samples / (_ACCUMULATOR * period_samples)
        dwell_s = self.dwell / unit.model.awg_clock_hz
        frequencies_hz = (self.start * hz, self.stop * hz, self.increment * hz)
        return Course(*frequencies_hz, dwell_s, sweep, *run)


def _period(samples: NDArray[np.int16], index_mode: int) -> NDArray[np.int16]:
    """One period: the samples; there and back; or the same again with the sign turned."""
    if index_mode == 0:
        return samples
    half = np.concatenate([samples, samples[::-1]])
    if index_mode == 1:
        return half
    return np.concatenate([half, np.clip(-half.astype(np.int32), -32768, 32767).astype(np.int16)])


@unit_call()
def set_sig_gen_arbitrary(
    unit: Unit,
    voltages: Voltages,
    phases: Phases,
    waveform: Required,
    samples: Int32,
    sweep: Int32,
    operation: Int32,
    index_mode: Int32,
    run: Run,
) -> int:
    """Samples of the caller's own; the voltages are those of a full-scale waveform."""
    if not unit.model.awg_samples:
        return Status.AWG_NOT_SUPPORTED
    is_known = index_mode in _PASSES and 0 <= operation <= 2
    if not is_known or not 1 <= samples <= unit.model.awg_samples:
        return Status.SIG_GEN_PARAM
    values = np.ctypeslib.as_array((ctypes.c_int16 * samples).from_address(waveform))
    period = _period(values, index_mode)
    output = output_of("arbitrary", voltages, operation)
    if output.wave == "arbitrary":
        text = encode_waveform(period)
        output = replace(output, waveform=text, period_samples=period.size)
    course = phases.course(unit, period.size, sweep, run)
    return voltages.refusal or put_out(unit, output, course)


@unit_call()
def set_sig_gen_properties_arbitrary(unit: Unit, phases: Phases, sweep: Int32, run: Run) -> int:
    """Another course for the waveform that runs."""
    output = unit.settings.generator.output
    if not output.waveform:
        return Status.SIG_GEN_PARAM
    return put_out(unit, output, phases.course(unit, output.period_samples, sweep, run))


@unit_call()
def sig_gen_frequency_to_phase(
    unit: Unit, frequency_hz: Double, index_mode: Int32, samples: Uint32, phase: Required
) -> int:
    """``f * 2**32 * samples of a period / (clock * largest waveform)``."""
    model = unit.model
    if not model.awg_samples:
        return Status.AWG_NOT_SUPPORTED
    if index_mode not in _PASSES or not 1 <= samples <= model.awg_samples:
        return Status.SIG_GEN_PARAM
    if not 0 < frequency_hz <= MAX_HZ:
        return Status.SIGGEN_FREQUENCY_OUT_OF_RANGE
    period_samples = samples * _PASSES[index_mode]
    turns = frequency_hz * period_samples / (model.awg_clock_hz * model.awg_samples)
    write(phase, ctypes.c_uint32, max(1, min(round(turns * _ACCUMULATOR), _ACCUMULATOR - 1)))
    return Status.OK


@unit_call()
def sig_gen_arbitrary_min_max_values(
    unit: Unit, lowest: Pointer, highest: Pointer, fewest: Pointer, most: Pointer
) -> int:
    """Largest size 0: no arbitrary waveforms."""
    write(lowest, ctypes.c_int16, -32768)
    write(highest, ctypes.c_int16, 32767)
    write(fewest, ctypes.c_uint32, 1 if unit.model.awg_samples else 0)
    write(most, ctypes.c_uint32, unit.model.awg_samples)
    return Status.OK
