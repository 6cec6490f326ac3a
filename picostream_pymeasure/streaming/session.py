"""One stream from its start to its end.

::

    IDLE → STARTING → RUNNING → STOPPING → STOPPED
               └─────────┴──────────┴────→ FAILED

The order of the end is always the same: the producer stops fetching and stops the scope, the
consumer drains the pool to the last sample and closes the sink; the owner closes the scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..config import StreamConfig, require_kind, require_metadata, require_seconds
from ..driver import Unit
from ..errors import ConfigurationError, SessionStateError, StreamError, shown
from ..records import (
    ENDINGS,
    ON_REQUEST,
    STOPPED,
    Health,
    Outcome,
    Sink,
    StreamDescription,
    number_of_mark,
)
from . import access
from .consumer import Consumer
from .description import describe_stream
from .ending import Ending
from .forgotten import end_at_exit
from .marks import Mark
from .newest import NewestSamples, Piece
from .pool import PoolPlan
from .preparation import prepare
from .producer import Producer
from .provision import provide_memory
from .session_state import SessionState
from .start import NativeStart
from .state import SharedState
from .totals import read_health, sum_up
from .workers import Workers, abandon

if TYPE_CHECKING:
    from typing_extensions import Self

_STOP_TIMEOUT_S = 60.0


class StreamSession:
    """Streams from a scope into a sink; use it as a context manager.

    :param unit: an open scope. Until the session has ended all calls to it are the session's.
    :param config: what to stream.
    :param sink: where the blocks go; it is opened and closed by the session.
    :param metadata: stored with the recording as JSON; what that does not know, as text.
    :raises ConfigurationError: one of them is something else.
    """

    def __init__(
        self,
        unit: Unit,
        config: StreamConfig,
        sink: Sink,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        require_kind("unit", unit, Unit)
        require_kind("config", config, StreamConfig)
        require_kind("sink", sink, Sink)
        self.config = config
        self._unit = unit
        self._sink = sink
        self._metadata = require_metadata(metadata)
        self._state = SharedState()
        self._phase = SessionState.IDLE
        self._ending = Ending()
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
            self._ending.error = error
            raise

    def _start(self) -> None:
        self._unit.configure(self.config)
        self._sink.prepare()
        provide = partial(provide_memory, self._unit, self.config)
        plan, self._memory = self._unit.insist(provide)
        size = plan.buffer_samples
        self._producer = Producer(self._unit, self.config, self._state, size, self._fail)
        try:
            self._run(plan)
            self._workers.consumer.opened.wait()
        except BaseException:
            self._undo()
            raise
        self._raise_if_sink_refused()

    def _run(self, plan: PoolPlan) -> None:
        max_adc = self._unit.max_adc  # polls alone follow the start
        prepare(self._state, self.config, plan, self._memory)
        unit, state = self._unit, self._state
        self._producer.begin()
        start = NativeStart(unit.library, state)
        interval_ns = unit.run_streaming(self.config, plan.buffer_samples, start)
        description = describe_stream(unit, self.config, plan, interval_ns, max_adc, self._metadata)
        consumer = Consumer(
            self._memory,
            state,
            description,
            self._sink,
            health=self.health,
            outcome=self._make_outcome,
            on_failure=self._fail,
        )
        newest = NewestSamples(state, self._memory.blocks)
        self._workers = Workers(unit, self._producer, consumer, self._memory, newest)
        self.description = description
        self._phase = SessionState.RUNNING
        unit.at_close(self._end_before_close)
        end_at_exit(self)
        consumer.thread.start()

    def _undo(self) -> None:
        """Undo a start that failed, or that Ctrl+C interrupted."""
        self.request_stop()
        if self.description is not None and self._workers.consumer.thread.ident is not None:
            self._workers.join(_STOP_TIMEOUT_S)
            return
        self.description = None
        self._state.publish(access.GIVEN_UP, 1)
        if self._producer.end(_STOP_TIMEOUT_S):
            self._memory.release()
        else:
            abandon(self._unit, self)

    def _raise_if_sink_refused(self) -> None:
        if self._workers.consumer.refused:
            self._workers.join(_STOP_TIMEOUT_S)
            assert self.error is not None
            raise self.error

    def stop(self, timeout_s: float = _STOP_TIMEOUT_S) -> Outcome:
        """End the stream, store every sample already fetched, close the sink.

        :raises ConfigurationError: the time is no number; the stream goes on.
        :raises SessionStateError: it was not started, or could not be; or a sink asks.
        :raises StreamError: the threads did not end in time (driver or disk do not return).
        :raises BaseException: the first error of any thread.
        """
        timeout_s = require_seconds("timeout_s", timeout_s)
        self._require_begun()
        self.request_stop()
        return self._wait(timeout_s, "; the driver or the disk hangs.")

    def request_stop(self, ended_by: str = STOPPED, reason: str = ON_REQUEST) -> None:
        """Ask for the end without waiting for it; the first call says why.

        :param ended_by: one of :data:`~picostream_pymeasure.records.ENDINGS`.
        :param reason: one sentence.
        :raises ConfigurationError: it is none of them, or no text.
        """
        if not (isinstance(ended_by, str) and ended_by in ENDINGS):
            raise ConfigurationError(
                f"A stream is ended by one of {', '.join(ENDINGS)}, not {shown(ended_by)}."
            )
        require_kind("reason", reason, str)
        self._ending.ask(ended_by, reason)
        if self._phase is SessionState.RUNNING:
            self._phase = SessionState.STOPPING
        self._state.publish(access.STOP, 1)
        self._sink.hasten()

    def wait(self, timeout_s: float | None = None) -> Outcome:
        """Wait until the stream has ended by itself and everything is stored.

        :raises ConfigurationError: the time is no number.
        :raises SessionStateError: it was not started, or could not be; or a sink asks.
        :raises StreamError: it has not ended in time.
        :raises BaseException: the first error of any thread.
        """
        if timeout_s is not None:
            timeout_s = require_seconds("timeout_s", timeout_s)
        self._require_begun()
        return self._wait(timeout_s, ": wait longer, or stop it.")

    def _wait(self, timeout_s: float | None, advice: str) -> Outcome:
        if not self._workers.join(timeout_s):
            raise StreamError(f"The stream has not ended within {timeout_s:g} s{advice}")
        if self.error is not None:
            self._phase = SessionState.FAILED
            raise self.error
        self._phase = SessionState.STOPPED
        assert self.outcome is not None
        return self.outcome

    def leave(self) -> None:
        """Be over at once, in the child of a fork: the stream goes on in the parent."""
        self._ending.leave()
        self._phase = SessionState.FAILED
        self.description = None

    def _require_begun(self) -> None:
        if self.description is None:
            raise SessionStateError("The session has not been started, or its start failed.")
        if self._workers.is_one_of_them:
            raise SessionStateError("A sink cannot wait for its own stream; use request_stop.")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._ending.ask_for(error)
        try:
            self.stop()
        except BaseException:
            if kind is None:
                raise

    def _end_before_close(self, error: BaseException | None) -> None:
        """End because the scope is about to be closed; never raises."""
        if self.description is None or self.is_over:
            return
        if error is not None:
            self._ending.ask_for(error)
        with suppress(Exception):  # whoever waits for the session gets it
            self.stop()

    # -- while it runs

    @property
    def error(self) -> BaseException | None:
        """The first exception of any thread, or that of a start that failed."""
        return self._ending.error

    @property
    def state(self) -> SessionState:
        """Where the session is in its life."""
        if self._phase in (SessionState.RUNNING, SessionState.STOPPING) and self.is_over:
            return SessionState.FAILED if self.error else SessionState.STOPPED
        return self._phase

    @property
    def is_over(self) -> bool:
        """True once everything is stored and the scope is stopped, or is past stopping."""
        return self.description is not None and self._workers.are_over

    @property
    def is_waiting_for_trigger(self) -> bool:
        """True while a trigger is set and has not come."""
        return self.config.trigger is not None and self._state.read(access.TRIGGERED_AT) < 0

    def mark(self, label: str, value: float = float("nan")) -> None:
        """Put an event at the sample that is taken now; after the last one it is not kept.

        :param label: any text; a recording keeps its first 232 bytes (utf-8).
        :param value: a number that belongs to it.
        :raises ConfigurationError: it is another kind of thing.
        :raises MarksFullError: the recording has no room for more; it goes on.
        :raises SessionStateError: the session does not run.
        """
        if self._phase is not SessionState.RUNNING:
            raise SessionStateError(f"Only a running session can be marked{self._how_to_start()}.")
        value = number_of_mark(label, value)
        self._workers.consumer.add_mark(Mark(self._state.now_ns(), label, value))

    def _how_to_start(self) -> str:
        is_new = self._phase is SessionState.IDLE
        return "; start it with a with statement or start()" if is_new else ""

    def take_newest(self) -> list[Piece]:
        """Give pieces of the stream that came since the last call, the oldest first.

        They are of the last 64 blocks, 16384 samples per input of each.
        """
        return [] if self.description is None else self._workers.newest.take()

    def health(self) -> Health:
        """Get the running totals, zeros before the start."""
        if self.description is None:
            return Health()
        return read_health(self._state, self.config)

    def _make_outcome(self) -> Outcome:
        producer = self._workers.producer
        ended = self._ending.words(producer.ended_by, producer.reason, self.is_waiting_for_trigger)
        told = self._unit.simulation()
        self.outcome = sum_up(self._state, self.config, ended, told, is_short=producer.is_short)
        return self.outcome

    def _fail(self, error: BaseException) -> None:
        """Keep the first error of any thread and end the stream."""
        self._ending.fail(error)
        self._state.publish(access.STOP, 1)
