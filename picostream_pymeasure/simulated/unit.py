"""One simulated unit: its native record, its settings, and the stream it runs."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..config import EXTERNAL, max_adc_counts
from ..system.native import exchange
from . import layout
from .block.memory import BlockMemory
from .block_fault import BlockFault
from .clock import VirtualClock
from .comparators import forget
from .description import SignalHistory
from .generator_settings import GeneratorSettings
from .kernels.fill import SIGNAL
from .scope import SimulatedScope
from .settings import ChannelSettings, UnitSettings
from .status import Status
from .trigger_program import TriggerProgram

_FAULT_CODES = {
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
_SUPPLIES = {"mains": Status.POWER_SUPPLY_CONNECTED, "usb": Status.POWER_SUPPLY_NOT_CONNECTED}


#: In the order of the constants in :mod:`.layout`.
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


@njit(cache=True)
def _exchange(words, value):  # type: ignore[no-untyped-def]
    return exchange(words, 0, value)


@njit(cache=True)
def _forget(records):  # type: ignore[no-untyped-def]
    forget(records[0])


class Unit:
    """Lives as long as its library, open or not, because a late poll may still look at it.

    :param scope: what the user described.
    :param clock: what it goes by, None for the host's clock.
    """

    def __init__(self, scope: SimulatedScope, clock: VirtualClock | None = None) -> None:
        self.scope = scope
        self.model = scope.model
        self.records = np.zeros(1, layout.UNIT)
        self.native: Any = self.records[0]
        self._lock_words = self.records.view(np.int64)
        self.inputs = np.zeros(layout.N_INPUTS, layout.INPUT)
        self.signals = np.zeros(layout.N_SIGNALS, SIGNAL)
        self._comparators = np.zeros(layout.MAX_COMPARATORS, layout.COMPARATOR)
        self._groups = np.zeros(layout.MAX_GROUPS, layout.GROUP)
        self._pulse_groups = np.zeros(layout.MAX_GROUPS, layout.GROUP)
        self.timed_faults = [fault for fault in scope.faults if fault.kind in _FAULT_CODES]
        self.faults = np.zeros(max(1, len(self.timed_faults)), layout.FAULT)
        self.windows = np.zeros(max(1, len(scope.faults)), layout.WINDOW)
        self.holes = np.zeros(layout.MAX_HOLES, layout.HOLE)
        self._breaks = np.zeros(layout.MAX_BREAKS, layout.BREAK)
        self._scratch = np.zeros(3 * layout.SCRATCH_SAMPLES, np.int16)
        self._clock = clock
        self._set_addresses()
        self.settings = self._fresh_settings(0)
        self.history = SignalHistory(scope, self.settings, 1.0)
        self.resumable = False
        self.stored_limit = 0
        self.block = BlockMemory(scope)
        self.counts_blocks = False

    def _set_addresses(self) -> None:
        for name, array in (
            ("comparators_address", self._comparators),
            ("groups_address", self._groups),
            ("pulse_groups_address", self._pulse_groups),
            ("inputs_address", self.inputs),
            ("signals_address", self.signals),
            ("faults_address", self.faults),
            ("windows_address", self.windows),
            ("holes_address", self.holes),
            ("breaks_address", self._breaks),
            ("scratch_address", self._scratch),
        ):
            self.native[name] = array.ctypes.data
        self.native["fault_count"] = len(self.timed_faults)
        self.native["clock_address"] = self._clock.words.ctypes.data if self._clock else 0

    def _fresh_settings(self, resolution: int) -> UnitSettings:
        inputs = [ChannelSettings() for _ in range(self.model.n_channels)]
        return UnitSettings(resolution=resolution, channels=inputs)

    def open(self, handle: int, resolution: int) -> int:
        """Start a life under a new handle; return the status of ``OpenUnit``."""
        self.settings = self._fresh_settings(resolution)
        self.native["supply"] = self._supply_at_opening()
        pending = self.native["supply"] in (
            Status.POWER_SUPPLY_NOT_CONNECTED,
            Status.USB3_0_DEVICE_NON_USB3_0_PORT,
        )
        self.native["pending_power"] = self.native["supply"] if pending else 0
        for name in ("streaming", "dead_status", "raw_position", "lost", "hole_count"):
            self.native[name] = 0
        self.resumable = False
        self._load_faults()
        self.block.reset()
        self.counts_blocks = False
        self.native["handle"] = handle
        return int(self.native["pending_power"])

    def _supply_at_opening(self) -> int:
        if self.scope.power == "usb2" and self.model.usb3:
            return Status.USB3_0_DEVICE_NON_USB3_0_PORT
        if self.model.n_channels == 2:
            return Status.OK
        return _SUPPLIES["mains" if self.scope.power == "mains" else "usb"]

    def _load_faults(self) -> None:
        for record, fault in zip(self.faults, self.timed_faults, strict=False):
            record["kind"] = _FAULT_CODES[fault.kind]
            record["done"], record["always"] = 0, fault.always
            record["span"] = fault.samples or round(fault.duration_s * 1e9)
            if fault.kind == "power_change":
                record["span"] = _SUPPLIES[fault.power]

    def close(self) -> None:
        """End this life; buffers are never written again."""
        self.native["handle"] = self.native["streaming"] = 0

    def try_lock(self) -> bool:
        """Claim the unit for one call; False while another call is under way."""
        return _exchange(self._lock_words, 1) == 0

    def unlock(self) -> None:
        """Give the unit back."""
        _exchange(self._lock_words, 0)

    @property
    def in_callback(self) -> bool:
        """Whether the call under way is inside the user's callback."""
        return bool(self.native["in_callback"])

    @property
    def handle(self) -> int:
        """0 when closed."""
        return int(self.native["handle"])

    @property
    def unplugged(self) -> bool:
        """Gone for good."""
        return bool(self.native["unplugged"])

    @property
    def refusal(self) -> int:
        """Status that gated calls answer with at present, 0 for none."""
        if self.unplugged:
            return Status.NOT_RESPONDING
        return int(self.native["pending_power"])

    def fail(self, fault: BlockFault) -> None:
        """Be unplugged, or change the power supply; stored captures are lost."""
        if fault.kind == "power_change":
            self.native["supply"] = self.native["pending_power"] = _SUPPLIES[fault.power]
        else:
            self.native["unplugged"] = 1
        self.block.forget()

    @property
    def streaming(self) -> bool:
        """Whether a stream runs."""
        return bool(self.native["streaming"])

    @property
    def busy(self) -> bool:
        """Whether a stream runs, or a run of block mode."""
        return self.streaming or self.block.is_armed

    @property
    def two_channels_only(self) -> bool:
        """Without enough power C and D are switched off."""
        return self.native["supply"] in (
            Status.POWER_SUPPLY_NOT_CONNECTED,
            Status.USB3_0_DEVICE_NON_USB3_0_PORT,
        )

    @property
    def max_adc(self) -> int:
        """Counts at full scale."""
        return max_adc_counts(self.settings.bits)

    @property
    def comparators(self) -> NDArray[Any]:
        """Those of the trigger that was loaded last."""
        return self._comparators[: self.native["comparator_count"]]

    def wait(self, duration_s: float) -> None:
        """Let time pass, on the clock the unit goes by."""
        if self._clock is not None:
            self._clock.advance(duration_s)
        elif duration_s:
            time.sleep(duration_s)

    def load_signals(self) -> None:
        """Hand the kernels the signals as they are from the next raw sample on."""
        first = int(self.native["raw_position"])
        generator = self.settings.generator.segment(self.scope.signal(EXTERNAL))
        for row in self.history.rows:
            self.signals[row] = self.history.signal_from(first, row, generator)
        self.native["generator_waits"] = self.settings.generator.waits_for_scope

    def set_generator(self, generator: GeneratorSettings) -> None:
        """Let the generator put out something else from the next raw sample on."""
        self.settings.generator = generator
        if self.streaming:
            self.load_signals()

    def load_trigger(self) -> None:
        """Hand the search the trigger as it is set."""
        program = TriggerProgram(self.model, self.settings)
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

    def load_disturbances(self) -> None:
        """Place faults and over-range stretches in a stream of the present interval."""
        interval_ns = self.history.sample_interval_ns
        for record, fault in zip(self.faults, self.timed_faults, strict=False):
            record["at"] = fault.first_sample(interval_ns)
        windows = self.history.over_range()
        self.windows[: len(windows)] = windows
        self.native["window_count"] = len(windows)

    def load_buffers(self) -> None:
        """Hand the poll the buffers registered for the mode of the running stream."""
        mode, sizes = int(self.native["ratio_mode"]), []
        for row, record in enumerate(self.inputs):
            buffers = self.settings.buffers.get((row, 0, mode))
            record["max_address"] = buffers.max_address if buffers else 0
            record["min_address"] = buffers.min_address if buffers else 0
            record["value_bytes"] = buffers.value_bytes if buffers else 0
            if buffers and record["enabled"]:
                sizes.append(buffers.length)
        size = min([int(self.native["overview_size"]), *sizes]) if sizes else 0
        self.native["buffer_size"] = size
        if self.native["write_index"] >= size:
            self.native["write_index"] = 0

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
            for hole in self.holes[:count]
        ]

    def describe(self) -> dict[str, Any]:
        """How to compute every sample of the present or last stream, and what was lost."""
        return {
            "serial": self.scope.serial,
            "variant": self.scope.variant,
            "seed": self.scope.seed,
            **self.history.describe(),
            "holes": [[loss.sample, loss.missing] for loss in self.losses()],
        }
