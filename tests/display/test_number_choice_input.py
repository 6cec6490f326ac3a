"""A list of numbers: what people type chooses the same number, or is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picostream_pymeasure.errors import ConfigurationError
from tests.support.displays import QtCore

RANGES_V = (0.01, 0.05, 0.5, 1, 5, 20)


@pytest.fixture(scope="module")
def box(application: Any) -> Any:
    from pymeasure.experiment import ListParameter

    from picostream_pymeasure.display.experiment.number_choice_input import NumberChoiceInput

    parameter = ListParameter(
        "Range", choices=list(RANGES_V), units="V", default=20, description="Full scale."
    )
    box = NumberChoiceInput(parameter)
    box.show()
    yield box
    box.close()


@pytest.fixture(autouse=True)
def nothing_typed(box: Any) -> None:
    box.setValue(20)


def press(target: Any, key: Any) -> None:
    from qtpy.QtTest import QTest

    QTest.keyClick(target, key)


def type_into(target: Any, text: str) -> None:
    from qtpy.QtTest import QTest

    QTest.keyClicks(target, text)


@pytest.mark.parametrize("text", ["500 mV", "0.5", ",5", "500m", "0,5 V"])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_typed_number_chooses(box: Any, text: str, is_open: bool) -> None:
    told: list[str] = []
    box.currentTextChanged.connect(told.append)
    if is_open:
        box.showPopup()
        type_into(box.view(), text[0])  # the list has the keyboard, and gives it back
        type_into(box, text[1:])
    else:
        type_into(box, text)
    assert box.value() == 0.5, "before it is settled: the estimate is of what stands there"
    assert told[-1] == text
    press(box, QtCore.Qt.Key_Return)
    assert (box.currentText(), box.value()) == ("500 mV", 0.5)
    assert not box.isEditable()


@pytest.mark.parametrize(
    ("text", "why"),
    [("300 mV", "300 mV is none of 10 mV, 50 mV"), ("five", "not a voltage"), ("1,500", "can be")],
)
def test_what_is_no_choice_is_red_and_refused(box: Any, text: str, why: str) -> None:
    from picostream_pymeasure.display.painting.theme import theme_of

    told: list[str] = []
    box.currentTextChanged.connect(told.append)
    type_into(box, text)
    press(box, QtCore.Qt.Key_Return)
    assert box.currentText() == text, "it stays, to be corrected"
    red = box.lineEdit().palette().color(box.lineEdit().foregroundRole()).name()
    assert red == theme_of(box).error
    assert why in box.toolTip()
    with pytest.raises(ConfigurationError, match=why):
        box.value()
    press(box, QtCore.Qt.Key_Escape)
    assert (box.currentText(), box.value()) == ("20 V", 20)
    assert told[-1] == "20 V", "the window looks again what is possible"
    assert box.toolTip() == "Full scale."


def test_arrows_and_programs_choose_whatever_is_typed(box: Any) -> None:
    type_into(box, "7")
    press(box, QtCore.Qt.Key_Up)
    assert (box.currentText(), box.value()) == ("5 V", 5)
    type_into(box, "7")
    box.setValue(0.05)
    assert (box.currentText(), box.value()) == ("50 mV", 0.05)


@given(st.text("0159.,emkVx -+", max_size=8).map(str.lstrip))  # a space opens the list
def test_nothing_typed_is_silently_another_number(box: Any, text: str) -> None:
    from picostream_pymeasure.quantities import parse

    box.setValue(20)
    type_into(box, text)
    try:
        number = box.value()
    except ConfigurationError:
        return
    assert number == (parse(text, "V") if text.strip() else 20)


def test_a_range_is_written_as_in_the_list_of_runs(program_window: Any) -> None:
    box = program_window.inputs.range_a
    assert {box.itemText(index)[0] for index in range(box.count())} == {"±"}
    for text in ("±500 mV", "± 500 mV", "500 mV"):
        box.setValue(2)
        assert box.currentText() == "±2 V"
        type_into(box, text)
        assert program_window.make_procedure().range_a == 0.5


def test_ranges_of_the_window_are_typed(program_window: Any) -> None:
    inputs = program_window.inputs
    type_into(inputs.range_a, "500 mV")
    assert program_window.make_procedure().range_a == 0.5
    type_into(inputs.resolution, "13")
    with pytest.raises(ConfigurationError, match="Resolution: 13 bit is none of"):
        program_window.make_procedure()
