"""Which voltages a rule of events means."""

from __future__ import annotations

import math

import pytest

from picostream_pymeasure.config import EventRule
from picostream_pymeasure.reader import EventLevels

RISING, FALLING, EITHER = ("rising", "falling", "either")


@pytest.mark.parametrize(
    ("direction", "threshold", "in_sigma", "levels_v"),
    [
        (RISING, 5, True, (0.7,)),
        (FALLING, 5, True, (-0.3,)),
        (EITHER, 5, True, (0.7, -0.3)),
        (EITHER, 0.25, False, (0.45, -0.05)),
        (RISING, 0.25, False, (0.25,)),
        (FALLING, -1.5, False, (-1.5,)),
    ],
)
def test_levels(direction: str, threshold: float, in_sigma: bool, levels_v: object) -> None:
    rule = EventRule("A", direction, threshold, in_sigma)  # type: ignore[arg-type]
    levels = EventLevels(rule, baseline_v=0.2, sigma_v=0.1)
    assert levels.levels_v == pytest.approx(levels_v)
    for level_v in levels.levels_v:  # dragged to where it is
        assert levels.through(level_v) == rule


def test_without_a_baseline_there_is_no_level_yet() -> None:
    assert EventLevels(EventRule("A"), math.nan, math.nan).levels_v == ()


def test_a_level_that_is_dragged_is_a_distance_from_the_baseline() -> None:
    levels = EventLevels(EventRule("A", FALLING), baseline_v=0.2, sigma_v=0.1)
    assert levels.through(-0.6).threshold == pytest.approx(8)
