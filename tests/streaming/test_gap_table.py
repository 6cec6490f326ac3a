"""The table of gaps: what joins a row, and what is taken back, is in place, length and totals."""

from __future__ import annotations

import pytest

from picostream_pymeasure.streaming.layout import (
    CAUSE_DRIVER,
    CAUSE_POOL,
    CAUSE_RESTART,
    CAUSE_SKIPPED,
    CAUSE_UNREPORTED,
    MAX_GAPS,
)
from picostream_pymeasure.streaming.ledger import corrected, gaps
from picostream_pymeasure.streaming.ledger.repeated import end_repeated, enter_repeated
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


@pytest.mark.parametrize(
    ("cause", "earliest"), [(CAUSE_DRIVER, 8_000), (CAUSE_RESTART, 8_000), (CAUSE_SKIPPED, 10_000)]
)
def test_what_may_be_told_late_reaches_back_to_where_nothing_was_missing(
    cause: int, earliest: int
) -> None:
    state = SharedState()
    state["good_index"], state["accepted"] = 8_000, 10_000
    gaps.enter_open(state.records[0], 0.0, 0, 10_000, cause)
    assert (state.gaps[0]["index"], state.gaps[0]["earliest"]) == (10_000, earliest)


def test_a_break_that_costs_nothing_does_not_show_that_nothing_is_missing() -> None:
    state = SharedState()
    enter(state, "known", 5_000)
    for index in (9_000, 9_500):
        gaps.enter_known(state.records[0], index, 0, CAUSE_SKIPPED)
    state["accepted"] = 10_000
    gaps.enter_open(state.records[0], 0.0, 0, 10_000, CAUSE_DRIVER)
    assert state.gaps[3]["earliest"] == 5_000


@pytest.mark.parametrize(("is_suspected", "earliest"), [(0, 10_000), (1, 8_000)])
def test_a_break_has_the_place_of_what_was_suspected_with_its_length(
    is_suspected: int, earliest: int
) -> None:
    state = SharedState()
    state["good_index"], state["accepted"] = 8_000, 10_000
    state["suspect_since_ns"] = is_suspected
    gaps.enter_open(state.records[0], 0.0, 100, 10_000, CAUSE_SKIPPED)
    assert state.gaps[0]["earliest"] == earliest


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


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_loss_of_any_kind_is_seen_at_once(kind: str) -> None:
    state = SharedState()
    enter(state, kind, 1000)
    assert state["loss_seen"]


@pytest.mark.parametrize(("earliest", "gaps_told"), [(900, 1), (1000, 0)])
def test_what_is_lost_behind_the_last_sample_is_no_gap(earliest: int, gaps_told: int) -> None:
    state = SharedState()
    state["target"] = state["accepted"] = 1000
    gaps.enter_open(state.records[0], 0.0, 0, earliest, CAUSE_DRIVER)
    assert (state["gap_count"], state["lost_beyond"]) == (gaps_told, 1 - gaps_told)


def test_what_is_certain_of_open_gaps_counts_until_the_last_has_its_length() -> None:
    state = SharedState()
    for number in range(2):
        enter(state, "open", 1000 * (number + 1))
        state["open_lost"] = 50
    for number, left in enumerate((50, 0)):
        gaps.settle_row(state.records[0], state.gaps[number], 30, 1000 * (number + 1))
        assert state["open_lost"] == left


def test_a_full_pool_at_one_place_is_one_gap() -> None:
    state = SharedState()
    for _ in range(3):
        gaps.enter_known(state.records[0], 50, 100, CAUSE_POOL)
    gaps.enter_known(state.records[0], 50, 7, CAUSE_DRIVER)
    assert state.gaps["missing"][:3].tolist() == [300, 7, 0]
    assert state.gaps["estimate"][:3].tolist() == [300, 7, 0]
    assert (state["gap_count"], state["lost"]) == (2, 307)


def test_breaks_that_cost_nothing_are_one_row_for_ten_seconds_and_none_of_a_loss() -> None:
    state = SharedState()
    gaps.enter_known(state.records[0], 50, 300, CAUSE_POOL)
    for index, at_s in ((100, 0), (200, 9), (300, 11)):
        state["now_ns"] = at_s * 1_000_000_000
        enter_repeated(state.records[0], index, CAUSE_SKIPPED)
    assert state["gap_count"] == 3
    assert state.gaps["index"][:3].tolist() == [50, 100, 300]
    assert state.gaps["latest"][:3].tolist() == [50, 200, 300]
    assert state.gaps["missing"][:3].tolist() == [300, 0, 0]


@pytest.mark.parametrize(("sure", "latest"), [(400, 500), (200, 500), (401, 400)])
def test_a_break_reaches_to_the_end_if_nothing_shows_that_it_does_not(
    sure: int, latest: int
) -> None:
    state = SharedState()
    enter_repeated(state.records[0], 400, CAUSE_SKIPPED)
    state["accepted"], state["sure"] = 500, sure
    end_repeated(state.records[0])
    assert state.gaps["latest"][0] == latest


def settled(lengths: list[int], claimed: int = 0) -> SharedState:
    """Gaps that were signalled one after the other and got their lengths together."""
    state = SharedState()
    state["interval_ns"] = 1000.0
    for number, length in enumerate(lengths):
        enter(state, "open", 1000 * (number + 1), claimed)
        gaps.settle_row(state.records[0], state.gaps[number], length, 1000 * (number + 1))
    gaps.note_settled(state.records[0], 0, len(lengths), False)
    return state


@pytest.mark.parametrize(
    ("lengths", "excess", "left"),
    [
        ([300], 100, [200]),
        ([300], 400, [0]),
        ([300, 50, 70], 320, [0, 30, 70]),
        ([300, 50, 70], 1000, [0, 0, 0]),
    ],
)
def test_an_estimate_that_is_too_long_is_shortened_but_once(
    lengths: list[int], excess: int, left: list[int]
) -> None:
    state = settled(lengths)
    taken = corrected.take_back(state.records[0], excess)
    assert state.gaps["estimate"][: len(left)].tolist() == left
    assert taken == sum(lengths) - sum(left)
    assert state["lost"] == sum(left)
    assert state["unreported_ns"] == 0


def test_a_length_that_the_start_index_tells_is_not_shortened() -> None:
    state = settled([300], claimed=300)
    assert corrected.take_back(state.records[0], 100) == 0
    assert state["lost"] == state.gaps["estimate"][0] == 300


def test_what_is_taken_back_of_a_silent_loss_is_no_part_of_the_rate() -> None:
    state = SharedState()
    state["interval_ns"] = 1000.0
    enter(state, "estimated", 1000)
    state["unreported_ns"] = 200 * 1000.0
    assert corrected.take_back(state.records[0], 50) == 50
    assert (state["lost"], state["unreported_ns"]) == (150, 150 * 1000.0)


@pytest.mark.parametrize(("index", "counted"), [(0, 0), (500, 70)])
def test_a_duration_does_not_count_what_is_missing_before_the_first_sample(
    index: int, counted: int
) -> None:
    state = SharedState()
    enter(state, "open", index)
    gaps.settle_row(state.records[0], gaps.gap_row(state.records[0], 0), 70, index)
    assert state["lost"] - state["lost_at_trigger"] == counted


@pytest.mark.parametrize(("index", "taken"), [(1000, 50), (3000, 0)])
def test_what_is_taken_back_before_the_trigger_does_not_make_the_recording_longer(
    index: int, taken: int
) -> None:
    state = SharedState()
    state["interval_ns"], state["triggered_at"], state["lost_at_trigger"] = 1000.0, 2000, 200
    enter(state, "estimated", index)
    corrected.take_back(state.records[0], 50)
    assert state["lost_at_trigger"] == 200 - taken


@pytest.mark.parametrize(
    ("excess", "left"),
    [(1500, [5000, 5000, 3500]), (6000, [5000, 4000, 0]), (14_500, [0, 0, 0])],
)
def test_silent_losses_in_a_row_are_taken_back_from_the_newest_on(
    excess: int, left: list[int]
) -> None:
    state = SharedState()
    state["interval_ns"] = 1e3
    for end in (10_000, 20_000, 30_000):
        place = (end, end - 10_000, end)
        gaps.enter_estimated(state.records[0], place, 5_000, CAUSE_UNREPORTED)
    corrected.take_back(state.records[0], excess)
    assert state.gaps["estimate"][:3].tolist() == left
    assert state["lost"] == sum(left)


@pytest.mark.parametrize(
    ("is_late", "told"), [(False, 0), (True, 1)], ids=["on time", "late already"]
)
def test_what_is_signalled_behind_the_target_may_lie_before_it_where_samples_were_late(
    is_late: bool, told: int
) -> None:
    state = SharedState()
    state["target"] = state["accepted"] = 10_000
    state["good_index"] = 8_000
    state["suspect_since_ns"] = 1_000 * is_late
    gaps.enter_open(state.records[0], 0.0, 0, 10_000, CAUSE_DRIVER)
    assert (state["gap_count"], state["lost_beyond"]) == (told, not told)
    if told:
        assert (state.gaps["earliest"][0], state.gaps["latest"][0]) == (8_000, 10_000)


@pytest.mark.parametrize(("fall_ms", "is_unsure"), [(0.05, False), (3.0, True)])
def test_a_clock_that_runs_on_does_not_move_the_place_of_a_silent_gap(
    fall_ms: float, is_unsure: bool
) -> None:
    state = SharedState()
    state["interval_ns"], state["accepted"] = 1e3, 20_000
    gaps.enter_estimated(state.records[0], (10_000, 9_000, 11_000), 5_000, CAUSE_UNREPORTED)
    state["unsure_gap"] = -1  # its lag was at the base for long enough
    taken = corrected.take_back(state.records[0], round(fall_ms * 1e3))
    assert taken == fall_ms * 1e3
    assert (state["unsure_gap"] >= 0) == is_unsure
