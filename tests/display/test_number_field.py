"""The field for numbers: what people type is read or refused, never made something else."""

from __future__ import annotations

from typing import Any

import pytest

from picostream_pymeasure.errors import ConfigurationError
from tests.support.displays import QtCore, recording, shown, wait_for_traces


def type_into(field: Any, text: str) -> None:
    """Replace what stands in a field, key by key."""
    from qtpy.QtTest import QTest

    field.selectAll()
    QTest.keyClicks(field, text)


def press(field: Any, key: Any) -> None:
    from qtpy.QtTest import QTest

    QTest.keyClick(field, key)


@pytest.fixture
def field(application: Any) -> Any:
    from picostream_pymeasure.display.controls.number_field import NumberField

    field = NumberField("V", -20, 20)
    field.show()
    yield field
    field.close()


@pytest.fixture(params=["C", "de_DE", "fr_FR", "en_IN"])
def locale(application: Any, request: pytest.FixtureRequest) -> Any:
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(request.param))
    yield
    QtCore.QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("text", "value", "reading"),
    [
        ("500 mV", 0.5, ""),
        ("500m", 0.5, "= 500 mV"),
        ("0.5", 0.5, "= 500 mV"),
        ("1,5", 1.5, "= 1.5 V"),
        ("-20000 mV", -20, "= -20 V"),
    ],
)
def test_reads_and_shows_what_it_has_read(
    locale: Any, field: Any, text: str, value: float, reading: str
) -> None:
    told = []
    field.valueChanged.connect(told.append)
    type_into(field, text)
    assert (field.value(), field.reading) == (value, reading)
    assert told[-1] == value
    press(field, QtCore.Qt.Key_Return)
    assert field.value() == value
    assert field.reading == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("five", "not a voltage"),
        ("1,500", "can be"),
        ("", "not a voltage"),
        ("21", "-20 V to 20 V"),
    ],
)
def test_what_is_not_understood_is_red_and_refused(
    locale: Any, field: Any, text: str, why: str
) -> None:
    field.setValue(3)
    type_into(field, text) if text else (field.selectAll(), press(field, QtCore.Qt.Key_Delete))
    press(field, QtCore.Qt.Key_Return)
    with pytest.raises(ConfigurationError, match=why):
        field.value()
    assert why in field.toolTip()
    assert field.text() == text, "what was typed stays to be mended"
    ground = field.lineEdit().palette().color(field.lineEdit().palette().Base)
    assert ground.name() == "#fde8e8"
    press(field, QtCore.Qt.Key_Escape)
    assert (field.value(), field.text()) == (3, "3 V")


def test_why_a_number_is_refused_is_said_in_the_window_until_it_is_mended(field: Any) -> None:
    type_into(field, "five")
    assert field.note is None, "nobody is interrupted while typing"
    press(field, QtCore.Qt.Key_Return)
    assert field.note.isVisible()
    assert field.note.text() == field.problem
    assert field.note.window() is field.window(), "no tip of its own, which Qt may forget to close"
    assert field.note.parent() is field.window()
    press(field, QtCore.Qt.Key_Backspace)
    assert not field.note.isVisible()
    press(field, QtCore.Qt.Key_Return)
    assert field.note.isVisible()
    field.hide()
    assert not field.note.isVisible()


def test_arrows_change_the_leading_digit(field: Any) -> None:
    field.setValue(0.9)
    for expected in (1, 2):
        press(field, QtCore.Qt.Key_Up)
        assert field.value() == expected
    for expected in (1, 0.9, 0.8):
        press(field, QtCore.Qt.Key_Down)
        assert field.value() == expected
    field.setValue(20)
    press(field, QtCore.Qt.Key_Up)
    assert field.value() == 20
    field.setValue(0)
    press(field, QtCore.Qt.Key_Down)
    assert field.value() == -0.1


def test_a_number_set_meanwhile_does_not_rewrite_what_is_typed(field: Any) -> None:
    type_into(field, "1.50")
    field.setValue(1.5)
    assert field.text() == "1.50"
    field.setValue(2)
    assert (field.text(), field.reading) == ("1.50", "= 2 V")


def test_a_number_that_is_limited_while_one_types_stands_beside_what_is_typed(field: Any) -> None:
    field.valueChanged.connect(lambda value: field.setValue(max(value, 2.0)))
    field.setFocus()
    type_into(field, "1500 mV")
    assert field.lineEdit().text() == "1500 mV", "2 VmV would be none"
    assert (field.value(), field.reading) == (2, "= 2 V")
    press(field, QtCore.Qt.Key_Return)
    assert (field.lineEdit().text(), field.reading) == ("2 V", "")
    field.setValue(5)
    assert field.lineEdit().text() == "5 V"


def test_whole_numbers(application: Any) -> None:
    from picostream_pymeasure.display.controls.number_field import NumberField

    field = NumberField(minimum=1, maximum=10**9, is_whole=True)
    type_into(field, "1M")
    assert field.value() == 1_000_000
    assert isinstance(field.value(), int)
    type_into(field, "1.5")
    assert "not a whole number" in field.problem
    for text, meant in (("1.000", "1 or 1000"), ("250.500", "250.5 or 250500")):
        type_into(field, text)
        assert field.problem == f"'{text}' can be {meant}; write one of these."
    for text in ("1.000.000", "1e6", "1 000 000"):
        type_into(field, text)
        assert not field.problem


def test_a_level_typed_while_the_plot_runs(application: Any, tmp_path: Any) -> None:
    with shown(recording(tmp_path / "a.hdf5")) as display:
        wait_for_traces(display)
        display.actions_by_name["trigger"].trigger()
        bar = display.screen_parts.trigger_bar
        bar.level_box.setFocus()
        type_into(bar.level_box, "1.5 mV")
        shown_before = display.screen_parts.analysis.docks["measurements"].isVisible()
        assert bar.level_box.text() == "1.5 mV"
        assert bar.edge.level_v == 0.0015
        bar.show_channels(display.frame.facts.channels)
        assert bar.level_box.text() == "1.5 mV", "each frame does so"
        assert not shown_before, "m and V are a unit here, no commands"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("duration", "100 ms", 0.1),
        ("duration", "1 min", 60),
        ("sample_rate", "500k", 0.5),
        ("offset_a", "500 mV", 0.5),
        ("trigger_level", "100 mV", 0.1),
        ("offset_a", "1,5", 1.5),
        ("sample_count", "1 M", 1_000_000),
    ],
)
def test_inputs_of_the_window(
    locale: Any, program_window: Any, name: str, text: str, value: float
) -> None:
    type_into(getattr(program_window.inputs, name), text)
    assert getattr(program_window.inputs.get_procedure(), name) == value


def test_a_long_time_is_told_in_days(program_window: Any) -> None:
    field = program_window.inputs.duration
    type_into(field, "300000000")
    assert field.reading == "= 3\u202f472 d 5 h 20 min"
    press(field, QtCore.Qt.Key_Return)
    assert (field.value(), field.text()) == (3e8, "3\u202f472 d 5 h 20 min")
    type_into(field, "400000000")
    assert field.problem.endswith("use 1 ms to 3\u202f650 d.")


def test_a_run_with_a_red_field_is_refused(program_window: Any) -> None:
    type_into(program_window.inputs.duration, "ten")
    program_window.queue_button.click()
    assert "Duration: 'ten' is not a time" in program_window.messages.text
    assert program_window.browser.topLevelItemCount() == 0


def test_every_knob_refuses_what_it_does_not_understand(application: Any, tmp_path: Any) -> None:
    from picostream_pymeasure.display.painting.vertical_scales import Scale

    with shown(recording(tmp_path / "a.hdf5"), (1400, 500)) as display:
        wait_for_traces(display)
        display.actions_by_name["trigger"].setChecked(True)
        display.scales.set_own("A", Scale.of_divisions(0.5, 1.0))
        parts = display.screen_parts
        parts.apply_scales()
        knobs = [parts.tool_bar.time_box, parts.channel_bar.controls["A"].position_box]
        for knob in (*knobs, parts.trigger_bar.level_box, parts.trigger_bar.place_box):
            before = knob.value()
            for text in ("", "five", "1,500", "3 bananas", "1e999", "--1", "∞", "5 V 3 V"):
                knob.setFocus()
                knob.lineEdit().selectAll()
                knob.lineEdit().insert(text)
                press(knob, QtCore.Qt.Key_Return)
                assert knob.problem
                assert knob.toolTip() == knob.problem
                ground = knob.lineEdit().palette().color(knob.lineEdit().palette().Base)
                assert ground.name() == display.theme.error_background
                press(knob, QtCore.Qt.Key_Escape)
                assert (knob.problem, knob.value()) == ("", before)
