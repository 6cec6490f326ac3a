"""The statistics kernels against numpy at full width."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from picostream_pymeasure.kernels.statistics import (
    CODES,
    ZERO,
    count_codes,
    low_and_high,
    middles,
    sums,
)


@given(hnp.arrays(np.int16, st.integers(0, 300)))
def test_sums(values: np.ndarray) -> None:
    wide = values.astype(np.int64)
    assert sums(values) == (wide.sum(), (wide * wide).sum())


@pytest.mark.parametrize("value", [-32768, 32767])
@pytest.mark.parametrize("size", [32_767, 32_768, 32_769, 1_000_000])
def test_sums_do_not_overflow(value: int, size: int) -> None:
    assert sums(np.full(size, value, np.int16)) == (size * value, size * value**2)


@given(hnp.arrays(np.int16, st.integers(1, 300)))
def test_extremes(values: np.ndarray) -> None:
    assert low_and_high(values) == (values.min(), values.max())


@given(hnp.arrays(np.int16, st.tuples(st.integers(0, 100), st.just(2))))
def test_middles_are_rounded_to_even(pairs: np.ndarray) -> None:
    found = np.full(len(pairs), 77, np.int16)
    middles(pairs, found)
    np.testing.assert_array_equal(found, np.rint(pairs.mean(axis=1, dtype=np.float64)))


@given(hnp.arrays(np.int16, st.integers(0, 301)))
def test_codes_are_counted_on(values: np.ndarray) -> None:
    table = np.ones(CODES, np.int64)
    count_codes(values, table)
    expected = 1 + np.bincount(values.astype(np.int64) + ZERO, minlength=CODES)
    np.testing.assert_array_equal(table, expected)
