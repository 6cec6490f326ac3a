"""The two threads of a stream and what they share: their start, and how their end is known."""

from __future__ import annotations

import math
import threading
import time

from ..driver import Unit
from .consumer import Consumer
from .newest import NewestSamples
from .pool_memory import PoolMemory
from .producer import Producer

_SLICE_S = 0.5

#: What is kept because a driver call that never returned may still write to its memory.
ABANDONED: list[object] = []


class Workers:
    """The producer and the consumer of a stream, and the memory between them.

    :param newest: looks into the memory as well.
    """

    def __init__(
        self,
        unit: Unit,
        producer: Producer,
        consumer: Consumer,
        memory: PoolMemory,
        newest: NewestSamples,
    ) -> None:
        self._unit = unit
        self.producer = producer
        self.consumer = consumer
        self._memory = memory
        self.newest = newest

    @property
    def are_over(self) -> bool:
        """Whether everything is stored and the scope is stopped, or is past stopping."""
        if not self.consumer.ended.is_set():
            return False
        return self.consumer.driver_hangs or self.producer.ended.is_set()

    @property
    def is_one_of_them(self) -> bool:
        """Whether the thread that asks is one of them, which cannot wait for itself."""
        return threading.current_thread() in (self.producer.thread, self.consumer.thread)

    def join(self, timeout_s: float | None) -> bool:
        """Wait until they are over, and tell whether they are; then nothing of them is left.

        Not with ``Thread.join`` alone: Python up to 3.12 takes a thread for ended when Ctrl+C
        interrupts that.
        """
        deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
        for ended in (self.consumer.ended, self.producer.ended):
            # in slices: Windows hears Ctrl+C in between only
            while not (ended.is_set() or self.are_over) and time.monotonic() < deadline:
                ended.wait(min(max(deadline - time.monotonic(), 0), _SLICE_S))
        if self.are_over and self not in ABANDONED:
            self._take_down()
        return self.are_over

    def _take_down(self) -> None:
        if not self.producer.ended.is_set():
            abandon(self._unit, self)
            return
        self.consumer.thread.join()
        self.producer.thread.join()
        self.newest.let_go()
        self._memory.release()


def abandon(unit: Unit, keeper: object) -> None:
    """Leave a driver that does not return alone; it may still write to its buffers.

    :param keeper: of the stream's memory.
    """
    unit.abandon()
    ABANDONED.append(keeper)
