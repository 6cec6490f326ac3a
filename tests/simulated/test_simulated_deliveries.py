"""What simulated drivers hand over: packets, wraps, wrong words, losses of their memory."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.simulated import (
    Fault,
    Habits,
)
from tests.support.rehearsal import SIZE, Rehearsal
from tests.support.simulated_client import BUSY, OK
from tests.support.truth import Seam, seams


def test_the_usual_driver_hands_over_portions_of_100_us() -> None:
    with Rehearsal(Habits()) as rehearsal:
        rehearsal.poll(20, 0.000_250)
        assert {delivery.count % 100 for delivery in rehearsal.client.deliveries} == {0}
        rehearsal.assert_true()


@pytest.mark.parametrize(
    ("packet", "samples"),
    [("25ms", 25_000), ("500", 500), ("1kB", 1024), ("1ms", 1000), ("all", 1)],
)
def test_packets(packet: str, samples: int) -> None:
    with Rehearsal(Habits(packet=packet), fifo_s=0.1) as rehearsal:
        rehearsal.poll(100, 0.001_234)
        total = rehearsal.client.received
        assert total % samples == 0
        assert total == (100 * 1234) // samples * samples
        rehearsal.assert_true()


def test_packets_of_several_channels_hold_fewer_samples() -> None:
    assert Habits(packet="1MB").packet_samples(8, 1) == 1024 * 1024
    assert Habits(packet="1MB").packet_samples(8, 8) == 128 * 1024
    assert Habits(packet="1ms").packet_samples(1e9, 1) == 1


def test_one_packet_a_call() -> None:
    with Rehearsal(Habits(packet="1ms", packets_a_call=1)) as rehearsal:
        rehearsal.poll(1, 0.01)
        rehearsal.poll(9, 0.0)
        assert [delivery.count for delivery in rehearsal.client.deliveries] == [1000] * 10


def test_nothing_for_several_calls_then_much() -> None:
    with Rehearsal(Habits(quiet_calls=3)) as rehearsal:
        rehearsal.poll(12)
        assert [bool(count) for count in rehearsal.callbacks] == [True, False, False, False] * 3
        assert rehearsal.client.deliveries[1].count == 8000
        rehearsal.assert_true()


@pytest.mark.parametrize(
    ("word", "status", "callbacks"),
    [("39", 39, 0), ("37", 37, 0), ("67", 67, 0), ("0", 0, 1), ("silent", 0, 0)],
)
def test_nothing_new(word: Any, status: int, callbacks: int) -> None:
    with Rehearsal(Habits(nothing_new=word)) as rehearsal:
        rehearsal.poll(1)
        rehearsal.poll(3, 0.0)
        assert rehearsal.statuses == [0] + [status] * 3
        assert rehearsal.callbacks == [1] + [callbacks] * 3
        assert all(delivery.count == 0 for delivery in rehearsal.client.deliveries[1:])


def test_there_is_always_a_little() -> None:
    with Rehearsal(Habits(packet="25ms", nothing_new="never")) as rehearsal:
        rehearsal.poll(100, 0.000_003)
        assert [delivery.count for delivery in rehearsal.client.deliveries] == [3] * 100


@pytest.mark.parametrize("wrap", ["next_call", "later", "same_call", "early"])
def test_wrap(wrap: Any) -> None:
    with Rehearsal(Habits(wrap=wrap)) as rehearsal:
        rehearsal.poll(60, 0.003)
        deliveries = rehearsal.client.deliveries
        ends = [delivery.start + delivery.count for delivery in deliveries]
        turns = [n for n, delivery in enumerate(deliveries) if delivery.start == 0 and n]
        assert len(turns) > 6
        assert all((ends[n - 1] == SIZE) == (wrap != "early") for n in turns)
        assert max(rehearsal.callbacks) == (2 if wrap == "same_call" else 1)
        assert (BUSY in rehearsal.statuses) == (wrap == "later")
        rehearsal.assert_true()


@pytest.mark.parametrize(
    ("kind", "samples", "told"),
    [
        ("start_zero", 0, (0, 2000)),
        ("start_shift", 1, (4001, 2000)),
        ("start_shift", -1, (3999, 2000)),
        ("start_shift", 100, (4100, 2000)),
        ("count_shift", 1, (4000, 2001)),
    ],
)
def test_callbacks_that_are_told_wrongly(kind: Any, samples: int, told: tuple[int, int]) -> None:
    with Rehearsal(Habits(), faults=(Fault(kind, 4000, samples=samples),)) as rehearsal:
        rehearsal.poll(5)
        chunks = [(delivery.start, delivery.count) for delivery in rehearsal.client.deliveries]
        assert chunks == [(0, 2000), (2000, 2000), told, (6000, 2000), (8000, 2000)]
        assert rehearsal.losses == []


def test_a_chunk_twice() -> None:
    with Rehearsal(Habits(), faults=(Fault("chunk_twice", 4000),)) as rehearsal:
        rehearsal.poll(5)
        starts = [delivery.start for delivery in rehearsal.client.deliveries]
        assert starts == [0, 2000, 4000, 4000, 6000]
        assert seams(rehearsal.indices) == [Seam(6000, -2000)]


def test_a_chunk_that_nobody_is_told_of() -> None:
    with Rehearsal(Habits(), faults=(Fault("chunk_skipped", 4000),)) as rehearsal:
        rehearsal.poll(5)
        assert rehearsal.statuses == [OK, OK, BUSY, OK, OK]
        assert rehearsal.losses == [(4000, 2000)]
        rehearsal.assert_true()


def test_a_driver_that_lies_for_ever() -> None:
    faults = (Fault("start_shift", 4000, samples=7, always=True),)
    with Rehearsal(Habits(), faults=faults) as rehearsal:
        rehearsal.poll(5)
        starts = [delivery.start for delivery in rehearsal.client.deliveries]
        assert starts == [0, 2000, 4007, 6007, 8007]
