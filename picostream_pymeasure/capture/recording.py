"""Captures without end into one recording: one run is written while the next is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..config import CaptureConfig, StreamConfig
from ..driver import Unit
from ..errors import DeviceLostError, StorageError, counted, sentence
from ..records import (
    DISK,
    FAILED,
    FINISHED,
    LOST_SCOPE,
    ON_REQUEST,
    STOPPED,
    TARGET,
    Health,
    Outcome,
    Sink,
    StreamDescription,
)
from .capturing import Capturing, Watch, require_memory
from .plan import CapturePlan, plan_captures
from .pulses import Pulses
from .writing import Writing

#: Memory of one run, of which there are two: one is written while the scope fills the other.
_RUN_BYTES = 128 * 2**20


@dataclass(frozen=True)
class CaptureSummary:
    """What was captured into a file.

    :param captures: how many.
    :param wanted: how many were asked for.
    :param ended_by: ``"target"``, ``"stopped"`` or ``"timeout"``.
    :param lost: captures that were made and lost, because the power source changed.
    :param samples: that each capture was to have.
    :param short_captures: that have fewer.
    :param fewest_samples: of a capture.
    :param dead_time_s: from the end of a capture to the next first sample inside a run; the
        shortest, NaN where the scope does not say.
    :param dead_time_between_runs_s: the same from run to run, NaN if there was one run.
    """

    captures: int
    wanted: int
    ended_by: str
    lost: int
    samples: int
    short_captures: int
    fewest_samples: int
    dead_time_s: float
    dead_time_between_runs_s: float

    @property
    def short_text(self) -> str:
        """What there is to say of captures with fewer samples than asked for, or ``""``."""
        if not self.short_captures:
            return ""
        return (
            f"{counted(self.short_captures, 'capture')} with fewer samples than asked for, "
            f"at least {self.fewest_samples} of {self.samples}"
        )

    @property
    def lost_text(self) -> str:
        """What there is to say of captures that were made and lost, or ``""``."""
        if not self.lost:
            return ""
        return f"Up to {counted(self.lost, 'capture')} were lost, as the power source changed"


class CaptureRecording:
    """Captures into a sink, such as a recorder; a context manager.

    Whatever leaves the block is how it ended, unless :meth:`end` has said it.

    :param watch: when :meth:`capture` ends early.
    :param measured: gets what was measured of each run, once it is stored.
    :raises ConfigurationError: the scope cannot do what was asked, or memory does not suffice.
    :raises StorageError: the file cannot be made.
    """

    def __init__(
        self,
        unit: Unit,
        config: CaptureConfig,
        watch: Watch,
        sink: Sink,
        metadata: Mapping[str, Any] | None = None,
        measured: Callable[[Pulses], None] | None = None,
    ) -> None:
        sink.prepare()
        unit.configure(config)
        self.plan = unit.insist(lambda: plan_captures(unit, config, _RUN_BYTES))
        shape = len(config.inputs), self.plan.run_captures, self.plan.samples
        n_runs = 1 if config.captures <= self.plan.run_captures else 2
        require_memory(config, self.plan.samples, n_runs * self.plan.run_captures)
        self._memory = [np.empty(shape, np.int16) for _ in range(n_runs)]
        self.description = _description(unit, config, self.plan, metadata or {})
        self._writing = Writing(config, self.plan, self.description.max_adc, sink, measured)
        sink.open(self.description)  # last, as nobody would close it if something failed behind it
        self._unit, self._config, self._watch, self._sink = unit, config, watch, sink
        self._capturing = Capturing(unit, config, self.plan, watch)
        self._n_rooms = 0
        self.outcome: Outcome | None = None

    def __enter__(self) -> CaptureRecording:
        self._capturing.__enter__()
        return self

    def __exit__(
        self, kind: object, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._capturing.__exit__()
        if error is not None:
            self._close(_ending(error), sentence(error))
        elif self.outcome is None:
            self.end()

    def capture(self, captures: int) -> None:
        """Make so many more captures, or what can be made until the watch ends it.

        :raises StorageError: the file cannot be written.
        :raises DriverError: the scope failed, in the subclass that fits; what was complete is
            stored.
        """
        for fetched in self._capturing.runs(captures, self._room):
            self._writing.add(fetched)

    def _room(self, done: int, wanted: int) -> NDArray[np.int16]:
        if len(self._memory) == 1:  # it holds all captures, also when time splits them into runs
            return self._memory[0][:, done : done + wanted]
        self._n_rooms += 1
        return self._memory[self._n_rooms % len(self._memory)][:, :wanted]

    def mark(self, label: str, value: float) -> None:
        """Let an event lie where the next capture begins, if there is one; from any thread."""
        self._writing.mark(label, value, self._capturing.complete)

    def end(self, ended_by: str = STOPPED, reason: str = ON_REQUEST) -> None:
        """Finish the file.

        :param ended_by: one of :data:`~picostream_pymeasure.records.ENDINGS`; it is the target
            instead when all captures were made.
        :param reason: one sentence; how many captures there are is put before it.
        """
        captures, wanted = self._writing.captures, self._config.captures
        if captures >= wanted and ended_by in (STOPPED, FINISHED):
            self._close(TARGET, "All captures asked for were recorded.")
            return
        if self._watch.ended_by == "timeout":
            ended_by, reason = STOPPED, "The time was over."
        self._close(ended_by, f"{captures} of {wanted} captures were recorded. {reason}")

    def _close(self, ended_by: str, reason: str) -> None:
        missing = [text for text in (self.summary.short_text, self.summary.lost_text) if text]
        reason = " ".join([reason, *(f"{text}." for text in missing)])
        self._memory.clear()  # whoever asks for the outcome later keeps this object
        health = self.health
        trigger = self.plan.before if self._writing.captures else None
        self.outcome = Outcome(
            ended_by,
            reason,
            health,
            trigger_sample=trigger,
            simulation=self._unit.simulation(),
            is_short=bool(missing) or not self._writing.captures,
        )
        self._sink.close(self.outcome)

    @property
    def captures(self) -> int:
        """How many are stored."""
        return self._writing.captures

    @property
    def health(self) -> Health:
        """Running totals; over-range counts captures."""
        return self._writing.health

    @property
    def summary(self) -> CaptureSummary:
        """What came of it so far."""
        return CaptureSummary(
            captures=self._writing.captures,
            wanted=self._config.captures,
            ended_by=self._watch.ended_by,
            lost=self._capturing.lost,
            samples=self.plan.samples,
            short_captures=self._writing.short_captures,
            fewest_samples=self._writing.fewest_samples,
            dead_time_s=self._writing.dead_time_s,
            dead_time_between_runs_s=self._writing.dead_time_between_runs_s,
        )


def capture_into_file(
    unit: Unit,
    config: CaptureConfig,
    watch: Watch,
    sink: Sink,
    metadata: Mapping[str, Any] | None = None,
) -> CaptureSummary:
    """Configure a scope and capture into a sink; it is closed at the end.

    :raises ConfigurationError: the scope cannot do what was asked, or memory does not suffice.
    :raises StorageError: the file cannot be made or written.
    :raises DriverError: the scope failed, in the subclass that fits; what was complete is stored.
    """
    with CaptureRecording(unit, config, watch, sink, metadata) as recording:
        recording.capture(config.captures)
    return recording.summary


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
        capture_samples=plan.samples,
    )
