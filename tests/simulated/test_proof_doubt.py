"""The proof where a signal repeats itself: no number is told that the samples do not show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.records import Proof
from picostream_pymeasure.simulated import prove
from tests.support.made_recording import Counts, recording

PERIOD = 50
DOUBT = "the samples do not show how many are missing: they fit at several places"


def proof_of(
    pieces: list[tuple[int, int]],
    gaps: list[tuple[int, ...]],
    holes: Any = (),
    period: int = PERIOD,
) -> Proof:
    """The proof of pieces (begin, end) of a counter; each gap has an estimate behind its row."""
    made = recording(pieces, [row[:4] for row in gaps], holes, holes_until=10**9)
    made.gaps["estimated_missing"] = [row[4] for row in gaps]
    made.stored_interval_ns = 2e3  # how far a told length may be wrong is 25 000 samples

    def values_of(_simulation: Any, _channel: str, first: int, count: int) -> np.ndarray:
        return (np.arange(first, first + count) % period).astype(np.int16)

    counts = np.concatenate([values_of(None, "A", a, b - a) for a, b in pieces])
    made.channels["A"].counts = counts.view(Counts)
    return prove(made, len(counts), values_of)


def test_a_number_that_the_scope_tells_is_told() -> None:
    pieces = [(0, 5000), (6234, 9000)]
    found = proof_of(pieces, [(5000, 4900, 5100, -1, 800)], [[5000, 1234]])
    assert found.holds
    assert "Before sample 5000 1234 samples are missing (estimate 800)." in found.text


@pytest.mark.parametrize("holes", [[[5000, 1234]], []], ids=["scope tells of some", "of none"])
def test_what_fits_at_several_places_is_no_number(holes: Any) -> None:
    """Three samples were told wrongly besides, which the scope does not count as lost."""
    pieces = [(0, 5000), (6237, 9000)]
    found = proof_of(pieces, [(5000, 4900, 5100, -1, 800)], holes)
    assert found.holds
    assert f"Before sample 5000 {DOUBT} (estimate 800)." in found.text


def test_the_losses_of_the_scope_are_followed_behind_a_doubt() -> None:
    pieces = [(0, 5000), (6237, 7000), (7777, 9000)]
    gaps = [(5000, 4900, 5100, -1, 800), (5763, 5700, 5800, -1, 700)]
    found = proof_of(pieces, gaps, [[5000, 1234], [7000, 777]])
    assert found.holds
    assert f"Before sample 5000 {DOUBT} (estimate 800)." in found.text
    assert "Before sample 5763 777 samples are missing (estimate 700)." in found.text


def test_whole_periods_that_are_missing_do_not_show() -> None:
    pieces = [(0, 5000), (5000 + 20 * PERIOD, 9000)]
    found = proof_of(pieces, [(5000, 4900, 5100, -1, 800)])
    assert found.holds
    assert f"Before sample 5000 {DOUBT} (estimate 800)." in found.text


def test_a_gap_in_which_nothing_is_missing_is_told_as_that() -> None:
    found = proof_of([(0, 9000)], [(5000, 4900, 5100, -1, 800)], period=30_000)
    assert "Before sample 5000 0 samples are missing (estimate 800)." in found.text


def test_many_gaps_are_no_sum_if_one_of_them_is_no_number() -> None:
    pieces = [(begin, begin + 200) for begin in range(0, 25 * 210, 210)]
    gaps = [(place, place, place, -1, 8) for place in range(200, 5000, 200)]
    found = proof_of(pieces, gaps)
    assert f"In the other 4 gaps {DOUBT} (the file says 32)." in found.text
