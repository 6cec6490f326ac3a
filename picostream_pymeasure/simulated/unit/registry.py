"""The units of one simulated library, and the handles under which they are open."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from ...config import Status
from ..device.clock import VirtualClock
from ..device.layout import TABLE_SIZE
from ..scopes.scope import SimulatedScope
from .unit import Unit


class UnitRegistry:
    """All units that are connected; handles count up and are never used twice.

    ``addresses`` is what the native poll sees: handle -> address of the unit's record, or 0.
    """

    def __init__(self, scopes: Sequence[SimulatedScope], clock: VirtualClock | None) -> None:
        self.addresses = np.zeros(TABLE_SIZE, np.int64)
        self.units = [Unit(scope, self.addresses, clock) for scope in scopes]
        self._last_handle = 0
        self._lock = threading.Lock()

    @property
    def open_units(self) -> dict[int, Unit]:
        """Handle -> unit."""
        return {unit.handle: unit for unit in self.units if unit.handle}

    @property
    def unopened(self) -> list[Unit]:
        """Units that could be opened."""
        return [unit for unit in self.units if unit.handle == 0 and not unit.unplugged]

    def open(self, serial: str | None, resolution: int) -> tuple[int, int]:
        """Open the first free unit, or the one of this serial; return status and handle."""
        with self._lock:
            found = [unit for unit in self.unopened if serial in (None, unit.scope.serial)]
            if not found:
                return Status.NOT_FOUND, 0
            if any(fault.kind == "refuse_open" for fault in found[0].scope.faults):
                return Status.NOT_RESPONDING, -1
            if self._last_handle == TABLE_SIZE - 1:
                return Status.MAX_UNITS_OPENED, -1
            self._last_handle += 1
            return found[0].open(self._last_handle, resolution), self._last_handle
