"""The overlay of captures against one that is drawn line by line."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.kernels.density import add_density, finish_density, value_at
from picostream_pymeasure.kernels.pulses import measure


def drawn(
    captures: NDArray[np.int16], shifts: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.int32]:
    """Each line as many points, each of which is in one pixel."""
    n_columns, n_rows = shape
    end = float(max(captures.shape[1] - 1, 1))
    found = np.zeros(shape, np.int32)
    for samples, shift in zip(captures, shifts, strict=True):
        for column in range(n_columns):
            places = np.linspace(column, column + 1, 2001) * end / n_columns + shift
            inside = np.arange(np.ceil(places[0]), np.floor(places[-1]) + 1)
            places = np.concatenate([places, inside]).clip(0, samples.size - 1)
            values = np.interp(places, np.arange(samples.size), samples)
            rows = ((values + 100) / 200 * n_rows).astype(int).clip(0, n_rows - 1)
            if values.max() >= -100 and values.min() <= 100:
                found[column, rows.min() : rows.max() + 1] += 1
    return found


@pytest.mark.parametrize("n_samples", [1, 2, 7, 40])
@pytest.mark.parametrize("shape", [(10, 8), (3, 20)])
def test_density_is_that_of_lines(n_samples: int, shape: tuple[int, int]) -> None:
    random = np.random.default_rng(n_samples)
    captures = random.integers(-120, 120, (25, n_samples)).astype(np.int16)
    shifts = random.uniform(-0.9, 0.9, 25)
    steps = np.zeros((shape[0], shape[1] + 1), np.int32)
    end = float(max(n_samples - 1, 1))
    add_density(captures[:10], shifts[:10], 0.0, end, -100.0, 100.0, steps)
    add_density(captures[10:].astype(np.float64), shifts[10:], 0.0, end, -100.0, 100.0, steps)
    found = finish_density(steps)
    assert np.array_equal(found, drawn(captures, shifts, shape))
    assert (found.max(axis=1) <= 25).all()


def test_value_between_samples() -> None:
    samples = np.array([0, 10, -10], np.int16)
    for each in (samples, samples.astype(np.float64)):
        values = [value_at(each, place) for place in (-1, 0, 0.5, 1.25, 2, 5)]
        assert values == [0, 0, 5, 5, -10, -10]


@pytest.mark.parametrize("baseline", [0, 3])
def test_pulses_are_measured(baseline: int) -> None:
    captures = np.random.default_rng(1).integers(-32768, 32767, (5, 9)).astype(np.int16)
    found = np.empty((5, 4))
    measure(captures[:, :7], baseline, found)
    part = captures[:, :7].astype(float)
    rest = part[:, :baseline].mean(axis=1) if baseline else np.zeros(5)
    expected = np.stack([part.min(axis=1), part.max(axis=1), part.mean(axis=1), rest], axis=1)
    assert found == pytest.approx(expected)
