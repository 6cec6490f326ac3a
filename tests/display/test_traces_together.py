"""What several traces, gaps and scales look like in one picture."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from picostream_pymeasure.display.painting.theme import THEMES
from picostream_pymeasure.display.painting.vertical_scales import Scale
from tests.support.displays import (
    INTERVAL_S,
    QtCore,
    QtGui,
    QtWidgets,
    pixels,
    recording,
    shown,
    sine,
    trace_pixels,
    wait,
    wait_for_traces,
    wait_for_view,
)

N = 400_000


@pytest.fixture
def dense(tmp_path: Path) -> Path:
    """A fills the middle of the screen; B is a line and C a band within it."""
    random = np.random.default_rng(2)
    noise = random.integers(-9000, 9000, N).astype(np.int16)
    band = sine(N, N // 3, 5000) + random.integers(-1500, 1500, N).astype(np.int16)
    return recording(tmp_path / "dense.hdf5", {"A": noise, "B": sine(N, N // 2, 4000), "C": band})


def show_whole(display: Any, samples: int = N) -> None:
    display.navigator.show(0, samples * INTERVAL_S)
    wait_for_view(display)
    display.plot.showGrid(False, False)


@pytest.mark.parametrize("active", ["A", "B", "C"])
def test_no_trace_hides_another(application: Any, dense: Path, active: str) -> None:
    with shown(dense) as display:
        wait_for_traces(display)
        show_whole(display)
        display.scales.active = active
        display.screen_parts.apply_scales()
        line = trace_pixels(display, "B").any(axis=0).mean()
        outline = trace_pixels(display, "C").any(axis=0).mean()
        filled = trace_pixels(display, "A")
    assert line > 0.9, "a line lies above all that is filled; where it is not, outlines cross"
    assert outline > 0.99
    middle = filled[filled.shape[0] // 2 - 40 : filled.shape[0] // 2 + 40]
    assert middle.mean() < 0.05, "what A fills is not in its full colour, so that others are seen"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_traces_that_fill_the_same_place_are_told_apart(
    application: Any, tmp_path: Path, theme: str
) -> None:
    square = np.where(sine(N, 700) < 0, -20000, 20000).astype(np.int16)
    path = recording(tmp_path / "same.hdf5", {"A": sine(N, 300, 20000), "B": square})
    with shown(path, theme=theme) as display:
        wait_for_traces(display)
        show_whole(display)
        picture = pixels(display.plot)
        box = display.plot.getViewBox()
        middle = box.mapToScene(box.rect().center())
    row, column = round(middle.y()), round(middle.x())
    block = picture[row - 50 : row + 50, column - 50 : column + 50]
    shares = {name: is_faint(block, theme, name).mean() for name in "AB"}
    assert min(shares.values()) > 0.4, f"stripes of both colours and none other: {shares}"
    widest_px = np.diff(np.flatnonzero(np.diff(is_faint(block, theme, "A")[0]))).max()
    assert 4 <= widest_px <= 12, "wide enough to be seen, narrow enough to be one area"


def test_traces_are_painted_anew_when_anything_of_them_changes(
    application: Any, tmp_path: Path
) -> None:
    path = recording(tmp_path / "two.hdf5", {"A": sine(N, 300), "B": sine(N, 700)})
    with shown(path) as display:
        wait_for_traces(display)
        show_whole(display)
        picture = pixels(display.plot)
        changes = {
            "a scale": lambda: display.scales.set_own("B", Scale(0.5, 8.0)),
            "a colour": lambda: display.screen_parts.set_colours({"B": "#00ff00"}),
            "other columns": lambda: display.navigator.show(0, N / 3 * INTERVAL_S),
        }
        for what, change in changes.items():
            change()
            if what == "a scale":
                display.screen_parts.apply_scales()
            wait_for_view(display)
            before, picture = picture, pixels(display.plot)
            assert (before[:300] != picture[:300]).mean() > 0.005, what
            np.testing.assert_array_equal(picture, pixels(display.plot), "the same again")


def is_faint(picture: Any, theme: str, channel: str) -> Any:
    """Where a picture has what a channel fills: half of its colour on the ground."""
    colours = THEMES[theme].channels[channel], THEMES[theme].background
    wanted = np.mean([QtGui.QColor(colour).getRgb()[:3] for colour in colours], axis=0)
    found = np.stack([picture >> shift & 255 for shift in (16, 8, 0)], axis=-1)
    return (abs(found - wanted) <= 2).all(axis=-1)


@pytest.mark.parametrize("names", ["A", "AB"])
def test_what_swings_faster_than_columns_fills_an_even_band(
    application: Any, tmp_path: Path, names: str
) -> None:
    """Columns of a third of a period each show another third: alone they beat."""
    length = 100_000
    path = recording(
        tmp_path / "fast.hdf5", dict.fromkeys(names, sine(length, length / 251.3, 20000))
    )
    with shown(path, theme="light") as display:
        wait_for_traces(display)
        show_whole(display, length)
        low_v, high_v = (0.9 * limit for limit in display.plot.extremes_v()["A"])
        box = display.plot.getViewBox()
        places = [box.mapViewToScene(QtCore.QPointF(0, v)) for v in (high_v, low_v)]
        rows = slice(*(round(each.y()) for each in places))
        middle = box.mapRectToScene(box.rect()).toAlignedRect().adjusted(20, 0, -20, 0)
        picture = pixels(display.plot)[rows, middle.left() : middle.right()]
        own = trace_pixels(display, "A")
    empty = np.uint32(QtGui.QColor(THEMES["light"].background).rgba())
    assert (picture == empty).mean() < 0.01
    assert own.any()
    assert own[:, 20:-20].mean() < 0.7, "which part each column shows is told from the band"


def test_a_run_that_ends_has_no_edge_there(application: Any, tmp_path: Path) -> None:
    """A line as high as the band would look like a pulse."""
    random = np.random.default_rng(2)
    noise = random.integers(-9000, 9000, N).astype(np.int16)
    path = recording(tmp_path / "ended.hdf5", {"A": noise, "B": sine(N, 3 * N, 100)})
    with shown(path) as display:
        wait_for_traces(display)
        show_whole(display, 2 * N)
        own = trace_pixels(display, "A")
    assert own.any()
    assert own.mean(axis=0).max() < 0.3


def test_lines_that_lie_on_each_other_are_both_seen(application: Any, tmp_path: Path) -> None:
    line = sine(N, N // 2)
    with shown(recording(tmp_path / "equal.hdf5", {"A": line, "B": line})) as display:
        wait_for_traces(display)
        show_whole(display)
        seen = [trace_pixels(display, name).any(axis=0).mean() for name in "AB"]
    assert min(seen) > 0.3, "in turns"


def test_one_trace_is_filled(application: Any, dense: Path) -> None:
    with shown(dense) as display:
        wait_for_traces(display)
        show_whole(display)
        for name in "BC":
            display.screen_parts.channel_bar.controls[name].visible_box.setChecked(False)
        filled = trace_pixels(display, "A")
    middle = filled[filled.shape[0] // 2 - 20 : filled.shape[0] // 2 + 20]
    assert middle.mean() > 0.99


def test_runs_laid_over_each_other_are_told_apart(application: Any, tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    paths = [
        recording(tmp_path / f"{limit}.hdf5", random.integers(-limit, limit, N).astype(np.int16))
        for limit in (10_000, 5_000, 15_000)
    ]
    with shown(paths[0], theme="light") as display:
        wait_for_traces(display)
        show_whole(display)
        for path, colour in zip(paths[1:], ("#ff7f0e", "#8bb01e"), strict=True):
            display.add_comparison(str(path), colour)
        wait(lambda: len(named_runs(display)) == 2)
        picture = pixels(display.plot)
        box = display.plot.getViewBox()
        place = box.mapRectToScene(box.rect()).toAlignedRect()
        levels_v = [display.scales.view.centre_v, *display.plot.extremes_v()["A"]]
        places = [box.mapViewToScene(QtCore.QPointF(0, level_v)) for level_v in levels_v]
        middle, low, high = (round(each.y()) for each in places)
    picture = picture[:, place.left() + 2 : place.right() - 2]
    assert is_faint(picture, "light", "A")[middle - 20 : middle + 20].mean() > 0.9, "in its colour"

    def rows_of(colour: str, opacity: float) -> Any:
        """Rows in which something has this colour, so faint over what the shown run fills."""
        shown_colours = THEMES["light"].channels["A"], THEMES["light"].background
        ground = np.mean([QtGui.QColor(each).getRgb()[:3] for each in shown_colours], axis=0)
        own = np.array(QtGui.QColor(colour).getRgb()[:3])
        found = np.stack([picture >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(int)
        wanted = opacity * own + (1 - opacity) * ground
        return (abs(found - wanted) < 20).all(axis=-1).any(axis=1)

    assert rows_of("#ff7f0e", 0.5)[high:low].any(), "the outline of what lies below shines through"
    assert not rows_of("#ff7f0e", 1.0)[high:low].any(), "nothing of it lies above"
    assert (picture[:high] != picture[0, 0]).any(), "beyond the shown run it is seen as it is"


def test_another_run_does_not_shine_through_a_gap(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "a.hdf5", sine(N, N // 2), gaps=[(N // 4, N // 2)])
    other = recording(tmp_path / "b.hdf5", sine(2 * N, N // 3, 6000))
    with shown(path, theme="light") as display:
        wait_for_traces(display)
        show_whole(display, N + N // 2)
        without = pixels(display.plot)
        display.add_comparison(str(other), "#ff7f0e")
        wait(lambda: display.frame.comparisons and display.frame.comparisons[0].traces)
        changed = (pixels(display.plot) != without).any(axis=0)
        box = display.plot.getViewBox()
        left = round(box.mapToScene(box.rect().topLeft()).x())
        inside = changed[left : left + round(box.width())]
    share = np.arange(inside.size) / inside.size * 1.5
    in_gap = (share > 0.26) & (share < 0.74)
    assert not inside[in_gap].any()
    assert inside[~in_gap].mean() > 0.7, "beside it the other run is seen"


def named_runs(display: Any) -> dict[str, list[str]]:
    """Names of other runs beside the knobs, and the colours before each."""
    from picostream_pymeasure.display.controls.comparison_label import ComparisonLabel

    found = {}
    for label in display.screen_parts.channel_bar.findChildren(ComparisonLabel):
        if label.isVisible():
            swatch, name = label.findChildren(QtWidgets.QLabel)
            image = swatch.pixmap().toImage()
            row = [image.pixelColor(x, 5).name() for x in range(image.width())]
            found[name.text()] = list(dict.fromkeys(row))
    return found


def test_other_runs_are_named_while_they_are_seen(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "a.hdf5", {"A": sine(2 * N, N // 2), "B": sine(2 * N, N // 3)})
    other = recording(tmp_path / "b.hdf5", {"A": sine(N, N // 3), "B": sine(N, N // 5)})
    with shown(path) as display:
        wait_for_traces(display)
        show_whole(display, 2 * N)
        display.add_comparison(str(other), "#ff7f0e")
        wait(lambda: "b" in named_runs(display))
        shades = [display.theme.shade("#ff7f0e", number) for number in (0, 1)]
        assert named_runs(display) == {"b": shades}
        seen = set(np.unique(pixels(display.screen_parts.channel_bar)).tolist())
        assert {QtGui.QColor(shade).rgb() for shade in shades} <= seen
        display.screen_parts.channel_bar.controls["B"].visible_box.setChecked(False)
        wait(lambda: named_runs(display) == {"b": shades[:1]})
        display.navigator.show(1.2 * N * INTERVAL_S, 1.8 * N * INTERVAL_S)
        wait(lambda: not named_runs(display))
        show_whole(display, 2 * N)
        wait(lambda: named_runs(display))
        display.remove_comparison(str(other))
        wait(lambda: not named_runs(display))


def test_axes_at_the_right_are_narrow_and_their_titles_whole(application: Any, dense: Path) -> None:
    with shown(dense, (1200, 600)) as display:
        wait_for_traces(display)
        display.set_differences([("A", "B")])
        wait(lambda: "A-B" in display.frame.traces)
        for name in ("A", "B", "C", "A-B"):
            display.scales.set_own(name, Scale.of_divisions(0.01, 0))
        display.screen_parts.apply_scales()
        wait(lambda: sum(axis.isVisible() for axis in display.plot._axes._others) == 3)
        axes = display.plot._axes._others
        margins = QtCore.QMarginsF(*4 * [axes[0].label.document().documentMargin()])

        def titles() -> list[Any]:
            return [
                axis.label.mapRectToScene(axis.label.boundingRect().marginsRemoved(margins))
                for axis in axes
            ]

        picture = QtCore.QRectF(display.plot.rect())
        wait(lambda: all(picture.contains(title) for title in titles()))
        assert all(axis.width() < 50 for axis in axes[:2])
        for title, axis in zip(titles(), axes, strict=True):
            assert title.top() >= axis.mapRectToScene(axis.rect()).bottom() - 1
        assert not any(one.intersects(other) for one, other in itertools.pairwise(titles()))
        assert axes[2].label.toPlainText() == "A−B mV"


def test_each_scale_has_its_axis(application: Any, dense: Path) -> None:
    with shown(dense, (1200, 600)) as display:
        wait_for_traces(display)
        axes, scales = display.plot._axes, display.scales

        def counted() -> list[str]:
            return [axis.labelText for axis in axes._others if axis.isVisible()]

        assert counted() == []
        for place, name in enumerate("ABC"):
            scales.set_own(name, Scale.of_divisions(0.1 * (place + 1), place))
        display.screen_parts.apply_scales()
        assert axes.left.labelText == "Channel A"
        assert counted() == ["B", "C"]
        third = axes._others[1]
        colour = THEMES["light"].channels["C"]
        assert third.textPen().color().name() == colour, "in the colour of its channel"
        gain, shift_v = scales.mapping("C")
        low_v, high_v = display.plot.getViewBox().viewRange()[1]
        assert [gain * edge + shift_v for edge in third.range] == pytest.approx([low_v, high_v])
        third.chosen.emit("C")
        assert (axes.left.labelText, counted()) == ("Channel C", ["A", "B"])
        display.screen_parts.channel_bar.controls["A"].visible_box.setChecked(False)
        assert counted() == ["B"]
        display.resize(500, 600)
        assert len(counted()) == 1, "a narrow picture keeps its room"
        for name in "ABC":
            scales.set_own(name, None)
        display.screen_parts.apply_scales()
        assert counted() == []
