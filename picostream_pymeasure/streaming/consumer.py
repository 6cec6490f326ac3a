"""The consumer: what the native drain finds goes to the sink, and marks with it.

A native sink is called by a native thread of its own, which runs whatever Python does; this thread
then only passes on what is rare. A sink in Python gets everything from this thread, in the order
of the samples.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from ..errors import ConfigurationError, MarksFullError, StreamStalledError, counted
from ..records import (
    CLOCK,
    GAP,
    GAP_MESSAGE_DTYPE,
    GAP_NUMBERS,
    HEALTH,
    STRETCH,
    Block,
    ClockPair,
    Event,
    Gap,
    Health,
    NativeSink,
    Outcome,
    Sink,
    StreamDescription,
)
from ..system.awake import kept_awake
from . import access
from .drain import END, drain_to, next_message
from .marks import Mark, is_ripe, keep_accuracy, sample_of
from .pool_memory import PoolMemory
from .state import SharedState
from .watch import CallWatch

log = logging.getLogger(__name__)

_SLICE_NS = 50_000_000
_UPDATE_S = 0.2

#: Losses are told no more often than this; the file has each of them.
_TELL_S = 1.0


class Consumer:
    """Drains the pool into a sink until the producer has ended and the pool is empty.

    :param memory: the pool; it must not be released before the thread has ended.
    :param health: makes the running totals.
    :param outcome: makes the final word for the sink.
    :param on_failure: gets the exception when the sink fails; the producer is stopped then.
    """

    def __init__(
        self,
        memory: PoolMemory,
        state: SharedState,
        description: StreamDescription,
        sink: Sink,
        *,
        health: Callable[[], Health],
        outcome: Callable[[], Outcome],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._memory = memory
        self._state = state
        self._description = description
        self._sink = sink
        self._health = health
        self._gaps_told, self._tell_after_s = 0, 0.0
        self._outcome = outcome
        self._on_failure = on_failure
        self._watch = CallWatch(state)
        self._marks: queue.SimpleQueue[Mark] = queue.SimpleQueue()
        self._waiting: Mark | None = None
        self._left_out: Counter[tuple[int, str]] = Counter()
        self._marks_lock, self._takes_marks = threading.Lock(), True
        self._full: MarksFullError | None = None
        self.opened = threading.Event()
        self.ended = threading.Event()
        self.refused = False
        self.thread = threading.Thread(target=self._run, name="picostream-consumer", daemon=True)

    def add_mark(self, mark: Mark) -> None:
        """Pass a mark on to the sink once its sample is known, from any thread.

        :raises MarksFullError: the sink had no room for the last one.
        """
        if self._full is not None:
            raise MarksFullError(str(self._full))
        with self._marks_lock:
            if self._takes_marks:
                self._marks.put(mark)
                return
        _tell_left_out(logging.WARNING, mark.label, 1)

    @property
    def driver_hangs(self) -> bool:
        """Whether a driver call does not return."""
        return self._watch.driver_hangs

    def _run(self) -> None:
        try:
            with kept_awake():
                self._consume()
        finally:
            self.ended.set()

    def _consume(self) -> None:
        try:
            native = self._sink.open(self._description)
            if not isinstance(native, NativeSink | None):
                raise ConfigurationError(
                    f"{type(self._sink).__name__}.open returned {native!r}; it returns None, or "
                    "the NativeSink that takes the samples."
                )
        except BaseException as error:  # noqa: BLE001 - handed to the session, never lost
            self.refused = True
            self._on_failure(error)
            return
        finally:
            self.opened.set()
        if native is None:
            self._attempt(self._drain)
        else:
            self._attempt(lambda: self._drain_natively(native))
        self._attempt(self._wait_for_end)
        with self._marks_lock:
            self._takes_marks = False
        self._attempt(self._pass_marks)
        for (level, label), number in self._left_out.items():
            _tell_left_out(level, label, number)
        self._attempt(lambda: self._sink.close(self._outcome()))

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - handed to the session, never lost
            self._on_failure(error)

    def _watch_driver(self) -> bool:
        """Whether no more samples can come; also when a driver call does not return."""
        if self._watch.look():
            self._on_failure(
                StreamStalledError("A driver call does not return; unplug the scope to end it.")
            )
            self._state.publish(access.ENDED, 1)
        return bool(self._state.read(access.ENDED))

    def _wait_for_end(self) -> None:
        """Let the producer stop the scope first: the final totals are known only then."""
        while not self._watch_driver():
            threading.Event().wait(_SLICE_NS / 1e9)

    # -- a native sink

    def _drain_natively(self, native: NativeSink) -> None:
        """Let a native thread hand everything over, and tell the sink the rest meanwhile."""
        state = self._state
        arguments = (state.records, state.drains, native.function, native.context)
        thread = threading.Thread(
            target=drain_to, args=arguments, name="picostream-drain", daemon=True
        )
        thread.start()
        while thread.is_alive():
            thread.join(_UPDATE_S)
            self._watch_driver()
            # a failure ends the producer; what it has fetched still goes to the sink
            self._attempt(self._pass_marks)
            self._attempt(self._update)
        if state.drain("failed"):
            self._update()  # it may have failed after it was asked last, and it knows why
            raise RuntimeError(f"The native sink failed with {state.drain('failed')}.")

    def _update(self) -> None:
        health, now_s = self._health(), time.monotonic()
        if health.gaps > self._gaps_told and now_s >= self._tell_after_s:
            self._gaps_told, self._tell_after_s = health.gaps, now_s + _TELL_S
            are = f"are missing: about {health.lost}" if health.lost else "may be missing"
            log.warning("Samples %s, in %s so far.", are, counted(health.gaps, "gap"))
        self._sink.update(health)

    # -- a sink in Python

    def _drain(self) -> None:
        while True:
            self._watch_driver()
            kind = next_message(self._state.records, self._state.drains, _SLICE_NS)
            if kind == END:
                return
            self._tell(kind)
            self._pass_marks()

    def _tell(self, kind: int) -> None:
        if kind == STRETCH:
            self._sink.write(self._block())
        elif kind == GAP:
            self._sink.add_gap(self._gap())
        elif kind == CLOCK:
            self._sink.add_clock(ClockPair(*self._state.drains["clock"][0].tolist()))
        elif kind == HEALTH:
            self._update()

    def _block(self) -> Block:
        """View of the stretch that is handed over."""
        first_sample, count, rows_address, row_bytes = self._state.drains["stretch"][0].tolist()
        blocks = self._memory.blocks
        within = rows_address - blocks.ctypes.data
        number, at = divmod(within, row_bytes * blocks.shape[1])
        values = self._description.values_per_sample
        begin = at // blocks.itemsize
        rows: NDArray[Any] = blocks[number, :, begin : begin + count * values]
        return Block(rows, first_sample, count)

    def _gap(self) -> Gap:
        row = self._state.drains["gap"].view(GAP_MESSAGE_DTYPE)[0, 0]
        cause = self._state.drains["cause"][0].tobytes().rstrip(b"\0").decode()
        numbers = {name: int(row[name]) for name in GAP_NUMBERS}
        return Gap(**numbers, cause=cause, noticed_s=int(row["time_ns"]) / 1e9)

    # -- marks

    def _pass_marks(self) -> None:
        """Pass on the marks whose samples are known; all of them in the end."""
        ended = bool(self._state.read(access.ENDED)) and self._everything_is_told()
        while (mark := self._next_mark()) is not None:
            if not (ended or is_ripe(self._state, mark)):
                self._waiting = mark
                return
            self._pass_mark(mark)

    def _pass_mark(self, mark: Mark) -> None:
        index = sample_of(self._state, mark)
        if index is None:
            self._left_out[self._level_of(mark), mark.label] += 1
            return
        time_s = max(mark.time_ns - self._state.drain("zero_ns"), 0) / 1e9
        keep_accuracy(self._state, mark)
        try:
            self._sink.add_event(Event(index, time_s, mark.label, mark.value))
        except MarksFullError as error:
            if self._full is None:
                log.warning("%s", error)
            self._full = error

    def _level_of(self, mark: Mark) -> int:
        """How loudly it is told that a mark has no sample; one made while armed is no warning."""
        state = self._state
        is_before = state.drain("first") < 0 or mark.time_ns < state.drain("zero_ns")
        was_armed = int(state["pre_trigger"]) >= 0 and is_before
        return logging.INFO if was_armed else logging.WARNING

    def _next_mark(self) -> Mark | None:
        mark, self._waiting = self._waiting, None
        if mark is None and not self._marks.empty():
            mark = self._marks.get()
        return mark

    def _everything_is_told(self) -> bool:
        first = self._state.drain("first")
        return first < 0 or first + self._state.drain("stored") == int(self._state["accepted"])


def _tell_left_out(level: int, label: str, number: int) -> None:
    if number == 1:
        log.log(level, "The mark %r lies outside the recording; it is left out.", label)
    else:
        text = "%d marks %r lie outside the recording; they are left out."
        log.log(level, text, number, label)
