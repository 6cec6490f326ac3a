"""The models of the 5000A family that can be simulated (numbers: driver header, data sheet)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import ConfigurationError, shown

#: Last digit and letter of the variant, such as 5x42A -> MS.
_MEMORY_MS = {
    "2": {"A": 16, "B": 32, "D": 128},
    "3": {"A": 64, "B": 128, "D": 256},
    "4": {"A": 256, "B": 512, "D": 512},
}
#: The same of the B models, whose digits differ.
_AWG_SAMPLES = {"2": 16384, "3": 32768, "4": 49152}


@dataclass(frozen=True)
class Model:
    """What follows from a variant such as ``5444D``.

    :param memory_samples: capture memory; streaming does not use it.
    :param awg_samples: longest arbitrary waveform, 0 for none (A models).
    :param awg_clock_hz: clock of the waveform generator's phase accumulator.
    :param has_ports: two digital ports (MSO models).
    :param usb3: D models; A and B models talk USB 2 and stream at a quarter of the rate.
    """

    variant: str
    n_channels: int
    memory_samples: int
    awg_samples: int
    awg_clock_hz: float
    has_ports: bool
    usb3: bool


def model_of(variant: str) -> Model:
    """Return the model; :raises ConfigurationError: for a variant the family does not have."""
    match = re.fullmatch(r"5([24])4([234])([ABD])(MSO)?", variant)
    if match is None or (match[4] and match[3] != "D"):
        raise ConfigurationError(
            f"There is no PicoScope {shown(variant)}; use 5 + 2 or 4 (channels) + 42, 43 or 44 + "
            f"A, B or D, such as 5444D, or with MSO: 5444DMSO."
        )
    digit, letter = match[2], match[3]
    return Model(
        variant=variant,
        n_channels=int(match[1]),
        memory_samples=_MEMORY_MS[digit][letter] * 1024 * 1024,
        awg_samples={"A": 0, "B": _AWG_SAMPLES[digit], "D": 32768}[letter],
        awg_clock_hz=100e6 if letter == "D" else 200e6,
        has_ports=match[4] is not None,
        usb3=letter == "D",
    )
