"""What is connected to an input of a simulated scope."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from ...errors import ConfigurationError, shown
from ..kernels.waveform import PERIODIC_WAVES, WAVES


@dataclass(frozen=True)
class SimulatedSignal:
    """The voltage at one input, always the same for the same sample index.

    :param wave: one of :data:`~.kernels.waveform.WAVES`. ``counter`` is no
        voltage but the sample index itself, as a ramp over all codes: the plainest proof.
        ``index`` spells it, so that any eight samples in a row tell which of the stream they are.
        ``generator`` is the unit's own output; ``events`` a baseline with blockades of
        hash-determined position, length and depth, like a nanopore's trace.
    :param amplitude_v: peak of the wave, or the deepest blockade.
    :param offset_v: mean of the wave, or the baseline.
    :param frequency_hz: repetitions, or blockades, per second.
    :param noise_v: standard deviation of added noise.
    :param rc_hz: corner of an RC low-pass before the input, 0 for none; periodic waves only.
    :raises ConfigurationError: when a value is impossible.
    """

    wave: str = "sine"
    amplitude_v: float = 1.0
    offset_v: float = 0.0
    frequency_hz: float = 1000.0
    noise_v: float = 0.002
    rc_hz: float = 0.0

    def __post_init__(self) -> None:
        if self.wave not in WAVES or self.wave == "arbitrary":
            allowed = ", ".join(wave for wave in WAVES if wave != "arbitrary")
            raise ConfigurationError(f"There is no wave {shown(self.wave)}; use one of {allowed}.")
        volts = (self.amplitude_v, self.offset_v, self.noise_v, self.rc_hz)
        if not all(math.isfinite(value) for value in volts) or min(self.noise_v, self.rc_hz) < 0:
            raise ConfigurationError(
                "Voltages of a simulated signal must be finite, noise and RC corner 0 or more."
            )
        if not 0 < self.frequency_hz < math.inf:
            raise ConfigurationError("The frequency of a simulated signal must be more than 0 Hz.")

    def settings(self, generator: dict[str, Any]) -> dict[str, Any]:
        """Settings for the kernels; a ``generator`` signal becomes what the generator puts out."""
        if self.wave != "generator":
            return asdict(self)
        added_noise = math.hypot(generator.get("noise_v", 0.0), self.noise_v)
        return {**asdict(self), **generator, "noise_v": added_noise}


#: What the inputs see unless the user says otherwise.
DEFAULT_SIGNALS = {
    "A": SimulatedSignal(),
    "B": SimulatedSignal("generator", rc_hz=1000.0),
    "C": SimulatedSignal("square", frequency_hz=100.0),
    "D": SimulatedSignal("events", amplitude_v=0.6, offset_v=1.0, frequency_hz=200.0, noise_v=0.01),
    "EXT": SimulatedSignal("dc", noise_v=0.0),
}
#: What can be connected to the external trigger input.
EXTERNAL_WAVES = ("dc", *(wave for wave in PERIODIC_WAVES if wave not in ("sinc", "prbs")))
