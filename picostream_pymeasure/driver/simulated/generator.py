"""Driver calls: the signal generator (reference, section 10); sweeps and triggers are refused."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from ...kernels.waveform import encode_waveform
from .binding import Double, Int16, Int32, Pointer, Uint32, unit_call, write
from .status import Status
from .unit import Unit

_WAVES = (
    "sine",
    "square",
    "triangle",
    "ramp_up",
    "ramp_down",
    "sinc",
    "gaussian",
    "half_sine",
    "dc",
    "noise",
)
_MAX_UV = 2_000_000
_MIN_HZ, _MAX_HZ = 0.03, 20e6
#: White noise fills the peak-to-peak voltage at ±3 standard deviations.
_NOISE_DEVIATIONS = 6


def _voltage_refusal(offset_uv: int, pk_to_pk_uv: int) -> int:
    if pk_to_pk_uv > 2 * _MAX_UV:
        return Status.SIGGEN_PK_TO_PK
    if abs(offset_uv) > _MAX_UV:
        return Status.SIGGEN_OFFSET_VOLTAGE
    if abs(offset_uv) + pk_to_pk_uv / 2 > _MAX_UV:
        return Status.SIGGEN_OUTPUT_OVER_VOLTAGE
    return Status.OK


def _run_refusal(shots: int, sweeps: int, trigger_source: int) -> int:
    if shots and sweeps:
        return Status.SHOTS_SWEEPS_WARNING
    if shots or sweeps:
        return Status.SIG_GEN_PARAM
    return Status.SIGGEN_TRIGGER_SOURCE if trigger_source else Status.OK


def _frequency_refusal(start_hz: float, stop_hz: float) -> int:
    possible = _MIN_HZ <= start_hz <= _MAX_HZ and start_hz == stop_hz
    return Status.OK if possible else Status.SIG_GEN_PARAM


def _put_out(unit: Unit, output: dict[str, Any]) -> int:
    unit.settings.generator = output
    if unit.streaming:
        unit.load_signals()
    return Status.OK


def _retune(unit: Unit, frequency_hz: float) -> int:
    return _put_out(unit, {**unit.settings.generator, "frequency_hz": frequency_hz})


@unit_call()
def set_sig_gen_built_in_v2(
    unit: Unit,
    offset_uv: Int32,
    pk_to_pk_uv: Uint32,
    wave: Int32,
    start_hz: Double,
    stop_hz: Double,
    increment_hz: Double,
    dwell_s: Double,
    sweep: Int32,
    operation: Int32,
    shots: Uint32,
    sweeps: Uint32,
    trigger_type: Int32,
    trigger_source: Int32,
    threshold: Int16,
) -> int:
    """A built-in wave from the next sample on; off is DC without offset."""
    if not 0 <= wave < len(_WAVES) or operation:
        return Status.SIG_GEN_PARAM
    name = _WAVES[wave]
    unvarying = name in ("dc", "noise")
    status = (
        _voltage_refusal(offset_uv, pk_to_pk_uv)
        or _run_refusal(shots, sweeps, trigger_source)
        or (Status.OK if unvarying else _frequency_refusal(start_hz, stop_hz))
    )
    if status:
        return status
    noise_v = pk_to_pk_uv * 1e-6 / _NOISE_DEVIATIONS if name == "noise" else 0.0
    output = {
        "wave": name,
        "amplitude_v": pk_to_pk_uv * 0.5e-6,
        "offset_v": offset_uv * 1e-6,
        "noise_v": noise_v,
        "frequency_hz": unit.settings.generator["frequency_hz"] if unvarying else start_hz,
    }
    return _put_out(unit, output)


@unit_call()
def set_sig_gen_properties_built_in(
    unit: Unit,
    start_hz: Double,
    stop_hz: Double,
    increment_hz: Double,
    dwell_s: Double,
    sweep: Int32,
    shots: Uint32,
    sweeps: Uint32,
    trigger_type: Int32,
    trigger_source: Int32,
    threshold: Int16,
) -> int:
    """Retune the running wave."""
    status = _run_refusal(shots, sweeps, trigger_source) or _frequency_refusal(start_hz, stop_hz)
    return status or _retune(unit, start_hz)


def _phase_hz(unit: Unit, delta_phase: int, samples: int) -> float:
    """Inverse of ``SigGenFrequencyToPhase``: the accumulator has 32 bits."""
    model = unit.model
    return delta_phase * model.awg_clock_hz * model.awg_samples / (2**32 * samples)


@unit_call()
def set_sig_gen_arbitrary(
    unit: Unit,
    offset_uv: Int32,
    pk_to_pk_uv: Uint32,
    start_phase: Uint32,
    stop_phase: Uint32,
    phase_increment: Uint32,
    dwell: Uint32,
    waveform: Pointer,
    samples: Int32,
    sweep: Int32,
    operation: Int32,
    index_mode: Int32,
    shots: Uint32,
    sweeps: Uint32,
    trigger_type: Int32,
    trigger_source: Int32,
    threshold: Int16,
) -> int:
    """Samples of the caller's own, once a period; index mode single only."""
    if not unit.model.awg_samples:
        return Status.AWG_NOT_SUPPORTED
    if not waveform:
        return Status.NULL_PARAMETER
    steady = start_phase == stop_phase and start_phase > 0
    if not steady or operation or index_mode or not 1 <= samples <= unit.model.awg_samples:
        return Status.SIG_GEN_PARAM
    status = _voltage_refusal(offset_uv, pk_to_pk_uv) or _run_refusal(shots, sweeps, trigger_source)
    if status:
        return status
    values = np.ctypeslib.as_array((ctypes.c_int16 * samples).from_address(waveform))
    output = {
        "wave": "arbitrary",
        "amplitude_v": pk_to_pk_uv * 0.5e-6,
        "offset_v": offset_uv * 1e-6,
        "noise_v": 0.0,
        "frequency_hz": _phase_hz(unit, start_phase, samples),
        "waveform": encode_waveform(values),
    }
    return _put_out(unit, output)


@unit_call()
def set_sig_gen_properties_arbitrary(
    unit: Unit,
    start_phase: Uint32,
    stop_phase: Uint32,
    phase_increment: Uint32,
    dwell: Uint32,
    sweep: Int32,
    shots: Uint32,
    sweeps: Uint32,
    trigger_type: Int32,
    trigger_source: Int32,
    threshold: Int16,
) -> int:
    """Retune the running waveform."""
    waveform = unit.settings.generator.get("waveform")
    if waveform is None or start_phase != stop_phase or start_phase == 0:
        return Status.SIG_GEN_PARAM
    samples = len(waveform) * 3 // 8
    status = _run_refusal(shots, sweeps, trigger_source)
    return status or _retune(unit, _phase_hz(unit, start_phase, samples))


@unit_call()
def sig_gen_frequency_to_phase(
    unit: Unit, frequency_hz: Double, index_mode: Int32, samples: Uint32, phase: Pointer
) -> int:
    """``f * 2**32 * samples / (clock * largest waveform)``."""
    if not unit.model.awg_samples:
        return Status.AWG_NOT_SUPPORTED
    if not phase:
        return Status.NULL_PARAMETER
    if not 0 < frequency_hz <= _MAX_HZ or not 1 <= samples <= unit.model.awg_samples:
        return Status.SIG_GEN_PARAM
    model = unit.model
    delta = round(frequency_hz * 2**32 * samples / (model.awg_clock_hz * model.awg_samples))
    write(phase, ctypes.c_uint32, max(1, min(delta, 2**32 - 1)))
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
