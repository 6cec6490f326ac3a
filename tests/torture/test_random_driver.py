"""A driver whose habits are drawn by a seed: what a recording holds and says of it is true.

What is wrong with one seed, and which habit it is, shows ``tests/torture/random_streams.py`` (the
ledger, on a virtual clock) and ``random_recordings.py`` (files): they take ``SEED NAME=VALUE …``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .random_recordings import Recording, library_folder
from .random_streams import RandomDriver, Wish

_SHORT, _LONG = range(1, 101), range(101, 10_001)
#: So many are recorded at the same time.
_TOGETHER = 6


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(_SHORT, id="some"),
        pytest.param(_LONG, id="many", marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
    ],
)
def test_what_the_ledger_says_is_true(tmp_path: Path, seeds: range) -> None:
    driver = RandomDriver(tmp_path)
    wrong = {seed: list(driver.judge(Wish.drawn(seed)).violations()) for seed in seeds}
    assert {seed: found for seed, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("first", "length_ms"),
    [
        pytest.param(1, 1200, id="some"),
        *[
            pytest.param(first, 4000, id=str(first), marks=pytest.mark.long)
            for first in range(1 + _TOGETHER, 300, _TOGETHER)
        ],
    ],
)
def test_what_a_file_says_is_true(tmp_path: Path, first: int, length_ms: int) -> None:
    library = library_folder(tmp_path)
    recordings = [
        Recording.start(Wish.drawn(seed, f"length_ms={length_ms}"), library, tmp_path / str(seed))
        for seed in range(first, first + _TOGETHER)
    ]
    wrong = {one.wish.seed: list(one.violations()) for one in recordings}
    assert {seed: found for seed, found in wrong.items() if found} == {}
