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
    SimulatedSignal,
    VirtualClock,
    scopes_from_text,
)
from tests.support.rehearsal import SIZE, Rehearsal
from tests.support.simulated_client import OK, Client, assert_proven
from tests.support.truth import Loss

Load = Callable[..., Any]


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
