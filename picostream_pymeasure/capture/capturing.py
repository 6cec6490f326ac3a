"""As many captures as were asked for, in as many runs as that takes."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig, Named
from ..driver import POWER_STATES, Unit
from ..errors import PicoStreamError, PowerSourceError
from ..system import memory
from ..system.awake import kept_awake
from .captures import Captures
from .plan import CapturePlan, plan_captures
from .run import FetchedRun, Run
from .segments import Segments
from .trigger_facts import RunTriggers, TriggerFacts

log = logging.getLogger(__name__)

#: Runs in a row that may be lost to a changing power source.
_LOST_RUNS = 3

#: The share of the time left that getting ready for a run may take: the memory of many captures
#: takes long to hand over, and to take back in the end.
_READY_SHARE = 0.3

#: Where each run's captures go: from how many there are and what this run adds to the array.
Room = Callable[[int, int], NDArray[np.int16]]


@dataclass
class Watch:
    """When to end early, and whom to tell how far it is.

    :param timeout_s: from :meth:`begin` on; None waits for ever.
    :param should_stop: asked all the time, from the thread that captures.
    :param progress: called now and then with the captures that are complete.
    """

    timeout_s: float | None = None
    should_stop: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda captures: None
    ended_by: str = "target"
    _deadline_s: float = field(init=False, default=math.inf)

    def begin(self) -> None:
        """Let the time run anew: everything is ready."""
        self.ended_by = "target"
        self._deadline_s = time.monotonic() + (
            math.inf if self.timeout_s is None else self.timeout_s
        )

    def is_over(self) -> bool:
        """Whether to end before all captures are made; it is kept why."""
        if self.should_stop():
            self.ended_by = "stopped"
        elif time.monotonic() >= self._deadline_s:
            self.ended_by = "timeout"
        return self.ended_by != "target"

    def getting_ready(self) -> Callable[[], bool]:
        """What says whether getting ready for a run, from now on, has taken long enough."""
        now_s = time.monotonic()
        until_s = now_s + _READY_SHARE * (self._deadline_s - now_s)
        return lambda: time.monotonic() >= until_s or self.is_over()


class Capturing:
    """Makes captures with a configured scope; a context manager.

    :param lost: captures lost so far because the power source changed.
    :param complete: captures that were made so far, as far as the scope has told.
    """

    def __init__(self, unit: Unit, config: CaptureConfig, plan: CapturePlan, watch: Watch) -> None:
        self._unit, self._config, self._plan, self._watch = unit, config, plan, watch
        self._segments = Segments(unit, config)
        self._may_overlap = True
        self._earlier = 0
        self.lost = self.complete = 0
        self._to_end = ExitStack()

    def __enter__(self) -> Capturing:
        self._to_end.enter_context(kept_awake())
        self._to_end.callback(self._segments.__exit__)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._to_end.close()

    def runs(self, captures: int, room: Room) -> Iterator[FetchedRun]:
        """Capture run by run until there are so many, or it shall end.

        What was fetched is handed over once the next run is armed.

        :param room: gives the memory of a run, int16, shape ``(n_inputs, n, samples)``. It is the
            scope's until the run is handed over, and the caller's until it asks for the next one.
        """
        self._watch.begin()
        self._earlier, done = self.complete, 0
        run = self._armed(captures, done, room)
        while run is not None:
            fetched = self._collect(run, done)
            done += len(fetched.overflow)
            self._tell(done)
            failure = None
            try:
                run = self._armed(captures, done, room)
            except PicoStreamError as error:
                failure = error
            yield fetched
            if failure is not None:
                raise failure

    def _tell(self, done: int) -> None:
        self.complete = self._earlier + done
        self._watch.progress(done)

    def _armed(self, captures: int, done: int, room: Room) -> Run | None:
        """The next run, if there is to be one."""
        if done >= captures or self._watch.is_over():
            return None
        wanted = min(self._plan.run_captures, captures - done)
        is_one_of_many = self._may_overlap and captures > self._plan.run_captures
        run = Run(
            self._unit,
            self._config,
            self._plan,
            self._segments,
            room(done, wanted),
            overlaps=is_one_of_many,
        )
        self._arm(run)
        if is_one_of_many:
            self._may_overlap = run.overlaps
        return run

    def _collect(self, run: Run, done: int) -> FetchedRun:
        """What a run made; it is made again when that was lost to a change of the power source."""
        for attempt in range(_LOST_RUNS):
            try:
                return run.collect(self._watch.is_over, lambda made: self._tell(done + made))
            except PowerSourceError as error:
                if error.status not in POWER_STATES or attempt + 1 == _LOST_RUNS:
                    raise
                self.lost += run.captures
                log.warning("Up to %d captures were lost: %s", run.captures, error)
                self._unit.recover_power(error)
                self._arm(run)
        raise AssertionError

    def _arm(self, run: Run) -> None:
        """Arm it, from the beginning again when the power source changes meanwhile."""
        self._unit.insist(lambda: run.arm(self._watch.getting_ready()))


def capture_into_memory(unit: Unit, config: CaptureConfig, watch: Watch) -> Captures:
    """Configure a scope and capture.

    :raises ConfigurationError: the scope cannot do what was asked, or memory does not suffice.
    :raises DriverError: the scope failed, in the subclass that fits; what was complete before is
        its attribute ``captures``.
    """
    unit.configure(config)
    plan = unit.insist(lambda: plan_captures(unit, config))
    require_memory(config, plan.samples, config.captures)
    counts = np.empty((len(config.inputs), config.captures, plan.samples), np.int16)
    capturing = Capturing(unit, config, plan, watch)
    collected = _Collected(config, plan, unit.max_adc, counts)

    def room(done: int, wanted: int) -> NDArray[np.int16]:
        return counts[:, done : done + wanted]

    try:
        with capturing:
            for fetched in capturing.runs(config.captures, room):
                collected.add(fetched)
    except PicoStreamError as error:
        error.captures = collected.captures("failed", capturing.lost)  # type: ignore[attr-defined]
        raise
    return collected.captures(watch.ended_by, capturing.lost)


def require_memory(config: CaptureConfig, samples: int, captures: int) -> None:
    """Refuse captures that do not fit into this computer's memory with the voltages of one input.

    :raises ConfigurationError: says how much is needed and what to do.
    """
    needed = samples * captures * (2 * len(config.inputs) + 8)
    memory.require(needed, "The captures need", "use fewer or shorter ones")


class _Collected:
    """What the runs brought, put together."""

    def __init__(
        self, config: CaptureConfig, plan: CapturePlan, max_adc: int, counts: NDArray[np.int16]
    ) -> None:
        self._config, self._plan, self._max_adc, self._counts = config, plan, max_adc, counts
        self._facts = TriggerFacts(config, plan, max_adc)
        self._came = plan.samples
        self._runs: list[tuple[FetchedRun, RunTriggers]] = []

    def add(self, fetched: FetchedRun) -> None:
        if len(fetched.overflow):
            self._runs.append((fetched, self._facts.of(fetched)))
            self._came = min(self._came, fetched.counts.shape[2])

    def captures(self, ended_by: str, lost: int) -> Captures:
        sizes = [len(run.overflow) for run, _ in self._runs]
        n_captures = sum(sizes)
        names = (row.name for row in self._config.inputs)
        rows = self._counts[:, :n_captures, : self._came]
        return Captures(
            config=self._config,
            ended_by=ended_by,
            sample_interval_ns=self._plan.interval_ns,
            max_adc=self._max_adc,
            trigger_index=self._plan.before,
            counts=Named("input", dict(zip(names, rows, strict=True))),
            offsets_s=_joined([triggers.offsets_s for _, triggers in self._runs], np.float64),
            trigger_times_s=_joined([triggers.times_s for _, triggers in self._runs], np.float64),
            run_of=np.repeat(np.arange(len(sizes)), sizes),
            overflow=_joined([run.overflow for run, _ in self._runs], np.int16),
            lost=lost,
            wanted_samples=self._plan.samples,
        )


def _joined(parts: list[Any], dtype: type) -> NDArray[Any]:
    return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype)
