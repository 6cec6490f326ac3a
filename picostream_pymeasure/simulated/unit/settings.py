"""What a client has set on an open unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ...config import RANGES_V
from .generator_settings import GeneratorSettings
from .trigger_settings import TriggerSettings

#: ``PS5000A_RANGE`` -> full scale in volts.
RANGE_V = {code: volts for volts, code in RANGES_V.items()}
#: ``PS5000A_DEVICE_RESOLUTION`` -> bits.
BITS = (8, 12, 14, 15, 16)


@dataclass(frozen=True)
class ChannelSettings:
    """As after opening (all inputs enabled), or as set by ``SetChannel``."""

    enabled: bool = True
    ac_coupled: bool = False
    range_v: float = 20.0
    analog_offset_v: float = 0.0


class Buffers(NamedTuple):
    """Memory registered for one (row, segment, mode); addresses are 0 for NULL."""

    max_address: int
    min_address: int
    length: int
    value_bytes: int = 2


@dataclass
class UnitSettings:
    """All that a client can set; made anew when the unit is opened."""

    resolution: int
    channels: list[ChannelSettings]
    trigger: TriggerSettings = field(default_factory=TriggerSettings)
    auto_trigger_us: int = 0
    buffers: dict[tuple[int, int, int], Buffers] = field(default_factory=dict)
    generator: GeneratorSettings = field(default_factory=GeneratorSettings)
    ports: list[int] = field(default_factory=list)

    @property
    def bits(self) -> int:
        """Resolution in bits."""
        return BITS[self.resolution]

    @property
    def enabled(self) -> list[int]:
        """Indices of the enabled channels."""
        return [index for index, channel in enumerate(self.channels) if channel.enabled]

    @property
    def rows(self) -> list[int]:
        """All that is streamed: enabled channels and ports."""
        return [*self.enabled, *self.ports]
