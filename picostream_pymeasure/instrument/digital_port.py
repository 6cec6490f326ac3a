"""One digital port of a mixed-signal model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pymeasure.instruments import Channel

from ..config import DigitalPortConfig
from ..config.digital import LOGIC_LEVEL_LIMIT_V
from . import checks

if TYPE_CHECKING:
    from .scope import PicoScope5000A


class DigitalPort(Channel):
    """Eight digital inputs of an MSO model, ``scope.PORT0`` (D0–D7) or ``scope.PORT1`` (D8–D15).

    Settings are given to the scope when a stream starts, and cannot be changed while it runs.
    """

    parent: PicoScope5000A
    id: str

    def __init__(self, parent: PicoScope5000A, id: str) -> None:
        self._config = DigitalPortConfig(id)
        self._enabled = False
        super().__init__(parent, id)

    @property
    def config(self) -> DigitalPortConfig:
        """Get all settings of the port as one frozen ``DigitalPortConfig``."""
        return self._config

    @property
    def enabled(self) -> bool:
        """Control whether the port is streamed (bool, default False).

        :raises ConfigurationError: the model has no digital ports.
        """
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        value = checks.flag(f"{self.id}.enabled", value)
        self.parent.require_idle(f"{self.id}.enabled")
        if value:
            self.parent.require_inputs(digital_ports=(self._config,))
        self._enabled = value

    @property
    def logic_level(self) -> float:
        """Control the volts above which a bit is 1, strictly from -5 to 5 (float, default 1.5)."""
        return self._config.logic_level_v

    @logic_level.setter
    def logic_level(self, value: float) -> None:
        what, limit_v = f"{self.id}.logic_level", LOGIC_LEVEL_LIMIT_V
        level_v = checks.number(what, value, -limit_v, limit_v, "V")
        self.parent.require_idle(what)
        self._config = replace(self._config, logic_level_v=level_v)
