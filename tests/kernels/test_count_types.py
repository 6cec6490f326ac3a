"""Counts of one byte give what the same counts of two bytes give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from picostream_pymeasure.kernels import columns, decimation, envelope

N = 3000


@pytest.fixture(params=[np.int8, np.uint8])
def counts(request: pytest.FixtureRequest) -> NDArray[Any]:
    limits = np.iinfo(request.param)
    return np.random.default_rng(1).integers(limits.min, limits.max + 1, N).astype(request.param)


def wide(values: NDArray[Any]) -> NDArray[np.int16]:
    return values.astype(np.int16)


@pytest.mark.parametrize("group", [1, 2, 7, 8, 9, 16, 63, 64, 100, N])
def test_decimation(counts: NDArray[Any], group: int) -> None:
    rows = -(-N // group)
    for kernel, size in ((decimation.min_max_mv, 2 * rows), (decimation.mean_mv, rows)):
        narrow_mv, wide_mv = np.empty(size), np.empty(size)
        kernel(counts, group, 0.5, 3.0, narrow_mv)
        kernel(wide(counts), group, 0.5, 3.0, wide_mv)
        assert (narrow_mv == wide_mv).all()


def test_millivolts(counts: NDArray[Any]) -> None:
    out = np.empty(N)
    decimation.to_mv(counts, 0.5, 3.0, out)
    assert (out == counts * 0.5 - 3.0).all()


@pytest.mark.parametrize("factor", [1, 3, 100])
def test_envelopes(counts: NDArray[Any], factor: int) -> None:
    bins = np.empty((N // factor, 4), counts.dtype)
    expected = np.empty(bins.shape, np.int16)
    envelope.summarise(counts, factor, bins)
    envelope.summarise(wide(counts), factor, expected)
    assert (bins == expected).all()
    merged, wide_merged = bins[:6].copy(), expected[:6].copy()
    envelope.merge(bins, 5, merged)
    envelope.merge(expected, 5, wide_merged)
    assert (merged == wide_merged).all()


def test_columns(counts: NDArray[Any]) -> None:
    edges = np.array([0, 10, 1000, 1000, 2500, N], np.int64)
    drawn = []
    for values in (counts, wide(counts)):
        found = np.zeros((edges.size - 1, 4), values.dtype)
        filled = np.zeros(edges.size - 1, np.bool_)
        columns.add_samples(values, 0, 1, edges, found, filled)
        columns.add_bins(values.reshape(-1, 4), 0, 1, edges, found, filled)
        drawn.append((found.tolist(), filled.tolist()))
    assert drawn[0] == drawn[1]
