"""The search for events against a slow reference that anyone can check."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from picostream_pymeasure.kernels import events as kernel


def slow_baseline(values: NDArray[Any]) -> tuple[float, float]:
    ascending = np.sort(values.astype(np.int64))
    median = ascending[(len(values) - 1) // 2]
    spread = np.sort(np.abs(ascending - median))[(len(values) - 1) // 2]
    kept = ascending[np.abs(ascending - median) <= np.ceil(3 * 1.4826 * (spread + 0.5))]
    return kept.mean(), kept.std()


@given(hnp.arrays(np.int16, st.integers(1, 300)))
def test_baseline(values: NDArray[np.int16]) -> None:
    assert kernel.baseline_of(values) == pytest.approx(slow_baseline(values), rel=1e-12, abs=1e-6)


def test_baseline_of_a_long_window_looks_at_stretches() -> None:
    values = np.random.default_rng(1).normal(100, 7, 1_000_000).astype(np.int16)
    step = 1_000_000 // (256 * 128) * 256
    looked_at = np.arange(values.size) % step < 256
    assert kernel.baseline_of(values) == pytest.approx(slow_baseline(values[looked_at]))
    assert kernel.baseline_of(values) == pytest.approx((values.mean(), values.std()), rel=0.02)


def test_baseline_beside_events_that_fill_a_third_of_the_time() -> None:
    values = np.random.default_rng(2).normal(1000, 10, 30_000).astype(np.int16)
    values[np.arange(30_000) % 3000 < 1000] -= 600
    mean, sigma = kernel.baseline_of(values)
    assert mean == pytest.approx(1000, abs=2)
    assert sigma == pytest.approx(10, rel=0.15)


def slow_events(values: NDArray[Any], window: int, rule: Any) -> list[tuple[int, ...]]:
    """One sample after the other: side, start, stop, extreme, sum, cut."""
    limits = [
        slow_limits(values, max(n - 1, 0), window, rule) for n in range(len(values) // window + 1)
    ]
    found, index = [], 0
    while index < len(values):
        low, high, keep_low, keep_high = limits[index // window]
        side = 1 if values[index] >= high else -1 if values[index] <= low else 0
        stop = index
        while (
            side
            and stop < len(values)
            and (values[stop] >= high if side > 0 else values[stop] <= low)
        ):
            stop += 1
        part = values[index : min(stop, index + int(rule["longest"]))].astype(int)
        if side and len(part) >= rule["shortest"]:
            extreme = part.max() if side > 0 else part.min()
            if extreme >= keep_high if side > 0 else extreme <= keep_low:
                is_cut = len(part) == rule["longest"] or index + len(part) == len(values)
                found.append((side, index, index + len(part), extreme, part.sum(), int(is_cut)))
        index = max(stop, index + 1)
    return found


def slow_limits(values: NDArray[Any], n: int, window: int, rule: Any) -> tuple[float, ...]:
    mean, sigma = kernel.baseline_of(values[n * window : (n + 1) * window])
    sigma = max(sigma, float(rule["least_sigma"]))
    borders = []
    for amount in (rule["detect"], rule["keep"]):
        for sign, counts in ((-1, rule["falls"]), (1, rule["rises"])):
            scaled = amount * (sigma if rule["scale"] == kernel.SIGMAS else 1.0)
            border = amount if rule["scale"] == kernel.LEVEL else mean + sign * scaled
            borders.append(border if counts else sign * np.inf)
    return tuple(borders)


def fast_events(values: NDArray[Any], window: int, rule: Any, cuts: list[int]) -> list[Any]:
    """The kernel, on pieces that end at the cuts and at the ends of windows."""
    states, limits = np.zeros(1, kernel.STATE), np.zeros(1, kernel.LIMITS)
    edges = sorted({0, len(values), *range(0, len(values), window), *cuts})
    found = []
    for begin, stop in itertools.pairwise(edge for edge in edges if edge <= len(values)):
        n = max(begin // window - 1, 0)
        kernel.find_limits(values[n * window : (n + 1) * window], rule, limits)
        rows = np.zeros((stop - begin) // 2 + 1, kernel.EVENT)
        count = kernel.search_window(values[begin:stop], begin, limits[0], states, rule, rows)
        found += rows[:count].tolist()
    rows = np.zeros(1, kernel.EVENT)
    found += rows[: kernel.finish_search(states, len(values), rule["shortest"], rows)].tolist()
    sides = {kernel.ABOVE: 1, kernel.BELOW: -1}
    return [
        (sides[side], start, stop, extreme, total, cut)
        for start, stop, side, extreme, total, _, _, cut in found
    ]


rules = st.builds(
    lambda scale, sides, keep, relaxed, shortest, longest: np.array(
        (scale, sides != -1, sides != 1, keep, keep * relaxed, 0.29, shortest, longest), kernel.RULE
    )[()],
    st.integers(0, 1),
    st.sampled_from((-1, 0, 1)),
    st.floats(0.5, 6),
    st.floats(0.2, 1),
    st.integers(1, 5),
    st.integers(5, 100),
)
signals = st.one_of(
    hnp.arrays(np.int16, st.integers(1, 400), elements=st.integers(-20, 20)),
    hnp.arrays(
        np.int16,
        st.integers(1, 400),
        elements=st.sampled_from((0, 1, -1, 100, -100, 32767, -32767)),
    ),
    hnp.arrays(np.int8, st.integers(1, 400), elements=st.integers(-127, 127)),
)


@given(signals, st.integers(1, 120), rules, st.lists(st.integers(1, 400), max_size=5))
def test_events_are_those_of_the_slow_search(
    values: NDArray[Any], window: int, rule: Any, cuts: list[int]
) -> None:
    assert fast_events(values, window, rule, cuts) == slow_events(values, window, rule)


@pytest.mark.parametrize(("level", "rises"), [(50.0, True), (-50.0, False)])
def test_a_level_in_volts_has_one_side(level: float, rises: bool) -> None:
    values = np.array([0] * 20 + [60] * 5 + [0] * 10 + [-60] * 7 + [0] * 5, np.int16)
    rule = np.array((kernel.LEVEL, rises, not rises, level, level, 0.29, 1, 100), kernel.RULE)[()]
    expected = [(1, 20, 25, 60, 300, 0)] if rises else [(-1, 35, 42, -60, -420, 0)]
    assert fast_events(values, 16, rule, []) == expected == slow_events(values, 16, rule)
