"""The trigger of the instrument."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pymeasure.instruments import Channel

from ..config import (
    CHANNEL_NAMES,
    EXTERNAL,
    MAX_AUTO_TRIGGER_S,
    MAX_PRE_TRIGGER_S,
    MIN_AUTO_TRIGGER_S,
    AdvancedTriggerConfig,
    TriggerConfig,
    TriggerDirection,
    require_kind,
)
from . import checks
from .opened_scope import OpenedScope
from .strict_settings import StrictSettings

_DIRECTIONS = TriggerDirection.by_words()
#: The largest range with the largest offset.
_LEVEL_LIMIT_V = 40.0


class ScopeTrigger(StrictSettings, Channel):
    """What a stream waits for, ``scope.trigger``; unless it is enabled a stream begins at once.

    There is no trigger delay: the driver ignores it while it streams.
    """

    parent: OpenedScope

    def __init__(self, parent: OpenedScope, id: None = None) -> None:
        self._enabled = False
        self._simple = TriggerConfig("A", 0.0)
        self._advanced: AdvancedTriggerConfig | None = None
        super().__init__(parent, id)

    @property
    def config(self) -> TriggerConfig | AdvancedTriggerConfig | None:
        """Get what a stream would wait for, as a frozen configuration, or None."""
        return (self._advanced or self._simple) if self._enabled else None

    def apply(self, config: TriggerConfig | AdvancedTriggerConfig | None) -> None:
        """Enable the trigger as configured, or (None) disable it."""
        kinds = TriggerConfig, AdvancedTriggerConfig, type(None)
        require_kind("The trigger's config", config, *kinds)
        self.parent.require_idle("trigger")
        self._enabled = config is not None
        if isinstance(config, TriggerConfig):
            self._simple, self._advanced = config, None
        elif config is not None:
            self._advanced = config

    @property
    def enabled(self) -> bool:
        """Control whether a stream waits for the trigger (bool, default False)."""
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        value = checks.flag("trigger.enabled", value)
        self.parent.require_idle("trigger.enabled")
        self._enabled = value

    @property
    def source(self) -> str:
        """Control the input that is watched, strictly "A" to "D", which must be enabled when the
        stream starts, or "EXT" (str, default "A").
        """
        return self._simple.source

    @source.setter
    def source(self, value: str) -> None:
        allowed = (*CHANNEL_NAMES, EXTERNAL)
        self._change("source", source=checks.choice("trigger.source", value, allowed))

    @property
    def level(self) -> float:
        """Control the threshold in V at the input, strictly from -40 to 40, and within the range of
        its source when the stream starts; -5 to 5 at EXT (float, default 0).
        """
        return self._simple.level_v

    @level.setter
    def level(self, value: float) -> None:
        level_v = checks.number("trigger.level", value, -_LEVEL_LIMIT_V, _LEVEL_LIMIT_V, "V")
        self._change("level", level_v=level_v)

    @property
    def direction(self) -> str:
        """Control which crossing counts, strictly "rising", "falling", "rising or falling", "above"
        or "below" (str, default "rising").
        """
        return self._simple.direction.words

    @direction.setter
    def direction(self, value: str) -> None:
        name = checks.choice("trigger.direction", value, _DIRECTIONS)
        self._change("direction", direction=_DIRECTIONS[name])

    @property
    def pre_trigger(self) -> float:
        """Control the time before the trigger that is kept, in s, strictly from 0 to 3600 (float,
        default 0).
        """
        return self._simple.pre_trigger_s

    @pre_trigger.setter
    def pre_trigger(self, value: float) -> None:
        time_s = checks.number("trigger.pre_trigger", value, 0, MAX_PRE_TRIGGER_S, "s")
        self._change("pre_trigger", pre_trigger_s=time_s)

    @property
    def auto_trigger(self) -> float:
        """Control the time in s after which the stream begins without an edge, strictly 0.001 to
        32.767 in steps of 0.001, or 0 to wait for ever (float, default 0). What is recorded does
        not tell such a begin from an edge.
        """
        return self._simple.auto_trigger_s

    @auto_trigger.setter
    def auto_trigger(self, value: float) -> None:
        limits_s = MIN_AUTO_TRIGGER_S, MAX_AUTO_TRIGGER_S
        time_s = checks.number_or_zero("trigger.auto_trigger", value, *limits_s, "s")
        self._change("auto_trigger", auto_trigger_s=round(time_s, 3))

    @property
    def advanced(self) -> AdvancedTriggerConfig | None:
        """Control a trigger on windows, pulse widths or several inputs (``AdvancedTriggerConfig``,
        or None, the default). While there is one, only :attr:`enabled` of the others matters.
        """
        return self._advanced

    @advanced.setter
    def advanced(self, value: AdvancedTriggerConfig | None) -> None:
        require_kind("trigger.advanced", value, AdvancedTriggerConfig, type(None))
        self.parent.require_idle("trigger.advanced")
        self._advanced = value

    def _change(self, what: str, **settings: Any) -> None:
        self.parent.require_idle(f"trigger.{what}")
        self._simple = replace(self._simple, **settings)
