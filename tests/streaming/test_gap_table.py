"""The table of gaps where it has no room: what joins the last row is in its place and length."""

from __future__ import annotations

import pytest

from picostream_pymeasure.streaming.layout import (
    CAUSE_DRIVER,
    CAUSE_POOL,
    CAUSE_SKIPPED,
    CAUSE_UNREPORTED,
    MAX_GAPS,
)
from picostream_pymeasure.streaming.ledger import gaps
from picostream_pymeasure.streaming.state import SharedState

#: How long each kind is; an open one, however often it is told, when it is settled.
LENGTHS = {"known": 300, "estimated": 200, "open": 70}


def enter(state: SharedState, kind: str, index: int, claimed: int = 0) -> None:
    record = state.records[0]
    state["accepted"] = index
    if kind == "known":
        gaps.enter_known(record, index, LENGTHS[kind], CAUSE_DRIVER)
    elif kind == "estimated":
        place = (index, index - 5, index + 5)
        gaps.enter_estimated(record, place, LENGTHS[kind], CAUSE_UNREPORTED)
    else:
        gaps.enter_open(record, 0.0, claimed, index, CAUSE_SKIPPED)


def nearly_full() -> SharedState:
    """One row is left."""
    state = SharedState()
    for number in range(MAX_GAPS - 1):
        gaps.enter_known(state.records[0], number, 1, CAUSE_POOL)
    return state


@pytest.mark.parametrize("then", LENGTHS)
@pytest.mark.parametrize("first", LENGTHS)
def test_gaps_that_are_joined_keep_their_place_and_length(first: str, then: str) -> None:
    state = nearly_full()
    enter(state, first, 10_000)
    enter(state, then, 20_000)
    row = state.gaps[MAX_GAPS - 1]
    assert (state["gap_count"], row["index"]) == (MAX_GAPS, 10_000)
    assert row["earliest"] == 10_000 - 5 * (first == "estimated")
    assert row["latest"] == 20_000 + 5 * (then == "estimated")
    if "open" in (first, then):
        assert (state["open_gaps"], row["estimate"]) == (1, -1)
        gaps.settle_row(state.records[0], row, LENGTHS["open"], 25_000)
    length = sum(LENGTHS[kind] for kind in {first, then}) * (1 + (first == then != "open"))
    assert row["estimate"] == length
    assert row["missing"] == (length if (first, then) == ("known", "known") else -1)
    assert state["lost"] == state.gaps["estimate"].sum() == length + MAX_GAPS - 1
    assert state["open_gaps"] == 0


@pytest.mark.parametrize(
    ("first", "then", "claimed"), [(100, 20, 120), (100, 0, 0), (0, 20, 0), (0, 0, 0)]
)
def test_a_start_index_tells_the_length_of_joined_gaps_if_it_tells_of_each(
    first: int, then: int, claimed: int
) -> None:
    state = nearly_full()
    enter(state, "open", 10_000, first)
    enter(state, "open", 20_000, then)
    assert state.gaps[MAX_GAPS - 1]["claimed"] == claimed


def test_a_full_pool_at_one_place_is_one_gap() -> None:
    state = SharedState()
    for _ in range(3):
        gaps.enter_known(state.records[0], 50, 100, CAUSE_POOL)
    gaps.enter_known(state.records[0], 50, 7, CAUSE_DRIVER)
    assert state.gaps["missing"][:3].tolist() == [300, 7, 0]
    assert state.gaps["estimate"][:3].tolist() == [300, 7, 0]
    assert (state["gap_count"], state["lost"]) == (2, 307)
