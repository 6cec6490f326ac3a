"""The memory that a unit shares with its native code, and what is written into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit, void
from numpy.typing import NDArray

from ...config import Status
from ..device import layout
from ..device.clock import UNITS
from ..device.comparators import forget
from ..kernels.fill import SIGNAL
from ..scopes.fault import Fault
from .settings import Buffers
from .trigger_program import TriggerProgram

FAULT_CODES = {
    "unplug": layout.UNPLUG,
    "stall": layout.STALL,
    "power_change": layout.POWER_CHANGE,
    "busy": layout.BURST,
    "streaming_failed": layout.STREAMING_FAILED,
    "buffer_stall": layout.BUFFER_STALL,
    "overrun": layout.OVERRUN,
    "hang": layout.HANG,
    "start_zero": layout.START_ZERO,
    "start_shift": layout.START_SHIFT,
    "count_shift": layout.COUNT_SHIFT,
    "chunk_twice": layout.CHUNK_TWICE,
    "chunk_skipped": layout.CHUNK_SKIPPED,
}
#: Power of a description -> what the calls answer.
SUPPLIES = {"mains": Status.POWER_SUPPLY_CONNECTED, "usb": Status.POWER_SUPPLY_NOT_CONNECTED}
#: In the order of the constants in :mod:`..device.layout`.
_LOSS_CAUSES = (
    "fault",
    "memory full",
    "steady loss",
    "loss now and then",
    "restart",
    "skipped chunk",
)


class Loss(NamedTuple):
    """Samples that were lost: from where, how many, when (ns on the unit's clock), and why."""

    sample: int
    missing: int
    at_ns: int
    cause: str


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
        self.inputs = np.zeros(layout.N_INPUTS, layout.INPUT)
        self.signals = np.zeros(layout.N_SIGNALS, SIGNAL)
        self._comparators = np.zeros(layout.MAX_COMPARATORS, layout.COMPARATOR)
        self._groups = np.zeros(layout.MAX_GROUPS, layout.GROUP)
        self._pulse_groups = np.zeros(layout.MAX_GROUPS, layout.GROUP)
        self._timed_faults = [fault for fault in faults if fault.kind in FAULT_CODES]
        self._faults = np.zeros(max(1, len(self._timed_faults)), layout.FAULT)
        self._windows = np.zeros(max(1, len(faults)), layout.WINDOW)
        self._holes = np.zeros(layout.MAX_HOLES, layout.HOLE)
        self._breaks = np.zeros(layout.MAX_BREAKS, layout.BREAK)
        self._scratch = np.zeros(3 * layout.SCRATCH_SAMPLES, np.int16)
        self._set_addresses()

    def _set_addresses(self) -> None:
        for name, array in (
            ("comparators_address", self._comparators),
            ("groups_address", self._groups),
            ("pulse_groups_address", self._pulse_groups),
            ("inputs_address", self.inputs),
            ("signals_address", self.signals),
            ("faults_address", self._faults),
            ("windows_address", self._windows),
            ("holes_address", self._holes),
            ("breaks_address", self._breaks),
            ("scratch_address", self._scratch),
        ):
            self.native[name] = array.ctypes.data
        self.native["fault_count"] = len(self._timed_faults)

    @property
    def comparators(self) -> NDArray[Any]:
        """Those of the trigger that was loaded last."""
        return self._comparators[: self.native["comparator_count"]]

    @property
    def losses(self) -> list[Loss]:
        """What truly was lost in the present or last stream, in its order."""
        count = int(self.native["hole_count"])
        return [
            Loss(
                int(hole["sample"]),
                int(hole["missing"]),
                int(hole["at_ns"]),
                _LOSS_CAUSES[hole["cause"]],
            )
            for hole in self._holes[:count]
        ]

    def load_faults(self) -> None:
        """Let all faults be still to come."""
        for record, fault in zip(self._faults, self._timed_faults, strict=False):
            record["kind"] = FAULT_CODES[fault.kind]
            record["done"], record["always"] = 0, fault.always
            record["span"] = fault.samples or round(fault.duration_s * 1e9)
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
