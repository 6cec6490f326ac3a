"""The edge kernel against a slow, obvious reference."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from picostream_pymeasure.kernels.crossings import find_edges

#: Few codes, so that values meet the levels often.
counts_arrays = hnp.arrays(np.int16, st.integers(0, 60), elements=st.integers(-4, 4))


def edges(values: list[int], lower: float, upper: float) -> list[tuple[int, int]]:
    """Last sample on one side and first one on the other, for each edge."""
    sides = [1 if value >= upper else -1 if value <= lower else 0 for value in values]
    known = [(index, side) for index, side in enumerate(sides) if side]
    return [(a, b) for (a, old), (b, new) in pairwise(known) if old != new]


@given(counts_arrays, st.floats(-4, 4), st.floats(0.1, 3))
def test_edges_lie_where_a_slow_search_says(
    values: np.ndarray, level: float, hysteresis: float
) -> None:
    lower, upper = level - hysteresis, level + hysteresis
    found, first_rises = find_edges(values, lower, level, upper)
    expected = edges(values.tolist(), lower, upper)
    assert found.size == len(expected)
    for position, (before, after) in zip(found, expected, strict=True):
        assert before <= position <= after
        line = np.polyfit([0, *range(1, after - before + 1)], values[before : after + 1], 1)
        if abs(line[0]) > 1e-6:
            crossing = before + (level - line[1]) / line[0]
            assert position == pytest.approx(min(max(crossing, before), after), abs=1e-6)
    if expected:
        assert first_rises == (values[expected[0][1]] > values[expected[0][0]])


def test_a_fast_edge_is_interpolated_between_its_two_samples() -> None:
    values = np.array([-100, -100, 300, 300, -100], np.int16)
    found, first_rises = find_edges(values, -50.0, 0.0, 50.0)
    assert found.tolist() == [1.25, 3.75]
    assert first_rises


def test_noise_at_the_level_makes_no_edges() -> None:
    noise = np.random.default_rng(3).integers(-20, 21, 5000)
    ramp = np.concatenate((np.linspace(-100, 100, 2500), np.linspace(100, -100, 2500)))
    found, first_rises = find_edges((ramp + noise).astype(np.int16), -50.0, 0.0, 50.0)
    assert found.tolist() == pytest.approx([1250, 3750], abs=10)
    assert first_rises


def test_samples_at_a_plateau_in_the_middle_cannot_lead_astray() -> None:
    # the straight line through these falls, although the edge rises
    values = np.array([-10, *[9] * 20, *[-9] * 20, 10], np.int16)
    found, _ = find_edges(values, -10.0, 0.0, 10.0)
    assert 0 <= found[0] <= values.size - 1
