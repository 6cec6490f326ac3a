"""Counts of one byte give what the same counts of two bytes give."""

from __future__ import annotations

from itertools import pairwise
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
    decimation.scaled(counts, 0.5, 3.0, out)
    assert (out == counts * 0.5 - 3.0).all()


def bin_of(part: NDArray[Any]) -> tuple[int, int, int, int]:
    """Of patterns the bits that are always and ever 1 stand in for the extremes."""
    if part.dtype == np.uint8:
        low, high = np.bitwise_and.reduce(part), np.bitwise_or.reduce(part)
    else:
        low, high = part.min(), part.max()
    return int(part[0]), int(low), int(high), int(part[-1])


@pytest.mark.parametrize("factor", [1, 3, 100])
def test_envelopes(counts: NDArray[Any], factor: int) -> None:
    bins = np.empty((N // factor, 4), counts.dtype)
    envelope.summarise(counts, factor, bins)
    parts = counts[: len(bins) * factor].reshape(-1, factor)
    assert (bins == [bin_of(part) for part in parts]).all()
    merged = np.empty((6, 4), counts.dtype)
    envelope.merge(bins, 5, merged)
    wide_parts = parts[:30].reshape(6, -1)
    assert (merged == [bin_of(part) for part in wide_parts]).all()


def test_columns(counts: NDArray[Any]) -> None:
    edges = np.array([0, 10, 1000, 1000, 2500, N], np.int64)
    expected = [bin_of(counts[a:b]) for a, b in pairwise(edges.tolist()) if a < b]
    bins = np.empty((N // 10, 4), counts.dtype)
    envelope.summarise(counts, 10, bins)
    for add, values, per in ((columns.add_samples, counts, 1), (columns.add_bins, bins, 10)):
        found = np.zeros((edges.size - 1, 4), counts.dtype)
        filled = np.zeros(edges.size - 1, np.bool_)
        add(values, 0, per, edges, found, filled)
        assert filled.tolist() == [True, True, False, True, True]
        assert (found[filled] == expected).all()
