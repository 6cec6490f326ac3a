"""One stream from its start to its end.

::

    IDLE → STARTING → RUNNING → STOPPING → STOPPED
               └─────────┴──────────┴────→ FAILED

The order of the end is always the same: the producer stops fetching and stops the scope, the
consumer drains the pool to the last sample and closes the sink; the owner closes the scope.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..config import StreamConfig
from ..driver.unit import Unit
from ..errors import PicoStreamError, SessionStateError, StreamError
from ..records import Event, Health, Outcome, Sink, StreamDescription
from . import state as st
from .consumer import Consumer
from .pool import PoolPlan
from .pool_memory import PoolMemory
from .preparation import prepare
from .producer import Producer

if TYPE_CHECKING:
    from typing_extensions import Self

_STOP_TIMEOUT_S = 60.0
_JOIN_S = 0.5

#: Sessions whose driver call never returned, kept because it may still write to their memory.
_ABANDONED: list[StreamSession] = []


class SessionState(Enum):
    """Where a session is in its life."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class StreamSession:
    """Streams from a scope into a sink; use it as a context manager.

    :param unit: an open scope. Until the session has ended all calls to it are the session's.
    :param config: what to stream.
    :param sink: where the blocks go; it is opened and closed by the session.
    :param metadata: stored with the recording, must be JSON-able.
    """

    def __init__(
        self,
        unit: Unit,
        config: StreamConfig,
        sink: Sink,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.config = config
        self._unit = unit
        self._sink = sink
        self._metadata = metadata or {}
        self._state = st.new_state()
        self._lock = threading.Lock()
        self._phase = SessionState.IDLE
        self.error: BaseException | None = None
        self.outcome: Outcome | None = None
        self.description: StreamDescription | None = None

    # -- life

    def start(self) -> None:
        """Configure the scope, start it and both threads; return once samples flow.

        :raises ConfigurationError: this scope cannot do what was asked.
        :raises PicoStreamError: whatever kept the stream from starting; everything is undone.
        """
        if self._phase is not SessionState.IDLE:
            raise SessionStateError("A session streams once; make a new one.")
        self._phase = SessionState.STARTING
        try:
            self._start()
        except BaseException as error:
            self._phase = SessionState.FAILED
            self.error = error
            raise

    def _start(self) -> None:
        self._unit.configure(self.config)
        plan = PoolPlan.for_stream(self.config, self.config.requested_interval_ns)
        self._memory = PoolMemory(plan)
        try:
            for row, buffers in zip(self.config.inputs, self._memory.buffers, strict=True):
                self._unit.register_buffers(row, self.config.downsample_mode, buffers)
            self._run(plan)
        except BaseException:
            self._undo()
            raise
        self._raise_if_sink_refused()

    def _run(self, plan: PoolPlan) -> None:
        interval_ns = self._unit.run_streaming(self.config, plan.buffer_samples)
        self.description = self._describe(plan, interval_ns)
        prepare(self._state, self.config, plan, self._memory, interval_ns)
        self._producer = Producer(
            self._unit,
            self.config,
            self._state,
            plan.buffer_samples,
            interval_ns,
            self._fail,
        )
        self._consumer = Consumer(
            self._memory,
            self._state,
            self.description,
            self._sink,
            health=self.health,
            outcome=self._make_outcome,
            on_failure=self._fail,
        )
        self._phase = SessionState.RUNNING
        self._producer.thread.start()
        self._consumer.thread.start()

    def _undo(self) -> None:
        """Undo a start that failed before the threads ran."""
        with suppress(PicoStreamError):  # the failure that led here is the one to report
            self._unit.stop()
        self._unit.release_all_buffers(self.config)
        self._memory.release()

    def _raise_if_sink_refused(self) -> None:
        self._consumer.opened.wait()
        if self._consumer.refused:
            self._join(_STOP_TIMEOUT_S)
            assert self.error is not None
            raise self.error

    def _describe(self, plan: PoolPlan, interval_ns: float) -> StreamDescription:
        return StreamDescription(
            config=self.config,
            sample_interval_ns=interval_ns,
            max_adc=self._unit.max_adc,
            block_samples=plan.block_samples,
            start_time=datetime.now(timezone.utc).isoformat(),
            unit=dict(self._unit.info),
            simulation=self._unit.simulation(),
            metadata=self._metadata,
        )

    def stop(self, timeout_s: float = _STOP_TIMEOUT_S) -> Outcome:
        """End the stream, store every sample already fetched, close the sink.

        :raises StreamError: the threads did not end in time (driver or disk do not return).
        :raises BaseException: the first error of any thread.
        """
        if self._phase in (SessionState.IDLE, SessionState.STARTING):
            raise SessionStateError("The session has not been started.")
        self.request_stop()
        return self.wait(timeout_s)

    def request_stop(self) -> None:
        """Ask for the end without waiting for it."""
        with self._lock:
            if self._phase is SessionState.RUNNING:
                self._phase = SessionState.STOPPING
        st.publish(self._state, st.STOP, 1)

    def wait(self, timeout_s: float | None = None) -> Outcome:
        """Wait until the stream has ended by itself and everything is stored.

        :raises StreamError: it has not ended in time.
        :raises BaseException: the first error of any thread.
        """
        if not self._join(timeout_s):
            raise StreamError("The stream has not ended in time; the driver or the disk hangs.")
        if self.error is not None:
            self._phase = SessionState.FAILED
            raise self.error
        self._phase = SessionState.STOPPED
        assert self.outcome is not None
        return self.outcome

    def _join(self, timeout_s: float | None) -> bool:
        deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
        for thread in (self._consumer.thread, self._producer.thread):
            # in slices: Windows hears Ctrl+C in between only
            while thread.is_alive() and not self.is_over and time.monotonic() < deadline:
                thread.join(min(max(deadline - time.monotonic(), 0), _JOIN_S))
        if self.is_over and self._producer.thread.is_alive():
            self._abandon()
        elif self.is_over and self not in _ABANDONED:
            self._memory.release()
        return self.is_over

    def _abandon(self) -> None:
        """Leave a driver that does not return alone; it may still write to its buffers."""
        self._unit.abandon()
        _ABANDONED.append(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        try:
            self.stop()
        except BaseException:
            if kind is None:
                raise

    # -- while it runs

    @property
    def state(self) -> SessionState:
        """Where the session is in its life."""
        if self._phase in (SessionState.RUNNING, SessionState.STOPPING) and self.is_over:
            return SessionState.FAILED if self.error else SessionState.STOPPED
        return self._phase

    @property
    def is_over(self) -> bool:
        """True once everything is stored and the scope is stopped, or is past stopping."""
        if self._consumer.thread.is_alive():
            return False
        return self._consumer.driver_hangs or not self._producer.thread.is_alive()

    @property
    def is_waiting_for_trigger(self) -> bool:
        """True while a trigger is set and has not come."""
        return self.config.trigger is not None and int(self._state[st.TRIGGERED_AT]) < 0

    def mark(self, label: str, value: float = float("nan")) -> None:
        """Put an event at the newest sample."""
        if self._phase is not SessionState.RUNNING:
            raise SessionStateError("Only a running session can be marked.")
        elapsed_s = (st.clock_ns() - int(self._state[st.START_NS])) / 1e9
        self._consumer.add_event(Event(int(self._state[st.ACCEPTED]), elapsed_s, label, value))

    def health(self) -> Health:
        """Get the running totals."""
        state = self._state
        elapsed_s = int(state[st.NOW_NS] - state[st.START_NS]) / 1e9
        received = int(state[st.RECEIVED])
        # the last block is given back although it is not full
        filled = max(st.read(state, st.HEAD) - st.read(state, st.TAIL), 0)
        names = [channel.name for channel in self.config.channels]
        return Health(
            elapsed_s=elapsed_s,
            received=received,
            stored=self._consumer.stored,
            lost=int(state[st.LOST]),
            gaps=st.read(state, st.GAP_COUNT),
            pool_fill=filled / max(int(state[st.N_BLOCKS]), 1),
            over_range={name: int(state[st.OVER_RANGE + row]) for row, name in enumerate(names)},
            actual_rate_hz=received / elapsed_s if elapsed_s > 0 else 0.0,
        )

    def _make_outcome(self, first_sample: int) -> Outcome:
        triggered_at = int(self._state[st.TRIGGERED_AT])
        untriggered = self.is_waiting_for_trigger
        reason = "Stopped before the trigger came." if untriggered else self._producer.reason
        self.outcome = Outcome(
            complete=self.error is None and not untriggered,
            reason=str(self.error) if self.error else reason,
            health=self.health(),
            trigger_sample=triggered_at - first_sample if triggered_at >= 0 else None,
            first_stream_sample=first_sample,
            simulation=self._unit.simulation(),
        )
        return self.outcome

    def _fail(self, error: BaseException) -> None:
        """Keep the first error of any thread and end the stream."""
        with self._lock:
            if self.error is None:
                self.error = error
        st.publish(self._state, st.STOP, 1)
