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
        self.units = [Unit(scope, clock) for scope in scopes]
        self.open_units: dict[int, Unit] = {}
        self.addresses = np.zeros(TABLE_SIZE, np.int64)
        self._last_handle = 0
        self._lock = threading.Lock()

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
            return self._open(found[0], self._last_handle, resolution), self._last_handle

    def _open(self, unit: Unit, handle: int, resolution: int) -> int:
        status = unit.open(handle, resolution)
        self.open_units[handle] = unit
        self.addresses[handle] = unit.records.ctypes.data
        return status

    def close(self, unit: Unit) -> None:
        """Close an open unit."""
        with self._lock:
            self.addresses[unit.handle] = 0
            del self.open_units[unit.handle]
            unit.close()
