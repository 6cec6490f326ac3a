"""A sink in native code: what it is told, in which order, and how it ends."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import carray, cfunc, int64, types

from picostream_pymeasure.config import StreamConfig, TriggerConfig
from picostream_pymeasure.driver.unit import Unit
from picostream_pymeasure.records import (
    GAP,
    STRETCH,
    Block,
    Event,
    Health,
    NativeSink,
    Outcome,
    Sink,
    StreamDescription,
)
from picostream_pymeasure.simulated import Fault, SimulatedSignal
from picostream_pymeasure.streaming.session import StreamSession
from picostream_pymeasure.system.native import as_pointer, copy_bytes
from tests.support.keeping_sink import RATE_HZ, channels, run
from tests.support.patience import PATIENCE_S

#: Words of the context: messages so far, fails at which, samples, where to, row of the table.
SEEN, FAILS_AT, SAMPLES, ROOM, TABLE, TABLE_ROOM = range(6)


@cfunc(types.int64(types.int64, types.int64, types.int64), nogil=True, cache=True)
def keep(context, kind, address):  # type: ignore[no-untyped-def]
    """Copy the samples of the only channel, and note each message: kind and two numbers."""
    words = carray(as_pointer(context), 6, np.int64)
    message = carray(as_pointer(address), 8, np.int64)
    if words[SEEN] == words[FAILS_AT]:
        return int64(5)
    table = carray(as_pointer(words[TABLE]), 3 * words[TABLE_ROOM], np.int64)
    at = 3 * (words[SEEN] % words[TABLE_ROOM])
    table[at], table[at + 1], table[at + 2] = kind, message[0], message[1]
    words[SEEN] += 1
    if kind == 0:
        copy_bytes(words[ROOM] + 2 * message[0], message[2], 2 * message[1])
        words[SAMPLES] = message[0] + message[1]
    return int64(0)


class MemorySink(Sink):
    """Keeps channel A in memory by native code alone."""

    def __init__(self, room: int, fails_at: int = -1, updates_that_fail: bool = False) -> None:
        self.updates_that_fail = updates_that_fail
        self.samples = np.zeros(room, np.int16)
        self.table = np.zeros((100_000, 3), np.int64)
        self.words = np.zeros(6, np.int64)
        self.words[FAILS_AT] = fails_at
        self.words[ROOM] = self.samples.ctypes.data
        self.words[TABLE], self.words[TABLE_ROOM] = self.table.ctypes.data, len(self.table)
        self.events: list[Event] = []
        self.updates = 0
        self.outcome: Outcome | None = None

    def open(self, description: StreamDescription) -> NativeSink:
        return NativeSink(keep.address, self.words.ctypes.data)

    def write(self, block: Block) -> None:
        raise AssertionError("Python is not asked to write")

    def add_event(self, event: Event) -> None:
        self.events.append(event)

    def update(self, health: Health) -> None:
        self.updates += 1
        if self.updates_that_fail or self.words[SEEN] == self.words[FAILS_AT]:
            raise OSError("no luck")

    def close(self, outcome: Outcome) -> None:
        self.outcome = outcome

    @property
    def messages(self) -> list[tuple[int, int, int]]:
        return [tuple(row) for row in self.table[: self.words[SEEN]].tolist()]

    def expected(self, first: int, count: int) -> Any:
        from picostream_pymeasure.simulated.kernels.signal import expected_values

        assert self.outcome is not None
        assert self.outcome.simulation is not None
        return expected_values(self.outcome.simulation, "A", first, count)


def record(library: Any, sink: MemorySink, **settings: Any) -> Outcome:
    config = StreamConfig(channels=channels("A"), sample_rate_hz=RATE_HZ, **settings)
    with Unit.open(library) as unit:
        return run(StreamSession(unit, config, sink))


def test_every_sample_reaches_a_native_sink_with_the_gil_held(
    simulated: Callable[..., Any],
) -> None:
    sink = MemorySink(6_000_000)
    config = StreamConfig(
        channels=channels("A"), sample_rate_hz=RATE_HZ, samples=6_000_000, pool_s=0.2
    )
    with Unit.open(simulated()) as unit:
        session = StreamSession(unit, config, sink)
        session.start()
        ctypes.PyDLL(None).usleep(900_000)  # four times what the pool holds
        outcome = session.wait(PATIENCE_S)
    assert (outcome.ended_by, outcome.health.gaps) == ("target", 0)
    assert outcome.health.stored == sink.words[SAMPLES] == 6_000_000
    np.testing.assert_array_equal(sink.samples, sink.expected(0, 6_000_000))
    stretches = [(first, count) for kind, first, count in sink.messages if kind == STRETCH]
    assert stretches[0][0] == 0
    ends = [first + count for first, count in stretches]
    assert [first for first, _ in stretches[1:]] == ends[:-1]


def test_a_signalled_gap_is_told_before_the_samples_behind_it(
    simulated: Callable[..., Any],
) -> None:
    sink = MemorySink(3_000_000)
    faults = (Fault("overrun", at_sample=1_000_000, samples=200_000),)
    outcome = record(simulated(faults=faults), sink, samples=3_000_000)
    assert outcome.health.gaps == 1
    told = [number for number, (kind, *_) in enumerate(sink.messages) if kind == GAP]
    assert len(told) >= 2, "provisional, and settled; again where more was learnt"
    assert all(sink.messages[number][1:] == (0, 1_000_000) for number in told)
    behind = [
        number
        for number, (kind, first, count) in enumerate(sink.messages)
        if kind == STRETCH and first + count > 1_000_000
    ]
    assert told[0] < behind[0]
    np.testing.assert_array_equal(sink.samples[1_000_000:], sink.expected(1_200_000, 2_000_000))


def test_with_a_trigger_the_first_stretch_is_at_0(simulated: Callable[..., Any]) -> None:
    sink = MemorySink(400_000)
    wave = SimulatedSignal("square", amplitude_v=1.0, frequency_hz=3.0, noise_v=0.0)
    trigger = TriggerConfig("A", level_v=0.5, pre_trigger_s=0.05)
    outcome = record(simulated(signals={"A": wave}), sink, trigger=trigger, samples=100_000)
    assert outcome.trigger_sample is not None
    first = next(row for row in sink.messages if row[0] == STRETCH)
    assert first[1] == 0
    total = outcome.trigger_sample + 100_000
    assert sink.words[SAMPLES] == total
    expected = sink.expected(outcome.first_stream_sample, total)
    np.testing.assert_array_equal(sink.samples[:total], expected)


def test_slow_streams_are_handed_over_twice_a_second(simulated: Callable[..., Any]) -> None:
    sink = MemorySink(30)
    config = StreamConfig(channels=channels("A"), sample_rate_hz=20.0, samples=30)
    with Unit.open(simulated()) as unit:
        run(StreamSession(unit, config, sink))
    stretches = [row for row in sink.messages if row[0] == STRETCH]
    assert max(count for _, _, count in stretches) <= 11


def test_a_failing_native_sink_is_not_called_again(simulated: Callable[..., Any]) -> None:
    sink = MemorySink(40_000_000, fails_at=7)
    with pytest.raises(OSError, match="no luck"):
        record(simulated(), sink)
    assert sink.words[SEEN] == 7
    assert sink.outcome is not None
    assert sink.outcome.ended_by == "failed"


class AskedJustBefore(MemorySink):
    """Fails after it looked whether it had, and before that is told."""

    def update(self, health: Health) -> None:
        had_failed = self.words[SEEN] == self.words[FAILS_AT]
        for thread in threading.enumerate():
            if thread.name == "picostream-drain":
                thread.join(PATIENCE_S)
        if had_failed:
            super().update(health)


def test_a_sink_that_fails_after_it_was_asked_still_says_why(simulated: Callable[..., Any]) -> None:
    sink = AskedJustBefore(40_000_000, fails_at=40)
    with pytest.raises(OSError, match="no luck"):
        record(simulated(), sink)


def test_a_failure_beside_a_native_sink_ends_the_stream(simulated: Callable[..., Any]) -> None:
    sink = MemorySink(60_000_000, updates_that_fail=True)
    with pytest.raises(OSError, match="no luck"):
        record(simulated(), sink, samples=60_000_000)
    assert sink.outcome is not None
    assert sink.outcome.ended_by == "failed"
    assert sink.outcome.health.stored == sink.words[SAMPLES] < 60_000_000


def test_marks_and_totals_come_from_python(simulated: Callable[..., Any]) -> None:
    sink = MemorySink(40_000_000)
    config = StreamConfig(channels=channels("A"), sample_rate_hz=RATE_HZ, samples=2_000_000)
    with Unit.open(simulated()) as unit, StreamSession(unit, config, sink) as session:
        session.mark("lamp", 2.0)
        session.wait(PATIENCE_S)
    assert [(event.label, event.value) for event in sink.events] == [("lamp", 2.0)]
    assert sink.updates >= 1
