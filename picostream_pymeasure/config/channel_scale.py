"""What the voltage of an input stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ConfigurationError, shown
from .field_types import require_types

#: What can be a column's name, an attribute and a label; a fraction would be read as one.
_UNIT = re.compile(r"[^\W\d_°%µΩ][^\s,;\"'/\\_]{0,15}|[°%µΩ][^\s,;\"'/\\_]{0,14}")

#: What values in such units are still numbers of.
LEAST_PER_VOLT, MOST_PER_VOLT = 1e-30, 1e30


@dataclass(frozen=True)
class ChannelScale:
    """A quantity in proportion to an input's voltage, such as 1 nA/mV of a current amplifier.

    :param per_volt: how much of it one volt is, in ``unit``; 1e-30 to 1e30.
    :param unit: such as ``"nA"``, ``"bar"``, ``"°C"``.
    :raises ConfigurationError: there is no such scale.
    """

    per_volt: float
    unit: str

    def __post_init__(self) -> None:
        require_types(self)
        if not _UNIT.fullmatch(self.unit):
            raise ConfigurationError(
                f"{shown(self.unit)} is not a unit; use up to 16 characters such as nA, bar or °C."
            )
        if not LEAST_PER_VOLT <= self.per_volt <= MOST_PER_VOLT:
            raise ConfigurationError(
                f"A volt cannot be {self.per_volt:g} {self.unit}; use {LEAST_PER_VOLT:g} to "
                f"{MOST_PER_VOLT:g} of a unit."
            )
