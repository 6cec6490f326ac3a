"""The proof on recordings that are made up: losses in intervals, in one byte, told and untold."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.simulated import prove

GAP = np.dtype(
    [
        ("sample_index", "<i8"),
        ("earliest", "<i8"),
        ("latest", "<i8"),
        ("missing", "<i8"),
        ("estimated_missing", "<i8"),
        ("cause", "S32"),
    ]
)
STREAM = np.random.default_rng(1).integers(-32, 32, 2_000_000).astype(np.int16) * 256


def values(_simulation: Any, _channel: str, first: int, count: int) -> np.ndarray:
    return STREAM[first : first + count]


class Counts(np.ndarray):
    """Counts as a recording gives them."""

    def read(self, start: int, stop: int) -> np.ndarray:
        return np.asarray(self[start:stop])


class Recording(SimpleNamespace):
    """What the proof needs, of one channel."""

    values_per_sample = 1
    stored_interval_ns = 1000.0
    captures = np.empty(0)
    runs = None


def recording(
    pieces: list[tuple[int, int]], gaps: list[tuple[int, ...]], holes: Any = (), first: int = 0
) -> Recording:
    """From pieces (begin, end) of the stream, and rows (place, earliest, latest, missing)."""
    counts = np.concatenate([STREAM[begin:end] for begin, end in pieces])
    rows = [(*row, max(row[3], 0) or 500, b"driver overrun") for row in gaps]
    return Recording(
        attributes=SimpleNamespace(
            json=lambda _name: {"holes": list(holes)}, whole=lambda _name, _least, _most: first
        ),
        gaps=np.array(rows, GAP),
        channels={"A": SimpleNamespace(counts=counts.view(Counts))},
    )


def proof(made: Recording) -> Any:
    return prove(made, len(made.channels["A"].counts), values)


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


def test_losses_before_the_first_sample_are_known_from_the_scope() -> None:
    made = recording([(5300, 9000)], [], [[1000, 100], [2000, 200], [9000, 5]], first=5000)
    assert proof(made).holds


def test_thousands_of_losses() -> None:
    pieces = [(begin, begin + 150) for begin in range(0, 600_000, 200)]
    holes = [[begin + 150, 50] for begin in range(0, 600_000, 200)]
    found = proof(recording(pieces, [(150, 150, 450_000, -1)], holes))
    assert (found.holds, found.proven_samples) == (True, 450_000)


def test_samples_of_one_byte() -> None:
    made = recording([(0, 1000), (1300, 3000)], [(1000, 1000, 1000, 300)])
    counts = made.channels["A"].counts
    made.channels["A"].counts = (counts >> 8).astype(np.int8)
    assert proof(made).holds
    made.channels["A"].counts[777] += 1
    assert proof(made).proven_samples == 777
