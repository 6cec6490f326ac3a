"""One digital port of a mixed-signal model."""

from __future__ import annotations

from ..config import LOGIC_LEVEL_LIMIT_V, DigitalPortConfig
from . import checks
from .opened_scope import OpenedScope
from .streamed_input import StreamedInput


class DigitalPort(StreamedInput[DigitalPortConfig]):
    """Eight digital inputs of an MSO model, ``scope.PORT0`` (D0–D7) or ``scope.PORT1`` (D8–D15)."""

    _kind = "digital_ports"

    def __init__(self, parent: OpenedScope, id: str) -> None:
        super().__init__(parent, DigitalPortConfig(id), enabled=False)

    @property
    def logic_level(self) -> float:
        """Control the volts above which a bit is 1, strictly from -5 to 5 (float, default 1.5)."""
        return self._config.logic_level_v

    @logic_level.setter
    def logic_level(self, value: float) -> None:
        limit_v = LOGIC_LEVEL_LIMIT_V
        level_v = checks.number(f"{self.id}.logic_level", value, -limit_v, limit_v, "V")
        self._change("logic_level", logic_level_v=level_v)
