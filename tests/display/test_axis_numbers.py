"""What stands at the axes: numbers, units and lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("begin_s", "end_s", "label", "first"),
    [
        (0.0, 0.5, "Time (ms)", "0"),
        (12.0, 12.5, "Time (s)", "12.00"),
        (0.0, 10e-6, "Time (µs)", "0"),
        (3599.0, 3599.00001, "Time after 3599.000 s (µs)", "0"),
        (0.0, 7200.0, "Time (h:min:s)", "0:00:00"),
        (-2e-3, 2e-3, "Time (ms)", "-2.0"),
    ],
)
def test_the_axis_of_time_reads_well(
    application: Any, begin_s: float, end_s: float, label: str, first: str
) -> None:
    from picostream_pymeasure.display.painting.axes import TimeAxis

    axis = TimeAxis()
    axis.setRange(begin_s, end_s)
    assert label in axis.labelString()
    spacing, values = axis.tickValues(begin_s, end_s, 900)[0]
    texts = axis.tickStrings(values, 1.0, spacing)
    assert texts[0] == first
    assert len(set(texts)) == len(texts)


def test_an_axis_without_a_title_has_its_unit_behind_the_numbers(application: Any) -> None:
    from picostream_pymeasure.display.painting.axes import TimeAxis

    axis = TimeAxis()
    axis.setRange(0.0, 0.5)
    axis.set_titled(False)
    assert axis.tickStrings([0.1, 0.2], 1.0, 0.1) == ["100 ms", "200 ms"]
    assert not axis.label.isVisible()
    axis.setRange(3599.0, 3599.00001)
    assert "after 3599.000 s" in axis.labelString(), "a base cannot be told otherwise"
    assert axis.tickStrings([3599.000002], 1.0, 1e-6) == ["2"]


@pytest.mark.parametrize(("width_px", "labelled_s"), [(900, 0.2), (250, 0.4), (130, 1.0)])
def test_the_graticule_is_what_the_field_says(
    application: Any, width_px: int, labelled_s: float
) -> None:
    from picostream_pymeasure.display.painting.axes import TimeAxis

    axis = TimeAxis()
    axis.setRange(0.0, 2.0)
    levels = axis.tickValues(0.0, 2.0, width_px)
    assert levels[0][0] == pytest.approx(labelled_s)
    lines_s = sorted(value for _, values in levels for value in values)
    assert np.diff(lines_s) == pytest.approx(0.2)


@pytest.mark.parametrize(("height_px", "numbered_v"), [(400, 0.5), (200, 1.0), (80, 2.5)])
@pytest.mark.parametrize("lanes_share", [0.0, 0.45])
def test_lines_are_what_the_knob_of_a_channel_says(
    application: Any, height_px: int, numbered_v: float, lanes_share: float
) -> None:
    from picostream_pymeasure.display.painting.axes import VoltAxis

    axis, top_v = VoltAxis(), 2.5
    if lanes_share:
        axis.floor = top_v - 8 * 0.5
    low_v = top_v - 8 * 0.5 / (1 - lanes_share)
    levels = axis.tickValues(low_v, top_v, height_px / (1 - lanes_share))
    assert levels[0][0] == pytest.approx(numbered_v)
    lines_v = sorted(value for _, values in levels for value in values)
    assert np.diff(lines_v) == pytest.approx(0.5)
    assert lines_v[0] >= top_v - 8 * 0.5 - 1e-9


@pytest.mark.parametrize("span_v", [1.02, 1.6, 2.0, 3.9, 4.0, 8.0, 9.9])
@pytest.mark.parametrize("height_px", [60, 80, 110, 200])
@pytest.mark.parametrize("place", [0.5, 0.45])
def test_an_axis_has_two_numbers_at_least(
    application: Any, span_v: float, height_px: int, place: float
) -> None:
    from picostream_pymeasure.display.painting.axes import VoltAxis

    low_v, high_v = -place * span_v, (1 - place) * span_v
    numbered = VoltAxis().tickValues(low_v, high_v, height_px)[0][1]
    assert len(numbered) >= 2
    assert np.diff(numbered).min() / span_v * height_px >= 12, "they do not touch"


def test_volts_come_in_steps_of_1_2_5() -> None:
    from picostream_pymeasure.display.painting.graticule import nice_step
    from picostream_pymeasure.display.painting.vertical_scales import scales_to_choose

    assert [nice_step(value) for value in (1.0, 1.1, 3, 6, 0.02, 0.021)] == pytest.approx(
        [1, 2, 5, 10, 0.02, 0.05]
    )
    steps = np.array(scales_to_choose(2.0))
    assert np.allclose(np.diff(np.log10(steps)), np.log10(2), atol=0.1)
    assert steps.min() < 1e-3
    assert steps.max() >= 0.5
