"""Settings of one digital port."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ConfigurationError, shown
from .field_types import require_types
from .limits import DIGITAL_PORTS

#: The driver takes ±32767 for ±5 V as the logic level.
LOGIC_LEVEL_LIMIT_V = 5.0
LOGIC_LEVEL_MAX_COUNTS = 32767


@dataclass(frozen=True)
class DigitalPortConfig:
    """One enabled digital port of an MSO model: eight inputs that are sampled as one number.

    A sample is 0 to 255; bit 0 is D0 of ``PORT0`` and D8 of ``PORT1``.

    :param name: ``"PORT0"`` (D0 to D7) or ``"PORT1"`` (D8 to D15).
    :param logic_level_v: inputs above this voltage are 1.
    :raises ConfigurationError: with the allowed values, when one is not allowed.
    """

    name: str
    logic_level_v: float = 1.5

    def __post_init__(self) -> None:
        require_types(self)
        if self.name not in DIGITAL_PORTS:
            raise ConfigurationError(
                f"There is no digital port {shown(self.name)}; use PORT0 or PORT1."
            )
        if not abs(self.logic_level_v) <= LOGIC_LEVEL_LIMIT_V:
            raise ConfigurationError(
                f"The logic level of {self.name} cannot be {self.logic_level_v:g} V; "
                f"use -{LOGIC_LEVEL_LIMIT_V:g} V to {LOGIC_LEVEL_LIMIT_V:g} V."
            )

    @property
    def index(self) -> int:
        """``PS5000A_CHANNEL``: 0x80 or 0x81."""
        return DIGITAL_PORTS[self.name]

    @property
    def logic_level_counts(self) -> int:
        """The logic level as the driver takes it."""
        return round(self.logic_level_v / LOGIC_LEVEL_LIMIT_V * LOGIC_LEVEL_MAX_COUNTS)
