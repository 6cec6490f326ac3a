"""The decimation kernels against slow, obvious references."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from picostream_pymeasure.kernels import decimation

SCALE_MV, OFFSET_MV = 0.061, 12.5

#: Around the borders between the loops for short and long groups.
GROUPS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 33, 48, 63, 64, 65, 100, 1000]

counts_arrays = hnp.arrays(np.int16, st.integers(1, 300))


def in_mv(counts: list[float]) -> np.ndarray:
    return np.array(counts, np.float64) * SCALE_MV - OFFSET_MV


def groups(counts: np.ndarray, group: int) -> list[np.ndarray]:
    return [counts[at : at + group].astype(np.int64) for at in range(0, counts.size, group)]


def means(counts: np.ndarray, group: int) -> np.ndarray:
    out = np.full(-(-counts.size // group), 1e9)
    decimation.mean_mv(counts, group, SCALE_MV, OFFSET_MV, out)
    return out


def extremes(counts: np.ndarray, group: int) -> np.ndarray:
    out = np.full(2 * -(-counts.size // group), 1e9)
    decimation.min_max_mv(counts, group, SCALE_MV, OFFSET_MV, out)
    return out


@given(counts_arrays)
def test_conversion_to_millivolts(counts: np.ndarray) -> None:
    out = np.empty(counts.size)
    decimation.scaled(counts, SCALE_MV, OFFSET_MV, out)
    np.testing.assert_array_equal(out, in_mv(counts.tolist()))


@given(counts_arrays, st.integers(1, 400))
def test_means_of_any_group(counts: np.ndarray, group: int) -> None:
    expected = in_mv([part.mean() for part in groups(counts, group)])
    np.testing.assert_allclose(means(counts, group), expected, rtol=1e-12, atol=1e-9)


@given(counts_arrays, st.integers(1, 400))
def test_extremes_of_any_group(counts: np.ndarray, group: int) -> None:
    expected = in_mv([v for part in groups(counts, group) for v in (part.min(), part.max())])
    np.testing.assert_array_equal(extremes(counts, group), expected)


@pytest.mark.parametrize("group", GROUPS)
def test_an_extreme_is_found_wherever_it_lies(group: int) -> None:
    size = 3 * group + group // 2
    for position in {0, group - 1, group, 2 * group - 1, group + group // 2, size - 1}:
        counts = np.zeros(size, np.int16)
        counts[position] = -32768
        counts[(position + 1) % size] = 32767
        expected = in_mv([v for part in groups(counts, group) for v in (part.min(), part.max())])
        np.testing.assert_array_equal(extremes(counts, group), expected)


@pytest.mark.parametrize("value", [-32768, 32767])
@pytest.mark.parametrize("group", [65_535, 65_536, 65_537, 200_000])
def test_sums_do_not_overflow(value: int, group: int) -> None:
    counts = np.full(200_000, value, np.int16)
    np.testing.assert_allclose(means(counts, group), in_mv([value])[0], rtol=1e-12)


@given(st.integers(0, 2**40), st.sampled_from([0.5, 1, 2.5, 7]))
def test_times_are_the_same_wherever_a_block_begins(first: int, step: float) -> None:
    whole, part = np.empty(50), np.empty(20)
    decimation.fill_times(first, step, 1.6e-8, whole)
    decimation.fill_times(first + 30 * step, step, 1.6e-8, part)
    np.testing.assert_array_equal(whole, (first + np.arange(50) * step) * 1.6e-8)
    np.testing.assert_array_equal(part, whole[30:])
