"""What is told as a division is what is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.display.painting.vertical_scales import Scale, VerticalScales
from picostream_pymeasure.quantities import parse
from tests.support.displays import press, recording, shown, wait, wait_for_traces


def drawn(axis: Any) -> float:
    """How far the lines of an axis lie apart, numbered or not."""
    length_px = max(axis.size().width(), axis.size().height())
    levels = axis.tickValues(*axis.range, length_px)
    apart = np.diff(sorted(value for _, values in levels for value in values))
    assert apart == pytest.approx(apart[0])
    return float(apart[0])


def told(text: str, unit: str) -> float:
    """What a knob says, without what stands around it."""
    return float(parse(text.removeprefix("all: ").removesuffix("/div"), unit))


def told_volts(display: Any, name: str = "A") -> float:
    """Volts per division of a channel's knob."""
    box = display.screen_parts.channel_bar.controls[name].scale_box
    return told(box.currentText(), "V")


@pytest.mark.parametrize("height_px", [420, 700])
def test_volts_per_division_are_the_lines(application: Any, tmp_path: Path, height_px: int) -> None:
    with shown(recording(tmp_path / "a.hdf5"), (900, height_px)) as display:
        wait_for_traces(display)
        axis = display.plot.getAxis("left")
        assert told_volts(display) == pytest.approx(drawn(axis)), "of the range"
        for key in ("F", "Up", "Up", "Down", "Down", "Down", "Y"):
            press(display, key)
            assert told_volts(display) == pytest.approx(drawn(axis)), key
        for own_v in (0.15, 0.2, 0.277, 0.55, 0.3, 1.0):
            display.scales.set_own("A", Scale.of_divisions(own_v, 0.5))
            display.screen_parts.apply_scales()
            assert told_volts(display) == pytest.approx(drawn(axis)), own_v


def test_a_position_counts_the_lines_that_are_drawn(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "a.hdf5"), (900, 600)) as display:
        wait_for_traces(display)
        display.scales.set_own("A", Scale(0.0, 4.4))
        display.screen_parts.apply_scales()
        box = display.screen_parts.channel_bar.controls["A"].position_box
        box.setValue(2.0)
        low_v, high_v = display.plot.getViewBox().viewRange()[1]
        assert (low_v + high_v) / 2 == pytest.approx(-2 * drawn(display.plot.getAxis("left")))
        assert high_v - low_v == pytest.approx(4.4), "nothing is stretched"
        assert box.value() == 2.0


def test_time_per_division_is_the_lines(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "a.hdf5"), (900, 500)) as display:
        wait_for_traces(display)
        box, axis = display.screen_parts.tool_bar.time_box, display.plot.time_axis
        assert told(box.text(), "s") == pytest.approx(drawn(axis)), "of a file that is short"
        for begin_s, end_s in ((0, 8e-4), (0, 2.77e-4), (1e-4, 3.1e-4)):
            display.navigator.show(begin_s, end_s)
            wait(lambda end_s=end_s: axis.range[1] == pytest.approx(end_s))
            assert told(box.text(), "s") == pytest.approx(drawn(axis)), end_s
        for typed_s in (2.5e-5, 1.23456e-5):
            box.setValue(typed_s)
            wait(lambda s=typed_s: np.diff(axis.range) == pytest.approx(10 * s))
            assert drawn(axis) == pytest.approx(typed_s), "what is typed is drawn"
            assert told(box.text(), "s") == pytest.approx(typed_s)


def test_volts_per_division_of_all_channels_are_those_between_the_lines_that_are_drawn() -> None:
    scales = VerticalScales()
    scales.active = "A"
    scales.own["A"] = Scale(0.0, 8.0)
    assert scales.division_of(Scale(0.0, 8.8)) == pytest.approx(1.1)
    scales.own.clear()
    scales.shared["V"] = Scale(0.0, 4.4)  # lines at each 0.5 V
    scales.set_division("B", 1.0)
    assert scales.division_of(scales.of("B")) == pytest.approx(1.0)
    scales.set_division("A", 1.0)
    assert scales.of("A").span_v == 8.0
