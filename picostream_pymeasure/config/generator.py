"""Settings of the signal generator.

Limits from the driver's public header: ±2 V at the output, 0.03 Hz to 20 MHz, shots and sweeps
below 2^30. The size of arbitrary waves depends on the model and is checked when one is started.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ..errors import ConfigurationError
from .field_types import require_types
from .limits import EXTERNAL_RANGE_V, WordEnum

OUTPUT_LIMIT_V = 2.0
MIN_FREQUENCY_HZ, MAX_FREQUENCY_HZ = 0.03, 20e6
MAX_SHOTS = MAX_SWEEPS = 2**30 - 1


class Wave(Enum):
    """What the generator puts out."""

    SINE = "sine"
    SQUARE = "square"
    TRIANGLE = "triangle"
    RAMP_UP = "ramp up"
    RAMP_DOWN = "ramp down"
    SINC = "sinc"
    GAUSSIAN = "gaussian"
    HALF_SINE = "half sine"
    DC = "dc"
    NOISE = "noise"  #: white noise
    PRBS = "prbs"  #: pseudo-random bits, ``frequency_hz`` of them a second
    ARBITRARY = "arbitrary"

    @property
    def has_frequency(self) -> bool:
        """Whether a frequency means anything to it."""
        return self not in (Wave.DC, Wave.NOISE)


class Sweep(WordEnum):
    """``PS5000A_SWEEP_TYPE``: the way between the two frequencies."""

    UP = 0
    DOWN = 1
    UP_DOWN = 2
    DOWN_UP = 3


class GeneratorTrigger(WordEnum):
    """``PS5000A_SIGGEN_TRIG_TYPE``: what starts the generator, or lets it run (gates)."""

    RISING = 0
    FALLING = 1
    GATE_HIGH = 2
    GATE_LOW = 3


class GeneratorTriggerSource(WordEnum):
    """``PS5000A_SIGGEN_TRIG_SOURCE``; 2 is an input that the 5000A family does not have."""

    NONE = 0
    SCOPE = 1
    EXT = 3
    SOFTWARE = 4


class IndexMode(WordEnum):
    """``PS5000A_INDEX_MODE``: the part of a period that the samples of an arbitrary wave are."""

    SINGLE = 0
    DUAL = 1
    QUAD = 2


@dataclass(frozen=True)
class GeneratorConfig:
    """What the signal generator puts out; checked as a whole when it is made.

    :param wave: its form.
    :param frequency_hz: repetitions a second, or the first frequency of a sweep.
    :param amplitude_v: peak to peak, in V; an arbitrary wave has its own.
    :param offset_v: middle of the wave in V; an arbitrary wave has its own.
    :param stop_frequency_hz: last frequency of a sweep, None for no sweep.
    :param frequency_step_hz: from one frequency of a sweep to the next.
    :param dwell_s: how long a sweep stays at each.
    :param shots: cycles after a trigger, 0 for no end; not with ``sweeps``.
    :param sweeps: sweeps after a trigger, 0 for no end.
    :param trigger: what the source must do; it does not matter without a source.
    :param trigger_source: what starts the generator; NONE starts it at once.
    :param ext_threshold_v: level of the trigger source EXT, -5 V to 5 V.
    :param arbitrary: one period in V at the output, -2 V to 2 V (any sequence, such as a NumPy
        array; kept as a tuple of floats); with ``Wave.ARBITRARY`` only.
    :param index_mode: how the samples make a period.
    :raises ConfigurationError: in one sentence that says what would be allowed.
    """

    wave: Wave = Wave.SINE
    frequency_hz: float = 1000.0
    amplitude_v: float = 2.0
    offset_v: float = 0.0
    stop_frequency_hz: float | None = None
    frequency_step_hz: float = 0.0
    dwell_s: float = 0.0
    sweep: Sweep = Sweep.UP
    shots: int = 0
    sweeps: int = 0
    trigger: GeneratorTrigger = GeneratorTrigger.RISING
    trigger_source: GeneratorTriggerSource = GeneratorTriggerSource.NONE
    ext_threshold_v: float = 0.0
    arbitrary: Iterable[float] | None = None
    index_mode: IndexMode = IndexMode.SINGLE

    def __post_init__(self) -> None:
        object.__setattr__(self, "arbitrary", _as_tuple(self.arbitrary))
        require_types(self)
        self._check_output()
        self._check_frequencies()
        self._check_run()

    @property
    def samples_v(self) -> tuple[float, ...]:
        """Samples of the arbitrary wave; none for another."""
        return tuple(self.arbitrary or ())

    @property
    def is_swept(self) -> bool:
        """Whether the frequency moves."""
        return self.stop_frequency_hz is not None

    @property
    def last_frequency_hz(self) -> float:
        """Where a sweep ends; the only frequency without one."""
        return self.frequency_hz if self.stop_frequency_hz is None else self.stop_frequency_hz

    def _check_output(self) -> None:
        if (self.wave is Wave.ARBITRARY) != bool(self.samples_v):
            raise ConfigurationError("An arbitrary wave needs samples in V, and only it has them.")
        if self.wave is Wave.ARBITRARY:
            if not all(abs(volts) <= OUTPUT_LIMIT_V for volts in self.samples_v):
                raise ConfigurationError("Samples of an arbitrary wave must be -2 V to 2 V.")
            return
        if not 0 <= self.amplitude_v <= 2 * OUTPUT_LIMIT_V:
            raise ConfigurationError(
                f"The generator's amplitude cannot be {self.amplitude_v:g} V peak to peak; "
                f"use 0 V to 4 V."
            )
        peak_v = abs(self.offset_v) + self.amplitude_v / 2
        if not peak_v <= OUTPUT_LIMIT_V * (1 + 1e-9):
            raise ConfigurationError(
                f"The generator cannot reach {peak_v:g} V; its offset and half of its amplitude "
                f"together must stay within -2 V to 2 V."
            )

    def _check_frequencies(self) -> None:
        for frequency_hz in (self.frequency_hz, self.last_frequency_hz):
            if not MIN_FREQUENCY_HZ <= frequency_hz <= MAX_FREQUENCY_HZ:
                raise ConfigurationError(
                    f"The generator cannot put out {frequency_hz:g} Hz; "
                    f"use {MIN_FREQUENCY_HZ:g} Hz to {MAX_FREQUENCY_HZ / 1e6:g} MHz."
                )
        if self.is_swept and not self.wave.has_frequency:
            raise ConfigurationError(f"There is no frequency to sweep in {self.wave.value}.")
        if self.is_swept and not _are_positive(self.frequency_step_hz, self.dwell_s):
            raise ConfigurationError("A sweep needs a frequency step and a dwell time above 0.")

    def _check_run(self) -> None:
        if self.shots and self.sweeps:
            raise ConfigurationError("Give the generator shots or sweeps, not both.")
        if self.sweeps and not self.is_swept:
            raise ConfigurationError("A number of sweeps needs a stop frequency.")
        if not (0 <= self.shots <= MAX_SHOTS and 0 <= self.sweeps <= MAX_SWEEPS):
            raise ConfigurationError(f"Shots and sweeps must be 0 to {MAX_SHOTS}.")
        if not abs(self.ext_threshold_v) <= EXTERNAL_RANGE_V:
            raise ConfigurationError("The generator's trigger level at EXT must be -5 V to 5 V.")


def _as_tuple(samples_v: Iterable[float] | None) -> tuple[float, ...] | None:
    if samples_v is None:
        return None
    try:
        if isinstance(samples_v, str | bytes):
            raise TypeError
        return tuple(float(volts) for volts in samples_v)
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigurationError(
            "An arbitrary wave is a plain sequence of numbers in V."
        ) from error


def _are_positive(*values: float) -> bool:
    return all(math.isfinite(value) and value > 0 for value in values)
