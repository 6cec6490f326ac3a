"""The proof on recordings that are made up: losses in intervals, in one byte, told and untold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import prove
from tests.support.made_recording import Counts, proof, recording


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(100, 5000), st.integers(1, 3000)), min_size=1, max_size=8),
    st.lists(st.integers(0, 400), min_size=8, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_losses_anywhere_in_their_intervals_are_followed(
    steps: list[tuple[int, int]], margins: list[int], known: bool, exact: bool
) -> None:
    """With and without what the scope itself knows; intervals may touch."""
    pieces, gaps, holes, index, position = [], [], [], 0, 0
    for (count, missing), margin in zip(steps, margins, strict=False):
        pieces.append((index, index + count))
        index, position = index + count, position + count
        gaps.append((position, position - margin, position + margin, missing if exact else -1))
        holes.append([index, missing])
        index += missing
    pieces.append((index, index + 1000))
    found = proof(recording(pieces, gaps, holes if known else ()))
    assert (found.holds, found.text) == (True, found.text)
    assert found.proven_samples == position + 1000


@pytest.mark.parametrize("holes", [[[1000, 500]], []])
@pytest.mark.parametrize("told", [1, 400, 500, 600])
def test_a_loss_before_a_live_only_file_may_be_an_estimate(told: int, holes: list[Any]) -> None:
    made = recording([(700_000, 900_000)], [], holes, first=699_500 + told)
    made.missing_before = told
    assert proof(made).holds
    made = recording([(500_000, 700_000)], [], holes, first=699_500 + told)
    made.missing_before = told
    assert not proof(made).holds, "an older turn"


def test_a_loss_outside_of_its_interval_is_no_gap_of_the_file() -> None:
    found = proof(recording([(0, 1000), (1300, 3000)], [(1500, 1200, 1800, -1)], [[1000, 300]]))
    assert (found.holds, found.proven_samples) == (False, 1000)
    found = proof(recording([(0, 1000), (1300, 3000)], [(500, 400, 900, -1)], [[1000, 300]]))
    assert (found.holds, found.proven_samples) == (False, 1000)


def test_a_loss_that_the_file_does_not_list_is_found() -> None:
    found = proof(recording([(0, 1000), (1001, 3000)], [], [[1000, 1]]))
    assert found == found.__class__(
        1000, "Sample 1000 of channel A is not what the simulated scope delivered.", False
    )


@pytest.mark.parametrize("claimed", [299, 301])
def test_a_length_that_is_not_true_is_found(claimed: int) -> None:
    found = proof(recording([(0, 1000), (1300, 3000)], [(1000, 1000, 1000, claimed)]))
    assert not found.holds
    assert "300 samples are missing, but the file says" in found.text


def test_samples_that_come_again_are_told_where_the_file_lists_something() -> None:
    pieces = [(0, 1000), (900, 3000)]
    for missing in (-1, 0):
        found = proof(recording(pieces, [(1000, 900, 1100, missing)]))
        assert found.holds
        assert "Before sample 1000 100 samples come again" in found.text
    assert proof(recording(pieces, [])).proven_samples == 1000


ALL = "All {} samples per channel are what the simulated scope delivered."


@pytest.mark.parametrize(
    ("pieces", "gaps", "says"),
    [
        ([(0, 1000), (1300, 1400)], [(1000, 900, 1200, -1)], "Before sample 1000 300 samples are"),
        (
            [(0, 1000)],
            [(1000, 900, 1000, -1)],
            "1 gap lies too near the end for the samples to show what is missing.",
        ),
        (
            [(0, 1000), (1300, 2000)],
            [(1000, 1000, 1000, 300), (1700, 1600, 1700, -1)],
            "In 1 gap 300 samples are missing (the file says 300). 1 gap lies too near the end",
        ),
        (
            [(0, 1000), (1300, 2000)],
            [(1000, 900, 1600, -1), (1500, 1500, 1700, -1)],
            "In 2 gaps, the first before sample 1000, 300 samples are missing (estimate 1000).",
        ),
        (
            [(begin, begin + 100) for begin in range(0, 23 * 110, 110)],
            [(place, place, place, -1) for place in range(100, 2300, 100)],
            "In the other 2 gaps 20 samples are missing (the file says 1000).",
        ),
    ],
    ids=["inside", "behind all", "both", "not apart", "many"],
)
def test_every_gap_of_the_file_is_told(
    pieces: list[tuple[int, int]], gaps: list[tuple[int, ...]], says: str
) -> None:
    """What the samples show of it, or that it lies too near the end for that."""
    found = proof(recording(pieces, gaps))
    assert found.holds, found
    assert found.text.startswith(ALL.format(sum(end - begin for begin, end in pieces)))
    assert says in found.text


@pytest.mark.parametrize("unbroken", [1, 2, 7, 20])
def test_losses_that_follow_each_other_closely_are_known_from_the_scope(unbroken: int) -> None:
    """Some of them begin before the samples differ: each is like the last one now and then."""
    begins = range(0, 100 * (unbroken + 3), unbroken + 3)
    pieces = [(begin, begin + unbroken) for begin in begins]
    made = recording(pieces, [(50, 0, 100 * unbroken, -1)], [[end, 3] for _, end in pieces])
    signal = np.arange(1000 + 3000) // 4 % 7 * 256
    slow = signal.astype(np.int16)
    counts = np.concatenate([slow[begin:end] for begin, end in pieces])
    made.channels["A"].counts = counts.view(Counts)

    def values_of(_simulation: Any, _channel: str, first: int, count: int) -> np.ndarray:
        return slow[first : first + count]

    found = prove(made, len(counts), values_of)
    assert (found.holds, found.proven_samples) == (True, len(counts)), found


def test_losses_before_the_first_sample_are_known_from_the_scope() -> None:
    made = recording([(5300, 9000)], [], [[1000, 100], [2000, 200], [9000, 5]], first=5000)
    assert proof(made).holds


def test_a_flat_begin_fits_anywhere_and_the_scope_knows_where() -> None:
    step = np.repeat(np.array([0, 256], np.int16), 100_000)
    made = recording([(5300, 150_000)], [], [[1000, 300]], first=5000)
    made.channels["A"].counts = step[5300:150_000].view(Counts)

    def values_of(_simulation: Any, _channel: str, first: int, count: int) -> np.ndarray:
        return step[first : first + count]

    assert prove(made, 150_000 - 5300, values_of).holds


def test_thousands_of_losses() -> None:
    pieces = [(begin, begin + 150) for begin in range(0, 600_000, 200)]
    holes = [[begin + 150, 50] for begin in range(0, 600_000, 200)]
    found = proof(recording(pieces, [(150, 150, 450_000, -1)], holes))
    assert (found.holds, found.proven_samples) == (True, 450_000)


def test_rows_that_hold_many_losses_are_followed_without_the_scope() -> None:
    """More losses than the scope can say: the next one lies near, the sum far away."""
    pieces = [(begin, begin + 298) for begin in range(0, 600_000, 794)]
    stop = 298 * len(pieces)
    missing = 496 * (len(pieces) - 1)
    made = recording(pieces, [(298, 99, 40_000, -1), (900, 800, stop, -1)])
    made.stored_interval_ns = 1e5  # so that the sum is out of reach of the clock's error
    made.gaps["estimated_missing"] = 100, missing - 400
    found = proof(made)
    assert (found.holds, found.proven_samples) == (True, stop)
    assert f", {missing} samples are missing (estimate {missing - 300})" in found.text


def _periodic(pieces: list[tuple[int, int]], gaps: list[tuple[int, ...]], **told: Any) -> Any:
    """The proof where no search can tell one period from the next."""
    wave = np.tile(np.arange(50, dtype=np.int16) * 256, 2000)
    made = recording(pieces, gaps, **told)
    made.channels["A"].counts = np.concatenate([wave[a:b] for a, b in pieces]).view(Counts)
    made.stored_interval_ns = 2e4

    def values_of(_simulation: Any, _channel: str, first: int, count: int) -> np.ndarray:
        return np.resize(np.roll(wave, -first), count)

    return prove(made, sum(b - a for a, b in pieces), values_of)


@pytest.mark.parametrize("gaps", [[], [(100, 100, 60_000, -1)]], ids=["told by nothing", "told"])
def test_what_the_scope_lost_but_has_no_room_to_tell_is_no_damage(gaps: Any) -> None:
    pieces = [(begin, begin + 100) for begin in range(0, 90_000, 137)]
    holes = [[end, 37] for _, end in pieces]
    told = {"holes": holes[:300], "holes_until": holes[300][0], "smallest_visible_loss": 50_000}
    found = _periodic(pieces, gaps, **told)
    assert found.holds, found
    assert found.proven_samples >= 30_000
    if not gaps:
        assert found.proven_samples == 30_100
        assert "The first 30100 samples per channel are what" in found.text
        assert "The others could not be compared: the file does not tell" in found.text


def test_wrong_samples_before_what_the_scope_has_no_room_to_tell_are_damage() -> None:
    told = {"holes": [[1000, 37]], "holes_until": 2000}
    found = _periodic([(0, 1000), (1037, 1500), (1520, 3000)], [(1000, 1000, 1000, 37)], **told)
    assert (found.holds, found.proven_samples) == (False, 1463)


@pytest.mark.parametrize("visible", [60, -1], ids=["by the clock", "too short for the clock"])
def test_losses_that_nobody_could_see_are_told_and_no_damage(visible: int) -> None:
    pieces, holes = [(0, 1000), (1020, 1500), (1530, 5000)], [[1000, 20], [1500, 30]]
    found = proof(recording(pieces, [], holes, holes_until=5000, smallest_visible_loss=visible))
    assert (found.holds, found.proven_samples) == (True, 4950)
    assert "Missing are 50 samples in 2 places that nobody reported" in found.text


def test_a_loss_that_the_file_tells_elsewhere_is_damage() -> None:
    pieces, holes = [(0, 1000), (1020, 5000)], [[1000, 20]]
    gaps = [(3000, 2900, 3100, -1)]
    told = {"holes_until": 5000, "smallest_visible_loss": 60}
    found = proof(recording(pieces, gaps, holes, **told))
    assert (found.holds, found.proven_samples) == (False, 1000)


def test_losses_that_had_to_be_seen_are_damage() -> None:
    pieces, holes = [(0, 1000), (1020, 1500), (1530, 5000)], [[1000, 20], [1500, 30]]
    found = proof(recording(pieces, [], holes, holes_until=5000, smallest_visible_loss=40))
    assert (found.holds, found.proven_samples) == (False, 1480)


def test_samples_of_one_byte() -> None:
    made = recording([(0, 1000), (1300, 3000)], [(1000, 1000, 1000, 300)])
    counts = made.channels["A"].counts
    made.channels["A"].counts = (counts >> 8).astype(np.int8)
    assert proof(made).holds
    made.channels["A"].counts[777] += 1
    assert proof(made).proven_samples == 777
