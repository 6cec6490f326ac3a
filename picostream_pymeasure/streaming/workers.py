"""The two threads of a stream together: their start, and how their end is known."""

from __future__ import annotations

import math
import time

from .consumer import Consumer
from .producer import Producer

_SLICE_S = 0.5


class Workers:
    """The producer and the consumer of a stream."""

    def __init__(self, producer: Producer, consumer: Consumer) -> None:
        self.producer = producer
        self.consumer = consumer

    @property
    def are_over(self) -> bool:
        """Whether everything is stored and the scope is stopped, or is past stopping."""
        if not self.consumer.ended.is_set():
            return False
        return self.consumer.driver_hangs or self.producer.ended.is_set()

    def wait(self, timeout_s: float | None) -> bool:
        """Wait until they are over, and tell whether they are.

        Not with ``Thread.join``: Python up to 3.12 takes a thread for ended when Ctrl+C interrupts
        that.
        """
        deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
        for ended in (self.consumer.ended, self.producer.ended):
            # in slices: Windows hears Ctrl+C in between only
            while not (ended.is_set() or self.are_over) and time.monotonic() < deadline:
                ended.wait(min(max(deadline - time.monotonic(), 0), _SLICE_S))
        return self.are_over

    def join(self) -> None:
        """See the last of both, once they have ended."""
        self.consumer.thread.join()
        self.producer.thread.join()
