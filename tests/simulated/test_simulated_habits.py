"""The habits of simulated drivers: each shows, and what truly was lost is known with all of them.

On a virtual clock, so that nothing depends on how busy the machine is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from picostream_pymeasure.errors import ConfigurationError
from picostream_pymeasure.simulated import (
    Fault,
    Habits,
    SimulatedScope,
    SimulatedSignal,
    VirtualClock,
    load_simulated,
    scopes_from_text,
)
from tests.support.simulated_client import BUSY, OK, Client, assert_proven
from tests.support.truth import Loss, Seam, absolute_indices, merged_losses, seams

Load = Callable[..., Any]
INDEX = {"A": SimulatedSignal("index")}
SIZE = 20_011


class Rehearsal:
    """A client at 1 MS/s on a clock of its own."""

    def __init__(self, habits: Habits, **described: Any) -> None:
        self.clock = VirtualClock()
        self.interval = described.pop("interval", 1000)
        described = {"signals": INDEX, "fifo_s": 0.05, "habits": habits, **described}
        self.client = Client(load_simulated([SimulatedScope(**described)], self.clock))
        self.statuses: list[int] = []
        self.callbacks: list[int] = []

    def __enter__(self) -> Rehearsal:
        self.client.use("A")
        self.client.register("A", SIZE)
        assert self.client.run(self.interval, size=SIZE)[0] == OK
        return self

    def __exit__(self, *_: object) -> None:
        self.client.call("CloseUnit")

    def poll(self, times: int = 1, wait_s: float = 0.002) -> None:
        for _ in range(times):
            self.clock.advance(wait_s)
            before = len(self.client.deliveries)
            self.statuses.append(self.client.poll())
            self.callbacks.append(len(self.client.deliveries) - before)

    @property
    def indices(self) -> np.ndarray:
        return absolute_indices(self.client.values("A"))

    @property
    def losses(self) -> list[Loss]:
        description = self.client.library.simulation.describe(self.client.handle)
        return [Loss(*hole) for hole in description["holes"]]

    def assert_true(self) -> None:
        """The samples say the same as the log: where how many are missing, and none comes twice."""
        assert_proven(self.client, "A")
        indices, losses = self.indices, merged_losses(self.losses)
        first, last = int(indices[0]), int(indices[-1])
        assert first == sum(missing for place, missing in losses if place == 0)
        found = [(int(indices[seam.position - 1]) + 1, seam.missing) for seam in seams(indices)]
        logged = [(place, missing) for place, missing in losses if first < place <= last]
        assert [missing for _, missing in found] == [missing for _, missing in logged]
        for (place, _), (true, _) in zip(found, logged, strict=True):
            assert abs(place - true) < 8, "samples may look alike on both sides of a hole"


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


@pytest.mark.parametrize("memory_full", ["oldest", "newest"])
@pytest.mark.parametrize("loss_told", ["at_once", "at_hole"])
def test_full_memory(memory_full: Any, loss_told: Any) -> None:
    habits = Habits(memory_full=memory_full, loss_told=loss_told)
    with Rehearsal(habits) as rehearsal:
        rehearsal.poll(5)
        rehearsal.poll(1, 0.07)
        rehearsal.poll(60)
        (loss,) = rehearsal.losses
        assert loss == Loss(60_000 if memory_full == "newest" else 10_000, 20_000)
        flagged = [n for n, d in enumerate(rehearsal.client.deliveries) if d.overflow == -1]
        behind = np.cumsum([0] + [d.count for d in rehearsal.client.deliveries])[flagged]
        assert behind.tolist() == (
            [60_000] if (memory_full, loss_told) == ("newest", "at_hole") else [10_000]
        )
        rehearsal.assert_true()


def test_several_overruns_of_the_newest_before_the_first_is_reached() -> None:
    habits = Habits(memory_full="newest", packet="1ms", packets_a_call=1)
    with Rehearsal(habits) as rehearsal:
        rehearsal.poll(1, 0.06)
        rehearsal.poll(300, 0.003)
        rehearsal.poll(100, 0.0)
        assert len(rehearsal.losses) > 3
        rehearsal.assert_true()


@pytest.mark.parametrize(
    ("signal", "flagged", "stalled"),
    [("flag", 1, 0), ("stall", 0, 1), ("both", 1, 1), ("none", 0, 0)],
)
def test_how_a_loss_is_told(signal: Any, flagged: int, stalled: int) -> None:
    faults = (Fault("overrun", 4321, samples=1000),)
    with Rehearsal(Habits(), overrun_signal=signal, faults=faults) as rehearsal:
        rehearsal.poll(10)
        assert sum(delivery.overflow == -1 for delivery in rehearsal.client.deliveries) == flagged
        assert rehearsal.statuses.count(28) == stalled
        rehearsal.assert_true()


def test_a_little_is_lost_at_every_call_from_the_first_moment() -> None:
    with Rehearsal(Habits(steady_loss=0.3), overrun_signal="none") as rehearsal:
        rehearsal.poll(100)
        assert rehearsal.client.received == pytest.approx(140_000, rel=0.01)
        assert len(rehearsal.losses) >= 99
        rehearsal.assert_true()


def test_what_is_lost_at_every_call_leaves_a_sample_before_what_happens_next() -> None:
    habits = Habits(steady_loss=0.9, packet="all", loss_every_s=0.01, loss_s=(0.001, 0.001))
    with Rehearsal(habits, overrun_signal="none") as rehearsal:
        rehearsal.poll(200)
        assert len({loss.missing for loss in rehearsal.losses}) > 1
        assert rehearsal.losses[-1].sample > 380_000


def test_losses_now_and_then() -> None:
    habits = Habits(loss_every_s=0.05, loss_s=(0.001, 0.01))
    with Rehearsal(habits, overrun_signal="none") as rehearsal:
        rehearsal.poll(200)
        lengths = [loss.missing for loss in rehearsal.losses]
        assert 6 <= len(lengths) <= 8
        assert 1000 <= min(lengths) < max(lengths) <= 10_000
        rehearsal.assert_true()


def test_losses_of_one_length() -> None:
    with Rehearsal(Habits(loss_every_s=0.05, loss_s=(0.004, 0.004))) as rehearsal:
        rehearsal.poll(60)
        assert rehearsal.losses == [(50_000, 4000), (100_000, 4000)]


def test_losses_longer_than_the_time_between_them_leave_a_sample_each() -> None:
    habits = Habits(packet="all", loss_every_s=0.001, loss_s=(0.004, 0.004))
    with Rehearsal(habits) as rehearsal:
        rehearsal.poll(20)
        assert [loss.missing for loss in rehearsal.losses] == 10 * [4000]
        assert [loss.sample for loss in rehearsal.losses] == [1000 + 4001 * n for n in range(10)]


@pytest.mark.parametrize("counted", ["chunk", "stream"])
def test_where_the_trigger_is_counted_from(counted: Any) -> None:
    signals = {"A": SimulatedSignal("square", frequency_hz=10, noise_v=0)}
    with Rehearsal(Habits(trigger_at=counted), signals=signals) as rehearsal:
        client = rehearsal.client
        client.call("Stop")
        assert client.call("SetSimpleTrigger", 1, 0, 0, 2, 0, 0) == OK
        assert client.run(1000, size=SIZE, pre=60_000)[0] == OK
        rehearsal.poll(80)
        (number,) = [n for n, delivery in enumerate(client.deliveries) if delivery.triggered]
        before = sum(delivery.count for delivery in client.deliveries[:number])
        assert client.deliveries[number].trigger_at + before * (counted == "chunk") == 100_000


@pytest.mark.parametrize(
    ("answer", "unit", "answered"),
    [
        ("exact", 1, 1_000_400),
        ("exact", 2, 1000),
        ("ns", 1, 1_000_000),
        ("nominal", 2, 1000),
        ("zero", 2, 0),
    ],
)
def test_the_interval_returned(answer: Any, unit: int, answered: int) -> None:
    habits = Habits(interval_ppm=400, interval_answer=answer)
    with Rehearsal(habits) as rehearsal:
        client = rehearsal.client
        client.call("Stop")
        wanted = {1: 1_000_000, 2: 1000}[unit]
        assert client.run(wanted, unit=unit, size=SIZE) == (OK, answered)
        rehearsal.poll(1000, 0.01)
        assert client.received == 10_000_000 / 1.0004 // 100 * 100


@pytest.mark.parametrize(("ppm", "drift"), [(100, 0), (-100, 0), (0, 36_000)])
def test_the_clocks_of_scope_and_host(ppm: float, drift: float) -> None:
    habits = Habits(clock_ppm=ppm, clock_drift_ppm_h=drift, packet="all")
    with Rehearsal(habits) as rehearsal:
        rehearsal.poll(1000, 0.01)
        # 36 000 ppm in an hour are 100 ppm in ten seconds, and half of that on average
        expected = 10_000_000 * (1 + ppm * 1e-6) + (500 if drift else 0)
        assert rehearsal.client.received == pytest.approx(expected, abs=1)
        rehearsal.assert_true()


def test_calls_that_block() -> None:
    with Rehearsal(Habits(call_s=0.03), fifo_s=1.0) as rehearsal:
        blocked = []
        for _ in range(50):
            before = rehearsal.clock.now_ns
            rehearsal.poll(1, 0.0)
            blocked.append(rehearsal.clock.now_ns - before)
        assert 0 < min(blocked) < 3e6
        assert 27e6 < max(blocked) <= 30e6
        rehearsal.assert_true()


def test_a_call_of_ten_seconds() -> None:
    with Rehearsal(Habits(), faults=(Fault("hang", 5000, duration_s=10),)) as rehearsal:
        rehearsal.poll(50)
        assert rehearsal.clock.now_ns == pytest.approx(10.1e9)
        assert sum(loss.missing for loss in rehearsal.losses) == pytest.approx(9.95e6, abs=10_000)
        rehearsal.assert_true()


@pytest.mark.parametrize("restart", ["anew", "goes_on"])
@pytest.mark.parametrize("kind", ["streaming_failed", "buffer_stall", "power_change"])
def test_restart(restart: Any, kind: Any) -> None:
    with Rehearsal(Habits(restart=restart), faults=(Fault(kind, 6000),)) as rehearsal:
        rehearsal.poll(5)
        client = rehearsal.client
        if kind == "power_change":
            assert client.call("ChangePowerSource", 282) == OK
        assert client.run(size=SIZE)[0] == OK
        rehearsal.poll(10)
        begins = [delivery.start for delivery in client.deliveries]
        assert begins[3] == (6000 if restart == "goes_on" else 0)
        assert [loss.sample for loss in rehearsal.losses] == [6000]
        rehearsal.assert_true()


def test_a_stall_is_told_once_and_then_the_memory_is_handed_over() -> None:
    with Rehearsal(Habits(packet="all"), overrun_signal="both") as rehearsal:
        rehearsal.poll(1, 0.07)
        rehearsal.poll(2, 0.000_005)
        assert rehearsal.statuses == [28, OK, OK]
        assert rehearsal.client.deliveries[0].overflow == -1


def test_a_stream_that_is_started_anew_after_a_stall_goes_on_with_its_index() -> None:
    faults = (Fault("overrun", 6000, samples=500),)
    with Rehearsal(Habits(), faults=faults, overrun_signal="stall") as rehearsal:
        rehearsal.poll(4)
        assert rehearsal.statuses[-1] == 28
        assert rehearsal.client.call("Stop") == OK
        assert rehearsal.client.run(size=SIZE)[0] == OK
        rehearsal.poll(10)
        assert [loss.sample for loss in rehearsal.losses] == [6000, 6500]
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


HABITS = st.builds(
    Habits,
    packet=st.sampled_from(["all", "1ms", "25ms", "500", "4kB"]),
    packets_a_call=st.sampled_from([0, 0, 3]),
    quiet_calls=st.sampled_from([0, 0, 4]),
    nothing_new=st.sampled_from(["0", "37", "39", "67", "silent", "never"]),
    wrap=st.sampled_from(["next_call", "later", "same_call", "early"]),
    memory_full=st.sampled_from(["oldest", "newest"]),
    loss_told=st.sampled_from(["at_once", "at_hole"]),
    steady_loss=st.sampled_from([0.0, 0.0, 0.01, 0.3]),
    loss_every_s=st.sampled_from([0.0, 0.0, 0.1]),
    interval_ppm=st.sampled_from([0.0, 300.0]),
    interval_answer=st.sampled_from(["exact", "ns", "nominal", "zero"]),
    clock_ppm=st.sampled_from([0.0, 100.0, -100.0]),
    clock_drift_ppm_h=st.sampled_from([0.0, 10.0]),
    call_s=st.sampled_from([0.0, 0.03]),
    restart=st.sampled_from(["anew", "goes_on"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    HABITS,
    st.sampled_from(["flag", "stall", "both", "none"]),
    st.lists(st.sampled_from([0.0005, 0.002, 0.02, 0.13]), min_size=20, max_size=60),
)
def test_the_truth_is_known_in_every_combination(
    habits: Habits, signal: Any, waits_s: list[float]
) -> None:
    faults = (Fault("overrun", 70_000, samples=777), Fault("chunk_skipped", 90_000))
    with Rehearsal(habits, overrun_signal=signal, faults=faults) as rehearsal:
        for wait_s in waits_s:
            rehearsal.poll(1, wait_s)
        rehearsal.poll(10)
        if rehearsal.client.received:
            assert_proven(rehearsal.client, "A")


def test_a_stream_begins_when_all_is_ready(simulated: Load, monkeypatch: Any) -> None:
    """What is compiled at the first start must not cost samples."""
    from picostream_pymeasure.simulated.unit.unit import Unit

    clock = VirtualClock()
    load_signals = Unit.load_signals

    def slow(unit: Unit) -> None:
        clock.advance(5.0)
        load_signals(unit)
        clock.advance(5.0)

    monkeypatch.setattr(Unit, "load_signals", slow)
    with Client(simulated(clock=clock, fifo_s=0.05)) as client:
        client.start(interval=1000)
        clock.advance(0.002)
        assert client.poll() == OK
        assert client.received == 2000
        assert client.library.simulation.lost_samples(client.handle) == 0


def test_text_describes_habits() -> None:
    text = (
        "packet=25ms,nothing_new=37,loss_every_s=12,loss_s=0.08,steady_loss=0.3,wrap=early,"
        "overrun_signal=both,start_shift_at=1e6:-1*"
    )
    (scope,) = scopes_from_text(text)
    assert scope.habits == Habits(
        packet="25ms",
        nothing_new="37",
        loss_every_s=12,
        loss_s=(0.08, 0.08),
        steady_loss=0.3,
        wrap="early",
    )
    assert scope.faults == (Fault("start_shift", 1_000_000, samples=-1, always=True),)
    assert scope.overrun_signal == "both"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("packet=some", "A packet is all, or such as 500, 25ms or 1MB, not 'some'"),
        (
            "wrap=never",
            "wrap of a simulated scope must be next_call, later, same_call, early, not 'never'",
        ),
        ("steady_loss=1", "a share of 0 to 0.99"),
        ("quiet_calls=-1", "0 or more"),
        ("loss_s=0", "more than 0 s"),
        ("clock_ppm=nan", "100 000 ppm"),
        ("call_s=100", "0 to 60 s"),
        ("hang_at=5:1*", "'hang' happens once"),
        ("overrun_at=5:-1", "needs 1 or more samples"),
    ],
)
def test_habits_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        scopes_from_text(text)
