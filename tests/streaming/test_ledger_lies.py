"""Start indices and counts that are wrong, once or for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import Fault, Habits
from picostream_pymeasure.streaming import polling
from tests.support.told_checks import ANY_HABITS, ERROR_MS, error_ms, require_places, require_rate
from tests.support.virtual_stream import run_virtually

Tell = Callable[[str, object, object], None]

LIES: dict[str, tuple[Fault, ...]] = {
    "start index 0": (Fault("start_zero", at_sample=100_000),),
    "start index + 100": (Fault("start_shift", at_sample=100_000, samples=100),),
    "start index + 1": (Fault("start_shift", at_sample=100_000, samples=1),),
    "start index - 1": (Fault("start_shift", at_sample=100_000, samples=-1),),
    "one sample too many": (Fault("count_shift", at_sample=100_000, samples=1),),
    "one sample too few": (Fault("count_shift", at_sample=100_000, samples=-1),),
    "a hundred too many": (Fault("count_shift", at_sample=100_000, samples=100),),
    "a chunk twice": (Fault("chunk_twice", at_sample=100_000),),
}


@pytest.mark.parametrize("title", LIES)
def test_a_start_index_that_does_not_follow_is_told(tell: Tell, title: str) -> None:
    told = run_virtually(3, 1e6, faults=LIES[title])
    tell(title, told.said, told.true)
    assert any(row.cause.startswith("start index") for row in told.rows)
    assert told.foreign == 0
    assert all(missing > 0 for _, missing in told.truth), "samples came again"
    assert told.lost == told.true_lost


@pytest.mark.parametrize("packet", ["100us", "25ms"])
@pytest.mark.parametrize("at_sample", [0, 100_000])
@pytest.mark.parametrize("title", LIES)
def test_a_driver_that_lies_for_ever_costs_nothing_that_came(
    tell: Tell, title: str, at_sample: int, packet: str
) -> None:
    faults = tuple(replace(lie, at_sample=at_sample, always=True) for lie in LIES[title])
    told = run_virtually(3, 1e6, faults=faults, habits=Habits(packet=packet), fifo_s=2.0)
    if at_sample and packet == "100us":
        tell(f"{title}, for ever", told.said, told.true)
    assert told.why == polling.TARGET_REACHED
    assert any(row.cause.startswith("start index") for row in told.rows)
    require_places(told, from_ms=0)
    assert told.foreign <= (0 if title.startswith("start") else 7)
    # less than eight samples at the end do not spell an index
    missing = sum(missing for _, missing in told.truth if missing > 0)
    assert missing <= told.lost <= missing + (told.foreign > 0)
    if not told.lost:
        require_rate(told, 0)
    assert abs((told.received + told.lost) * told.interval_ns / 1e6 - 3000) <= ERROR_MS


@pytest.mark.parametrize("samples", [100, 20_000])
def test_the_end_of_a_driver_that_tells_too_much_is_put_right_as_well(samples: int) -> None:
    fault = Fault("count_shift", at_sample=1_500_000, samples=samples, always=True)
    told = run_virtually(6, 1e6, fifo_s=2.0, faults=(fault,))
    assert (told.truth, told.foreign) == ([], 0)


def test_an_end_that_nothing_puts_right_is_told_as_uncertain() -> None:
    faults = (
        Fault("count_shift", at_sample=1_500_000, samples=100, always=True),
        Fault("stall", at_sample=1_900_000),
    )
    told = run_virtually(6, 1e6, fifo_s=2.0, faults=faults)
    assert told.why == polling.STALLED
    assert told.received == 1_900_100
    assert told.rows[-1].latest == told.received


@settings(max_examples=40)
@given(
    ANY_HABITS,
    st.sampled_from(["start_shift", "count_shift"]),
    st.sampled_from([-100, -1, 1, 100, 5000]),
)
def test_a_chunk_that_is_told_wrongly_leaves_no_foreign_sample(
    habits: Habits, kind: str, samples: int
) -> None:
    faults = (Fault(kind, at_s=1.5, samples=samples),)  # type: ignore[arg-type]
    told = run_virtually(4, 1e5, fifo_s=2.0, habits=habits, faults=faults)
    if told.why != polling.VIOLATION:
        assert told.foreign == 0
        assert abs(told.missed_ms()) <= error_ms(habits, 7)


@pytest.mark.parametrize("packet", ["100us", "all"])
@pytest.mark.parametrize("samples", [4000, 5000])
def test_a_count_far_too_large_is_no_loss_afterwards(packet: Any, samples: int) -> None:
    faults = (Fault("count_shift", at_s=1.5, samples=samples),)
    habits = Habits(packet=packet)
    told = run_virtually(4, 1e5, overrun_signal="none", habits=habits, faults=faults)
    assert (told.lost, told.true_lost, told.foreign) == (0, 0, 0)
    assert [row.cause for row in told.rows] == ["start index too low"]
