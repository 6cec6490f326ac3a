"""Volts: knobs, scales and axes of the channels, by mouse and keyboard."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.displays import (
    INTERVAL_S,
    QtCore,
    QtWidgets,
    pixels,
    press,
    recording,
    shown,
    sine,
    view_s,
    wait,
    wait_for_traces,
)

LENGTH_S = 50_000 * INTERVAL_S


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recording(tmp_path / "data.hdf5")


def test_the_knobs_of_all_channels_have_room(application: Any, tmp_path: Path) -> None:
    counts = {name: sine(5_000, 500) for name in "ABCD"}
    with shown(recording(tmp_path / "data.hdf5", counts), (2400, 500)) as display:
        wait_for_traces(display)
        bar = display.screen_parts.channel_bar

        def rows() -> int:
            """In how many rows they are, all of them and none over another; else 0."""
            places = [control.geometry() for control in bar.controls.values()]
            apart = not any(one.intersects(other) for one, other in combinations(places, 2))
            seen = all(bar._rows.rect().contains(place) for place in places)
            return len({place.y() for place in places}) if apart and seen else 0

        wait(lambda: rows() == 1)
        controls = bar.controls.values()
        half_px = 1.1 * sum(control.width() for control in controls) / 2
        display.resize(round(half_px), 500)
        wait(lambda: rows() == 2)
        for name in bar.controls:
            display.scales.set_own(name, display.scales.of(name))
        bar.refresh()
        wait(lambda: rows() > 2)
        assert all(control.position_box.isVisible() for control in controls)


def test_what_puts_a_channel_on_the_left_axis_says_so(
    application: Any, path: Path, tmp_path: Path
) -> None:
    counts = {name: sine(5_000, 500) for name in "AB"}
    with shown(recording(tmp_path / "two.hdf5", counts)) as display:
        wait_for_traces(display)
        display.scales.set_own("B", display.scales.of("B"))
        buttons = {
            name: control.active_button
            for name, control in display.screen_parts.channel_bar.controls.items()
        }
        assert [button.text() for button in buttons.values()] == ["A", "B"]
        assert "scale of channel B on the left axis" in buttons["B"].toolTip()
        assert not any(button.autoRaise() for button in buttons.values()), "they are framed"
        buttons["B"].click()
        assert [buttons[name].isChecked() for name in "AB"] == [False, True]
        assert "Channel B" in display.plot.getAxis("left").labelString()
        display.set_hdf5_path(str(path))
        wait_for_traces(display)
        (control,) = display.screen_parts.channel_bar.controls.values()
        assert control.active_button.isHidden(), "there is nothing to choose"
        assert control.visible_box.text() == "A"


def test_channels_have_their_own_scales_and_visibility(application: Any, tmp_path: Path) -> None:
    counts = {"A": sine(50_000, 3125), "B": sine(50_000, 5000, 300)}
    with shown(recording(tmp_path / "data.hdf5", counts)) as display:
        wait_for_traces(display)
        bar = display.screen_parts.channel_bar
        press(display, "2")
        assert bar.hidden == {"B"}
        assert not display.plot.traces["B"].columns.isVisible()
        press(display, "2")
        control = bar.controls["B"]
        index = control.scale_box.findText("10 mV/div")
        control.scale_box.setCurrentIndex(index)
        control.scale_box.activated.emit(index)
        gain, _ = display.scales.mapping("B")
        assert gain == pytest.approx(display.scales.view.volts_per_division / 0.01)
        control.position_box.setValue(2.0)
        assert display.scales.of("B").position_divisions == pytest.approx(2.0)
        press(display, "X")
        assert display.scales.active == "B"
        low_v, high_v = display.plot.getViewBox().viewRange()[1]
        assert (low_v, high_v) == pytest.approx((-0.064, 0.024)), "8.8 lines, as before"
        press(display, "Up")
        assert display.scales.of("B").span_v < 0.088
        press(display, "Shift+Y")
        assert not display.scales.own


def test_fit_fills_the_screen_with_the_signals(application: Any, path: Path) -> None:
    with shown(path) as display:
        wait_for_traces(display)
        press(display, "Y")
        low_v, high_v = display.plot.getViewBox().viewRange()[1]
        values_v = display.frame.traces["A"].values_v
        assert low_v == pytest.approx(np.nanmin(values_v) * 1.1, rel=0.2)
        assert low_v < np.nanmin(values_v) < np.nanmax(values_v) < high_v


def test_dragging_the_volts_alone_goes_on_following(application: Any, path: Path) -> None:
    from tests.support.plots import drag

    with shown(path, display_window_seconds=100e-6) as display:
        wait_for_traces(display)
        begin_s, _ = view_s(display)
        middle_v = display.scales.view.centre_v
        drag(display.plot, (begin_s + 50e-6, 0.0), (begin_s + 50e-6, 0.5))
        assert display.scales.view.centre_v == pytest.approx(middle_v - 0.5, abs=0.05)
        assert display.navigator.is_following


def test_another_range_is_shown_whole(application: Any, path: Path, tmp_path: Path) -> None:
    other = recording(tmp_path / "other.hdf5", voltage_range_v=0.05, analog_offset_v=0.0)
    with shown(path) as display:
        wait_for_traces(display)
        display.set_hdf5_path(str(other))
        wait_for_traces(display)
        assert display.scales.view.span_v == pytest.approx(0.11)


def test_the_strip_follows_the_scales_at_once(application: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.painting.vertical_scales import Scale

    counts = {"A": sine(50_000, 500), "B": sine(50_000, 700, 3000)}
    with shown(recording(tmp_path / "two.hdf5", counts)) as display:
        wait_for_traces(display)
        display.scales.set_own("B", Scale(0.5, 1.0))
        display.actions_by_name["next_channel"].trigger()
        at_once = pixels(display.screen_parts.strip)
        display.screen_parts.strip.show_frame(display.frame)
        assert (pixels(display.screen_parts.strip) == at_once).all()


def test_the_axis_of_a_digital_port_counts_from_0_to_255(application: Any, tmp_path: Path) -> None:
    from tests.support.signals import make_digital

    counts = {"A": sine(5000, 500), "PORT0": (np.arange(5000) % 256).astype(np.int16)}
    path = make_digital(recording(tmp_path / "mixed.hdf5", counts), "PORT0")
    with shown(path) as display:
        wait_for_traces(display)
        axis = display.plot.getAxis("left")
        assert axis.labelUnits == "V"
        display.actions_by_name["next_channel"].trigger()
        display.actions_by_name["fit"].trigger()
        assert "bit pattern" in axis.labelText
        view = display.scales.view  # below it the axis goes on behind the lanes
        low, high = (1e3 * (view.centre_v + part * view.span_v) for part in (-0.5, 0.5))
        assert -30 < low < 0 < 255 < high < 285
        assert axis.range[1] * axis.scale == pytest.approx(high)
        control = display.screen_parts.channel_bar.controls["PORT0"]
        assert control.scale_box.isHidden(), "lanes have no scale"
        display.actions_by_name["next_channel"].trigger()
        assert (axis.labelUnits, axis.scale) == ("V", 1.0)


def test_letters_in_an_open_list_are_no_commands(application: Any, tmp_path: Path) -> None:
    from qtpy.QtTest import QTest

    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        box = display.screen_parts.channel_bar.controls["A"].scale_box
        box.showPopup()
        QTest.keyClick(box.view(), QtCore.Qt.Key_M)
        assert not display.actions_by_name["measurements"].isChecked()
        box.hidePopup()
        press(display, "M")
        assert display.actions_by_name["measurements"].isChecked()


def test_volts_per_division_are_typed(application: Any, tmp_path: Path) -> None:
    from qtpy.QtTest import QTest

    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        box = display.screen_parts.channel_bar.controls["A"].scale_box

        def type_in(text: str) -> None:
            for character in text:
                QTest.keyClicks(QtWidgets.QApplication.focusWidget(), character)
            QTest.keyClick(QtWidgets.QApplication.focusWidget(), QtCore.Qt.Key_Return)

        box.setFocus()
        for text, shown_text in (
            *(("2 V", "2 V/div"), ("500 mV", "500 mV/div"), ("0,3", "300 mV/div")),
            *(("1.5e-2", "15 mV/div"), ("200 mV/div", "200 mV/div")),
        ):
            type_in(text)
            assert box.currentText() == shown_text
            assert box.hasFocus()
        assert display.scales.own["A"].volts_per_division == pytest.approx(0.2)
        for text in ("2ms", "-1", "1 MS/s"):
            type_in(text)
            assert box.field.problem
            assert box.field.isVisible()
            QTest.keyClick(QtWidgets.QApplication.focusWidget(), QtCore.Qt.Key_Escape)
            assert not box.field.isVisible()
            assert box.currentText() == "200 mV/div"
        for modifier in (QtCore.Qt.ControlModifier, QtCore.Qt.AltModifier, QtCore.Qt.MetaModifier):
            QTest.keyClick(box, QtCore.Qt.Key_1, modifier)  # a command of the window, no number
            assert not box.field.isVisible()
        QTest.keyClick(box, "1")
        QTest.keyClick(box.field, QtCore.Qt.Key_1, QtCore.Qt.ControlModifier)
        assert box.field.text() == "1"
        QTest.keyClick(box.field, QtCore.Qt.Key_Escape)
        box.showPopup()
        QTest.keyClick(box.view(), "5")
        type_in("0 mV")
        assert box.currentText() == "50 mV/div"


def test_keys_before_there_is_a_file_change_no_scale(application: Any, tmp_path: Path) -> None:
    with shown(tmp_path / "awaited.hdf5") as display:
        wait(lambda: display.frame.is_awaited)
        for key in ("C", "A", "Ctrl+Shift+C", "Space", "-"):
            press(display, key)
        assert display.navigator.view.window_s == pytest.approx(1.0)
        assert display.screen_parts.tool_bar.time_box.value() == pytest.approx(0.1)
        assert "no values to copy" in display.status.text()


def test_knobs_are_reached_and_turned_with_the_keyboard(application: Any, tmp_path: Path) -> None:
    from qtpy.QtTest import QTest

    with shown(recording(tmp_path / "a.hdf5"), (1400, 500)) as display:
        wait_for_traces(display)
        press(display, "T")
        parts = display.screen_parts
        control, trigger = parts.channel_bar.controls["A"], parts.trigger_bar
        visited = [parts.tool_bar.time_box, control.scale_box]
        visited += [trigger.channel_box, trigger.slope_box, trigger.level_box, trigger.place_box]
        for knob in (*visited, trigger.wait_box):
            press(application.focusWidget(), "F6")
            assert knob.hasFocus()
            if knob is trigger.slope_box:
                QTest.keyClick(knob, QtCore.Qt.Key_Down)
                assert not trigger.edge.rising
            elif knob is trigger.level_box:
                QTest.keyClicks(knob.lineEdit(), "100 mV")
        assert trigger.edge.level_v == 0.1
        press(application.focusWidget(), "F6")
        assert display.hasFocus()


def test_tab_goes_through_all_knobs_and_out_of_the_picture(
    application: Any, tmp_path: Path
) -> None:
    from pymeasure.display.Qt import QtWidgets

    counts = {"A": sine(50_000, 3125), "B": sine(50_000, 5000, 300)}
    outside = QtWidgets.QWidget()
    layout = QtWidgets.QVBoxLayout(outside)
    with shown(recording(tmp_path / "a.hdf5", counts), (1400, 500)) as display:
        wait_for_traces(display)
        after = QtWidgets.QLineEdit()
        layout.addWidget(display)
        layout.addWidget(after)
        outside.show()
        outside.activateWindow()
        display.setFocus()
        wait(display.hasFocus)
        visited = []
        while not after.hasFocus() and len(visited) < 60:
            press(application.focusWidget(), "Tab")
            visited.append(application.focusWidget())
        assert after.hasFocus()
        parts = display.screen_parts
        control = parts.channel_bar.controls["B"]
        assert {control.visible_box, control.active_button, control.colour_button} <= {*visited}
        assert {control.scale_box, parts.tool_bar.time_box} <= {*visited}
        was_following = display.navigator.is_following
        control.visible_box.setFocus()
        press(control.visible_box, "Space")
        assert parts.channel_bar.hidden == {"B"}
        assert display.navigator.is_following is was_following
        press(control.visible_box, "C")
        assert parts.cursors.visible, "letters stay commands"
        display.setParent(None)
