"""Measure gain and phase between two inputs, with the scope's own generator as the stimulus.

Connect the generator to the reference input and to the device, the device's output to the response
input. Copy this for a procedure with rows of its own instead of the summary.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from pymeasure.experiment import ListParameter

from picostream_pymeasure.config import (
    CHANNEL_NAMES,
    MAX_FREQUENCY_HZ,
    MIN_FREQUENCY_HZ,
    OUTPUT_LIMIT_V,
    rate_text,
)
from picostream_pymeasure.errors import ConfigurationError, StreamError
from picostream_pymeasure.instrument import PicoScope5000A

from .channel_parameters import enabled, input_range
from .number_parameters import NumberParameter, WholeNumberParameter
from .scope_parameters import SIMULATED
from .sine_fit import SineFit
from .streaming import StreamingProcedure
from .summary import voltages

if TYPE_CHECKING:
    from picostream_pymeasure.records import Health
    from picostream_pymeasure.streaming import StreamSession

log = logging.getLogger(__name__)

FREQUENCY = "Frequency (Hz)"
GAIN = "Gain (dB)"
PHASE = "Phase (deg)"
REFERENCE = "Reference Amplitude (V)"
RESPONSE = "Response Amplitude (V)"

#: Samples per period at least.
_MIN_SAMPLES = 2.5

_LOOK_S = 0.05


class FrequencyResponse(StreamingProcedure):
    """Steps the generator over logarithmically spaced frequencies while two inputs stream."""

    DATA_COLUMNS: ClassVar[list[str]] = [FREQUENCY, GAIN, PHASE, REFERENCE, RESPONSE]

    channel_b = enabled("B", default=True)
    range_a = input_range("A", default=2)
    range_b = input_range("B", default=2)
    reference = ListParameter(
        "Reference Input",
        choices=list(CHANNEL_NAMES),
        default="A",
        description="Input that sees what the device sees.",
    )
    response = ListParameter(
        "Response Input",
        choices=list(CHANNEL_NAMES),
        default="B",
        description="Input at the output of the device.",
    )
    first_frequency = NumberParameter(
        "First Frequency",
        units="Hz",
        minimum=MIN_FREQUENCY_HZ,
        maximum=MAX_FREQUENCY_HZ,
        default=100,
        description="Of the generator.",
    )
    last_frequency = NumberParameter(
        "Last Frequency",
        units="Hz",
        minimum=MIN_FREQUENCY_HZ,
        maximum=MAX_FREQUENCY_HZ,
        default=100e3,
        description="Of the generator; above or below the first one.",
    )
    n_frequencies = WholeNumberParameter(
        "Frequencies",
        minimum=1,
        maximum=10_000,
        default=31,
        description="How many there are, in equal ratios.",
    )
    amplitude = NumberParameter(
        "Amplitude",
        units="V",
        minimum=0.001,
        maximum=2 * OUTPUT_LIMIT_V,
        default=2,
        description="Of the generator, peak to peak.",
    )
    n_periods = WholeNumberParameter(
        "Periods",
        minimum=1,
        maximum=1_000_000,
        default=10,
        description="Measured at each frequency at least.",
    )
    measuring_time = NumberParameter(
        "Measuring Time",
        units="s",
        minimum=0.01,
        maximum=3600,
        default=0.2,
        description="At each frequency at least.",
    )
    settling_time = NumberParameter(
        "Settling Time",
        units="s",
        minimum=0,
        maximum=3600,
        default=0.1,
        description="Before each measurement; two periods are waited for at least.",
    )
    ends_by = ListParameter("Ends By", choices=["stop"], default="stop")
    downsample_mode = ListParameter("Down-Sampling", choices=["none"], default="none")

    INPUTS = (
        "first_frequency",
        "last_frequency",
        "n_frequencies",
        "amplitude",
        "n_periods",
        "measuring_time",
        "settling_time",
        "reference",
        "response",
        *(
            name
            for name in StreamingProcedure.INPUTS
            if name not in ("ends_by", "duration", "sample_count", "summary_interval")
            and not name.startswith(("downsample", "trigger", "pre_", "auto_", "port", "logic"))
        ),
    )

    #: The simulated generator reaches input B through an RC low-pass anyway, and here A as it is.
    simulated_wiring = "A=generator"

    DISPLAYS = ("first_frequency", "last_frequency", "n_frequencies", "amplitude")

    @property
    def frequencies_hz(self) -> list[float]:
        """The frequencies, in the order in which they are measured."""
        frequencies_hz: list[float] = np.geomspace(
            self.first_frequency, self.last_frequency, self.n_frequencies
        ).tolist()
        return frequencies_hz

    def check(self) -> None:
        """See :meth:`.StreamingProcedure.check`; also whether the frequencies can be measured."""
        super().check()
        for name in (self.reference, self.response):
            if name not in self.enabled_channels:
                raise ConfigurationError(f"Input {name} is not recorded; enable it.")
        if self.reference == self.response:
            raise ConfigurationError("Reference and response must be two inputs.")
        if self.trigger_enabled:
            raise ConfigurationError("A frequency response cannot wait for a trigger.")
        rate_hz = 1e9 / self.stream_config().requested_interval_ns
        highest_hz = max(self.first_frequency, self.last_frequency)
        if highest_hz * _MIN_SAMPLES > rate_hz:
            raise ConfigurationError(
                f"{highest_hz:g} Hz cannot be measured at {rate_text(rate_hz)}; use a sample "
                f"rate of {rate_text(highest_hz * _MIN_SAMPLES)} or more, or lower frequencies."
            )

    @property
    def planned_duration_s(self) -> float:
        """How long all frequencies will take."""
        return sum(
            self._settling_s(frequency_hz) + self._measuring_s(frequency_hz)
            for frequency_hz in self.frequencies_hz
        )

    def open_scope(self) -> PicoScope5000A:
        """Open the scope; the simulated one with the generator at the reference input A too."""
        if self.scope_serial != SIMULATED:
            return super().open_scope()
        return PicoScope5000A(simulated=self.simulated_wiring)

    def configure(self, scope: PicoScope5000A) -> None:
        """Start the generator at the first frequency."""
        scope.generator.wave = "sine"
        scope.generator.amplitude = self.amplitude
        scope.generator.frequency = self.first_frequency
        scope.generator.start()

    def run(self, session: StreamSession) -> None:
        """Measure at one frequency after the other."""
        for number, frequency_hz in enumerate(self.frequencies_hz):
            row = self._measure(session, frequency_hz)
            if row is None:
                return
            self.emit("results", row)
            self.emit("progress", 100 * (number + 1) / self.n_frequencies)

    def emit_summary(self, health: Health) -> None:
        """Emit nothing: the rows of this procedure are frequencies."""

    def release(self) -> None:
        """Switch the generator off."""
        if self.scope is not None:
            self.scope.generator.off()

    def _settling_s(self, frequency_hz: float) -> float:
        return max(float(self.settling_time), 2 / frequency_hz)

    def _measuring_s(self, frequency_hz: float) -> float:
        return max(float(self.measuring_time), self.n_periods / frequency_hz)

    def _measure(self, session: StreamSession, frequency_hz: float) -> dict[str, Any] | None:
        """Make the row of a frequency, or None when the run is to end."""
        assert self.scope is not None
        self.scope.generator.frequency = frequency_hz
        session.mark("frequency", frequency_hz)
        if not self.stream_for(self._settling_s(frequency_hz)):
            return None
        fit = self._fit_without_gaps(session, frequency_hz)
        return None if fit is None else self._row(frequency_hz, fit)

    def _fit_without_gaps(self, session: StreamSession, frequency_hz: float) -> SineFit | None:
        """Fit what comes from now on, anew when samples are lost: that moves the phase."""
        while True:
            before = session.health()
            fit = self._fit(frequency_hz, before.received)
            after = session.health()
            if fit is None or after.gaps == before.gaps:
                self._warn_of_clipping(before, after, frequency_hz)
                return fit
            log.warning("Samples were lost at %g Hz; it is measured once more.", frequency_hz)

    def _fit(self, frequency_hz: float, first_sample: int) -> SineFit | None:
        """Fit what comes from a sample on, for as long as it takes."""
        description = self.description
        assert description is not None
        interval_s = description.stored_interval_ns * 1e-9
        rows = [description.channel_names.index(name) for name in (self.reference, self.response)]
        fit = SineFit(frequency_hz, interval_s, len(rows))
        last_sample = first_sample + self._measuring_s(frequency_hz) / interval_s
        newest = first_sample
        while newest < last_sample:
            if not self.stream_for(_LOOK_S):
                return None
            for piece in self.newest_samples():
                newest = piece.first_sample + piece.rows.shape[1]
                if piece.first_sample >= first_sample:
                    values = [voltages([piece], description, row) for row in rows]
                    fit.add(piece.first_sample, np.stack(values))
        return fit

    def _row(self, frequency_hz: float, fit: SineFit) -> dict[str, Any]:
        reference, response = fit.amplitudes().tolist()
        if reference == 0:
            raise StreamError(
                f"The reference input {self.reference} sees nothing at {frequency_hz:g} Hz; "
                f"connect the generator to it."
            )
        gain = abs(response) / abs(reference)
        return {
            FREQUENCY: frequency_hz,
            GAIN: 20 * math.log10(gain) if gain else -math.inf,
            PHASE: math.degrees(np.angle(response / reference)),
            REFERENCE: abs(reference),
            RESPONSE: abs(response),
        }

    def _warn_of_clipping(self, before: Health, after: Health, frequency_hz: float) -> None:
        for name in (self.reference, self.response):
            if after.over_range.get(name, 0) > before.over_range.get(name, 0):
                log.warning(
                    "Input %s was clipped at %g Hz; use a larger range.", name, frequency_hz
                )
