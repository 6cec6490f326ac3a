"""Settings of the simple edge trigger."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import ConfigurationError
from .limits import CHANNEL_NAMES, TriggerDirection


@dataclass(frozen=True)
class TriggerConfig:
    """The driver's simple trigger; what is recorded starts ``pre_trigger_s`` before the edge.

    :param source: channel whose signal is watched; it must be enabled.
    :param level_v: threshold in volts at the input.
    :param direction: which crossing counts.
    :param pre_trigger_s: seconds before the edge that are kept.
    :param auto_trigger_ms: proceed as if triggered after this time; 0 waits for ever.
    """

    source: str
    level_v: float
    direction: TriggerDirection = TriggerDirection.RISING
    pre_trigger_s: float = 0.0
    auto_trigger_ms: int = 0

    def __post_init__(self) -> None:
        if self.source not in CHANNEL_NAMES:
            raise ConfigurationError(
                f"The trigger cannot watch {self.source!r}; use one of A, B, C, D."
            )
        if not math.isfinite(self.level_v):
            raise ConfigurationError("The trigger level must be a finite number of volts.")
        if not 0 <= self.pre_trigger_s <= 3600:
            raise ConfigurationError("The pre-trigger time must be 0 s to 1 h.")
        if not 0 <= self.auto_trigger_ms <= 32767:
            raise ConfigurationError("The auto-trigger time must be 0 (wait) to 32767 ms.")
