"""Settings of the simple edge trigger."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..errors import ConfigurationError, shown
from .field_types import require_types
from .limits import CHANNEL_NAMES, EXTERNAL, EXTERNAL_RANGE_V, TriggerDirection

MAX_PRE_TRIGGER_S = 3600.0
MIN_AUTO_TRIGGER_S, MAX_AUTO_TRIGGER_S = 0.001, 32.767


@dataclass(frozen=True)
class TriggerConfig:
    """The driver's simple trigger; what is recorded starts ``pre_trigger_s`` before the edge.

    :param source: channel whose signal is watched (it must be enabled), or ``"EXT"``.
    :param level_v: threshold in volts at the input; -5 V to 5 V at EXT.
    :param direction: which crossing counts.
    :param pre_trigger_s: seconds before the edge that are kept.
    :param auto_trigger_s: proceed as if triggered after this time, in ms steps; 0 waits for ever.
    """

    source: str
    level_v: float
    direction: TriggerDirection = TriggerDirection.RISING
    pre_trigger_s: float = 0.0
    auto_trigger_s: float = 0.0

    def __post_init__(self) -> None:
        require_types(self)
        if self.source not in (*CHANNEL_NAMES, EXTERNAL):
            raise ConfigurationError(
                f"The trigger cannot watch {shown(self.source)}; use one of A, B, C, D, EXT."
            )
        if not math.isfinite(self.level_v):
            raise ConfigurationError("The trigger level must be a finite number of volts.")
        if self.source == EXTERNAL and abs(self.level_v) > EXTERNAL_RANGE_V:
            raise ConfigurationError("The trigger level at EXT must be -5 V to 5 V.")
        check_pre_trigger(self.pre_trigger_s)
        waits = self.auto_trigger_s == 0
        if not waits and not MIN_AUTO_TRIGGER_S <= self.auto_trigger_s <= MAX_AUTO_TRIGGER_S:
            raise ConfigurationError(
                f"The auto-trigger time must be 0 (wait) or {MIN_AUTO_TRIGGER_S * 1e3:g} to "
                f"{MAX_AUTO_TRIGGER_S * 1e3:g} ms."
            )

    @property
    def sources(self) -> tuple[str, ...]:
        """What is watched."""
        return (self.source,)

    @property
    def levels_v(self) -> tuple[tuple[str, float], ...]:
        """Every level with its source."""
        return ((self.source, self.level_v),)


def check_pre_trigger(pre_trigger_s: float) -> None:
    """Refuse an impossible pre-trigger time.

    :raises ConfigurationError: with what is allowed.
    """
    if not 0 <= pre_trigger_s <= MAX_PRE_TRIGGER_S:
        raise ConfigurationError("The pre-trigger time must be 0 s to 1 h.")
