"""Finding a stretch of samples in a computable stream."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.simulated.proof.alignment import HEAD_SAMPLES, find_alignments


def find_alignment(*arguments: Any) -> int | None:
    return next(find_alignments(*arguments), None)


NOISE = {
    name: np.random.default_rng(ord(name)).integers(-900, 900, 3_000_000).astype(np.int16)
    for name in "AB"
}


def noise(channel: str, first: int, count: int) -> NDArray[np.int16]:
    return NOISE[channel][first : first + count]


def square(_channel: str, first: int, count: int) -> NDArray[np.int16]:
    return ((np.arange(first, first + count) // 5000 % 2) * 100).astype(np.int16)


def heads(stream, index: int, count: int, names: str = "AB") -> dict[str, NDArray[np.int16]]:
    return {name: stream(name, index, count).reshape(-1, 1).copy() for name in names}


@pytest.mark.parametrize("index", [500_000, 900_000, 999_999, 1_000_000, 1_000_001, 1_500_000])
@pytest.mark.parametrize("count", [HEAD_SAMPLES, 64, 20])
def test_the_true_index_is_found(index: int, count: int) -> None:
    found = find_alignment(heads(noise, index, count), noise, 1_000_000, 400_000, 500_000)
    assert found == index


@pytest.mark.parametrize("index", [399_999, 499_999, 1_500_001])
def test_nothing_is_found_outside_of_the_bounds(index: int) -> None:
    stored = heads(noise, index, 64)
    assert find_alignment(stored, noise, 1_000_000, 400_000, 500_000) is None


def test_what_is_before_the_last_stored_sample_is_impossible() -> None:
    stored = heads(noise, 999_000, 64)
    assert find_alignment(stored, noise, 1_000_000, 999_001, 500_000) is None
    assert find_alignment(stored, noise, 1_000_000, 999_000, 500_000) == 999_000


def test_all_channels_must_agree() -> None:
    stored = {**heads(noise, 1_000_000, 64, "A"), **heads(noise, 1_000_001, 64, "B")}
    assert find_alignment(stored, noise, 1_000_000, 0, 1000) is None


def test_of_several_the_nearest_counts() -> None:
    stored = heads(square, 12_345, HEAD_SAMPLES, "A")
    assert find_alignment(stored, square, 52_000, 0, 100_000) == 52_345
    assert find_alignment(stored, square, 53_000, 0, 100_000) == 52_345


def test_few_changes_are_enough_to_find_a_stretch() -> None:
    def steps(_channel: str, first: int, count: int) -> NDArray[np.int16]:
        index = np.arange(first, first + count)
        return ((index * index // 30_000_000_000) % 100).astype(np.int16)

    index = 1_234_567
    stored = heads(steps, index, HEAD_SAMPLES, "A")
    assert np.count_nonzero(np.diff(stored["A"][:, 0])) < 10
    assert list(find_alignments(stored, steps, 1_200_000, 0, 500_000)) == [index]
