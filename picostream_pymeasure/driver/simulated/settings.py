"""What a client has set on an open unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...config import RANGES_V

#: ``PS5000A_RANGE`` -> full scale in volts.
RANGE_V = {code: volts for volts, code in RANGES_V.items()}
#: ``PS5000A_DEVICE_RESOLUTION`` -> bits.
BITS = (8, 12, 14, 15, 16)

GENERATOR_OFF: dict[str, Any] = {
    "wave": "dc",
    "amplitude_v": 0.0,
    "offset_v": 0.0,
    "frequency_hz": 1000.0,
}


@dataclass(frozen=True)
class ChannelSettings:
    """As after opening (all inputs enabled), or as set by ``SetChannel``."""

    enabled: bool = True
    ac_coupled: bool = False
    range_v: float = 20.0
    analog_offset_v: float = 0.0


@dataclass(frozen=True)
class TriggerSettings:
    """The simple trigger.

    :param threshold: ADC counts.
    :param direction: ``PS5000A_THRESHOLD_DIRECTION``, 0 to 4.
    """

    channel: int
    threshold: int
    direction: int


@dataclass(frozen=True)
class Buffers:
    """Memory registered for one (channel, segment, mode); addresses are 0 for NULL."""

    max_address: int
    min_address: int
    length: int


@dataclass
class UnitSettings:
    """All that a client can set; made anew when the unit is opened."""

    resolution: int
    channels: list[ChannelSettings]
    trigger: TriggerSettings | None = None
    auto_trigger_us: int = 0
    buffers: dict[tuple[int, int, int], Buffers] = field(default_factory=dict)
    generator: dict[str, Any] = field(default_factory=lambda: dict(GENERATOR_OFF))
    led_flashing: bool = False

    @property
    def bits(self) -> int:
        """Resolution in bits."""
        return BITS[self.resolution]

    @property
    def enabled(self) -> list[int]:
        """Indices of the enabled inputs."""
        return [index for index, channel in enumerate(self.channels) if channel.enabled]
