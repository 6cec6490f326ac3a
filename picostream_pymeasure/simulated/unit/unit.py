"""One simulated unit: its native record, its settings, and the stream it runs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from ...config import EXTERNAL, Status
from ...system.native import exchange
from ..device.clock import VirtualClock
from ..scopes.block_fault import BlockFault
from ..scopes.scope import SimulatedScope
from .block_memory import BlockMemory
from .generator_settings import GeneratorSettings
from .history import SignalHistory
from .settings import ChannelSettings, UnitSettings
from .shared_memory import SUPPLIES, SharedMemory
from .trigger_program import TriggerProgram

_WITHOUT_SUPPLY = (
    Status.POWER_SUPPLY_NOT_CONNECTED,
    Status.USB3_0_DEVICE_NON_USB3_0_PORT,
)


@njit(int64(int64[::1], int64), cache=True)
def _exchange(words, value):  # type: ignore[no-untyped-def]
    return exchange(words, 0, value)


#: Runs of block mode that a description tells of: a file has little room for it.
_TOLD_RUNS = 200


class Unit:
    """Lives as long as its library, open or not, because a late poll may still look at it.

    :param scope: what the user described.
    :param addresses: of the records of open units, by handle.
    :param clock: what it goes by, None for the host's clock.
    """

    def __init__(
        self, scope: SimulatedScope, addresses: NDArray[np.int64], clock: VirtualClock | None = None
    ) -> None:
        self.scope = scope
        self.model = scope.model
        self.shared = SharedMemory(scope.faults)
        self.records, self.native = self.shared.records, self.shared.native
        self._lock_words = self.records.view(np.int64)
        self._addresses, self._clock = addresses, clock
        self.native["clock_address"] = clock.words.ctypes.data if clock else 0
        self.settings = self._fresh_settings(0)
        self.history = SignalHistory(scope, self.settings, 1.0)
        self.resumable = False
        self.block = BlockMemory(scope)
        self.counts_blocks = False

    def _fresh_settings(self, resolution: int) -> UnitSettings:
        inputs = [ChannelSettings() for _ in range(self.model.n_channels)]
        return UnitSettings(resolution=resolution, channels=inputs)

    def open(self, handle: int, resolution: int) -> int:
        """Start a life under a new handle; return the status of ``OpenUnit``."""
        self.settings = self._fresh_settings(resolution)
        self.native["supply"] = self._supply_at_opening()
        self.native["pending_power"] = self.native["supply"] if self.two_channels_only else 0
        for name in ("streaming", "dead_status", "raw_position", "hole_count"):
            self.native[name] = 0
        self.resumable = False
        self.shared.load_faults()
        self.block = BlockMemory(self.scope)
        self.counts_blocks = False
        self.native["handle"] = handle
        self._addresses[handle] = self.records.ctypes.data
        return int(self.native["pending_power"])

    def _supply_at_opening(self) -> int:
        if self.scope.power == "usb2" and self.model.usb3:
            return Status.USB3_0_DEVICE_NON_USB3_0_PORT
        if self.model.n_channels == 2:
            return Status.OK
        return SUPPLIES["mains" if self.scope.power == "mains" else "usb"]

    def close(self) -> None:
        """End this life; buffers are never written again."""
        self._addresses[self.handle] = 0
        self.native["handle"] = self.native["streaming"] = 0

    def try_lock(self) -> bool:
        """Claim the unit for one call; False while another call is under way."""
        return bool(_exchange(self._lock_words, 1) == 0)

    def unlock(self) -> None:
        """Give the unit back."""
        _exchange(self._lock_words, 0)

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
            self.native["supply"] = self.native["pending_power"] = SUPPLIES[fault.power]
        else:
            self.native["unplugged"] = 1
        self.block.forget()

    def block_fault(self, when: str) -> int | None:
        """Let the fault of block mode happen that is due at a call; what that answers."""
        fault = self.block.fault(when, "unplug", "power_change", "answer")
        if fault is None:
            return None
        if fault.kind == "answer":
            return fault.status
        self.fail(fault)
        return self.refusal

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
        return self.native["supply"] in _WITHOUT_SUPPLY

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
            self.shared.signals[row] = self.history.signal_from(first, row, generator)
        self.native["generator_waits"] = self.settings.generator.waits_for_scope

    def set_generator(self, generator: GeneratorSettings) -> None:
        """Let the generator put out something else from the next raw sample on."""
        self.settings.generator = generator
        if self.streaming:
            self.load_signals()

    def load_trigger(self) -> None:
        """Hand the search the trigger as it is set."""
        self.shared.load_trigger(TriggerProgram(self.model, self.settings))

    def describe(self) -> dict[str, Any]:
        """How to compute every sample of the present or last stream, and what was lost."""
        until = int(self.native["raw_position"]) // self.history.ratio  # polls go on meanwhile
        return {
            "serial": self.scope.serial,
            "variant": self.scope.variant,
            "seed": self.scope.seed,
            **self.history.describe(),
            "holes": self.shared.holes,
            "holes_until": min(until, self.shared.holes_until),
            "runs": [list(begin) for begin in self.block.begins[-_TOLD_RUNS:]],
        }
