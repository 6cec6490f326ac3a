"""Captures without end into one recording, run by run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig, StreamConfig
from ..driver import Unit
from ..errors import DeviceLostError, StorageError
from ..records import (
    DISK,
    FAILED,
    LOST_SCOPE,
    STOPPED,
    TARGET,
    Block,
    CapturedRun,
    Health,
    Outcome,
    Sink,
    StreamDescription,
)
from .capturing import Capturing, Watch, require_memory
from .plan import CapturePlan, plan_captures
from .run import FetchedRun
from .trigger_facts import TriggerFacts

#: Memory of one run: what comes next is armed only when it is written.
_RUN_BYTES = 256 * 2**20


@dataclass(frozen=True)
class CaptureSummary:
    """What was captured into a file.

    :param captures: how many.
    :param wanted: how many were asked for.
    :param ended_by: ``"target"``, ``"stopped"`` or ``"timeout"``.
    :param lost: captures that were made and lost, because the power source changed.
    :param dead_time_s: from the end of a capture to the next first sample inside a run; the
        shortest, NaN where the scope does not say.
    :param dead_time_between_runs_s: the same from run to run, NaN if there was one run.
    """

    captures: int
    wanted: int
    ended_by: str
    lost: int
    dead_time_s: float
    dead_time_between_runs_s: float


def capture_into_file(
    unit: Unit,
    config: CaptureConfig,
    watch: Watch,
    sink: Sink,
    metadata: Mapping[str, Any] | None = None,
) -> CaptureSummary:
    """Configure a scope and capture into a sink, such as a recorder; it is closed at the end.

    :raises ConfigurationError: the scope cannot do what was asked, or memory does not suffice.
    :raises StorageError: the file cannot be made or written.
    :raises DriverError: the scope failed, in the subclass that fits; what was complete is stored.
    """
    sink.prepare()
    unit.configure(config)
    plan = plan_captures(unit, config, _RUN_BYTES)
    require_memory(config, plan.samples, plan.run_captures)
    sink.open(_description(unit, config, plan, metadata or {}))
    capturing = Capturing(unit, config, plan, watch)
    writing = _Writing(config, plan, unit.max_adc, sink)
    ended_by, reason = FAILED, ""
    try:
        shape = (len(config.inputs), plan.run_captures, plan.samples)
        memory = np.empty(shape, np.int16)
        for fetched in capturing.runs(lambda done, wanted: memory[:, :wanted]):
            writing.add(fetched)
        ended_by = TARGET if watch.ended_by == "target" else STOPPED
        reason = writing.sentence(config.captures, watch.ended_by)
    except BaseException as error:
        ended_by, reason = _ending(error), str(error)
        raise
    finally:
        health = Health(received=writing.samples, stored=writing.samples)
        trigger = plan.before if writing.captures else None
        sink.close(Outcome(ended_by, reason, health, trigger_sample=trigger))
    return writing.summary(config.captures, watch.ended_by, capturing.lost)


def _ending(error: BaseException) -> str:
    if isinstance(error, StorageError):
        return DISK
    return LOST_SCOPE if isinstance(error, DeviceLostError) else FAILED


def _description(
    unit: Unit, config: CaptureConfig, plan: CapturePlan, metadata: Mapping[str, Any]
) -> StreamDescription:
    """As of a stream of the same samples, one capture behind the other."""
    stream = StreamConfig(
        channels=config.channels,
        digital_ports=config.digital_ports,
        resolution_bits=config.resolution_bits,
        trigger=config.trigger,
        samples=config.captures * plan.samples,
    )
    return StreamDescription(
        config=stream,
        sample_interval_ns=plan.interval_ns,
        max_adc=unit.max_adc,
        block_samples=plan.samples,
        start_time=datetime.now(timezone.utc).isoformat(),
        unit=dict(unit.info),
        simulation=unit.simulation(),
        metadata=metadata,
    )


class _Writing:
    """Hands runs to the sink."""

    def __init__(self, config: CaptureConfig, plan: CapturePlan, max_adc: int, sink: Sink) -> None:
        self._plan, self._sink = plan, sink
        self._facts = TriggerFacts(config, plan, max_adc)
        self._runs = 0
        self._last_end_s = np.nan
        self._dead_s: list[float] = []
        self._between_s: list[float] = []
        self.captures = self.samples = 0

    def add(self, run: FetchedRun) -> None:
        n_captures, n_samples = run.counts.shape[1:]
        if not n_captures:
            return
        triggers = self._facts.of(run)
        rows = np.ascontiguousarray(run.counts).reshape(len(run.counts), -1)
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
        self._note_dead_times(triggers.times_s, n_samples)
        self._runs += 1
        self.captures += n_captures
        self.samples += n_captures * n_samples
        self._sink.update(Health(received=self.samples, stored=self.samples))

    def _note_dead_times(self, times_s: NDArray[np.float64], n_samples: int) -> None:
        length_s = n_samples * self._plan.interval_ns * 1e-9
        self._dead_s += (np.diff(times_s) - length_s).tolist()
        self._between_s.append(float(times_s[0]) - self._last_end_s)
        self._last_end_s = float(times_s[-1]) + length_s

    def sentence(self, wanted: int, ended_by: str) -> str:
        if ended_by == "target":
            return "All captures asked for were recorded."
        why = "stopped by the user" if ended_by == "stopped" else "the time was over"
        return f"{self.captures} of {wanted} captures were recorded: {why}."

    def summary(self, wanted: int, ended_by: str, lost: int) -> CaptureSummary:
        return CaptureSummary(
            captures=self.captures,
            wanted=wanted,
            ended_by=ended_by,
            lost=lost,
            dead_time_s=_smallest(self._dead_s),
            dead_time_between_runs_s=_smallest(self._between_s),
        )


def _smallest(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return min(known, default=float("nan"))
