"""The search for events against a slow reference that anyone can check."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from picostream_pymeasure.kernels import events as kernel
from tests.support.event_signals import each_an_event, signals, slow_events, slow_limits


def slow_baseline(values: NDArray[Any]) -> tuple[float, float]:
    ascending = np.sort(values.astype(np.int64))
    median = ascending[(len(values) - 1) // 2]
    spread = np.sort(np.abs(ascending - median))[(len(values) - 1) // 2]
    kept = ascending[np.abs(ascending - median) <= np.ceil(3 * 1.4826 * (spread + 0.5))]
    return kept.mean(), kept.std()


@given(hnp.arrays(np.int16, st.integers(1, 300)))
def test_baseline(values: NDArray[np.int16]) -> None:
    assert kernel.baseline_of(values) == pytest.approx(slow_baseline(values), rel=1e-12, abs=1e-6)


@pytest.mark.parametrize("dtype", [np.int16, np.int8])
@pytest.mark.parametrize("size", [1, 2, 9, 100, 4000])
def test_a_baseline_is_the_same_however_it_is_found(
    dtype: type[np.integer[Any]], size: int
) -> None:
    for seed, spread in enumerate((0.3, 2, 40, 5000)):
        values = np.random.default_rng(seed).normal(0, spread, size)
        values[::7] = (-1) ** seed * 2.0**15  # far from all others: then it is found by their order
        limits = np.iinfo(dtype)
        counts = np.clip(values, limits.min, limits.max).astype(dtype)
        expected = slow_baseline(counts)
        assert kernel.baseline_of(counts) == pytest.approx(expected, rel=1e-12, abs=1e-6)


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


def fast_events(values: NDArray[Any], window: int, rule: Any, cuts: list[int]) -> list[Any]:
    """The kernel, on pieces that end at the cuts and at the ends of windows."""
    states, limits = np.zeros(1, kernel.STATE), np.zeros(1, kernel.LIMITS)
    edges = sorted({0, len(values), *range(0, len(values), window), *cuts})
    found = []
    for begin, stop in itertools.pairwise(edge for edge in edges if edge <= len(values)):
        n = max(begin // window - 1, 0)
        kernel.find_limits(values[n * window : (n + 1) * window], rule, limits)
        rows = np.zeros(stop - begin + 1, kernel.EVENT)
        count = kernel.search_window(values[begin:stop], begin, limits[0], states, rule, rows)
        found += rows[:count].tolist()
    rows = np.zeros(1, kernel.EVENT)
    found += rows[: kernel.finish_search(states, len(values), rule["shortest"], rows)].tolist()
    return described(found)


def events_of_windows(values: NDArray[Any], window: int, rule: Any, room: int) -> list[Any]:
    """The kernel, on all windows, with room for some events more than one window may have."""
    states, limits = np.zeros(1, kernel.STATE), np.zeros(1, kernel.LIMITS)
    rows, begin, stop = np.zeros(window + 1 + room, kernel.EVENT), 0, len(values)
    found = []
    while begin < stop:
        first = max(begin - window, 0)
        count, begin = kernel.search_windows(
            values[first:], first, begin, stop, window, rule, limits, states, rows
        )
        found += rows[:count].tolist()
    count = kernel.finish_search(states, stop, rule["shortest"], rows)
    return described([*found, *rows[:count].tolist()])


def described(found: list[Any]) -> list[Any]:
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
windows = st.integers(1, 120)


@given(signals, windows, rules, st.lists(st.integers(1, 400), max_size=5))
def test_events_are_those_of_the_slow_search(
    values: NDArray[Any], window: int, rule: Any, cuts: list[int]
) -> None:
    expected = slow_events(values, window, rule)
    assert fast_events(values, window, rule, cuts) == expected
    assert events_of_windows(values, window, rule, len(cuts)) == expected


def test_each_sample_may_be_an_event() -> None:
    values = each_an_event(10_000)
    rule = np.array((kernel.DEVIATION, 1, 1, 2.0, 1.0, 0.29, 1, 100), kernel.RULE)[()]
    found = events_of_windows(values, 1000, rule, 0)
    assert [(start, stop) for _, start, stop, *_ in found] == [(n, n + 1) for n in range(10_000)]


def changed(rule: Any, **fields: Any) -> Any:
    other = np.array([rule])
    for name, value in fields.items():
        other[name] = value
    return other[0]


def without_seams(values: NDArray[Any], window: int, rule: Any) -> list[tuple[int, ...]]:
    """As if each window were searched for itself."""
    found = []
    for n, begin in enumerate(range(0, len(values), window)):
        limits = [slow_limits(values, max(n - 1, 0), window, rule)]
        part = slow_events(values[begin : begin + window], window, rule, limits)
        found += [(side, a + begin, b + begin, *rest) for side, a, b, *rest in part]
    return found


#: What a search does that has a fault; each must be told apart by a signal that is generated.
FAULTS: dict[str, Callable[[NDArray[Any], int, Any], list[tuple[int, ...]]]] = {
    "shortest": lambda v, n, r: slow_events(v, n, changed(r, shortest=r["shortest"] + 1)),
    "longest": lambda v, n, r: slow_events(v, n, changed(r, longest=r["longest"] + 1)),
    "hysteresis": lambda v, n, r: slow_events(v, n, changed(r, detect=r["keep"])),
    "height": lambda v, n, r: slow_events(v, n, changed(r, keep=r["detect"])),
    "polarity": lambda v, n, r: slow_events(v, n, changed(r, rises=r["falls"], falls=r["rises"])),
    "dead input": lambda v, n, r: slow_events(v, n, changed(r, least_sigma=0)),
    "drift": lambda v, n, r: slow_events(v, n, r, [slow_limits(v, 0, n, r)] * (len(v) // n + 1)),
    "own window": lambda v, n, r: slow_events(
        v, n, r, [slow_limits(v, min(m, (len(v) - 1) // n), n, r) for m in range(len(v) // n + 1)]
    ),
    "seam": without_seams,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_generated_signals_show_each_fault(fault: str) -> None:
    def is_shown(example: tuple[NDArray[Any], int, Any]) -> bool:
        return FAULTS[fault](*example) != slow_events(*example)

    quickly = settings(max_examples=300, phases=[Phase.generate], database=None)
    find(st.tuples(signals, windows, rules), is_shown, settings=quickly, random=Random(1))


@pytest.mark.parametrize(("level", "rises"), [(50.0, True), (-50.0, False)])
def test_a_level_in_volts_has_one_side(level: float, rises: bool) -> None:
    values = np.array([0] * 20 + [60] * 5 + [0] * 10 + [-60] * 7 + [0] * 5, np.int16)
    rule = np.array((kernel.LEVEL, rises, not rises, level, level, 0.29, 1, 100), kernel.RULE)[()]
    expected = [(1, 20, 25, 60, 300, 0)] if rises else [(-1, 35, 42, -60, -420, 0)]
    assert fast_events(values, 16, rule, []) == expected == slow_events(values, 16, rule)


def test_the_greatest_rate_is_that_of_each_second() -> None:
    starts = [0, 10, 20, 99, 100, 110, 199, 350, 351, 352]
    events = np.zeros(len(starts), kernel.EVENT)
    events["start"], events["stop"] = starts, np.array(starts) + 1
    pace = np.array((0, 100, 2), kernel.PACE)[()]
    counts = kernel.select_all(events, pace)
    assert events["start"][counts].tolist() == [0, 10, 100, 110, 350, 351]
