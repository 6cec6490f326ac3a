"""Keys, mouse and knobs move through a recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.displays import (
    INTERVAL_S,
    QtCore,
    pixels,
    press,
    recording,
    shown,
    sine,
    view_s,
    wait,
    wait_for_traces,
    wait_for_view,
)
from tests.support.event_loop import live
from tests.support.patience import PATIENCE_S

LENGTH_S = 50_000 * INTERVAL_S


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recording(tmp_path / "data.hdf5")


def test_keys_pan_and_zoom_and_go_back_to_the_newest(application: Any, path: Path) -> None:
    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        assert view_s(display)[1] == pytest.approx(LENGTH_S, rel=1e-3)
        press(display, "Left")
        wait_for_view(display)
        assert not display.navigator.is_following
        assert view_s(display)[1] == pytest.approx(LENGTH_S - 10e-6, rel=1e-3)
        begin_s, end_s = view_s(display)
        press(display, "+")
        assert view_s(display) == pytest.approx((begin_s + 25e-6, end_s - 25e-6))
        press(display, "-")
        press(display, "PgUp")
        wait_for_view(display)
        assert view_s(display) == pytest.approx((begin_s - 100e-6, end_s - 100e-6))
        press(display, "Home")
        wait_for_view(display)
        assert view_s(display) == pytest.approx((0, LENGTH_S))
        press(display, "End")
        wait_for_view(display)
        assert view_s(display)[1] == pytest.approx(LENGTH_S, rel=1e-3)
        assert view_s(display)[1] - view_s(display)[0] == pytest.approx(100e-6)


def test_a_step_leaves_something_of_the_recording_in_view(application: Any, path: Path) -> None:
    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        for _ in range(3):
            press(display, "PgDown")
        wait_for_view(display)
        assert view_s(display)[0] == pytest.approx(LENGTH_S - 10e-6, rel=1e-3)
        display.navigator.show(0.0, 100e-6)
        for _ in range(3):
            press(display, "PgUp")
        wait_for_view(display)
        assert view_s(display)[1] == pytest.approx(10e-6)
        display.navigator.show(-300e-6, -200e-6)  # the mouse may go anywhere
        press(display, "PgDown")
        assert view_s(display)[0] == pytest.approx(-200e-6), "and a key comes back from there"


def test_zooming_while_it_follows_changes_the_window(application: Any, path: Path) -> None:
    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        press(display, "-")
        wait_for_view(display)
        assert display.navigator.is_following
        assert display.display_window_seconds == pytest.approx(200e-6)
        assert view_s(display)[1] - view_s(display)[0] == pytest.approx(200e-6)


def test_far_zooms_stay_possible(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        display.navigator.pause()
        for factor in (1e-30, 1e30, 1e-12, 1e9):
            display.navigator.zoom(factor)
            wait_for_view(display)
            begin_s, end_s = view_s(display)
            assert begin_s < end_s
        display.navigator.show(-1e9, 1e9)
        wait_for_view(display)


def wheel(display: Any, notches: int, ctrl: bool = False) -> None:
    from tests.support.displays import QtCore, QtGui, QtWidgets

    plot = display.plot
    centre = QtCore.QPointF(plot.viewport().rect().center())
    modifier = QtCore.Qt.ControlModifier if ctrl else QtCore.Qt.NoModifier
    event = QtGui.QWheelEvent(
        centre,
        QtCore.QPointF(plot.viewport().mapToGlobal(centre.toPoint())),
        QtCore.QPoint(),
        QtCore.QPoint(0, 120 * notches),
        QtCore.Qt.NoButton,
        modifier,
        QtCore.Qt.NoScrollPhase,
        False,
    )
    QtWidgets.QApplication.sendEvent(plot.viewport(), event)


def test_the_wheel_zooms_time_or_volts(application: Any, path: Path) -> None:
    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        wheel(display, 2)
        wait_for_view(display)
        assert view_s(display)[1] - view_s(display)[0] < 80e-6
        span_v = display.scales.view.span_v
        wheel(display, 2, ctrl=True)
        assert display.scales.view.span_v < span_v * 0.8
        low_v, high_v = display.plot.getViewBox().viewRange()[1]
        assert high_v - low_v == pytest.approx(display.scales.view.span_v)


def test_dragging_moves_the_picture_and_stops_following(application: Any, path: Path) -> None:
    from tests.support.plots import drag

    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        begin_s, _ = view_s(display)
        drag(display.plot, (begin_s + 50e-6, 0.0), (begin_s + 70e-6, 0.0))
        wait_for_view(display)
        assert not display.navigator.is_following
        assert view_s(display)[0] == pytest.approx(begin_s - 20e-6, abs=2e-6)


def test_a_gap_is_as_wide_in_the_strip_as_it_was_long(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "gap.hdf5", gaps=[(25_000, 50_000)])) as display:
        wait_for_traces(display)
        strip, box = display.screen_parts.strip, display.screen_parts.strip.getViewBox()
        corner = strip.mapFromScene(box.mapToScene(QtCore.QPointF(0, 0)))
        row = pixels(strip)[corner.y() + 2, corner.x() : corner.x() + round(box.width())]
    reds, greens = row >> 16 & 255, row >> 8 & 255
    red = np.flatnonzero(reds > greens + 40)
    assert len(red) / len(row) == pytest.approx(0.5, abs=0.01)  # 50 000 of 100 000 were lost
    assert red.min() / len(row) == pytest.approx(0.25, abs=0.01)


def test_the_strip_shows_where_and_goes_there(application: Any, path: Path) -> None:
    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        strip = display.screen_parts.strip
        assert strip._region.getRegion() == pytest.approx((LENGTH_S - 100e-6, LENGTH_S), abs=1e-6)
        growing = replace(display.frame.facts, end_s=1.2 * LENGTH_S)  # since the strip was drawn
        newest = replace(
            display.frame, facts=growing, begin_s=1.2 * LENGTH_S - 100e-6, end_s=1.2 * LENGTH_S
        )
        strip.show_frame(newest)
        assert strip.viewRange()[0] == pytest.approx([0, LENGTH_S]), "it reaches its right end"
        assert strip._region.getRegion() == pytest.approx((LENGTH_S - 100e-6, LENGTH_S), abs=1e-6)
        strip._region.setRegion((200e-6, 300e-6))
        wait_for_view(display)
        assert view_s(display) == pytest.approx((200e-6, 300e-6))
        press(display, "O")
        assert strip.isHidden()
        assert display.request().n_overview == 0


def test_a_move_that_is_read_at_once_is_painted_once(
    application: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.display.reading import latest_worker

    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        display.stop_updates()
        display.navigator.show(200e-6, 300e-6)
        wait_for_view(display)
        monkeypatch.setattr(latest_worker, "_UNSEEN_S", PATIENCE_S)
        paints = 0

        class Watch(QtCore.QObject):
            def eventFilter(self, _: Any, event: Any) -> bool:  # noqa: N802 - Qt's name
                nonlocal paints
                paints += event.type() == QtCore.QEvent.Paint
                return False

        watch = Watch(display)
        display.plot.viewport().installEventFilter(watch)
        display.navigator.show(210e-6, 310e-6)
        wait(lambda: paints)
        assert display.frame.view == display.navigator.view
        live(0.1)
        assert paints == 1


def test_a_low_screen_keeps_the_strip_and_then_the_title_of_the_time(
    application: Any, path: Path
) -> None:
    with shown(path, (900, 500)) as display:
        wait_for_traces(display)
        parts = display.screen_parts

        def has(middle_px: int) -> tuple[bool, bool]:
            """Whether there is a strip, and a title, with so much room for all of it."""
            display.resize(900, display.height() + middle_px - parts._middle.height())
            application.processEvents()
            return parts.strip.isVisible(), bool(display.plot.time_axis.labelText)

        assert has(480) == (True, True)
        assert has(280) == (True, False), "numbers with their unit in its place"
        assert display.plot.time_axis.tickStrings([1e-4], 1.0, 1e-4) == ["100 µs"]
        assert has(240) == (False, False)


def test_a_move_that_nobody_sees_in_the_strip_is_not_lost(application: Any, path: Path) -> None:
    from qtpy.QtTest import QTest

    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        strip = display.screen_parts.strip
        display.navigator.show(200e-6, 300e-6)
        wait_for_view(display)
        moved_s = 200e-6 + 0.05 * strip.getViewBox().viewPixelSize()[0]
        display.navigator.show(moved_s, 300e-6)
        wait_for_view(display)
        assert strip._region.getRegion()[0] == pytest.approx(200e-6, abs=1e-12)
        scene = strip.getViewBox().mapViewToScene(QtCore.QPointF(250e-6, 0.0))
        QTest.mousePress(strip.viewport(), QtCore.Qt.LeftButton, pos=strip.mapFromScene(scene))
        assert strip._region.getRegion()[0] == pytest.approx(moved_s, abs=1e-12)
        QTest.mouseRelease(strip.viewport(), QtCore.Qt.LeftButton, pos=strip.mapFromScene(scene))


def test_a_click_in_the_strip_goes_there(application: Any, path: Path) -> None:
    from qtpy.QtTest import QTest

    from tests.support.displays import QtCore

    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        strip = display.screen_parts.strip
        scene = strip.getViewBox().mapViewToScene(QtCore.QPointF(300e-6, 0.0))
        QTest.mouseClick(strip.viewport(), QtCore.Qt.LeftButton, pos=strip.mapFromScene(scene))
        wait_for_view(display)
        assert sum(view_s(display)) / 2 == pytest.approx(300e-6, abs=2e-6)


def test_the_trigger_holds_the_picture_at_an_edge(application: Any, path: Path) -> None:
    from tests.support.plots import drag

    with shown(path, display_window_seconds=60e-6) as display:
        wait_for_traces(display)
        display.screen_parts.trigger_bar.set_level(-0.25)  # the recording's offset
        press(display, "T")
        wait(lambda: display.frame.trigger_s is not None)
        assert not display.screen_parts.trigger_bar.isHidden()
        period_s = 3125 * INTERVAL_S
        phase = display.frame.trigger_s / period_s % 1
        assert min(phase, 1 - phase) < 0.01, "rising through the middle"
        begin, end = display.plot.getViewBox().viewRange()[0]
        assert (begin, end) == pytest.approx((-30e-6, 30e-6)), "the edge is zero, in the middle"
        display.screen_parts.trigger_bar.slope_box.setCurrentIndex(1)
        wait(lambda: display.frame.trigger_s / period_s % 1 == pytest.approx(0.5, abs=0.01))
        drag(display.plot, (10e-6, -0.25), (10e-6, 0.1))
        assert display.screen_parts.trigger_bar.level_box.value() == pytest.approx(0.1, abs=0.02)
        width, height = display.plot.getViewBox().viewPixelSize()
        on_tag, beside_v = begin + 20 * width, 7 * height
        volts = display.plot.viewRange()[1]
        drag(display.plot, (on_tag, 0.1 + beside_v), (on_tag, -0.15 + beside_v))
        assert display.screen_parts.trigger_bar.level_box.value() == pytest.approx(-0.15, abs=0.02)
        assert display.plot.viewRange()[1] == volts, "the picture stays where it is"
        press(display, "Space")
        wait_for_view(display)
        assert display.plot.getViewBox().viewRange()[0][0] == pytest.approx(-30e-6)
        press(display, "Space")
        press(display, "T")
        wait(lambda: display.frame.trigger_s is None)
        assert display.screen_parts.trigger_bar.isHidden()


def test_cursors_are_in_the_picture_whichever_time_it_counts_from(
    application: Any, path: Path
) -> None:
    with shown(path, display_window_seconds=60e-6) as display:
        wait_for_traces(display)
        level_box = display.screen_parts.trigger_bar.level_box
        level_box.setValue(-0.25)
        press(display, "T")
        wait(lambda: display.frame.trigger_s is not None)
        press(display, "C")
        cursors = display.screen_parts.cursors
        for level_v, is_held in ((15, False), (-0.25, True)):
            level_box.setValue(level_v)
            wait(lambda is_held=is_held: (display.frame.trigger_s is not None) is is_held)
            begin_s, end_s = display.plot.viewRange()[0]
            assert begin_s < cursors.times_s[0] < cursors.times_s[1] < end_s


def test_without_an_edge_it_rolls_or_waits(application: Any, tmp_path: Path) -> None:
    path = recording(tmp_path / "data.hdf5", np.zeros(50_000, np.int16))
    with shown(path, display_window_seconds=60e-6) as display:
        wait_for_traces(display)
        display.screen_parts.trigger_bar.level_box.setValue(1.0)
        press(display, "T")
        wait_for_view(display)
        assert display.frame.trigger_s is None
        assert display.frame.end_s == pytest.approx(LENGTH_S, rel=1e-3)


def test_a_box_is_zoomed_into_and_undone(application: Any, tmp_path: Path) -> None:
    from tests.support.plots import drag

    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        display.navigator.show(0.0, 8e-4)
        wait_for_view(display)
        before = display.plot.viewRange()
        for _ in range(2):
            display.history.look()
        drag(display.plot, (2e-4, -0.5), (4e-4, 0.5), QtCore.Qt.ShiftModifier)
        assert display.navigator.view.begin_s == pytest.approx(2e-4, rel=0.02)
        assert display.navigator.view.window_s == pytest.approx(2e-4, rel=0.02)
        assert display.scales.view.span_v == pytest.approx(1.0, rel=0.02)
        press(display, "Backspace")
        assert display.plot.viewRange()[0] == pytest.approx(before[0])
        assert display.plot.viewRange()[1] == pytest.approx(before[1])


def test_zooming_in_ends_at_some_samples(application: Any, tmp_path: Path) -> None:
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        display.navigator.show(0.0, 8e-4)
        for _ in range(30):
            press(display, "+")
        assert display.navigator.view.window_s == pytest.approx(4 * INTERVAL_S)


def test_a_window_left_from_a_faster_recording_shows_something(
    application: Any, tmp_path: Path
) -> None:
    slow = recording(tmp_path / "a.hdf5", sine(1000, 100), sample_interval_ns=1e9)
    with shown(slow, display_window_seconds=1e-6) as display:
        wait_for_traces(display)
        assert display.display_window_seconds == 1000
