"""Cursors that are dragged with the mouse and moved with keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.plots import drag

X_RANGE, Y_RANGE = (10.0, 11.0), (-2.0, 2.0)


@pytest.fixture
def plot(application: Any) -> Iterator[Any]:
    import pyqtgraph

    from picostream_pymeasure.display.painting.axes import TimeAxis

    widget = pyqtgraph.PlotWidget(axisItems={"bottom": TimeAxis()})
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


def test_lines_are_dragged_by_what_they_say(cursors: Any, plot: Any) -> None:
    width, height = plot.getViewBox().viewPixelSize()
    on_left_axis = X_RANGE[0] - 12 * width
    tag_px = cursors._times[0].tag.place.center().y()
    on_bottom_axis = Y_RANGE[0] - tag_px * height
    on_tag, beside_v = X_RANGE[0] + 20 * width, 7 * height
    drag(plot, (on_tag, 1.0 + beside_v), (on_tag, 1.5 + beside_v))
    drag(plot, (10.25, on_bottom_axis), (10.4, on_bottom_axis))
    assert cursors.levels_v == pytest.approx((-1.0, 1.5), abs=0.02)
    assert cursors.times_s == pytest.approx((10.4, 10.75), abs=5e-3)
    assert plot.viewRange() == [list(X_RANGE), list(Y_RANGE)], "the axes stay where they are"
    drag(plot, (on_left_axis, 0.3), (on_left_axis, 0.8))
    assert plot.viewRange()[1] == pytest.approx([-2.5, 1.5], abs=0.02), "by themselves they move"


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
    texts = {line.tag.toPlainText() for line in cursors._times}
    assert texts == {"3.60000000050 ks", "3.60000000150 ks"}


def test_labels_are_as_fine_as_the_readout_and_the_picture(cursors: Any, plot: Any) -> None:
    def texts() -> list[str]:
        return [line.tag.toPlainText() for line in (*cursors._times, *cursors._levels)]

    plot.setRange(xRange=(0.0, 54.4e-3), yRange=(-0.8, 0.4), padding=0)
    cursors.place(plot.viewRange())
    assert texts() == ["13.60 ms", "40.80 ms", "-500.0 mV", "100.0 mV"]
    plot.setRange(xRange=(0.0, 54.4e-4), yRange=(-2.216, 2.216), padding=0)
    cursors.place(plot.viewRange())
    assert texts() == ["1.360 ms", "4.080 ms", "-1.108 V", "1.108 V"], "zoomed in it is finer"
    cursors._levels[1].setValue(0.5496)
    assert texts()[2:] == ["-1.108 V", "550 mV"]
    assert "ΔV 1.658 V" in cursors.readout, "which is what one gets from the two"
    cursors._levels[1].setValue(-1.1)
    assert texts()[3] == "-1.1000 V", "close together a little finer than the picture is enough"


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


def test_cursors_out_of_sight_say_where_they_are_and_come_back(cursors: Any, plot: Any) -> None:
    plot.setRange(xRange=(500.0, 501.0), padding=0)
    assert "◀ 489 s before this picture" in cursors.readout
    plot.setRange(xRange=(0.0, 1.0), padding=0)
    assert "▶ 9.25 s after this picture" in cursors.readout
    cursors.come_into_view()
    assert cursors.times_s == pytest.approx((0.25, 0.75))
    assert "picture" not in cursors.readout


def test_what_rounding_leaves_is_no_change(cursors: Any) -> None:
    cursors.show_values({"A-B": (0.3, 0.1 + 0.2), "C": (0.3, 0.3 + 1e-9)}, {})
    readings = cursors.readout.splitlines()[-2:]
    assert [reading.partition("Δ ")[2] for reading in readings] == ["0.000 V", "1.000 nV"]


def test_the_readout_has_each_channels_values(application: Any, tmp_path: Any) -> None:
    from tests.support.displays import press, recording, shown, sine, wait, wait_for_traces

    counts = {"A": sine(50_000, 3125), "B": sine(50_000, 3125) // 2}
    with shown(recording(tmp_path / "a.hdf5", counts)) as display:
        wait_for_traces(display)
        display.navigator.show(0.0, 8e-4)
        press(display, "C")
        cursors = display.screen_parts.cursors
        place = 3125 * 16e-9  # a period: 0, and a quarter later the top
        cursors._place(cursors._times, (place - place * 1 / 8, place + place * 3 / 8))
        scale = display.frame.facts.channels["A"].full_scale_v
        wait(lambda: len(cursors.readout.splitlines()) == 5)
        wait(lambda: display.frame.values_v["A"][1] > 0.9 * 9000 / 32767 * scale[1] / 2)
        first, second = display.frame.values_v["A"]
        assert display.frame.values_v["B"][1] - display.frame.values_v["B"][0] == pytest.approx(
            (second - first) / 2, rel=1e-3
        )


def test_cursors_come_into_the_picture_of_another_file(application: Any, tmp_path: Any) -> None:
    from tests.support.displays import press, recording, shown, sine, wait, wait_for_traces

    long = recording(tmp_path / "long.hdf5", sine(500_000, 3125))
    short = recording(tmp_path / "short.hdf5", sine(5_000, 500))
    with shown(long) as display:
        wait_for_traces(display)
        display.navigator.show(7e-3, 8e-3)
        press(display, "C")
        wait(lambda: display.screen_parts.cursors.times_s[0] > 7e-3)
        display.set_hdf5_path(str(short))
        wait(lambda: display.screen_parts.cursors.times_s[1] < 1e-3)


def test_the_zero_of_a_channel_is_dragged(application: Any, tmp_path: Any) -> None:
    from tests.support.displays import recording, shown, sine, wait_for_traces

    counts = {"A": sine(50_000, 3125), "B": sine(50_000, 3125)}
    with shown(recording(tmp_path / "a.hdf5", counts)) as display:
        wait_for_traces(display)
        markers = display.plot.zero_markers
        marker = markers._markers["B"]
        (left, _), (low, high) = display.plot.viewRange()
        assert marker.pos().y() == pytest.approx(0, abs=1e-9)
        wanted = 0.25 * high
        marker.setPos(left, wanted)
        gain, shift = display.scales.mapping("B")
        assert shift == pytest.approx(wanted)
        assert gain == pytest.approx(1)
        assert "A" not in display.scales.own
        box = display.screen_parts.channel_bar.controls["B"].position_box
        assert not box.isHidden()
        display.scales.set_own("B", None)
        display.screen_parts.apply_scales()
        assert marker.pos().y() == pytest.approx(0, abs=1e-9)
        assert low < 0


@pytest.mark.parametrize("active", ["A", "B"])
def test_the_mouse_drags_the_zero_of_the_channel_on_the_axis(
    application: Any, tmp_path: Any, active: str
) -> None:
    from tests.support.displays import recording, shown, sine, wait_for_traces

    counts = {"A": sine(50_000, 3125), "B": sine(50_000, 3125)}
    with shown(recording(tmp_path / "a.hdf5", counts)) as display:
        wait_for_traces(display)
        display.screen_parts.channel_bar.controls[active].active_button.click()
        (left, right), (_, high) = display.plot.viewRange()
        at_s, before_v = left + 0.002 * (right - left), display.scales.of(active).centre_v
        drag(display.plot, (at_s, 0.0), (at_s, 0.25 * high))
        assert list(display.scales.own) == [active]
        moved_v = display.scales.of(active).centre_v - before_v
        assert moved_v == pytest.approx(-0.25 * high, rel=0.05)


def test_what_a_level_says_lies_over_no_trace(application: Any, tmp_path: Any) -> None:
    from tests.support.displays import recording, shown, sine, wait_for_traces

    with shown(recording(tmp_path / "a.hdf5", sine(50_000, 100))) as display:
        wait_for_traces(display)
        display.navigator.show_all()
        display.actions_by_name["cursors"].trigger()
        cursors, axis = display.screen_parts.cursors, display.plot.getAxis("left")
        low_v, high_v = display.plot.viewRange()[1]
        for levels_v in ((-0.5, 0.5), (low_v, high_v)):
            for line, level_v in zip(cursors._levels, levels_v, strict=True):
                line.setValue(level_v)
            application.processEvents()
            for tag in (line.tag for line in cursors._levels):
                assert tag.isVisible()
                assert tag.fill.color().alpha() == 255, "it is read without what is below"
                right_px = tag.place.right()
                assert right_px <= axis.width() or tag.place.left() == 0, "of a large font"


def test_zeros_out_of_view_are_pointed_to(application: Any, tmp_path: Any) -> None:
    from picostream_pymeasure.display.painting.vertical_scales import Scale
    from tests.support.displays import recording, shown, sine, wait_for_traces

    counts = {name: sine(50_000, 3125) for name in "ABCD"}
    with shown(recording(tmp_path / "a.hdf5", counts)) as display:
        wait_for_traces(display)
        for name, position in (("A", 0.0), ("B", 6.0), ("C", -5.0), ("D", 9.0)):
            display.scales.set_own(name, Scale.of_divisions(1.0, position))
        display.screen_parts.apply_scales()
        for name in "BD":
            rows = arrow_rows(display, name)
            # the outermost rows may be covered in part only
            assert 0 < rows[1] < rows[-2], "as a whole at the upper edge, the point first"
            assert len(rows) >= 8
        rows = arrow_rows(display, "C")
        assert rows[1] > rows[-2] > 0, "down at the lower edge"
        first, *_, last = rows = arrow_rows(display, "A")
        assert max(rows) > max(first, last), "a triangle to the right"
        marker = display.plot.zero_markers._markers["B"]
        assert "above" in marker.toolTip()
        marker.setPos(marker.pos().x(), 0.5)
        assert display.scales.mapping("B")[1] == pytest.approx(0.5), "it is dragged into view"
        assert marker.toolTip() == display.plot.zero_markers._markers["A"].toolTip().replace(
            "channel A", "channel B"
        )


def arrow_rows(display: Any, name: str) -> list[int]:
    """Widths of a marker of a zero, from the upper row to the lower one, in pixels."""
    from pymeasure.display.Qt import QtGui

    from tests.support.displays import pixels

    for item in display.plot.traces.values():
        item.show(None, 0.0, 1.0, 0.0)
    display.plot.showGrid(False, False)
    box = display.plot.getViewBox()
    corner = box.mapToScene(box.rect().topLeft())
    left, top = round(corner.x()), round(corner.y())
    part = pixels(display.plot)[top : top + round(box.height()), left : left + 60]
    colour = QtGui.QColor(display.channel_colours()[name])
    widths = (part == colour.rgb()).sum(axis=1)
    return [int(width) for width in widths[widths > 0]]


def test_levels_are_told_at_their_lines_and_times_below_theirs(cursors: Any, plot: Any) -> None:
    from pymeasure.display.Qt import QtGui

    item = plot.getPlotItem()
    (low, high), (first, _) = (
        sorted(lines, key=lambda line: line.value()) for lines in (cursors._levels, cursors._times)
    )
    box = item.getViewBox()
    axis = item.getAxis("left")
    assert low.tag.parentItem() is high.tag.parentItem() is axis
    assert first.tag.parentItem() is item.getAxis("bottom")
    assert low.tag.pos().y() == pytest.approx(0.75 * box.height(), abs=1)
    ends_px = max(axis.width(), low.tag.place.width())
    assert low.tag.place.right() == pytest.approx(ends_px), "at the line's end"
    assert high.tag.isVisible()
    for text in ("-554 mV", "-1.5 V"):
        low.tag.say(text)
        metrics = QtGui.QFontMetricsF(low.tag.textItem.font())
        spare_px = low.tag.place.width() - metrics.horizontalAdvance(text)
        assert spare_px >= 5.5, "a minus does not touch the frame"
        assert low.tag.place.left() == max(axis.width() - low.tag.place.width(), 0)
    high.setValue(Y_RANGE[1] + 1)
    assert not high.tag.isVisible()


def test_times_cover_neither_numbers_nor_the_title(
    cursors: Any, plot: Any, application: Any
) -> None:
    from pymeasure.display.Qt import QtGui

    axis, picture = plot.getPlotItem().getAxis("bottom"), QtGui.QPixmap(10, 10)

    def written() -> list[Any]:
        """Where numbers and the title are."""
        painter = QtGui.QPainter(picture)
        _, _, texts = axis.generateDrawSpecs(painter)
        painter.end()
        title = axis.label.mapRectToParent(axis.label.boundingRect())
        assert axis.label.opacity() == 1
        return [title, *(rectangle for rectangle, _, _ in texts)]

    cursors.visible = False
    n_alone = len(written())
    cursors.visible = True
    first, second = cursors._times
    for times_s in ((10.25, 10.75), (10.5, 10.9), (10.02, 10.5), (10.5, 10.98)):
        for line, time_s in zip((first, second), times_s, strict=True):
            line.setValue(time_s)
        application.processEvents()
        places = written()
        assert len(places) == n_alone
        metrics = QtGui.QFontMetricsF(application.font())
        spare_px = (places[1].height() - 0.8 * metrics.ascent()) / 2
        digits = [place.adjusted(0, spare_px, 0, -spare_px) for place in places[1:]]
        for tag in (first.tag.place, second.tag.place):
            assert not any(tag.intersects(place) for place in (places[0], *digits))
            assert axis.boundingRect().bottom() >= tag.bottom() - 1


def test_numbers_are_whole_beside_what_lines_say(application: Any) -> None:
    import pyqtgraph
    from pymeasure.display.Qt import QtGui

    from picostream_pymeasure.display.painting.axes import TimeAxis, VoltAxis
    from picostream_pymeasure.display.painting.cursors import Cursors

    def numbers() -> list[Any]:
        """Where the axis writes some."""
        painter = QtGui.QPainter(picture)
        _, _, texts = axis.generateDrawSpecs(painter)
        painter.end()
        return [axis.mapRectToScene(rectangle) for rectangle, _, _ in texts]

    def texts() -> list[str]:
        painter = QtGui.QPainter(picture)
        _, _, written = axis.generateDrawSpecs(painter)
        painter.end()
        return [text for _, _, text in written]

    axis, picture = VoltAxis(), QtGui.QPixmap(10, 10)
    widget = pyqtgraph.PlotWidget(axisItems={"bottom": TimeAxis(), "left": axis})
    widget.resize(400, 300)
    widget.show()
    widget.setYRange(-1, 1, padding=0)
    application.processEvents()
    cursors = Cursors(widget.getPlotItem())
    alone = numbers()
    cursors.visible = True
    cursors._levels[0].setValue(-1.0)
    cursors._levels[1].setValue(0.45)
    tags = [axis.mapRectToScene(line.tag.place) for line in cursors._levels]
    seen = numbers()
    assert len(alone) - 2 <= len(seen) < len(alone), "a tag covers one at most"
    for rectangle in seen:
        spare_px = rectangle.height() * 0.15
        digits = rectangle.adjusted(0, spare_px, 0, -spare_px)
        assert not any(tag.intersects(digits) for tag in tags)
    assert all(widget.sceneRect().contains(tag) for tag in tags), "not cut"
    assert not any(text.endswith(" V") for text in texts())
    title = axis.label.sceneBoundingRect().center()
    cursors._levels[1].setValue(widget.getViewBox().mapSceneToView(title).y())
    assert all(text.endswith(" V") for text in texts()), "the title is below the tag"
    widget.close()
