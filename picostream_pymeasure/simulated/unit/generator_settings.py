"""What the signal generator puts out, and its course: sweeps, bursts, triggers and gates."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from ...config import (
    EXTERNAL_MAX_COUNTS,
    EXTERNAL_RANGE_V,
    GeneratorTrigger,
    GeneratorTriggerSource,
    Status,
)
from ..kernels.schedule import SWEEPS
from ..kernels.waveform import PRBS_BITS, period_v
from ..scopes.signal import SimulatedSignal

MIN_HZ, MAX_HZ = 0.03, 20e6
#: Of the generator, at each frequency of a sweep.
_MIN_DWELL_CLOCKS, _MAX_DWELL_CLOCKS = 3, 2**32 - 1
_JUST_BELOW = 1 - 1e-9
#: ``PS5000A_SWEEP_TYPE`` by position.
_SWEEPS = tuple(SWEEPS)
_MAX_COUNT, _ENDLESS = 2**30 - 1, 0xFFFFFFFF
_MAX_FREQUENCIES = 2**31 - 1


@dataclass(frozen=True)
class Output:
    """One wave: its form and its voltages.

    :param waveform: one period of an arbitrary wave of ``period_samples``, as text.
    """

    wave: str = "dc"
    amplitude_v: float = 0.0
    offset_v: float = 0.0
    noise_v: float = 0.0
    waveform: str = ""
    period_samples: int = 0

    @property
    def has_frequency(self) -> bool:
        """Whether it varies in periods."""
        return self.wave not in ("dc", "noise")


@dataclass(frozen=True)
class Course:
    """Frequencies, and when the output runs.

    :param shots, sweeps: 0 for none; the largest number of 32 bit for no end.
    :param trigger_type, source: as the driver numbers them.
    :param threshold: of EXT, in counts.
    """

    start_hz: float = 1000.0
    stop_hz: float = 1000.0
    increment_hz: float = 0.0
    dwell_s: float = 0.0
    sweep: int = 0
    shots: int = 0
    sweeps: int = 0
    trigger_type: int = GeneratorTrigger.RISING
    source: int = GeneratorTriggerSource.NONE
    threshold: int = 0

    @property
    def is_swept(self) -> bool:
        """Whether the frequency moves."""
        return self.start_hz != self.stop_hz

    @property
    def is_gate(self) -> bool:
        """Whether the source lets the output run only for a time."""
        return self.trigger_type in (GeneratorTrigger.GATE_HIGH, GeneratorTrigger.GATE_LOW)

    @property
    def runs_free(self) -> bool:
        """Whether it runs at once and without end."""
        counts = {self.shots, self.sweeps} - {0, _ENDLESS}
        return self.source == GeneratorTriggerSource.NONE and not counts

    @property
    def is_plain(self) -> bool:
        """Whether it runs free at one frequency."""
        return self.runs_free and not self.is_swept

    def refusal(self, output: Output, clock_hz: float) -> int:
        """Status for a course that the output cannot take, or OK."""
        if self.shots and self.sweeps:
            return Status.SHOTS_SWEEPS_WARNING
        if any(_MAX_COUNT < count < _ENDLESS for count in (self.shots, self.sweeps)):
            return Status.SIG_GEN_PARAM
        is_known = self.source in tuple(GeneratorTriggerSource)
        if not is_known or self.trigger_type not in tuple(GeneratorTrigger):
            return Status.SIGGEN_TRIGGER_SOURCE
        if self.source != GeneratorTriggerSource.NONE and not self.shots and not self.sweeps:
            return Status.SHOTS_SWEEPS_WARNING
        if output.has_frequency:
            return self._frequency_refusal(clock_hz)
        # Noise is made where the inputs are digitised, and nothing there can hold it back.
        is_possible = output.wave == "dc" or self.runs_free
        return Status.OK if is_possible else Status.SIGGEN_TRIGGER_SOURCE

    def _frequency_refusal(self, clock_hz: float) -> int:
        ends = (self.start_hz, self.stop_hz)
        if not all(MIN_HZ <= frequency_hz <= MAX_HZ for frequency_hz in ends):
            return Status.SIG_GEN_PARAM
        if not 0 <= self.sweep < len(_SWEEPS):
            return Status.SIG_GEN_PARAM
        if not self.is_swept:
            return Status.SIG_GEN_PARAM if self.sweeps else Status.OK
        fewest_hz = abs(self.stop_hz - self.start_hz) / _MAX_FREQUENCIES
        clocks = self.dwell_s * clock_hz
        possible = fewest_hz < self.increment_hz <= MAX_HZ
        possible = possible and _MIN_DWELL_CLOCKS * _JUST_BELOW <= clocks <= _MAX_DWELL_CLOCKS
        return Status.OK if possible else Status.SIG_GEN_PARAM


@dataclass(frozen=True)
class GeneratorSettings:
    """Output, course, and the raw sample at which the course began, None while it waits."""

    output: Output = field(default_factory=Output)
    course: Course = field(default_factory=Course)
    start_sample: int | None = 0

    @classmethod
    def begun(cls, output: Output, course: Course, sample: int) -> GeneratorSettings:
        """As they are set at a sample; software's gate is shut at first if it opens high."""
        by_software = course.source == GeneratorTriggerSource.SOFTWARE
        shut = by_software and course.trigger_type != GeneratorTrigger.GATE_LOW
        waits = shut or course.source == GeneratorTriggerSource.SCOPE
        return cls(output, course, None if waits else sample)

    @property
    def waits_for_scope(self) -> bool:
        """Whether the trigger of the stream is to start it."""
        return self.course.source == GeneratorTriggerSource.SCOPE

    def moved(self, sample: int) -> GeneratorSettings:
        """The same, begun at another sample if it has begun."""
        return self if self.start_sample is None else replace(self, start_sample=sample)

    def controlled(self, state: int, sample: int) -> GeneratorSettings:
        """After a call of ``SigGenSoftwareControl`` at a sample.

        A gate follows the state, and the wave begins anew when it opens; other triggers
        start it whatever the state.
        """
        if not self.course.is_gate:
            return replace(self, start_sample=sample)
        if bool(state) != (self.course.trigger_type == GeneratorTrigger.GATE_HIGH):
            return replace(self, start_sample=None)
        return self if self.start_sample is not None else replace(self, start_sample=sample)

    def segment(self, external: SimulatedSignal) -> dict[str, Any]:
        """Settings for the kernels.

        :param external: what is connected to EXT; its noise never triggers.
        """
        output, course = self.output, self.course
        # A period of the pseudo-random bits holds many bits, and it is bits that are counted.
        divisor = PRBS_BITS if output.wave == "prbs" else 1
        settings: dict[str, Any] = {
            "wave": output.wave,
            "amplitude_v": output.amplitude_v,
            "offset_v": output.offset_v,
            "noise_v": output.noise_v,
            "frequency_hz": course.start_hz / divisor,
        }
        if output.waveform:
            settings["waveform"] = output.waveform
        if not output.has_frequency or course.is_plain:
            return settings
        return {
            **settings,
            "stop_hz": course.stop_hz / divisor,
            "increment_hz": course.increment_hz / divisor,
            "dwell_s": course.dwell_s,
            "sweep": _SWEEPS[course.sweep],
            "shots": course.shots % _ENDLESS / divisor,
            "sweeps": course.sweeps % _ENDLESS,
            "start_sample": self.start_sample,
            "gate": "none",
            **(_gate(course, external) if course.source == GeneratorTriggerSource.EXT else {}),
        }


def _gate(course: Course, external: SimulatedSignal) -> dict[str, Any]:
    """When EXT starts the output, or lets it run."""
    threshold_v = course.threshold / EXTERNAL_MAX_COUNTS * EXTERNAL_RANGE_V
    opens_high = course.trigger_type in (GeneratorTrigger.RISING, GeneratorTrigger.GATE_HIGH)
    flat_v = np.full(1, external.offset_v)
    volts = flat_v if external.wave == "dc" else period_v(asdict(external))
    is_open = (volts >= threshold_v) == opens_high
    begins = np.flatnonzero(is_open & ~np.roll(is_open, 1))
    if not begins.size:
        always = course.is_gate and bool(is_open[0])
        return {} if always else {"start_sample": None}
    ends = np.flatnonzero(~is_open & np.roll(is_open, 1))
    return {
        "gate": "level" if course.is_gate else "edge",
        "gate_hz": external.frequency_hz,
        "gate_begin": int(begins[0]),
        "gate_end": int(ends[0]),
    }
