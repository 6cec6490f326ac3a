"""One run of rapid block mode: armed, waited for, fetched."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig
from ..driver import CANCELLED, NO_SAMPLES_AVAILABLE, Unit, block
from ..errors import DeviceLostError, DriverError, PowerSourceError, SampleRateError
from .plan import CapturePlan, actual_interval_ns
from .progress import Progress
from .segments import Segments

log = logging.getLogger(__name__)

#: Between two looks at the scope: a share of the time that nothing has come for.
_LEAST_PAUSE_S, _MOST_PAUSE_S, _PAUSE_SHARE = 0.0002, 0.002, 0.002
_PROGRESS_PERIOD_S = 0.05
#: Attempts to fetch all samples of a run, and what is waited in between.
_FETCHES, _FETCH_PAUSE_S = 3, 0.02
#: Of memory that is handed to the driver: no input ever gives it.
_UNWRITTEN = -32768


@dataclass(frozen=True)
class FetchedRun:
    """What a run brought; n captures of the k samples that came.

    :param counts: int16, shape ``(n_inputs, n, k)``.
    :param overflow: int16, shape ``(n,)``; bit 0 for channel A that was clipped.
    :param triggers: shape ``(n,)``, :data:`~picostream_pymeasure.driver.block.TRIGGER_INFO`.
    :param offsets_s: float64, shape ``(n,)``; from the trigger sample to the crossing, or NaN.
    :param armed_s: when the run was armed, by a clock that only goes on.
    :param seen: so many captures were seen to be complete, and when; all of them last.
    """

    counts: NDArray[np.int16]
    overflow: NDArray[np.int16]
    triggers: NDArray[np.void]
    offsets_s: NDArray[np.float64]
    armed_s: float
    seen: list[tuple[int, float]]


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
        self._progress = Progress(0, 0.0)

    @property
    def captures(self) -> int:
        """How many captures it makes."""
        return int(self._counts.shape[1])

    def arm(self, is_enough: Callable[[], bool]) -> None:
        """Begin; may be called again when the captures were lost.

        :param is_enough: asked while it gets ready; when it says so, the run makes as many captures
            as it is ready for.
        :raises PowerSourceError: the power source changed, or does not suffice any more.
        :raises SampleRateError: the scope would sample at another interval than planned.
        :raises DriverError: the scope failed, in the subclass that fits.
        """
        self._counts = self._counts[:, : self._segments.use(self._counts, is_enough)]
        self._counts[:, :, [0, -1]] = _UNWRITTEN
        self._require_interval()
        told_before = block.captures_made(self._unit) or 0
        length_s = self._plan.samples * self._plan.interval_ns * 1e-9
        self._progress = Progress(self.captures, length_s, told_before)
        self._request_overlap()
        try:
            self._run_block()
        except (PowerSourceError, DeviceLostError):
            raise
        except DriverError as error:
            if self._request is None:
                raise
            log.debug("Runs are fetched one after the other: %s", error)
            self._unit.stop()  # and with it what was requested
            self._overlaps, self._request = False, None
            self._run_block()

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

    def _run_block(self) -> None:
        plan = self._plan
        block.run_block(self._unit, plan.before, plan.after, plan.timebase)

    def collect(
        self, should_stop: Callable[[], bool], progress: Callable[[int], None]
    ) -> FetchedRun:
        """Wait for the captures and fetch them.

        :param should_stop: asked all the time; when it says so, the complete captures are fetched.
        :param progress: called now and then with how many are complete.
        :raises PowerSourceError: the supply changed meanwhile, and with it the captures were lost.
        :raises DriverError: the scope failed, in the subclass that fits.
        """
        return self._fetch(self._wait(should_stop, progress))

    def _wait(self, should_stop: Callable[[], bool], progress: Callable[[int], None]) -> int:
        next_progress_s = 0.0
        while not self._is_ready(should_stop):
            if should_stop():
                self._unit.stop()
                self._request = None
                return self._progress.end(block.captures_made(self._unit) or 0)
            if (told := block.captures_made(self._unit)) is not None:
                self._progress.note(told)
            if time.monotonic() >= next_progress_s:
                next_progress_s = time.monotonic() + _PROGRESS_PERIOD_S
                progress(self._progress.made)
            time.sleep(self._pause_s())
        return self._progress.end(self.captures)

    def _pause_s(self) -> float:
        """Short while captures come, and longer for who waits for a rare trigger."""
        pause_s = _PAUSE_SHARE * self._progress.quiet_s()
        return min(max(pause_s, _LEAST_PAUSE_S), _MOST_PAUSE_S)

    def _is_ready(self, should_stop: Callable[[], bool]) -> bool:
        try:
            return block.is_ready(self._unit)
        except DriverError as error:
            if error.status == CANCELLED and should_stop():  # who wants that has stopped the scope
                return False
            raise

    def _fetch(self, made: int) -> FetchedRun:
        if not made:
            came, overflow = 0, np.zeros(0, np.int16)
            triggers, offsets_s = np.zeros(0, block.TRIGGER_INFO), np.zeros(0)
        else:
            came, overflow = self._overlapped() or self._bulk(made)
            triggers = block.fetch_triggers(self._unit, made)
            offsets_s = block.fetch_time_offsets(self._unit, made)
        return FetchedRun(
            self._counts[:, :made, :came],
            overflow,
            triggers,
            offsets_s,
            self._progress.begun_s,
            self._progress.seen,
        )

    def _overlapped(self) -> tuple[int, NDArray[np.int16]] | None:
        """What the driver has handed over by itself, if that is all."""
        request, wanted = self._request, self._plan.samples
        if request is None or not request.has_come or request.samples < wanted:
            return None
        is_whole = self._are_written(self.captures, wanted)
        return (wanted, request.over_range) if is_whole else None

    def _bulk(self, made: int) -> tuple[int, NDArray[np.int16]]:
        """What the driver hands over when it is asked; fewer samples only after some attempts."""
        came, overflow = 0, np.zeros(0, np.int16)
        for attempt in range(_FETCHES):
            try:
                now, overflow_now = block.fetch(self._unit, made, self._plan.samples)
            except DriverError as error:
                if came:  # the scope gives them once
                    break
                if error.status != NO_SAMPLES_AVAILABLE or attempt + 1 == _FETCHES:
                    raise
            else:
                if now > came:  # what came before is still there
                    came, overflow = now, overflow_now
            if came == self._plan.samples:
                break
            time.sleep(_FETCH_PAUSE_S)
        if not came:
            raise DriverError("The scope handed over no samples of the captures that it made.")
        if not self._are_written(made, came):
            raise DriverError("The scope did not write all samples that it said it handed over.")
        return came, overflow

    def _are_written(self, made: int, came: int) -> bool:
        """Whether the driver has written to each capture, at its begin and at its end."""
        ends = self._counts[:, :made, [0, came - 1]]
        return not (ends == _UNWRITTEN).any()
