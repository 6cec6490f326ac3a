"""Hands runs to a sink, one behind the other, and reckons with their dead times."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig
from ..errors import MarksFullError
from ..records import Block, CapturedRun, Event, Health, Sink
from .plan import CapturePlan
from .pulses import Pulses, measure_pulses
from .run import FetchedRun
from .trigger_facts import TriggerFacts

log = logging.getLogger(__name__)


class Writing:
    """Writes runs.

    :param measured: gets what was measured of each run, once it is stored.
    :param captures: written so far, of ``samples`` samples together.
    :param short_captures: those of them with fewer samples than asked for.
    :param fewest_samples: of a capture.
    :param dead_time_s: the shortest from a capture to the next inside a run; NaN: not known.
    :param dead_time_between_runs_s: the same from run to run.
    """

    def __init__(
        self,
        config: CaptureConfig,
        plan: CapturePlan,
        max_adc: int,
        sink: Sink,
        measured: Callable[[Pulses], None] | None,
    ) -> None:
        self._config, self._plan, self._max_adc, self._sink = config, plan, max_adc, sink
        self._measured = measured
        self._facts = TriggerFacts(config, plan, max_adc)
        self._marks: deque[Event] = deque()
        self._full: MarksFullError | None = None
        self._over_range = {channel.name: 0 for channel in config.channels}
        self._runs = 0
        self._last_end_s = np.nan
        self.dead_time_s = self.dead_time_between_runs_s = float("nan")
        self.captures = self.samples = self.short_captures = 0
        self.fewest_samples = plan.samples

    def add(self, run: FetchedRun) -> None:
        """Write a run; one without captures is none."""
        n_captures, n_samples = run.counts.shape[1:]
        if not n_captures:
            return
        triggers = self._facts.of(run)
        is_short = n_samples < self._plan.samples
        counts = run.counts.copy() if is_short else run.counts  # so that no samples lie in between
        rows = counts.reshape(len(counts), -1)
        self._sink.write(Block(rows, self.samples, n_captures * n_samples))
        first = self.samples + np.arange(n_captures) * n_samples
        self._sink.add_captures(
            CapturedRun(
                first_samples=first,
                trigger_samples=first + self._plan.before,
                times_s=triggers.times_s,
                offsets_s=triggers.offsets_s,
                over_range=run.overflow.astype(np.int64),
                samples=n_samples,
                number=self._runs,
            )
        )
        self._note_dead_times(triggers.times_s, n_samples, self._facts.seconds_at(run.armed_s))
        number = self.captures
        self._runs += 1
        if is_short:
            self.short_captures += n_captures
            self.fewest_samples = min(self.fewest_samples, n_samples)
        self.captures += n_captures
        self.samples += n_captures * n_samples
        self._write_marks()
        for channel in self._config.channels:
            self._over_range[channel.name] += int((run.overflow >> channel.index & 1).sum())
        self._sink.update(self.health)
        if self._measured is not None:
            self._measured(
                measure_pulses(self._config, self._plan, self._max_adc, run, triggers, number)
            )

    @property
    def health(self) -> Health:
        """Running totals; over-range counts captures."""
        return Health(received=self.samples, stored=self.samples, over_range=dict(self._over_range))

    def mark(self, label: str, value: float, complete: int) -> None:
        """Put an event behind captures that are complete; without one that follows it is left out.

        :param complete: how many there are, those included that are not written yet.
        :raises MarksFullError: the sink had no room for the last one.
        """
        if self._full is not None:
            raise MarksFullError(str(self._full))
        time_s = max(0.0, self._facts.seconds_at(time.monotonic()))
        index = self.samples + (complete - self.captures) * self._plan.samples
        self._marks.append(Event(index, time_s, label, value))

    def _write_marks(self) -> None:
        while self._marks and self._marks[0].sample_index < self.samples:
            event = self._marks.popleft()
            try:
                self._sink.add_event(event)
            except MarksFullError as error:
                if self._full is None:
                    log.warning("%s", error)
                self._full = error

    def _note_dead_times(
        self, times_s: NDArray[np.float64], n_samples: int, armed_s: float
    ) -> None:
        interval_s = self._plan.interval_ns * 1e-9
        length_s = n_samples * interval_s
        inside_s = np.diff(times_s) - length_s
        # the host may have seen the last end late, but not later than it armed the scope again
        since_armed_s = times_s[0] - self._plan.before * interval_s - armed_s
        between_s = np.maximum(times_s[0] - self._last_end_s, since_armed_s)
        self.dead_time_s = float(
            np.fmin(self.dead_time_s, np.fmin.reduce(inside_s, initial=np.nan))
        )
        self.dead_time_between_runs_s = float(np.fmin(self.dead_time_between_runs_s, between_s))
        self._last_end_s = float(times_s[-1]) + length_s
