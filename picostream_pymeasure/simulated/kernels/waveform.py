"""One period of a wave in volts, and through an RC low-pass, as tables of 65 536 points.

Built once per setting with numpy; :mod:`.signal` turns the tables into counts and samples.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Points in a period: the top 16 bits of the 64-bit phase choose one.
TABLE_POINTS = 65536
#: Bits of the pseudo-random sequence before it repeats.
PRBS_BITS = 4095

Turns = NDArray[np.float64]


def _triangle(turns: Turns) -> Turns:
    return 1 - 4 * np.abs((turns + 0.25) % 1 - 0.5)


def _sinc(turns: Turns) -> Turns:
    return np.sinc(16 * (turns - 0.5))


def _gaussian(turns: Turns) -> Turns:
    return 2 * np.exp(-0.5 * ((turns - 0.5) / 0.1) ** 2) - 1


def _prbs(turns: Turns) -> Turns:
    """All states of a 12-bit shift register (taps 12, 6, 4, 1), one bit after the other."""
    register, bits = 1, np.empty(PRBS_BITS)
    for index in range(PRBS_BITS):
        bits[index] = register & 1
        fed_back = (register ^ register >> 6 ^ register >> 8 ^ register >> 11) & 1
        register = register >> 1 | fed_back << 11
    return 2 * bits[(turns * PRBS_BITS).astype(np.int64)] - 1


#: Name -> wave between -1 and 1 over one turn, in the order of ``PS5000A_WAVE_TYPE``.
PERIODIC_WAVES: dict[str, Callable[[Turns], Turns]] = {
    "sine": lambda turns: np.sin(2 * np.pi * turns),
    "square": lambda turns: np.where(turns < 0.5, 1.0, -1.0),
    "triangle": _triangle,
    "ramp_up": lambda turns: 2 * turns - 1,
    "ramp_down": lambda turns: 1 - 2 * turns,
    "sinc": _sinc,
    "gaussian": _gaussian,
    "half_sine": lambda turns: 2 * np.abs(np.sin(np.pi * turns)) - 1,
    "prbs": _prbs,
}

#: All that a channel can be fed with; ``generator`` is the unit's own output.
WAVES = (*PERIODIC_WAVES, "dc", "noise", "events", "counter", "index", "generator", "arbitrary")


def encode_waveform(samples: NDArray[np.int16]) -> str:
    """Samples of an arbitrary waveform as text that fits into JSON."""
    return base64.b64encode(samples.astype("<i2").tobytes()).decode("ascii")


def _arbitrary(text: str) -> Turns:
    samples = np.frombuffer(base64.b64decode(text), dtype="<i2")
    chosen = np.arange(TABLE_POINTS) * samples.size // TABLE_POINTS
    return samples[chosen] / 32768.0


def low_pass(period: Turns, frequency_hz: float, corner_hz: float) -> Turns:
    """Steady state of a periodic voltage behind an RC low-pass: its Fourier series, weighted."""
    spectrum = np.fft.rfft(period)
    harmonics = np.arange(spectrum.size)
    spectrum /= 1 + 1j * harmonics * (frequency_hz / corner_hz)
    return np.fft.irfft(spectrum, period.size)


def period_v(settings: Mapping[str, Any]) -> NDArray[np.float64]:
    """One period of a periodic or arbitrary wave in volts, shape ``(TABLE_POINTS,)``.

    ``settings`` holds ``wave``, ``amplitude_v`` (peak), ``offset_v``, ``frequency_hz`` and
    ``rc_hz`` (corner of the low-pass, 0 for none); for ``arbitrary`` also ``waveform``.
    """
    if settings["wave"] == "arbitrary":
        shape = _arbitrary(settings["waveform"])
    else:
        shape = PERIODIC_WAVES[settings["wave"]](np.arange(TABLE_POINTS) / TABLE_POINTS)
    volts: NDArray[np.float64] = settings["offset_v"] + settings["amplitude_v"] * shape
    if settings["rc_hz"]:
        return low_pass(volts, settings["frequency_hz"], settings["rc_hz"])
    return volts


def coupled_v(settings: Mapping[str, Any]) -> NDArray[np.float64]:
    """The same as an input sees it, whose ``ac_coupled`` takes the mean away."""
    volts = period_v(settings)
    return volts - volts.mean() if settings["ac_coupled"] else volts
