"""A short capture in memory, beside what is tested with a running scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from picostream_pymeasure.instrument import PicoScope5000A, PicoScopeAdapter


@pytest.mark.parametrize(
    ("counts", "clipped"), [({"A": 1}, True), ({"A": 0}, False), ({"B": 5}, False), ({}, False)]
)
def test_one_clipped_sample_is_over_range(
    simulated: Callable[..., Any], counts: dict[str, int], clipped: bool
) -> None:
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        scope.sample_rate = 1e6
        capture = scope.acquire(samples=10)
    health = replace(capture.outcome.health, over_range=counts)
    capture = replace(capture, outcome=replace(capture.outcome, health=health))
    assert capture.over_range == {"A": clipped}


def test_pool_holds_all_of_a_short_capture(simulated: Callable[..., Any]) -> None:
    with PicoScope5000A(PicoScopeAdapter(library=simulated())) as scope:
        scope.sample_rate = 1e6
        scope.downsample_mode, scope.downsample_ratio = "decimate", 1000
        capture = scope.acquire(samples=500)
    assert capture.description.config.pool_s == pytest.approx(0.5)
