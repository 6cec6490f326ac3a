"""One analogue input of the instrument."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pymeasure.instruments import Channel

from ..config import RANGES_V, Bandwidth, ChannelConfig, Coupling
from . import checks

if TYPE_CHECKING:
    from .scope import PicoScope5000A

_BANDWIDTHS = {"full": Bandwidth.FULL, "20 MHz": Bandwidth.LIMIT_20MHZ}


class ScopeChannel(Channel):
    """An analogue input, ``scope.A`` to ``scope.D``.

    Settings are given to the scope when a stream starts, and cannot be changed while it runs.
    """

    parent: PicoScope5000A
    id: str

    def __init__(self, parent: PicoScope5000A, id: str) -> None:
        self._config = ChannelConfig(id)
        self._enabled = id == "A"
        super().__init__(parent, id)

    @property
    def config(self) -> ChannelConfig:
        """Get all settings of the input as one frozen ``ChannelConfig``."""
        return self._config

    @property
    def enabled(self) -> bool:
        """Control whether the input is streamed (bool, only A is at first).

        :raises ConfigurationError: the model does not have it, or the power does not suffice.
        """
        return self._enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        value = checks.flag(f"{self.id}.enabled", value)
        self.parent.require_idle(f"{self.id}.enabled")
        if value:
            self.parent.require_inputs(channels=(self._config,))
        self._enabled = value

    @property
    def range(self) -> float:
        """Control the full scale ± in V, strictly one of 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2,
        5, 10 and 20 (float, default 20).
        """
        return self._config.range_v

    @range.setter
    def range(self, value: float) -> None:
        self._change(range_v=float(checks.choice(f"{self.id}.range", value, RANGES_V, "V")))

    @property
    def coupling(self) -> str:
        """Control the coupling, strictly "AC" or "DC" (str, default "DC")."""
        return self._config.coupling.name

    @coupling.setter
    def coupling(self, value: str) -> None:
        allowed = [coupling.name for coupling in Coupling]
        self._change(coupling=Coupling[checks.choice(f"{self.id}.coupling", value, allowed)])

    @property
    def offset(self) -> float:
        """Control the volts that are added to the input before it is digitised, strictly within
        :attr:`offset_limits` (float, default 0). Voltages read back have it taken off again.
        """
        return self._config.offset_v

    @offset.setter
    def offset(self, value: float) -> None:
        low, high = self.offset_limits
        self._change(offset_v=checks.number(f"{self.id}.offset", value, low, high, "V"))

    @property
    def offset_limits(self) -> tuple[float, float]:
        """Get the lowest and highest offset in V for this range and coupling (two floats).

        The driver is asked once for each range and coupling, which cannot be while it streams.
        """
        return self.parent.offset_limits(self._config.range_v, self._config.coupling)

    @property
    def bandwidth(self) -> str:
        """Control the bandwidth, strictly "full" or "20 MHz" (str, default "full")."""
        return next(name for name, limit in _BANDWIDTHS.items() if limit is self._config.bandwidth)

    @bandwidth.setter
    def bandwidth(self, value: str) -> None:
        name = checks.choice(f"{self.id}.bandwidth", value, _BANDWIDTHS)
        self._change(bandwidth=_BANDWIDTHS[name])

    @property
    def overload(self) -> bool:
        """Get whether the input was clipped (over-range) in the running or latest stream (bool)."""
        return self.parent.latest_health.over_range.get(self.id, 0) > 0

    def _change(self, **settings: Any) -> None:
        self.parent.require_idle(f"{self.id}.{next(iter(settings)).partition('_')[0]}")
        self._config = replace(self._config, **settings)
