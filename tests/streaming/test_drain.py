"""What the drain tells of a stream, in indices and times of the file; by tables, without a scope.

The file's first sample is that of a trigger, 1000 of the stream, unless a test says otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.records import CLOCK, GAP, HEALTH, STRETCH
from picostream_pymeasure.streaming import access
from picostream_pymeasure.streaming.drain import next_message
from picostream_pymeasure.streaming.layout import (
    CAUSE_DRIVER,
    CAUSE_SKIPPED,
    CAUSE_UNREPORTED,
    MAX_PAIRS,
)
from picostream_pymeasure.streaming.ledger import corrected, gaps
from picostream_pymeasure.streaming.ledger.repeated import enter_repeated
from picostream_pymeasure.streaming.state import SharedState

S = 1_000_000_000
MS = 1_000_000
FIRST = 1000


def stream(first: int = FIRST, **fields: Any) -> SharedState:
    """One of 1 kS/s whose samples have come up to twice the first of the file."""
    state = SharedState()
    settled = {"interval_ns": 1e6, "base_ns": 0.0, "run_ns": S, "now_ns": 3 * S, "data_polls": 8}
    for name, value in {**settled, "block_samples": 100, "n_blocks": 100, **fields}.items():
        state[name] = value
    if first:
        state["pre_trigger"] = fields.get("pre_trigger", 0)
        state.publish(access.TRIGGERED_AT, first)
    for field in (access.ACCEPTED, access.SURE):
        state.publish(field, 2 * FIRST)
    state["head"] = 2 * FIRST // 100
    state.drains["polls_at_first"] = 1
    return state


def messages(state: SharedState) -> list[tuple[int, list[int]]]:
    """All that is to be told now: kinds and fields."""
    found = []
    names = {GAP: "gap", CLOCK: "clock", HEALTH: "health", STRETCH: "stretch"}
    while (kind := next_message(state.records, state.drains, 0)) in names:
        found.append((kind, state.drains[names[kind]][0].tolist()))
    return found


def told_gaps(state: SharedState) -> list[list[int]]:
    """Index, earliest, latest, missing and estimate of each that is told."""
    return [fields[1:6] for kind, fields in messages(state) if kind == GAP]


def enter(state: SharedState, kind: str, place: tuple[int, int, int], length: int) -> None:
    record = state.records[0]
    state["accepted"] = place[0]
    if kind == "known":
        gaps.enter_known(record, place[0], length, CAUSE_DRIVER)
    elif kind == "estimated":
        gaps.enter_estimated(record, place, length, CAUSE_UNREPORTED)
    else:
        gaps.enter_open(record, 0.0, 0, place[1], CAUSE_SKIPPED)
    state["accepted"] = 2 * FIRST


@pytest.mark.parametrize(
    ("kind", "place", "length", "told"),
    [
        ("known", (500, 500, 500), 300, None),
        ("known", (1000, 1000, 1000), 300, None),
        ("known", (1500, 1500, 1500), 300, [500, 500, 500, 300, 300]),
        ("estimated", (900, 800, 1000), 300, None),
        ("estimated", (900, 800, 1400), 300, [400, 0, 400, -1, 300]),
        ("estimated", (900, 800, 1400), 10, [400, 0, 400, -1, 10]),
        ("estimated", (1200, 800, 1400), 300, [200, 0, 400, -1, 300]),
        ("open", (500, 400, 500), -1, None),
        ("open", (1500, 1400, 1500), -1, [500, 400, 500, -1, -1]),
    ],
)
def test_a_gap_is_told_in_indices_of_the_file_or_lies_before_it(
    kind: str, place: tuple[int, int, int], length: int, told: list[int] | None
) -> None:
    state = stream()
    enter(state, kind, place, length)
    said = messages(state)
    assert [fields[1:6] for kind, fields in said if kind == GAP] == ([told] if told else [])
    is_before = told is None and kind != "open"
    assert state.drain("gaps_before") == is_before
    assert state.drain("lost_before") == (length if is_before else 0)
    health = next(fields for kind, fields in said if kind == HEALTH)
    assert health[2] == (length if told and length > 0 else 0)
    assert told_gaps(state) == []  # once is enough


def test_before_the_trigger_time_counts_from_the_start_and_nothing_is_lost() -> None:
    state = stream(first=0, pre_trigger=0, lost=30, gap_count=1)
    [(kind, fields)] = messages(state)
    assert kind == HEALTH
    assert fields[:4] == [2 * S, 2 * FIRST, 0, 0]


@pytest.mark.parametrize(
    ("kind", "place", "first", "doubtful"),
    [
        ("estimated", (900, 800, 1400), 1000, 300),
        ("estimated", (1200, 1000, 1400), 1000, 300),  # just before the first sample
        ("estimated", (1200, 1001, 1400), 1000, 0),
        ("estimated", (900, 800, 900), 1000, 0),  # certainly before it
        ("known", (1500, 1500, 1500), 1000, 0),
        ("estimated", (0, 0, 100), 0, 300),
        ("estimated", (100, 0, 100), 0, 0),  # a sample came before it
    ],
)
def test_a_loss_that_may_lie_before_the_file_is_doubtful(
    kind: str, place: tuple[int, int, int], first: int, doubtful: int
) -> None:
    state = stream(first=first)
    enter(state, kind, place, 300)
    messages(state)
    assert state.drain("lost_doubtful") == doubtful
    corrected.take_back(state.records[0], 100)
    messages(state)
    assert state.drain("lost_doubtful") == max(doubtful - 100, 0)


def test_an_open_gap_before_the_file_is_left_out_with_its_length() -> None:
    state = stream()
    enter(state, "open", (500, 500, 500), -1)
    assert told_gaps(state) == []
    gaps.settle_row(state.records[0], state.gaps[0], 300, 600)
    assert told_gaps(state) == []
    assert (state.drain("gaps_before"), state.drain("lost_before")) == (1, 300)


def test_what_was_lost_before_the_file_may_prove_to_be_less() -> None:
    state = stream()
    enter(state, "estimated", (900, 800, 1000), 300)
    messages(state)
    assert corrected.take_back(state.records[0], 100) == 100
    assert told_gaps(state) == []
    assert (state.drain("gaps_before"), state.drain("lost_before")) == (1, 200)


def test_a_break_of_the_first_chunk_is_told_once_it_reaches_into_the_file() -> None:
    state = stream(first=0)
    enter_repeated(state.records[0], 0, CAUSE_SKIPPED)
    assert told_gaps(state) == []
    assert state.drain("gaps_before") == 1
    enter_repeated(state.records[0], 500, CAUSE_SKIPPED)
    assert told_gaps(state) == [[1, 0, 500, 0, 0]]
    assert state.drain("gaps_before") == 0


def test_a_gap_without_a_length_keeps_its_row() -> None:
    state = stream(now_ns=3 * S)
    enter(state, "open", (1500, 1500, 1500), -1)
    state["now_ns"] = 100 * S  # long ago: what is known by now would be final
    messages(state)
    messages(state)
    assert state.read(access.FINAL_GAPS) == 0
    gaps.settle_row(state.records[0], state.gaps[0], 300, 1500)
    assert told_gaps(state) == [[500, 500, 500, -1, 300]]
    messages(state)
    assert state.read(access.FINAL_GAPS) == 1


@pytest.mark.parametrize("is_open", [False, True])
def test_the_zero_of_time_counts_what_was_lost_before_the_file(is_open: bool) -> None:
    state = stream()
    enter(state, "known", (100, 100, 100), 500)
    if is_open:
        enter(state, "open", (200, 200, 200), -1)
    messages(state)
    assert state.drain("zero_is_final") == (not is_open)
    if is_open:
        gaps.settle_row(state.records[0], state.gaps[1], 300, 200)
        messages(state)
    assert state.drain("zero_is_final")
    assert state.drain("zero_ns") == S + (FIRST + 500 + 300 * is_open) * MS


def test_the_zero_of_time_is_not_final_before_some_deliveries() -> None:
    state = stream(first=0, data_polls=7, base_ns=5e6)
    messages(state)
    assert not state.drain("zero_is_final")
    state["data_polls"], state["base_ns"] = 8, 2e6
    messages(state)
    assert (state.drain("zero_is_final"), state.drain("zero_ns")) == (1, S + 2 * MS)


@pytest.mark.parametrize("lost", [0, 300])
def test_the_zero_of_time_waits_for_what_seems_to_be_missing_before_it(lost: int) -> None:
    state = stream()
    state["suspect_since_ns"] = 2 * S
    messages(state)
    assert not state.drain("zero_is_final")
    if lost:
        enter(state, "estimated", (900, 800, 1000), lost)
    state["suspect_since_ns"] = 0
    messages(state)
    assert (state.drain("zero_is_final"), state.drain("zero_ns")) == (1, S + (FIRST + lost) * MS)


def test_the_zero_of_time_waits_for_the_delivery_behind_the_trigger() -> None:
    state = stream(data_polls=100)
    state.drains["polls_at_first"] = 0
    for polls, is_final in ((100, 0), (101, 0), (102, 1)):
        state["data_polls"] = polls
        messages(state)
        assert state.drain("zero_is_final") == is_final


def test_a_gap_is_noticed_by_the_time_of_the_file() -> None:
    state = stream(now_ns=4 * S)
    enter(state, "known", (1500, 1500, 1500), 300)
    noticed_ns = next(fields[6] for kind, fields in messages(state) if kind == GAP)
    assert noticed_ns == 4 * S - (S + FIRST * MS)


@pytest.mark.parametrize(
    ("triggered_at", "pre_trigger", "first"), [(1000, 250, 750), (100, 250, 0), (1000, 0, 1000)]
)
def test_what_was_asked_for_before_the_trigger_is_kept(
    triggered_at: int, pre_trigger: int, first: int
) -> None:
    state = stream(first=0, pre_trigger=pre_trigger)
    for field in (access.ACCEPTED, access.SURE):
        state.publish(field, triggered_at)
    messages(state)
    state.publish(access.TRIGGERED_AT, triggered_at)
    messages(state)
    assert state.drain("first") == first


def test_no_sample_is_handed_over_before_it_is_sure() -> None:
    state = stream(first=0)
    state.publish(access.SURE, 1950)
    said = [fields for kind, fields in messages(state) if kind == STRETCH]
    assert sum(fields[1] for fields in said) == 1900  # whole blocks
    assert [fields[0] for fields in said] == list(range(0, 1900, 100))


def test_pairs_of_the_clock_are_those_of_the_file_by_its_zero() -> None:
    state = stream()
    for number, index in enumerate((900, 1000, 1100, 1200)):
        state.pairs[number] = index, S + index * MS, 0
    state.publish(access.PAIR_COUNT, 4)
    said = [fields for kind, fields in messages(state) if kind == CLOCK]
    assert said == [[100, 100 * MS, 0], [200, 200 * MS, 0]]


def test_of_pairs_that_nobody_took_the_newest_are_told() -> None:
    state = stream()
    count = 3 * MAX_PAIRS
    for number in range(count - MAX_PAIRS, count):
        state.pairs[number % MAX_PAIRS] = FIRST + number, 2 * S, 0
    state.publish(access.PAIR_COUNT, count)
    said = [fields[0] for kind, fields in messages(state) if kind == CLOCK]
    assert said == list(range(count - MAX_PAIRS // 2, count))


def test_samples_do_not_wait_for_all_that_is_told_beside_them() -> None:
    """A slow sink: the next totals are due whenever the last ones have been taken."""
    state = stream()
    kinds = []
    for _ in range(6):
        state.drains["health_ns"] = 0
        kinds.append(next_message(state.records, state.drains, 0))
    assert kinds == [STRETCH, HEALTH] * 3
