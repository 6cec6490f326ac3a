"""One analogue input of the instrument."""

from __future__ import annotations

from ..config import BANDWIDTHS, ChannelConfig, Coupling
from ..quantities import read_scale, scale_text
from . import checks
from .opened_scope import OpenedScope
from .streamed_input import StreamedInput


class ScopeChannel(StreamedInput[ChannelConfig]):
    """An analogue input, ``scope.A`` to ``scope.D``."""

    _kind = "channels"

    def __init__(self, parent: OpenedScope, id: str) -> None:
        super().__init__(parent, ChannelConfig(id), enabled=id == "A")

    @property
    def range(self) -> float:
        """Control the full scale ± in V, strictly one of 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2,
        5, 10 and 20 (float, default 20).
        """
        return self._config.range_v

    @range.setter
    def range(self, value: float) -> None:
        self._change("range", range_v=checks.listed_range(f"{self.id}.range", value))

    @property
    def coupling(self) -> str:
        """Control the coupling, strictly "AC" or "DC" (str, default "DC")."""
        return self._config.coupling.name

    @coupling.setter
    def coupling(self, value: str) -> None:
        allowed = [coupling.name for coupling in Coupling]
        name = checks.choice(f"{self.id}.coupling", value, allowed)
        self._change("coupling", coupling=Coupling[name])

    @property
    def offset(self) -> float:
        """Control the volts that are added to the input before it is digitised, strictly within
        :attr:`offset_limits` (float, default 0). Voltages read back have it taken off again.
        """
        return self._config.offset_v

    @offset.setter
    def offset(self, value: float) -> None:
        low, high = self.offset_limits
        offset_v = checks.number(f"{self.id}.offset", value, low, high, "V")
        self._change("offset", offset_v=offset_v)

    @property
    def offset_limits(self) -> tuple[float, float]:
        """Get the lowest and highest offset in V for this range and coupling (two floats).

        The driver is asked once for each range and coupling, which cannot be while it streams.
        """
        return self.parent.offset_limits(self._config.range_v, self._config.coupling)

    @property
    def bandwidth(self) -> str:
        """Control the bandwidth, strictly "full" or "20 MHz" (str, default "full")."""
        return next(name for name, limit in BANDWIDTHS.items() if limit is self._config.bandwidth)

    @bandwidth.setter
    def bandwidth(self, value: str) -> None:
        name = checks.choice(f"{self.id}.bandwidth", value, BANDWIDTHS)
        self._change("bandwidth", bandwidth=BANDWIDTHS[name])

    @property
    def scale(self) -> str:
        """Control what the voltage stands for, such as "1 nA/mV" (str, default "", the voltage)."""
        scale = self._config.scale
        return "" if scale is None else scale_text(scale)

    @scale.setter
    def scale(self, value: str) -> None:
        is_none = value is None or (isinstance(value, str) and not value)
        scale = None if is_none else read_scale(value, f"{self.id}.scale")
        self._change("scale", scale=scale)

    @property
    def overload(self) -> bool:
        """Get whether the input was clipped (over-range) in the running or latest stream (bool)."""
        return self.parent.latest_health.over_range.get(self.id, 0) > 0
