"""Settings of one analogue input."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import ConfigurationError, shown
from .channel_scale import ChannelScale
from .count_scale import CountScale
from .field_types import require_types
from .limits import CHANNEL_NAMES, RANGES_V, Bandwidth, Coupling, listed_range_v, offset_limit_v


@dataclass(frozen=True)
class ChannelConfig:
    """One enabled analogue input.

    :param name: ``"A"`` to ``"D"``.
    :param range_v: full scale in volts (±), one of :data:`~.limits.RANGES_V`.
    :param coupling: AC or DC.
    :param offset_v: volts the scope *adds* to the input before it digitises.
    :param bandwidth: full, or limited to 20 MHz.
    :param scale: what its voltage stands for, or None for the voltage itself.
    :raises ConfigurationError: with the allowed values, when one is not allowed.
    """

    name: str
    range_v: float = 20.0
    coupling: Coupling = Coupling.DC
    offset_v: float = 0.0
    bandwidth: Bandwidth = Bandwidth.FULL
    scale: ChannelScale | None = None

    def __post_init__(self) -> None:
        require_types(self)
        if self.name not in CHANNEL_NAMES:
            raise ConfigurationError(
                f"There is no channel {shown(self.name)}; use one of A, B, C, D."
            )
        range_v = listed_range_v(self.range_v)
        if range_v is None:
            allowed = ", ".join(f"{volts:g}" for volts in RANGES_V)
            is_small = 0 < abs(self.range_v) < 0.1
            given = f"{1e3 * self.range_v:g} mV" if is_small else f"{self.range_v + 0.0:g} V"
            raise ConfigurationError(
                f"Channel {self.name} has no range of {given}; use one of {allowed} V."
            )
        object.__setattr__(self, "range_v", range_v)  # exactly, where 32 bits were given
        limit_v = offset_limit_v(self.range_v)
        if not math.isfinite(self.offset_v) or abs(self.offset_v) > limit_v:
            raise ConfigurationError(
                f"Channel {self.name} cannot be offset by {self.offset_v:g} V in the "
                f"{self.range_v:g} V range; use -{limit_v:g} V to {limit_v:g} V."
            )

    @property
    def index(self) -> int:
        """``PS5000A_CHANNEL``: 0 for A to 3 for D."""
        return CHANNEL_NAMES.index(self.name)

    def count_scale(self, max_adc: int) -> CountScale:
        """How its counts are volts, of which ``max_adc`` are the range."""
        return CountScale(self.range_v, self.offset_v, max_adc)

    def check_level(self, level_v: float, what: str = "trigger level") -> None:
        """Refuse a level that the input cannot reach.

        :raises ConfigurationError: with what is allowed.
        """
        lowest_v, highest_v = -self.range_v - self.offset_v, self.range_v - self.offset_v
        if not lowest_v <= level_v <= highest_v:
            raise ConfigurationError(
                f"The {what} {level_v:g} V is outside the input of channel {self.name}; "
                f"use {lowest_v:g} V to {highest_v:g} V."
            )
