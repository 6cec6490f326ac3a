"""Columns of a picture: as wide as they are, and as thick as they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def rows(columns: np.ndarray, width: int, **place: float) -> tuple[np.ndarray, np.ndarray]:
    from picostream_pymeasure.kernels.column_raster import find_spans

    tops, bottoms = np.empty(width, np.int32), np.empty(width, np.int32)
    where = {"first_px": 0.0, "pitch_px": 1.0, "offset_px": 50.0, "scale_px": -10.0, **place}
    find_spans(columns, *where.values(), 100, tops, bottoms)
    return tops, bottoms


def test_spans_reach_half_way_to_the_next_column(application: Any) -> None:
    columns = np.array([[0, 0, 1, 1], [3, 2, 3, 2], [np.nan] * 4, [-1, -1, -1, -1]], float)
    tops, bottoms = rows(columns, 5)
    assert (tops[0], bottoms[0]) == (30, 50), "up to the middle between 1 and 3"
    assert (tops[1], bottoms[1]) == (20, 30)
    assert tops[2] > bottoms[2], "a gap is a gap"
    assert (tops[3], bottoms[3]) == (60, 60)
    assert tops[4] > bottoms[4], "nothing after the last column"


def test_narrow_columns_are_merged_and_wide_ones_repeated(application: Any) -> None:
    columns = np.zeros((100, 4))
    columns[57] = [0, 0, 4, 0]
    tops, _ = rows(columns, 10, pitch_px=0.1)
    assert tops.tolist() == [50] * 5 + [10] + [50] * 4
    tops, bottoms = rows(columns[56:59], 9, pitch_px=3.0)
    assert tops.tolist() == [50] * 3 + [10] * 3 + [50] * 3
    assert bottoms.tolist() == [50] * 9


def test_far_away_values_stay_outside(application: Any) -> None:
    columns = np.array([[1e300] * 4, [-1e300] * 4, [0, -1e9, 1e9, 0]])
    tops, bottoms = rows(columns, 3)
    assert tops[2] <= 0
    assert bottoms[2] >= 99


def test_lines_get_as_thick_as_they_are_told(application: Any) -> None:
    from picostream_pymeasure.kernels.column_raster import find_spans, paint_spans, thicken

    tops, bottoms = np.empty(4, np.int32), np.empty(4, np.int32)
    columns = np.array([[np.nan] * 4, [0, 0, 0, 0], [np.nan] * 4, [np.nan] * 4])
    find_spans(columns, 0.0, 1.0, 5.0, -1.0, 10, tops, bottoms)
    thicken(tops, bottoms, 2)
    pixels = np.empty((10, 4), np.uint32)
    outlines, fillings = (np.array([[0], [c]], np.uint32) for c in (0xFF00FF00, 0xFF0000FF))
    spans, within = np.array([[tops, bottoms]]), np.empty((0, 2, 4), np.int32)
    paint_spans(spans, within, 0, 2, 1, outlines, fillings, fillings, pixels)
    assert np.argwhere(pixels).tolist() == [[5, 1], [5, 2], [6, 1], [6, 2]]


def bands_of(values: np.ndarray, per_column: int, pitch_px: int = 1) -> tuple[Any, Any, int]:
    """Rows of pixels, and the bands in them, of samples of which so many are one column."""
    from picostream_pymeasure.kernels.dense_columns import find_bands

    parts = values.reshape(-1, per_column)
    columns = np.stack((parts[:, 0], parts.min(axis=1), parts.max(axis=1), parts[:, -1]), axis=1)
    width = len(columns) * pitch_px
    spans = np.array(rows(columns.astype(float), width, pitch_px=float(pitch_px)))
    bands = np.empty_like(spans)
    return spans, bands, find_bands(spans, pitch_px, bands)


def wave(periods_per_column: float, n_columns: int = 400, per_column: int = 100) -> np.ndarray:
    phases = np.arange(n_columns * per_column) / per_column * periods_per_column
    return np.asarray(4 * np.sin(2 * np.pi * phases))


@pytest.mark.parametrize("pitch_px", [1, 2])
@pytest.mark.parametrize("periods_per_column", [0.23, 0.301, 0.334, 0.48, 0.503, 0.68])
def test_what_beats_between_columns_is_closed_to_a_band(
    application: Any, periods_per_column: float, pitch_px: int
) -> None:
    spans, bands, n_found = bands_of(wave(periods_per_column), 100, pitch_px)
    inside = slice(10 * pitch_px, -10 * pitch_px)
    assert n_found > 100
    assert np.ptp(spans[:, inside], axis=1).max() > 10, "each column for itself beats"
    assert np.ptp(bands[:, inside], axis=1).max() <= 4
    assert np.all(bands[0] <= spans[0])
    assert np.all(bands[1] >= spans[1])


@pytest.mark.parametrize("kind", ["slow", "fast", "noise", "spikes", "dips", "steps"])
def test_what_columns_show_as_it_is_has_no_band(application: Any, kind: str) -> None:
    random = np.random.default_rng(4)
    values = {
        "slow": wave(0.1),
        "fast": wave(1.4),
        "noise": random.normal(0, 1, 40_000),
        "spikes": np.where(random.random(40_000) < 1e-4, 4.0, 0.0),
        "dips": np.where(random.random(40_000) < 3e-3, random.uniform(-4, -1, 40_000), 0.0),
        "steps": np.repeat(random.uniform(-4, 4, 40), 1000),
    }[kind]
    spans, bands, n_found = bands_of(values, 100)
    assert n_found <= 40, "here and there, where it looks alike"
    assert (bands != spans).any(axis=0).mean() <= 0.1
