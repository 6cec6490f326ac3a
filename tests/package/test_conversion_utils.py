"""PicoStream's two functions."""

from __future__ import annotations

import numpy as np
import pytest

from picostream_pymeasure.conversion_utils import adc_to_mV, min_max_decimate_numba


def test_counts_become_millivolts() -> None:
    counts = np.array([[-32512, 0], [16256, 32512]], np.int16)
    np.testing.assert_allclose(adc_to_mV(counts, 2.0, 32512), [[-2000, 0], [1000, 2000]])
    assert adc_to_mV(counts, 2.0, 32512).dtype == np.float64


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 29, 30])
@pytest.mark.parametrize("dtype", [np.int16, np.float64])
def test_groups_become_their_extremes(size: int, dtype: type) -> None:
    data = np.random.default_rng(size).integers(-32768, 32768, size).astype(dtype)
    found = min_max_decimate_numba(data, 10)
    assert found.dtype == dtype
    if size < 10:
        np.testing.assert_array_equal(found, data)
        return
    groups = [data[first : first + 10] for first in range(0, size - size % 10, 10)]
    np.testing.assert_array_equal(found, [f(group) for group in groups for f in (np.min, np.max)])
