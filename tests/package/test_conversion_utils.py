"""PicoStream's two functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.conversion_utils import adc_to_mV, min_max_decimate_numba
from picostream_pymeasure.errors import ConfigurationError


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


DATA = np.arange(10, dtype=np.int16)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: min_max_decimate_numba(DATA, 0), "factor must be a whole number of 1 or more"),
        (lambda: min_max_decimate_numba(DATA, -1), "factor must be a whole number of 1 or more"),
        (lambda: min_max_decimate_numba(DATA, 2.5), "factor must be a whole number of 1 or more"),  # type: ignore[arg-type]
        (lambda: min_max_decimate_numba(DATA, "2"), "factor must be a number, not '2'"),  # type: ignore[arg-type]
        (lambda: min_max_decimate_numba(DATA.reshape(5, 2), 2), "data must have one dimension"),
        (lambda: min_max_decimate_numba("abc", 2), "data must be an array of numbers"),  # type: ignore[arg-type]
        (lambda: adc_to_mV("x", 2, 5), "adc_data must be an array of numbers"),  # type: ignore[arg-type]
        (lambda: adc_to_mV([[1], [1, 2]], 2, 5), "adc_data must be an array of numbers"),  # type: ignore[arg-type]
        (lambda: adc_to_mV(DATA, "2", 5), "voltage_range_v must be a number of volts"),  # type: ignore[arg-type]
        (lambda: adc_to_mV(DATA, 2, 0), "max_adc_value must be more than 0 counts"),
        (lambda: adc_to_mV(DATA, 2, np.nan), "max_adc_value must be a number of counts"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(call: Callable[[], Any], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        call()


def test_a_list_is_taken_as_an_array_is() -> None:
    np.testing.assert_array_equal(min_max_decimate_numba([3, 1, 2, 5], 2), [1, 3, 2, 5])  # type: ignore[arg-type]
