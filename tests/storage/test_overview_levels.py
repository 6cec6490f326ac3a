"""The overview's bins against slow numpy, however the samples are cut, and their comparison."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picostream_pymeasure.storage import overview, overview_check
from picostream_pymeasure.storage.overview import FACTORS, OverviewBuilder
from picostream_pymeasure.storage.overview_check import OverviewCheck

SMALL_FACTORS = (4, 64, 1024)


def slow_bins(values: np.ndarray, factor: int, width: int) -> np.ndarray:
    """First, min, max and last of every ``factor`` samples."""
    groups = [values[i : i + factor * width] for i in range(0, len(values), factor * width)]
    rows = [(part[0], part.min(), part.max(), part[-1]) for part in groups]
    return np.array(rows, np.int16).reshape(-1, 4)


def random_values(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-32768, 32768, count).astype(np.int16)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(
        st.one_of(st.integers(0, 40), st.integers(0, 600), st.integers(60_000, 70_000)), max_size=6
    ),
    width=st.sampled_from([1, 2]),
    seed=st.integers(0, 2**32),
)
def test_bins_do_not_depend_on_how_the_samples_are_cut(
    lengths: list[int], width: int, seed: int
) -> None:
    values = random_values(sum(lengths) * width, seed)
    builder = OverviewBuilder(width)
    parts, start = [], 0
    for length in lengths:
        block = values[start : start + length * width].copy()
        parts.append(builder.add(block))
        block[:] = 0  # pool memory is used again
        start += length * width
    parts.append(builder.finish())
    for number, factor in enumerate(FACTORS):
        bins = np.concatenate([part[number] for part in parts])
        np.testing.assert_array_equal(bins, slow_bins(values, factor, width))


@pytest.fixture
def _small_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (overview, overview_check):
        monkeypatch.setattr(module, "FACTORS", SMALL_FACTORS)


def levels_of(values: np.ndarray, width: int = 1) -> dict[int, np.ndarray]:
    return {factor: slow_bins(values, factor, width) for factor in SMALL_FACTORS}


def check(
    values: np.ndarray,
    levels: Mapping[int, np.ndarray],
    *,
    chunk: int = 48,
    width: int = 1,
    damaged: tuple[int, ...] = (),
    missing: tuple[int, ...] = (),
    finished: bool = True,
) -> OverviewCheck:
    """Feed chunks as the verification does; damaged ones are read as something else."""
    comparison = OverviewCheck(levels, width)
    for number, first in enumerate(range(0, len(values), chunk)):
        part = values[first : first + chunk]
        if number in missing:
            continue
        if number in damaged:
            comparison.add(first, part ^ 1)
            comparison.reject()
        else:
            comparison.add(first, part)
            comparison.accept()
    comparison.finish(len(values) // width, finished=finished)
    return comparison


@pytest.mark.usefixtures("_small_factors")
@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("samples", [0, 1, 3, 4, 5, 1024, 5000])
def test_a_right_overview_passes(samples: int, width: int) -> None:
    values = random_values(samples * width, 1)
    assert check(values, levels_of(values, width), width=width).errors() == []


@pytest.mark.usefixtures("_small_factors")
@pytest.mark.parametrize("factor", SMALL_FACTORS)
@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("at", [0, 1, -1])
def test_a_wrong_bin_is_named(factor: int, column: int, at: int) -> None:
    values = random_values(5000, 2)
    levels = levels_of(values)
    wrong = range(len(levels[factor]))[at]
    levels[factor][wrong, column] ^= 1
    assert check(values, levels).errors() == [
        f"Overview level {factor}: 1 bin(s) do not summarise their samples: {wrong}."
    ]


@pytest.mark.usefixtures("_small_factors")
def test_many_wrong_bins_are_counted_and_the_first_named() -> None:
    values = random_values(5000, 3)
    levels = levels_of(values)
    levels[4][10:1000, 0] += 1
    assert check(values, levels).errors() == [
        "Overview level 4: 990 bin(s) do not summarise their samples: 10, 11, 12, 13, 14 …."
    ]


@pytest.mark.usefixtures("_small_factors")
@pytest.mark.parametrize("chunk", [48, 64, 100, 3000])
@pytest.mark.parametrize("bad", ["damaged", "missing"])
def test_bins_beside_a_bad_chunk_are_left_out_and_all_others_compared(chunk: int, bad: str) -> None:
    values = random_values(9000, 4)
    levels = levels_of(values)
    first, resumed = chunk, -(-2 * chunk // 1024) * 1024
    levels[4][first // 4 : resumed // 4] = 0
    levels[64][first // 64 : resumed // 64] = 0
    levels[1024][first // 1024 : resumed // 1024] = 0
    number = {bad: (1,)}
    assert check(values, levels, chunk=chunk, **number).errors() == []
    levels[4][resumed // 4, 1] ^= 1
    levels[64][-1, 3] ^= 1
    assert check(values, levels, chunk=chunk, **number).errors() == [
        f"Overview level 4: 1 bin(s) do not summarise their samples: {resumed // 4}.",
        f"Overview level 64: 1 bin(s) do not summarise their samples: {len(levels[64]) - 1}.",
    ]


@pytest.mark.usefixtures("_small_factors")
@pytest.mark.parametrize("length", [0, 3, 1249, 1251])
def test_the_length_of_a_finished_level_must_be_right(length: int) -> None:
    values = random_values(5000, 5)
    levels = levels_of(values)
    levels[4] = np.resize(levels[4], (length, 4))
    found = check(values, levels)
    assert found.errors() == [f"Overview level 4 has {length} bins and not 1250."]
    assert found.short_levels() == []


@pytest.mark.usefixtures("_small_factors")
def test_an_unfinished_level_may_end_early_but_not_be_wrong() -> None:
    values = random_values(5003, 6)
    levels = {factor: bins[: 5003 // factor] for factor, bins in levels_of(values).items()}
    found = check(values, levels, finished=False)
    assert (found.errors(), found.short_levels()) == ([], [])
    levels[64] = levels[64][:50]
    found = check(values, levels, finished=False)
    assert (found.errors(), found.short_levels()) == ([], [64])
    levels[64][49, 2] ^= 1
    assert check(values, levels, finished=False).errors() == [
        "Overview level 64: 1 bin(s) do not summarise their samples: 49."
    ]


@pytest.mark.usefixtures("_small_factors")
def test_a_missing_level_is_an_error() -> None:
    values = random_values(100, 7)
    levels = levels_of(values)
    del levels[64]
    assert check(values, levels).errors() == ["Overview level 64 is missing."]
