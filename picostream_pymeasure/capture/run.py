"""One run of rapid block mode: armed, waited for, fetched."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig
from ..driver import POWER_STATES, Unit, block
from ..errors import DeviceLostError, DriverError, PowerSourceError, SampleRateError
from .plan import CapturePlan, actual_interval_ns
from .segments import Segments

log = logging.getLogger(__name__)

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
    """Captures into memory that is handed over.

    :param segments: the scope's, which know where the driver writes to.
    :param counts: int16, shape ``(n_inputs, n, samples)``; one segment a capture.
    :param overlaps: let the scope hand the samples over by itself once they are captured, so that
        it can be armed again at once.
    """

    def __init__(
        self,
        unit: Unit,
        config: CaptureConfig,
        plan: CapturePlan,
        segments: Segments,
        counts: NDArray[np.int16],
        overlaps: bool,
    ) -> None:
        self._unit, self._config, self._plan = unit, config, plan
        self._segments, self._counts, self._overlaps = segments, counts, overlaps
        self._request: block.OverlappedRequest | None = None
        self._begin_s = self._end_s = 0.0

    @property
    def captures(self) -> int:
        """How many captures it makes."""
        return int(self._counts.shape[1])

    def arm(self) -> None:
        """Begin; may be called again when the captures were lost.

        :raises PowerSourceError: the supply does not suffice any more.
        :raises SampleRateError: the scope would sample at another interval than planned.
        :raises DriverError: the scope failed, in the subclass that fits.
        """
        self._segments.use(self._counts)
        self._require_interval()
        self._begin_s, self._end_s = time.monotonic(), 0.0
        self._request_overlap()
        try:
            self._arm()
        except (PowerSourceError, DeviceLostError):
            raise
        except DriverError as error:
            if self._request is None:
                raise
            log.debug("Runs are fetched one after the other: %s", error)
            self._unit.stop()  # and with it what was requested
            self._overlaps, self._request = False, None
            self._arm()

    @property
    def overlaps(self) -> bool:
        """Whether the driver has taken the request to hand the samples over by itself."""
        return self._overlaps

    def _request_overlap(self) -> None:
        self._request = None
        if self._overlaps:
            self._request = block.request_overlapped(self._unit, self.captures, self._plan.samples)
            self._overlaps = self._request is not None

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
            self._request_overlap()
            status = block.run_block(self._unit, *arguments)
            if status in POWER_STATES:
                raise PowerSourceError("The scope's power source keeps changing.")

    def collect(
        self, should_stop: Callable[[], bool], progress: Callable[[int], None]
    ) -> FetchedRun:
        """Wait for the captures and fetch them.

        :param should_stop: asked all the time; when it says so, the complete captures are fetched.
        :param progress: called now and then with how many are complete.
        :raises PowerSourceError: the supply changed meanwhile, and with it the captures were lost.
        :raises DriverError: the scope failed, in the subclass that fits.
        """
        made = self._wait(should_stop, progress)
        self._end_s = self._end_s or time.monotonic()
        return self._fetch(made)

    def _wait(self, should_stop: Callable[[], bool], progress: Callable[[int], None]) -> int:
        next_progress_s = 0.0
        while not block.is_ready(self._unit):
            if should_stop():
                self._unit.stop()
                self._request = None
                return min(block.captures_made(self._unit), self.captures)
            now_s = time.monotonic()
            if now_s >= next_progress_s or self._request is not None:
                made = block.captures_made(self._unit)
                if made >= self.captures and not self._end_s:
                    self._end_s = now_s  # what remains is the way to the computer
                if now_s >= next_progress_s:
                    next_progress_s = now_s + _PROGRESS_PERIOD_S
                    progress(min(made, self.captures))
            time.sleep(_PAUSE_S)
        return self.captures

    def _fetch(self, made: int) -> FetchedRun:
        host_s = self._begin_s, self._end_s
        if not made:
            nothing = np.zeros(0, block.TRIGGER_INFO)
            return FetchedRun(
                self._counts[:, :0], np.zeros(0, np.int16), nothing, np.zeros(0), host_s
            )
        if self._request is not None and self._request.has_come:
            came, overflow = self._request.samples, self._request.overflow
        else:
            came, overflow = block.fetch(self._unit, made, self._plan.samples)
        if not came:
            raise DriverError("The scope handed over no samples of the captures that it made.")
        return FetchedRun(
            self._counts[:, :made, :came],
            overflow,
            block.fetch_triggers(self._unit, made),
            block.fetch_time_offsets(self._unit, made),
            host_s,
        )
