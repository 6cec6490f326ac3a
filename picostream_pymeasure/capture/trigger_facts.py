"""When the captures of each run were triggered, and where between two samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig, TriggerConfig, TriggerDirection
from .plan import CapturePlan
from .run import FetchedRun
from .trigger_times import counted_stretches, crossings, earliest_seconds


@dataclass(frozen=True)
class RunTriggers:
    """Of the n captures of a run.

    :param times_s: float64, from the first trigger of all; NaN where the scope does not say.
    :param offsets_s: float64, from the trigger's sample to the crossing; 0 where there is none.
    """

    times_s: NDArray[np.float64]
    offsets_s: NDArray[np.float64]


class TriggerFacts:
    """Finds them, run by run in their order."""

    def __init__(self, config: CaptureConfig, plan: CapturePlan, max_adc: int) -> None:
        self._config, self._plan, self._max_adc = config, plan, max_adc
        self._first_s: float | None = None

    def of(self, run: FetchedRun) -> RunTriggers:
        """Of a run that made one capture or more."""
        return RunTriggers(self._times_s(run), self._offsets_s(run))

    def seconds_at(self, host_s: float) -> float:
        """The time of a moment by the host's clock, from the first trigger on; 0 before it."""
        return 0.0 if self._first_s is None else host_s - self._first_s

    def _times_s(self, run: FetchedRun) -> NDArray[np.float64]:
        """Inside a run by the scope's counter; from run to run by the host's clock."""
        plan = self._plan
        run_s = run.seen[-1][1] - run.armed_s
        stretches = counted_stretches(run.triggers, plan.samples, plan.interval_ns, run_s)
        begins_s = [self._begin_s(run, *stretch) for stretch in stretches]
        for number in range(len(stretches) - 1, 0, -1):  # none ends after the next one has begun
            latest_s = begins_s[number] - self._length_s(stretches[number - 1][1])
            if latest_s < begins_s[number - 1]:
                begins_s[number - 1] = latest_s
        if self._first_s is None:
            self._first_s = next(begin_s for begin_s in begins_s if np.isfinite(begin_s))
        parts = zip(stretches, begins_s, strict=True)
        return np.concatenate([of + (begin_s - self._first_s) for (_, of), begin_s in parts])

    def _begin_s(self, run: FetchedRun, first: int, seconds: NDArray[np.float64]) -> float:
        """When a stretch began by the host's clock: of all sights, which are late, the earliest."""
        interval_s = self._plan.interval_ns * 1e-9
        ends_s = earliest_seconds(seconds, self._plan.samples * interval_s)
        ends_s += self._plan.after * interval_s
        sights_s = [
            host_s - ends_s[made - 1 - first]
            for made, host_s in run.seen
            if first < made <= first + len(seconds) and np.isfinite(ends_s[made - 1 - first])
        ]
        return float(min(sights_s, default=np.nan))

    def _length_s(self, seconds: NDArray[np.float64]) -> float:
        """From where a stretch begins to where the one behind it can begin."""
        capture_s = self._plan.samples * self._plan.interval_ns * 1e-9
        return float(earliest_seconds(seconds, capture_s)[-1]) + capture_s

    def _offsets_s(self, run: FetchedRun) -> NDArray[np.float64]:
        """From the samples where the trigger's input is captured: nobody says the driver's sign."""
        trigger, interval_s = self._config.trigger, self._plan.interval_ns * 1e-9
        names = [row.name for row in self._config.inputs]
        if isinstance(trigger, TriggerConfig) and trigger.source in names:
            channel = next(row for row in self._config.channels if row.name == trigger.source)
            level = channel.count_scale(self._max_adc).counts(trigger.level_v)
            rises = trigger.direction is not TriggerDirection.FALLING
            falls = trigger.direction not in (TriggerDirection.RISING, TriggerDirection.ABOVE)
            counts = run.counts[names.index(trigger.source)]
            found = crossings(counts, self._plan.before, level, rises, falls) * interval_s
        else:
            found = np.where(np.abs(run.offsets_s) > interval_s, np.nan, run.offsets_s)
        return np.nan_to_num(found, nan=0.0)
