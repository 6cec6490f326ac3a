"""The consumer: one thread that hands filled blocks to the sink and gives them back.

Everything the sink is told comes from this thread, in the order of the samples.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from ..driver.status import status_name
from ..errors import StreamStalledError
from ..records import Block, Event, Gap, Health, Outcome, Sink, StreamDescription
from ..system.native import load_acquire, now_ns, sleep_ns
from . import state as st
from .pool_memory import PoolMemory
from .recutter import Recutter

_UPDATE_NS = 200_000_000


@njit(int64(int64[::1], int64, int64, int64), nogil=True, cache=True)
def wait_for_block(state, seen, pause_ns, timeout_ns):  # type: ignore[no-untyped-def]
    """Sleep until more than ``seen`` blocks are filled, the stream ended, or time is out."""
    deadline = now_ns() + timeout_ns
    while load_acquire(state, st.HEAD) == seen and load_acquire(state, st.ENDED) == 0:
        if now_ns() > deadline:
            break
        sleep_ns(pause_ns)
    return load_acquire(state, st.HEAD)


class Consumer:
    """Drains the pool into a sink until the producer has ended and the pool is empty.

    :param memory: the pool; it must not be released before the thread has ended.
    :param health: makes the running totals.
    :param outcome: makes the final word for the sink, from the index of the file's first sample.
    :param on_failure: gets the exception when the sink fails; the producer is stopped then.
    """

    def __init__(
        self,
        memory: PoolMemory,
        state: NDArray[np.int64],
        description: StreamDescription,
        sink: Sink,
        *,
        health: Callable[[], Health],
        outcome: Callable[[int], Outcome],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._memory = memory
        self._state = state
        self._description = description
        self._sink = sink
        self._health = health
        self._outcome = outcome
        self._on_failure = on_failure
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._gaps_seen = 0
        self._recutter: Recutter | None = None
        self._next = 0
        self.stored = 0
        self.driver_hangs = False
        self.opened = threading.Event()
        self.ended = threading.Event()
        self.refused = False
        self.thread = threading.Thread(target=self._run, name="picostream-consumer", daemon=True)

    def add_event(self, event: Event) -> None:
        """Pass a mark on to the sink, from any thread."""
        self._events.put(event)

    @property
    def first_sample(self) -> int:
        """Index in the stream of the file's first sample."""
        return self._recutter.first if self._recutter else 0

    def _run(self) -> None:
        try:
            self._consume()
        finally:
            self.ended.set()

    def _consume(self) -> None:
        try:
            if self._sink.open(self._description) is not None:
                raise NotImplementedError("Native sinks are not called yet.")
        except BaseException as error:  # noqa: BLE001 - handed to the session, never lost
            self.refused = True
            self._on_failure(error)
            return
        finally:
            self.opened.set()
        try:
            self._drain()
        except BaseException as error:  # noqa: BLE001
            self._on_failure(error)
        try:
            self._wait_for_end()
            self._sink.close(self._outcome(self.first_sample))
        except BaseException as error:  # noqa: BLE001
            self._on_failure(error)

    def _wait_for_end(self) -> None:
        """Let the producer stop the scope first: the final totals are known only then."""
        while not self._has_ended():
            wait_for_block(self._state, int(self._state[st.HEAD]), self._pause_ns(), _UPDATE_NS)

    def _drain(self) -> None:
        pause_ns = self._pause_ns()
        next_update_ns = 0
        while True:
            ended = self._has_ended()
            head = wait_for_block(self._state, self._next, pause_ns, _UPDATE_NS)
            while self._next < head:
                self._take(self._next, self._description.block_samples)
                self._next += 1
            if ended and self._next == st.read(self._state, st.HEAD):
                break
            self._pass_notes(ended=False)
            if (now := int(self._state[st.NOW_NS])) >= next_update_ns:
                next_update_ns = now + _UPDATE_NS
                self._sink.update(self._health())
        self._finish()

    def _has_ended(self) -> bool:
        """Whether no more samples can come; also when a driver call does not return."""
        if st.read(self._state, st.ENDED):
            return True
        silent_ns = st.clock_ns() - int(self._state[st.NOW_NS])
        if silent_ns > self._state[st.STALL_NS] and not self.driver_hangs:
            self.driver_hangs = True
            self._on_failure(
                StreamStalledError("A driver call does not return; unplug the scope to end it.")
            )
        return self.driver_hangs

    def _pause_ns(self) -> int:
        block_ns = self._description.block_samples * self._description.stored_interval_ns
        return int(min(max(block_ns / 4, 1e6), 20e6))

    def _finish(self) -> None:
        """Store the last, partly filled block and whatever is left to say."""
        if rest := int(self._state[st.FILL]):
            self._take(self._next, rest)
        if self._recutter:
            for block in self._recutter.rest():
                self._store(block)
        self._pass_notes(ended=True)

    def _take(self, number: int, count: int) -> None:
        first = number * self._description.block_samples
        block = Block(self._rows(number), first, count)
        if self._description.config.trigger is None:
            self._store(block)
            self._give_back(number)
        elif self._is_triggered():
            self._cut(number, count)
        else:
            self._give_back(number - self._held_blocks())

    def _rows(self, number: int) -> NDArray[np.int16]:
        return self._memory.blocks[number % len(self._memory.blocks)]

    def _store(self, block: Block) -> None:
        valid = block.count * self._description.values_per_sample
        self._sink.write(Block(block.rows[:, :valid], block.first_sample, block.count))
        self.stored += block.count

    def _give_back(self, number: int) -> None:
        st.publish(self._state, st.TAIL, max(number + 1, int(self._state[st.TAIL])))

    # -- waiting for the trigger: the driver delivers from the start and only marks where it was,
    # -- so the newest blocks that cover the pre-trigger time are held back, the others let go

    def _pre_trigger_samples(self) -> int:
        config = self._description.config
        assert config.trigger is not None
        return round(config.trigger.pre_trigger_s * 1e9 / self._description.stored_interval_ns)

    def _held_blocks(self) -> int:
        return self._pre_trigger_samples() // self._description.block_samples + 1

    def _is_triggered(self) -> bool:
        return bool(self._state[st.TRIGGERED_AT] >= 0)

    def _cut(self, number: int, count: int) -> None:
        """Store a block, and at the first time those that were held back before it."""
        block_samples = self._description.block_samples
        held = number
        if self._recutter is None:
            first = max(int(self._state[st.TRIGGERED_AT]) - self._pre_trigger_samples(), 0)
            self._recutter = Recutter(first, self._memory.blocks.shape[1:], block_samples)
            held = int(self._state[st.TAIL])
        for index in range(held, number + 1):
            rows = self._rows(index)
            n_samples = count if index == number else block_samples
            for block in self._recutter.cut(Block(rows, index * block_samples, n_samples)):
                self._store(block)
            self._give_back(index)

    # -- gaps and events

    def _pass_notes(self, *, ended: bool) -> None:
        self._pass_gaps(ended)
        while not self._events.empty():
            event = self._events.get()
            index = max(event.sample_index - self.first_sample, 0)
            self._sink.add_event(Event(index, event.time_s, event.label, event.value))

    def _pass_gaps(self, ended: bool) -> None:
        """Pass on gaps that can no longer grow: samples after them are stored, or it is over."""
        while self._gaps_seen < st.read(self._state, st.GAP_COUNT):
            unsettled = st.read(self._state, st.UNSETTLED_GAP)
            start = st.GAPS + self._gaps_seen * st.GAP_FIELDS
            row = self._state[start : start + st.GAP_FIELDS]
            in_stored_part = row[st.GAP_INDEX] < self._next * self._description.block_samples
            if not ended and (unsettled == self._gaps_seen or not in_stored_part):
                return
            self._gaps_seen += 1
            index = int(row[st.GAP_INDEX]) - self.first_sample
            if index >= 0:
                self._sink.add_gap(_gap(self._gaps_seen, index, row))


def _cause(code: int) -> str:
    if code <= st.CAUSE_RESTART:
        return st.CAUSES[code]
    return f"restart after {status_name(code - st.CAUSE_RESTART)}"


def _gap(number: int, index: int, row: NDArray[np.int64]) -> Gap:
    return Gap(
        number=number,
        sample_index=index,
        earliest=index,
        latest=index,
        missing=int(row[st.GAP_MISSING]),
        estimated_missing=int(row[st.GAP_ESTIMATE]),
        cause=_cause(int(row[st.GAP_CAUSE])),
        time_s=int(row[st.GAP_TIME_NS]) / 1e9,
    )
