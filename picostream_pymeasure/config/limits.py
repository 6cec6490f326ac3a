"""What the PicoScope 5000A family can do, as numbers.

Sources: the driver's public header ``ps5000aApi.h`` (enumerations, full-scale counts, offset
limits) and the family's data sheet (streaming rates over USB 3.0).
The driver has the last word: what it refuses at the start is reported as it says.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

CHANNEL_NAMES = ("A", "B", "C", "D")

#: Digital port of MSO models (eight inputs each) -> ``PS5000A_CHANNEL``.
DIGITAL_PORTS = {"PORT0": 0x80, "PORT1": 0x81}

#: Everything that can be a row of a stream.
INPUT_NAMES = (*CHANNEL_NAMES, *DIGITAL_PORTS)

#: The external trigger input: its name, its ``PS5000A_CHANNEL`` and its full scale.
EXTERNAL = "EXT"
EXTERNAL_INDEX = 4
EXTERNAL_RANGE_V = 5.0
EXTERNAL_MAX_COUNTS = 32767

#: Input range in volts (±) -> ``PS5000A_RANGE``.
RANGES_V = {
    0.01: 0,
    0.02: 1,
    0.05: 2,
    0.1: 3,
    0.2: 4,
    0.5: 5,
    1.0: 6,
    2.0: 7,
    5.0: 8,
    10.0: 9,
    20.0: 10,
}

#: How far a number may lie beside the range that it means: one of 32 bits is not exactly 0.2.
_SAME_RANGE = 1e-6

#: Resolution in bits -> ``PS5000A_DEVICE_RESOLUTION``.
RESOLUTIONS = {8: 0, 12: 1, 14: 2, 15: 3, 16: 4}

#: Resolution in bits -> how many analogue channels may be enabled.
MAX_CHANNELS = {8: 4, 12: 4, 14: 4, 15: 2, 16: 1}

MAX_INTERVAL_S = 34.0
MAX_DOWNSAMPLE_RATIO = 2**31 - 1


class WordEnum(IntEnum):
    """Numbers of the driver whose members users call by their names in words."""

    @property
    def words(self) -> str:
        """The name in words, such as ``"rising or falling"``."""
        return self.name.lower().replace("_", " ")

    @classmethod
    def by_words(cls) -> dict[str, Self]:
        """All members by their names in words."""
        return {member.words: member for member in cls}


class Coupling(WordEnum):
    """``PS5000A_COUPLING``."""

    AC = 0
    DC = 1


class Bandwidth(WordEnum):
    """``PS5000A_BANDWIDTH_LIMITER``."""

    FULL = 0
    LIMIT_20MHZ = 1

    @property
    def words(self) -> str:
        """``"full"`` or ``"20 MHz"``."""
        return "full" if self is Bandwidth.FULL else "20 MHz"


#: What users call them.
BANDWIDTHS = Bandwidth.by_words()


class DownsampleMode(Enum):
    """How the driver reduces ``ratio`` raw samples to one before it delivers them."""

    NONE = "none"
    AGGREGATE = "aggregate"
    DECIMATE = "decimate"
    AVERAGE = "average"

    @property
    def ratio_mode(self) -> int:
        """``PS5000A_RATIO_MODE``."""
        return {"none": 0, "aggregate": 1, "decimate": 2, "average": 4}[self.value]

    @property
    def values_per_sample(self) -> int:
        """Values stored for one delivered sample: 2 (min, max) in aggregate mode."""
        return 2 if self is DownsampleMode.AGGREGATE else 1


class TriggerDirection(WordEnum):
    """``PS5000A_THRESHOLD_DIRECTION`` as far as the simple trigger takes it."""

    ABOVE = 0
    BELOW = 1
    RISING = 2
    FALLING = 3
    RISING_OR_FALLING = 4


def min_interval_ns(resolution_bits: int, n_inputs: int) -> float:
    """Shortest streaming interval: 125 MS/s (8 bit) or 62.5 MS/s shared by channels and ports."""
    return (8.0 if resolution_bits == 8 else 16.0) * n_inputs


def rate_text(rate_hz: float) -> str:
    """A rate as it is typed, for a sentence: 62.5 MS/s, 0.5 MS/s, 10 S/s.

    ``quantities.rate``, in a room above, gives it a constant number of decimals.
    """
    return f"{rate_hz:g} S/s" if abs(rate_hz) < 1000 else f"{rate_hz / 1e6:g} MS/s"


def interval_grid_ns(resolution_bits: int) -> int:
    """Step between possible intervals: the scopes' timebases divide 62.5 MHz, or 125 MHz."""
    return 16 if resolution_bits in (12, 16) else 8


def max_adc_counts(resolution_bits: int) -> int:
    """Give the counts at full scale: the driver's ``MaximumValue`` after the resolution is set.

    Samples of one byte are the upper bytes of such counts.
    """
    return 32512 if resolution_bits == 8 else 32767


def highest_count(resolution_bits: object, max_adc: int) -> int:
    """Give the largest count of a sample; an input that is clipped has it, or its negative.

    Counts are left-justified in 16 bits, so that with fewer bits it is less than ``max_adc``.

    :param resolution_bits: what is no number of bits counts as 16.
    :param max_adc: counts at full scale; 127 of one byte a sample.
    """
    bits = resolution_bits if isinstance(resolution_bits, int) else 16
    return min((1 << 15) - (1 << (16 - bits)) if 0 < bits <= 16 else 32767, max_adc)


def listed_range_v(range_v: float) -> float | None:
    """Give the listed range in volts that a number means; None if there is none."""
    for listed_v in RANGES_V:
        if listed_v * (1 - _SAME_RANGE) <= range_v <= listed_v * (1 + _SAME_RANGE):
            return listed_v
    return None


def offset_limit_v(range_v: float) -> float:
    """Largest analogue offset (±V) the header allows for a range; 10 and 20 mV as 50 mV."""
    if range_v <= 0.2:
        return 0.25
    return 2.5 if range_v <= 2.0 else 20.0
