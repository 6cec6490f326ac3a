"""The signal generator of the instrument."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pymeasure.instruments import Channel

from ..config import (
    EXTERNAL_RANGE_V,
    MAX_FREQUENCY_HZ,
    MAX_SHOTS,
    MAX_SWEEPS,
    MIN_FREQUENCY_HZ,
    OUTPUT_LIMIT_V,
    GeneratorConfig,
    GeneratorTrigger,
    GeneratorTriggerSource,
    IndexMode,
    Sweep,
    Wave,
)
from ..errors import ConfigurationError
from . import checks
from .opened_scope import OpenedScope
from .strict_settings import StrictSettings

_LONGEST_DWELL_S = 1e6
#: The driver knows how many its model takes.
_MOST_SAMPLES = 2**31 - 1

_WAVES = {wave.value: wave for wave in Wave if wave is not Wave.ARBITRARY}
_SWEEPS = Sweep.by_words()
_TRIGGERS = GeneratorTrigger.by_words()
_SOURCES = GeneratorTriggerSource.by_words()
_INDEX_MODES = IndexMode.by_words()


class ScopeGenerator(StrictSettings, Channel):
    """The signal generator, ``scope.generator``; it may be used while the scope streams.

    Settings of a generator that is on take effect at once, others with :meth:`start`.
    """

    parent: OpenedScope

    def __init__(self, parent: OpenedScope, id: None = None) -> None:
        self._config = GeneratorConfig()
        self._enabled = False
        self._actual_frequency_hz = math.nan
        super().__init__(parent, id)

    @property
    def config(self) -> GeneratorConfig:
        """Get all settings as one frozen ``GeneratorConfig``."""
        return self._config

    @property
    def enabled(self) -> bool:
        """Get whether the generator was started and not switched off (bool)."""
        return self._enabled

    @property
    def wave(self) -> str:
        """Control the wave, strictly "sine", "square", "triangle", "ramp up", "ramp down", "sinc",
        "gaussian", "half sine", "dc", "noise" or "prbs" (str, default "sine"); it reads
        "arbitrary" after :meth:`arbitrary`.
        """
        return self._config.wave.value

    @wave.setter
    def wave(self, value: str) -> None:
        wave = _WAVES[checks.choice("generator.wave", value, _WAVES)]
        self._change(wave=wave, arbitrary=None)

    @property
    def frequency(self) -> float:
        """Control the frequency in Hz, strictly from 0.03 to 20e6 (float, default 1000); setting it
        ends a sweep. See :attr:`actual_frequency`.
        """
        return self._config.frequency_hz

    @frequency.setter
    def frequency(self, value: float) -> None:
        frequency_hz = _frequency_hz("generator.frequency", value)
        self._change(frequency_hz=frequency_hz, stop_frequency_hz=None, sweeps=0)

    @property
    def actual_frequency(self) -> float:
        """Measure the frequency in Hz that was put out last, the first of a sweep (float, NaN
        before the first): of an arbitrary wave by the phase that the driver answered, of others as
        it was set, since the driver does not tell more.
        """
        return self._actual_frequency_hz

    @property
    def amplitude(self) -> float:
        """Control the amplitude peak to peak in V, strictly from 0 to 4, and so that offset and
        half of it stay within ±2 V (float, default 2); an arbitrary wave has its own.
        """
        return self._config.amplitude_v

    @amplitude.setter
    def amplitude(self, value: float) -> None:
        amplitude_v = checks.number("generator.amplitude", value, 0, 2 * OUTPUT_LIMIT_V, "V")
        self._require_built_in("amplitude")
        self._change(amplitude_v=amplitude_v)

    @property
    def offset(self) -> float:
        """Control the middle of the wave in V, strictly from -2 to 2, and so that offset and half
        of the amplitude stay within ±2 V (float, default 0); an arbitrary wave has its own.
        """
        return self._config.offset_v

    @offset.setter
    def offset(self, value: float) -> None:
        limit_v = OUTPUT_LIMIT_V
        offset_v = checks.number("generator.offset", value, -limit_v, limit_v, "V")
        self._require_built_in("offset")
        self._change(offset_v=offset_v)

    @property
    def shots(self) -> int:
        """Control the cycles after each trigger, strictly from 0 (no end) to 1073741823 (int,
        default 0).
        """
        return self._config.shots

    @shots.setter
    def shots(self, value: int) -> None:
        self._change(shots=checks.whole_number("generator.shots", value, 0, MAX_SHOTS))

    @property
    def trigger_source(self) -> str:
        """Control what starts the generator, strictly "none" (at once), "scope" (the trigger of the
        stream), "ext" or "software" (:meth:`trigger`) (str, default "none").
        """
        return self._config.trigger_source.words

    @trigger_source.setter
    def trigger_source(self, value: str) -> None:
        source = checks.choice("generator.trigger_source", value, _SOURCES)
        self._change(trigger_source=_SOURCES[source])

    @property
    def trigger_type(self) -> str:
        """Control what the trigger source must do, strictly "rising", "falling", "gate high" or
        "gate low" (str, default "rising").
        """
        return self._config.trigger.words

    @trigger_type.setter
    def trigger_type(self, value: str) -> None:
        trigger = checks.choice("generator.trigger_type", value, _TRIGGERS)
        self._change(trigger=_TRIGGERS[trigger])

    @property
    def trigger_level(self) -> float:
        """Control the threshold of the trigger source "ext" in V, strictly from -5 to 5 (float,
        default 0).
        """
        return self._config.ext_threshold_v

    @trigger_level.setter
    def trigger_level(self, value: float) -> None:
        limit_v = EXTERNAL_RANGE_V
        level_v = checks.number("generator.trigger_level", value, -limit_v, limit_v, "V")
        self._change(ext_threshold_v=level_v)

    def start(self) -> None:
        """Put the wave out, or make it wait for its trigger.

        :raises ConfigurationError: the model has no generator, or none for this wave.
        :raises DriverBusyError: the running stream did not let the call through.
        """
        self._put_out(self._config)

    def sweep(
        self,
        start: float,
        stop: float,
        *,
        step: float,
        dwell: float,
        direction: str = "up",
        sweeps: int = 0,
    ) -> None:
        """Put the wave out with a frequency that moves.

        :param start: first frequency in Hz, 0.03 to 20e6.
        :param stop: last frequency in Hz, 0.03 to 20e6.
        :param step: Hz from one frequency to the next.
        :param dwell: seconds at each frequency.
        :param direction: ``"up"``, ``"down"``, ``"up down"`` or ``"down up"``.
        :param sweeps: sweeps after each trigger, 0 for no end.
        :raises ConfigurationError: with what is allowed; also as :meth:`start`.
        """
        self._put_out(
            replace(
                self._config,
                frequency_hz=_frequency_hz("start", start),
                stop_frequency_hz=_frequency_hz("stop", stop),
                frequency_step_hz=checks.number("step", step, 0, MAX_FREQUENCY_HZ, "Hz"),
                dwell_s=checks.number("dwell", dwell, 0, _LONGEST_DWELL_S, "s"),
                sweep=_SWEEPS[checks.choice("direction", direction, _SWEEPS)],
                sweeps=checks.whole_number("sweeps", sweeps, 0, MAX_SWEEPS),
            )
        )

    def arbitrary(
        self, samples: Iterable[float], frequency: float, *, index_mode: str = "single"
    ) -> None:
        """Put out a wave of one's own.

        :param samples: one period in V, -2 to 2, one-dimensional, such as a NumPy array; how many
            there may be depends on the model (none on A models, 32768 on D models).
        :param frequency: periods per second, 0.03 Hz to 20 MHz. The generator takes a multiple of
            :meth:`frequency_grid`, which :attr:`actual_frequency` tells; one that is more than
            0.1 % off is logged as a warning.
        :param index_mode: ``"single"``; or ``"dual"`` or ``"quad"``, when the samples are the first
            half or quarter of a period and the driver mirrors them.
        :raises ConfigurationError: with what is allowed; also as :meth:`start`.
        """
        self._put_out(
            replace(
                self._config,
                wave=Wave.ARBITRARY,
                arbitrary=samples,
                frequency_hz=_frequency_hz("frequency", frequency),
                stop_frequency_hz=None,
                sweeps=0,
                index_mode=_INDEX_MODES[checks.choice("index_mode", index_mode, _INDEX_MODES)],
            )
        )

    def frequency_grid(self, n_samples: int, *, index_mode: str = "single") -> float:
        """Of which frequency those of an arbitrary wave of so many samples are multiples, in Hz.

        By the driver's formula of the phase this is 763 Hz for a D model, divided by the samples.

        :raises ConfigurationError: the model does not take so many samples.
        """
        mode = _INDEX_MODES[checks.choice("index_mode", index_mode, _INDEX_MODES)]
        samples = checks.whole_number("n_samples", n_samples, 1, _MOST_SAMPLES)
        return self.parent.driver_generator.grid_hz(samples, mode)

    def trigger(self, high: bool = True) -> None:
        """Trigger a generator that was started with the trigger source "software".

        :param high: with a gate as the trigger type: open it (False: close it).
        :raises ConfigurationError: it does not wait for software.
        """
        self.parent.driver_generator.trigger(high=checks.flag("high", high))

    def off(self) -> None:
        """Switch the output off; harmless when it is off."""
        if self._enabled:
            self.parent.driver_generator.off()
            self._enabled = False

    def _change(self, **settings: Any) -> None:
        self.parent.require_open()
        config = replace(self._config, **settings)
        if self._enabled:
            self._put_out(config)
        self._config = config

    def _put_out(self, config: GeneratorConfig) -> None:
        if self._enabled and _is_retuned(self._config, config):
            self.parent.driver_generator.retune(config)
        else:
            self.parent.driver_generator.start(config)
        self._config = config
        self._actual_frequency_hz = self.parent.driver_generator.actual_frequency_hz
        self._enabled = True

    def _require_built_in(self, what: str) -> None:
        if self._config.wave is Wave.ARBITRARY:
            raise ConfigurationError(
                f"An arbitrary wave has its own {what}; give generator.arbitrary other samples."
            )


def _frequency_hz(what: str, value: Any) -> float:
    return checks.number(what, value, MIN_FREQUENCY_HZ, MAX_FREQUENCY_HZ, "Hz")


def _is_retuned(before: GeneratorConfig, after: GeneratorConfig) -> bool:
    """Whether the wave stays the same, so that the generator need not be interrupted."""
    form = ("wave", "amplitude_v", "offset_v", "arbitrary", "index_mode")
    return all(getattr(before, field) == getattr(after, field) for field in form)
