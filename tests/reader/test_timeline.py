"""Sample indices and seconds, there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from picostream_pymeasure.errors import FileFormatError
from picostream_pymeasure.reader.timeline import Timeline
from picostream_pymeasure.storage.schema import GAP_DTYPE

INTERVAL_S = 1.6e-8

gap_lists = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 50)), max_size=6).map(
    lambda gaps: sorted(gaps, key=lambda gap: gap[0])
)


def make(gaps: list[tuple[int, int]]) -> Timeline:
    rows = np.zeros(len(gaps), GAP_DTYPE)
    for row, (at, missing) in zip(rows, gaps, strict=True):
        row["sample_index"] = row["earliest"] = row["latest"] = at
        row["missing"] = row["estimated_missing"] = missing
    return Timeline.from_gaps(INTERVAL_S, rows)


def position(gaps: list[tuple[int, int]], index: float) -> float:
    return index + sum(missing for at, missing in gaps if at <= index)


@given(gap_lists, st.integers(0, 80), st.integers(0, 60), st.sampled_from([0.5, 1, 1.5, 2, 7]))
def test_a_gap_moves_what_follows(gaps: list, first: int, count: int, step: float) -> None:
    times = make(gaps).times(first, count, step)
    expected = [position(gaps, first + i * step) * INTERVAL_S for i in range(count)]
    np.testing.assert_array_equal(times, np.array(expected))


@given(gap_lists, st.integers(0, 100))
def test_every_sample_is_found_at_its_time(gaps: list, index: int) -> None:
    timeline = make(gaps)
    assert timeline.sample_at(timeline.times(index, 1)[0]) == index


@given(gap_lists, st.floats(-5, 400))
def test_a_time_belongs_to_the_first_sample_not_before_it(gaps: list, wanted: float) -> None:
    found = make(gaps).sample_at(wanted * INTERVAL_S)
    index = -10 if not gaps or wanted < 0 else 0
    while position(gaps, index) < wanted - 1e-3:
        index += 1
    assert max(found, 0) == max(index, 0)


def test_times_far_away_stay_indices() -> None:
    timeline = make([(5, 10)])
    found = timeline.samples_at(np.array([-1e300, 1e300]))
    assert found[0] < 0
    assert found[1] > 2**52


@given(gap_lists)
def test_wide_gaps_are_the_longest_inside(gaps: list) -> None:
    found = make(gaps).wide_gaps(10, 50, 5, 3)
    inside = [gap for gap in gaps if 10 < gap[0] < 50 and gap[1] >= 5]
    assert len(found) == min(3, len(inside))
    assert sorted(found) == list(found)
    chosen = sorted((n for at, n in inside), reverse=True)[:3]
    assert all(any(at == start and n >= min(chosen) for at, n in inside) for start in found)


def test_a_gap_as_wide_as_asked_for_is_wide() -> None:
    assert make([(20, 4), (30, 5)]).wide_gaps(10, 50, 5, 3).tolist() == [30]


@pytest.mark.parametrize("gaps", [[(5, 1), (4, 1)], [(-1, 1)], [(3, -2)], [(1, 2**62), (2, 2**62)]])
def test_impossible_gaps_are_refused(gaps: list[tuple[int, int]]) -> None:
    with pytest.raises(FileFormatError):
        make(gaps)
