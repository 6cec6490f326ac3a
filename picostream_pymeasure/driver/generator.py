"""The signal generator: built-in and arbitrary waves, sweeps and triggers."""

from __future__ import annotations

import ctypes
import logging
from functools import cached_property

from ..config import (
    EXTERNAL_MAX_COUNTS,
    EXTERNAL_RANGE_V,
    GeneratorConfig,
    GeneratorTriggerSource,
    IndexMode,
    Wave,
    require_flag,
    require_kind,
)
from ..errors import ConfigurationError
from .arbitrary import ArbitraryLimits, ScaledWave
from .unit import Unit

log = logging.getLogger(__name__)

#: ``PS5000A_WAVE_TYPE`` by position.
_WAVE_TYPES = (
    Wave.SINE,
    Wave.SQUARE,
    Wave.TRIANGLE,
    Wave.RAMP_UP,
    Wave.RAMP_DOWN,
    Wave.SINC,
    Wave.GAUSSIAN,
    Wave.HALF_SINE,
    Wave.DC,
    Wave.NOISE,
)
#: ``PS5000A_EXTRA_OPERATIONS``; pseudo-random bits take the place of the wave.
_NO_OPERATION, _PRBS_OPERATION = 0, 2

#: Shots or sweeps that mean: from the trigger on, without end.
_CONTINUOUS = 0xFFFFFFFF

#: Its phase for the longest wave is 2^32 / 1000 or 2^32 / 2000, good to 1e-6 however it is rounded.
_FINE_HZ = 100e3
#: A frequency that is further off than by this share is warned of.
_UNTOLD_SHARE = 1e-3

#: Arbitrary waves count the time between two steps of a sweep in clocks (header), at least 3.
_CLOCK_HZ, _D_MODEL_CLOCK_HZ = 200e6, 100e6
_MIN_DWELL_CLOCKS, _MAX_DWELL_CLOCKS = 3, 2**32 - 1

_OFF = GeneratorConfig(Wave.DC, amplitude_v=0.0)


class Generator:
    """The signal generator of an open scope; streams neither start nor stop it.

    Calls while a stream runs wait for a moment in which the driver is free, about 1 s at most.

    :param running: what was started last.
    :param actual_frequency_hz: its frequency; of an arbitrary wave by the phase that the driver
        answered, the first of a sweep. Of other waves the driver does not tell more than was asked.
    """

    def __init__(self, unit: Unit) -> None:
        require_kind("unit", unit, Unit)
        self._unit = unit
        self._sample_grids_hz: dict[IndexMode, float] = {}
        self.running = _OFF
        self.actual_frequency_hz = _OFF.frequency_hz

    @cached_property
    def limits(self) -> ArbitraryLimits:
        """What the model's arbitrary generator takes.

        :raises ConfigurationError: the scope has no signal generator.
        """
        limits = ArbitraryLimits.read(self._unit)
        if limits is None:
            raise ConfigurationError(f"The {self._unit.variant} has no signal generator.")
        return limits

    def grid_hz(self, n_samples: int, index_mode: IndexMode = IndexMode.SINGLE) -> float:
        """Of which frequency those of an arbitrary wave are multiples, as the driver tells it.

        A phase is proportional to the frequency and to the samples (vendor's formula), so that the
        phase of the longest wave tells it for all, whatever the clock of the model is.

        :raises ConfigurationError: the model does not take so many samples.
        """
        require_kind("index_mode", index_mode, IndexMode)
        self.limits.check(n_samples)
        if index_mode not in self._sample_grids_hz:
            most = self.limits.most
            phase = self._phase(index_mode, most, _FINE_HZ)
            self._sample_grids_hz[index_mode] = _FINE_HZ * most / max(1, phase)
        return self._sample_grids_hz[index_mode] / n_samples

    def start(self, config: GeneratorConfig) -> None:
        """Put out a wave, at once or from its trigger on, in the place of the one before.

        :raises ConfigurationError: the model cannot do it; the generator was not touched.
        :raises DriverBusyError: the driver did not become free.
        """
        require_kind("config", config, GeneratorConfig)
        if config.wave is Wave.ARBITRARY:
            self._start_arbitrary(config)
        else:
            self._start_built_in(config)
            self._runs(config, config.frequency_hz)

    def retune(self, config: GeneratorConfig) -> None:
        """Change frequencies, sweep and trigger of the running wave, which goes on.

        :raises ConfigurationError: something else is different from what runs.
        """
        require_kind("config", config, GeneratorConfig)
        if _form(config) != _form(self.running):
            raise ConfigurationError(
                "Only frequencies, sweep and trigger of a running wave can be changed; "
                "start the generator anew."
            )
        if config.wave is Wave.ARBITRARY:
            frequency_hz, phases = self._phases(config)
            self._unit.call("ps5000aSetSigGenPropertiesArbitrary", *phases, *_run(config))
        else:
            frequency_hz = config.frequency_hz
            self._unit.call(
                "ps5000aSetSigGenPropertiesBuiltIn", *_frequencies(config), *_run(config)
            )
        self._runs(config, frequency_hz)

    def off(self) -> None:
        """Put out 0 V."""
        self.start(_OFF)

    def trigger(self, *, high: bool = True) -> None:
        """Trigger by software; with a gate, open it or (``high=False``) close it.

        :raises ConfigurationError: the running wave has another trigger source.
        """
        high = require_flag("high", high)
        if self.running.trigger_source is not GeneratorTriggerSource.SOFTWARE:
            raise ConfigurationError(
                "The generator is not waiting for software; start it with the trigger source "
                "SOFTWARE."
            )
        self._unit.call("ps5000aSigGenSoftwareControl", high)

    def _runs(self, config: GeneratorConfig, frequency_hz: float) -> None:
        self.running, self.actual_frequency_hz = config, frequency_hz
        if abs(frequency_hz / config.frequency_hz - 1) > _UNTOLD_SHARE:
            log.warning(
                "The generator puts out %.6g Hz, not %.6g Hz: with %d samples it goes in steps of "
                "%.3g Hz.",
                *(frequency_hz, config.frequency_hz, len(config.samples_v)),
                self.grid_hz(len(config.samples_v), config.index_mode),
            )

    def _start_built_in(self, config: GeneratorConfig) -> None:
        is_prbs = config.wave is Wave.PRBS
        start_hz, stop_hz, step_hz, dwell_s, sweep = _frequencies(config)
        self._unit.call(
            "ps5000aSetSigGenBuiltInV2",
            round(config.offset_v * 1e6),
            round(config.amplitude_v * 1e6),
            _WAVE_TYPES.index(Wave.SQUARE if is_prbs else config.wave),
            *(start_hz, stop_hz, step_hz, dwell_s, sweep),
            _PRBS_OPERATION if is_prbs else _NO_OPERATION,
            *_run(config),
        )

    def _start_arbitrary(self, config: GeneratorConfig) -> None:
        frequency_hz, (*phases, sweep) = self._phases(config)
        wave = ScaledWave.of(config.samples_v, self.limits.highest)
        self._unit.call(
            "ps5000aSetSigGenArbitrary",
            wave.offset_uv,
            wave.peak_to_peak_uv,
            *phases,
            wave.values.ctypes.data,
            len(wave.values),
            sweep,
            _NO_OPERATION,
            config.index_mode,
            *_run(config),
        )
        self._runs(config, frequency_hz)

    def _phases(self, config: GeneratorConfig) -> tuple[float, tuple[int, int, int, int, int]]:
        """The first frequency in Hz, and what makes it.

        :returns: the second are start, stop and step of the phase per clock, clocks between two
            steps, and the way.
        :raises ConfigurationError: the wave has too few samples to be so slow.
        """
        clocks = self._dwell_clocks(config) if config.is_swept else 0
        grid_hz = self.grid_hz(len(config.samples_v), config.index_mode)
        start = self._moving_phase(config, config.frequency_hz, grid_hz)
        if not config.is_swept:
            return start * grid_hz, (start, start, 0, clocks, config.sweep)
        stop = self._moving_phase(config, config.last_frequency_hz, grid_hz)
        step = self._moving_phase(config, config.frequency_step_hz, grid_hz)
        return start * grid_hz, (start, stop, step, clocks, config.sweep)

    def _moving_phase(self, config: GeneratorConfig, frequency_hz: float, grid_hz: float) -> int:
        n_samples = len(config.samples_v)
        phase = self._phase(config.index_mode, n_samples, frequency_hz)
        if not phase:
            raise ConfigurationError(
                f"An arbitrary wave of {n_samples} samples has frequencies in steps of "
                f"{grid_hz:.3g} Hz, so that {frequency_hz:g} Hz cannot be; use more samples."
            )
        return phase

    def _phase(self, index_mode: IndexMode, n_samples: int, frequency_hz: float) -> int:
        phase = ctypes.c_uint32()
        arguments = (frequency_hz, index_mode, n_samples, ctypes.byref(phase))
        self._unit.call("ps5000aSigGenFrequencyToPhase", *arguments)
        return phase.value

    def _dwell_clocks(self, config: GeneratorConfig) -> int:
        is_d_model = self._unit.variant[4:5].upper() == "D"
        clock_hz = _D_MODEL_CLOCK_HZ if is_d_model else _CLOCK_HZ
        clocks = round(config.dwell_s * clock_hz)
        if not _MIN_DWELL_CLOCKS <= clocks <= _MAX_DWELL_CLOCKS:
            shortest_s, longest_s = _MIN_DWELL_CLOCKS / clock_hz, _MAX_DWELL_CLOCKS / clock_hz
            raise ConfigurationError(
                f"A sweep of an arbitrary wave can stay {shortest_s:g} s to {longest_s:.3g} s at "
                f"a frequency, not {config.dwell_s:g} s."
            )
        return clocks


def _form(config: GeneratorConfig) -> tuple[object, ...]:
    """What retuning cannot change."""
    form = (config.wave, config.arbitrary, config.index_mode)
    return form if config.arbitrary else (*form, config.amplitude_v, config.offset_v)


def _frequencies(config: GeneratorConfig) -> tuple[float, float, float, float, int]:
    """First and last frequency, step, dwell time, and the way between them."""
    return (
        config.frequency_hz,
        config.last_frequency_hz,
        config.frequency_step_hz,
        config.dwell_s,
        config.sweep,
    )


def _run(config: GeneratorConfig) -> tuple[int, int, int, int, int]:
    """Shots, sweeps, trigger, its source and its level.

    A trigger wants a number of shots or of sweeps (vendor's examples); no end is a number too.
    """
    shots, sweeps = config.shots, config.sweeps
    if config.trigger_source and not shots and not sweeps:
        shots, sweeps = (0, _CONTINUOUS) if config.is_swept else (_CONTINUOUS, 0)
    threshold = round(config.ext_threshold_v / EXTERNAL_RANGE_V * EXTERNAL_MAX_COUNTS)
    return shots, sweeps, config.trigger, config.trigger_source, threshold
