"""Parts of the display that are numbers alone."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pymeasure.display.Qt", exc_type=ImportError)

from picostream_pymeasure.display.analysis.statistics import Scatter
from picostream_pymeasure.display.painting.label_rows import rows_of_labels


@given(st.lists(st.floats(-1e6, 1e6), max_size=50))
def test_scatter_is_that_of_the_numbers(values: list[float]) -> None:
    scatter = Scatter()
    for value in [*values, math.nan]:
        scatter.add(value)
    assert scatter.n == len(values)
    if values:
        assert scatter.mean == pytest.approx(statistics.fmean(values), abs=1e-6)
        assert (scatter.minimum, scatter.maximum) == (min(values), max(values))
    if len(values) > 1:
        assert scatter.deviation == pytest.approx(statistics.stdev(values), rel=1e-6, abs=1e-4)
    else:
        assert math.isnan(scatter.deviation)


@given(
    st.lists(st.tuples(st.floats(-100, 2000), st.floats(1, 300)), max_size=30),
    st.integers(1, 6),
)
def test_no_label_lies_over_another(labels: list[tuple[float, float]], n_rows: int) -> None:
    rows = rows_of_labels([left for left, _ in labels], [width for _, width in labels], n_rows)
    assert len(rows) == len(labels)
    placed = [(row, *label) for row, label in zip(rows, labels, strict=True) if row is not None]
    for row, left, width in placed:
        assert 0 <= row < n_rows
        others = [other for other in placed if other[0] == row and other[1] > left]
        assert all(left + width <= other_left for _, other_left, _ in others)
    if labels:
        assert rows[min(range(len(labels)), key=lambda index: labels[index][0])] == 0
