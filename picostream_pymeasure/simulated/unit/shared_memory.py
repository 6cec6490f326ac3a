"""The memory that a unit shares with its native code, and what is written into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit, void
from numpy.typing import NDArray

from ...config import Status
from ..device import layout
from ..device.clock import UNITS
from ..device.comparators import forget
from ..kernels.filling import SIGNAL
from ..scopes.fault import Fault
from .settings import Buffers
from .trigger_program import TriggerProgram

#: What polls answer once a fault of this kind has ended the stream.
_DEATHS = {
    "stall": Status.BUSY,
    "streaming_failed": Status.STREAMING_FAILED,
    "buffer_stall": Status.BUFFER_STALL,
}
#: Kinds that are no matter of the poll.
_OTHER_FAULTS = ("over_range", "refuse_open")
#: Power of a description -> what the calls answer.
SUPPLIES = {"mains": Status.POWER_SUPPLY_CONNECTED, "usb": Status.POWER_SUPPLY_NOT_CONNECTED}
_ENDLESS = 1 << 62


@njit(void(UNITS), cache=True)
def _forget(records):  # type: ignore[no-untyped-def]
    forget(records[0])


class SharedMemory:
    """Arrays that native code reaches through addresses, so that they live as long as the unit.

    :param faults: all that can go wrong with the unit.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.records = np.zeros(1, layout.UNIT)
        self.native: Any = self.records[0]
        self._arrays: list[NDArray[Any]] = []
        self._timed_faults = [fault for fault in faults if fault.kind not in _OTHER_FAULTS]
        self.native["fault_count"] = len(self._timed_faults)
        self.inputs = self._shared("inputs", layout.N_INPUTS, layout.INPUT)
        self.signals = self._shared("signals", layout.N_SIGNALS, SIGNAL)
        self._comparators = self._shared("comparators", layout.MAX_COMPARATORS, layout.COMPARATOR)
        self._groups = self._shared("groups", layout.MAX_GROUPS, layout.GROUP)
        self._pulse_groups = self._shared("pulse_groups", layout.MAX_GROUPS, layout.GROUP)
        self._faults = self._shared("faults", len(faults), layout.FAULT)
        self._windows = self._shared("windows", len(faults), layout.WINDOW)
        self._holes = self._shared("holes", layout.MAX_HOLES, layout.HOLE)
        self._shared("breaks", layout.MAX_BREAKS, layout.BREAK)
        self._shared("scratch", 3 * layout.SCRATCH_SAMPLES, np.dtype(np.int16))

    def _shared(self, name: str, size: int, kind: np.dtype[Any]) -> NDArray[Any]:
        """A new array whose address native code has."""
        array = np.zeros(max(1, size), kind)
        self._arrays.append(array)
        self.native[f"{name}_address"] = array.ctypes.data
        return array

    @property
    def comparators(self) -> NDArray[Any]:
        """Those of the trigger that was loaded last."""
        return self._comparators[: self.native["comparator_count"]]

    @property
    def holes(self) -> list[list[int]]:
        """What truly was lost in the present or last stream, as [delivered index, missing]."""
        return [list(hole) for hole in self._holes[: self.native["hole_count"]].tolist()]

    @property
    def holes_until(self) -> int:
        """Delivered index up to which that is known."""
        if self.native["hole_count"] < layout.MAX_HOLES:
            return _ENDLESS
        return int(self._holes["sample"][-1])

    def load_faults(self) -> None:
        """Let all faults be still to come."""
        for record, fault in zip(self._faults, self._timed_faults, strict=False):
            record["done"], record["always"] = 0, fault.always
            record["span"] = fault.samples or round(fault.duration_s * 1e9)
            if fault.kind in _DEATHS:
                record["kind"], record["span"] = layout.DIE, _DEATHS[fault.kind]
            else:  # named alike there
                record["kind"] = getattr(layout, fault.kind.upper())
            if fault.kind == "power_change":
                record["span"] = SUPPLIES[fault.power]

    def place_faults(self, interval_ns: float, over_range: list[tuple[int, int, int]]) -> None:
        """Say where faults and over-range stretches lie in a stream of this interval."""
        for record, fault in zip(self._faults, self._timed_faults, strict=False):
            record["at"] = fault.first_sample(interval_ns)
        self._windows[: len(over_range)] = over_range
        self.native["window_count"] = len(over_range)

    def load_trigger(self, program: TriggerProgram) -> None:
        """Hand the search the trigger."""
        for record, fields in zip(self._comparators, program.comparators, strict=False):
            for name, value in fields.items():
                record[name] = value
        self._groups[: len(program.groups)] = program.groups
        self._pulse_groups[: len(program.pulse_groups)] = program.pulse_groups
        self.native["comparator_count"] = len(program.comparators)
        self.native["group_count"] = len(program.groups)
        self.native["pulse_group_count"] = len(program.pulse_groups)
        for name, value in program.pulse.items():
            self.native[name] = value
        _forget(self.records)

    def load_buffers(self, registered: dict[tuple[int, int, int], Buffers]) -> None:
        """Hand the poll the buffers registered for the mode of the running stream."""
        mode, sizes = int(self.native["ratio_mode"]), []
        for row, record in enumerate(self.inputs):
            buffers = registered.get((row, 0, mode))
            record["max_address"] = buffers.max_address if buffers else 0
            record["min_address"] = buffers.min_address if buffers else 0
            record["value_bytes"] = buffers.value_bytes if buffers else 0
            if buffers and record["enabled"]:
                sizes.append(buffers.length)
        size = min([int(self.native["overview_size"]), *sizes]) if sizes else 0
        self.native["buffer_size"] = size
        if self.native["write_index"] >= size:
            self.native["write_index"] = 0
