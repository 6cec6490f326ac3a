"""One run of rapid block mode: armed, waited for, fetched."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig
from ..driver import POWER_STATES, Unit, block, registration
from ..errors import DriverError, PowerSourceError, SampleRateError
from .plan import CapturePlan, actual_interval_ns

_PAUSE_S = 0.0002
_PROGRESS_PERIOD_S = 0.05


@dataclass(frozen=True)
class FetchedRun:
    """What a run brought; n captures of the k samples that came.

    :param counts: int16, shape ``(n_inputs, n, k)``.
    :param overflow: int16, shape ``(n,)``; bit 0 for channel A that was clipped.
    :param triggers: shape ``(n,)``, :data:`~picostream_pymeasure.driver.block.TRIGGER_INFO`.
    :param offsets_s: float64, shape ``(n,)``; from the trigger sample to the crossing, or NaN.
    :param host_s: when the run was armed and when it was over, by a clock that only goes on.
    """

    counts: NDArray[np.int16]
    overflow: NDArray[np.int16]
    triggers: NDArray[np.void]
    offsets_s: NDArray[np.float64]
    host_s: tuple[float, float]


class Run:
    """Captures into memory that is handed over; use it as a context manager.

    :param counts: int16, shape ``(n_inputs, n, samples)``; one segment a capture. The driver
        writes into it until the block is left.
    """

    def __init__(
        self, unit: Unit, config: CaptureConfig, plan: CapturePlan, counts: NDArray[np.int16]
    ) -> None:
        self._unit, self._config, self._plan = unit, config, plan
        self._counts = counts

    def __enter__(self) -> Run:
        block.set_captures(self._unit, self.captures)
        for row, counts in zip(self._config.inputs, self._counts, strict=True):
            registration.register(self._unit, row.index, counts)
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Stop, and take the memory back; a scope that is gone writes to it no more."""
        with suppress(DriverError):
            self._unit.stop()
        for row in self._config.inputs:
            with suppress(DriverError):
                registration.take_back(self._unit, row.index, self.captures)

    @property
    def captures(self) -> int:
        """How many captures it makes."""
        return int(self._counts.shape[1])

    def capture(
        self, should_stop: Callable[[], bool], progress: Callable[[int], None]
    ) -> FetchedRun:
        """Arm the scope, wait and fetch; may be called again, into the same memory.

        :param should_stop: asked all the time; when it says so, the complete captures are fetched.
        :param progress: called now and then with how many are complete.
        :raises PowerSourceError: the supply changed meanwhile, and with it the captures were lost.
        :raises DriverError: the scope failed, in the subclass that fits.
        """
        self._require_interval()
        begin_s = time.monotonic()
        self._arm()
        made = self._wait(should_stop, progress)
        end_s = time.monotonic()
        return self._fetch(made, (begin_s, end_s))

    def _require_interval(self) -> None:
        """The same number stands for another interval once inputs or resolution have changed."""
        plan = self._plan
        if actual_interval_ns(self._unit, self._config, plan.timebase) != plan.interval_ns:
            raise SampleRateError("The scope's sample interval changed between two runs.")

    def _arm(self) -> None:
        plan = self._plan
        arguments = plan.before, plan.after, plan.timebase
        status = block.run_block(self._unit, *arguments)
        if status in POWER_STATES:
            self._unit.acknowledge_power(status, self._config)
            self._require_interval()
            status = block.run_block(self._unit, *arguments)
            if status in POWER_STATES:
                raise PowerSourceError("The scope's power source keeps changing.")

    def _wait(self, should_stop: Callable[[], bool], progress: Callable[[int], None]) -> int:
        next_progress_s = 0.0
        while not block.is_ready(self._unit):
            if should_stop():
                self._unit.stop()
                return min(block.captures_made(self._unit), self.captures)
            if (now_s := time.monotonic()) >= next_progress_s:
                next_progress_s = now_s + _PROGRESS_PERIOD_S
                progress(block.captures_made(self._unit))
            time.sleep(_PAUSE_S)
        return self.captures

    def _fetch(self, made: int, host_s: tuple[float, float]) -> FetchedRun:
        if not made:
            nothing = np.zeros(0, block.TRIGGER_INFO)
            return FetchedRun(
                self._counts[:, :0], np.zeros(0, np.int16), nothing, np.zeros(0), host_s
            )
        came, overflow = block.fetch(self._unit, made, self._plan.samples)
        return FetchedRun(
            self._counts[:, :made, :came],
            overflow,
            block.fetch_triggers(self._unit, made),
            block.fetch_time_offsets(self._unit, made),
            host_s,
        )
