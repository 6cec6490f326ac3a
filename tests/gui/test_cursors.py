"""Cursors that are dragged with the mouse and moved with keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("PyQt5.QtWidgets", exc_type=ImportError)

from plots import drag

X_RANGE, Y_RANGE = (10.0, 11.0), (-2.0, 2.0)


@pytest.fixture
def plot(application: Any) -> Iterator[Any]:
    import pyqtgraph

    widget = pyqtgraph.PlotWidget()
    widget.resize(800, 500)
    widget.setRange(xRange=X_RANGE, yRange=Y_RANGE, padding=0)
    widget.show()
    application.processEvents()
    yield widget
    widget.close()


@pytest.fixture
def cursors(plot: Any, application: Any) -> Any:
    from picostream_pymeasure.display.painting.cursors import Cursors

    made = Cursors(plot.getPlotItem())
    made.visible = True
    application.processEvents()
    return made


def test_cursors_appear_inside_the_view(cursors: Any) -> None:
    assert cursors.times_s == pytest.approx((10.25, 10.75))
    assert cursors.levels_v == pytest.approx((-1.0, 1.0))
    assert cursors.readout.splitlines() == ["Δt 500.0 ms", "1/Δt 2.000 Hz", "ΔV 2.000 V"]


def test_cursors_stay_while_they_are_seen_and_come_back_when_they_are_not(
    cursors: Any, plot: Any
) -> None:
    cursors.place(((10.1, 10.5), (0.0, 1.0)))
    before = cursors.times_s, cursors.levels_v
    cursors.visible = False
    cursors.visible = True
    assert (cursors.times_s, cursors.levels_v) == before
    cursors.visible = False
    plot.setRange(xRange=(500.0, 501.0), padding=0)
    cursors.visible = True
    assert cursors.times_s == pytest.approx((500.25, 500.75))


def test_the_mouse_drags_a_time_and_a_level(cursors: Any, plot: Any) -> None:
    seen: list[tuple[float, float]] = []
    cursors.changed.connect(lambda: seen.append(cursors.times_s))
    drag(plot, (10.25, 0.1), (10.4, 0.1))
    assert cursors.times_s == pytest.approx((10.4, 10.75), abs=5e-3)
    assert seen[-1] == cursors.times_s
    drag(plot, (10.5, 1.0), (10.5, -1.5))
    assert cursors.levels_v == pytest.approx((-1.5, -1.0), abs=0.02)
    assert "Δt 35" in cursors.readout
    assert plot.viewRange() == [list(X_RANGE), list(Y_RANGE)], "the picture stays where it is"


def test_lines_may_be_dragged_past_each_other(cursors: Any, plot: Any) -> None:
    drag(plot, (10.25, 0.1), (10.9, 0.1))
    assert cursors.times_s == pytest.approx((10.75, 10.9), abs=5e-3)
    assert cursors.readout.startswith("Δt 15")


def test_pixels_move_the_line_that_was_dragged_last(cursors: Any, plot: Any) -> None:
    width, height = plot.getViewBox().viewPixelSize()
    assert cursors.nudge(10, 0)
    assert cursors.times_s == pytest.approx((10.25 + 10 * width, 10.75))
    assert not cursors.nudge(0, 10), "a vertical line only moves sideways"
    drag(plot, (10.5, -1.0), (10.5, -0.5))
    level = cursors.levels_v[0]
    assert cursors.nudge(0, -1)
    assert cursors.levels_v[0] == pytest.approx(level - height)
    assert not cursors.nudge(1, 0)


def test_hidden_cursors_leave_keys_and_mouse_alone(cursors: Any, plot: Any) -> None:
    cursors.visible = False
    before = cursors.times_s
    assert not cursors.nudge(1, 1)
    drag(plot, (10.25, 0.1), (10.4, 0.1))
    assert cursors.times_s == before


def test_equal_times_have_no_rate(cursors: Any) -> None:
    cursors.place(((10.0, 10.0), (0.0, 0.0)))
    assert cursors.readout.splitlines() == ["Δt 0.000 s", "1/Δt –", "ΔV 0.000 V"]


def test_labels_tell_near_lines_apart_far_from_zero(cursors: Any, plot: Any) -> None:
    plot.setRange(xRange=(3600.0, 3600.0 + 2e-6), padding=0)
    cursors.place(plot.viewRange())
    texts = {line.label.toPlainText() for line in cursors._times}
    assert texts == {"3.60000000050 ks", "3.60000000150 ks"}


def test_the_view_does_not_grow_to_hold_the_lines(cursors: Any, plot: Any) -> None:
    plot.plot([10.0, 11.0], [0.0, 1.0])
    cursors.place(((-500.0, 500.0), (-70.0, 70.0)))
    plot.enableAutoRange()
    plot.getViewBox().updateAutoRange()
    assert plot.viewRange()[0][0] > 9
    assert plot.viewRange()[1][1] < 2


@pytest.mark.parametrize("name", ["light", "dark"])
def test_lines_are_seen_on_both_themes(cursors: Any, plot: Any, name: str) -> None:
    from picostream_pymeasure.display.painting.theme import THEMES

    theme = THEMES[name]
    theme.paint_plot(plot)
    cursors.set_theme(theme)
    image = plot.grab().toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 1)
        for y in (image.height() // 2, image.height() // 2 + 7)
    }
    assert {theme.foreground, theme.background} <= colours
