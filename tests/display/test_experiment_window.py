"""The window itself: any procedure, what it remembers, its estimates, its list of scopes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.errors import ConfigurationError
from tests.support.displays import QtCore
from tests.support.experiment_procedures import Counting, SlowShutdown
from tests.support.experiment_windows import Until, settings_in, statuses
from tests.support.patience import PATIENCE_S


@pytest.fixture
def make(application: Any, until: Until, tmp_path: Path) -> Iterator[Any]:
    """Makes windows of procedures that need no scope."""
    from picostream_pymeasure.display.experiment.window import ExperimentWindow

    windows = []

    def make(procedure_class: type = Counting, **settings: Any) -> Any:
        settings.setdefault("settings", settings_in(tmp_path))
        window = ExperimentWindow(procedure_class, **settings)
        window.directory = str(tmp_path)
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        until(lambda window=window: not window.manager.is_running())
        window.manager.forget_waiting()  # whoever closes it would be asked
        window.close()
        window.deleteLater()


def test_runs_any_procedure(make: Any, until: Until, tmp_path: Path) -> None:
    window = make()
    window.queue_button.click()
    until(lambda: statuses(window) == ["Complete"])
    assert (tmp_path / "DATA_1.csv").read_text().endswith("2,4\n")


def test_an_obstacle_is_told_by_a_function(make: Any) -> None:
    with pytest.raises(ConfigurationError, match="obstacle must be a function, not 5"):
        make(obstacle=5)


def test_a_procedure_that_cannot_be_stopped_can_be_aborted(make: Any, until: Until) -> None:
    window = make()
    window.inputs.n_rows.setValue(1000)
    window.queue_button.click()
    until(lambda: window.abort_button.isEnabled())
    assert not window.controls.stop_button.isEnabled()
    window.abort_button.click()
    until(lambda: statuses(window) == ["Aborted"])


def test_a_slow_shutdown_does_not_freeze_the_window(make: Any, until: Until) -> None:
    SlowShutdown.let_go.clear()
    SlowShutdown.was_let_go.clear()
    window = make(SlowShutdown)
    window.queue_button.click()
    until(lambda: statuses(window) == ["Failed"])
    assert window.manager.is_running(), "it is over when its shutdown is"
    SlowShutdown.let_go.set()  # a window that waits would not let this line run in time
    until(lambda: "nothing works" in window.messages.text)
    assert SlowShutdown.was_let_go == [True]


def test_estimates_follow_the_inputs_and_survive_what_they_raise(make: Any, until: Until) -> None:
    window = make()
    window.inputs.n_rows.setValue(7)
    until(lambda: window.estimator.texts == [("Rows", "7")])
    window.inputs.limit.setValue(-1)
    until(lambda: window.estimator.texts == [("", "Limit must not be negative.")])
    window.inputs.limit.setValue(1)
    until(lambda: window.estimator.texts == [("Rows", "7")])


def test_estimates_are_made_anew_when_something_was_changed(
    program_window: Any, until: Until
) -> None:
    from qtpy.QtTest import QTest

    window, inputs, estimator = program_window, program_window.inputs, program_window.estimator
    until(lambda: ("Can record", "yes") in estimator.texts)
    estimator._timer.stop()
    estimator._timer.start(3_600_000)  # what follows is told by signals alone
    inputs.duration.selectAll()
    QTest.keyClicks(inputs.duration, "x")
    until(lambda: estimator.texts[0][1].startswith("Duration: 'x' is not a time"))
    inputs.duration.selectAll()
    QTest.keyClicks(inputs.duration, "2 h")
    until(lambda: ("Duration", "2:00:00 h") in estimator.texts)
    QTest.mouseClick(inputs.channel_a, QtCore.Qt.LeftButton, pos=QtCore.QPoint(8, 8))
    until(lambda: dict(estimator.texts)["Can record"].startswith("no: "))
    inputs.channel_a.click()
    inputs.downsample_mode.setCurrentText("decimate")
    until(lambda: "1 of 16" in dict(estimator.texts)["Sample rate"])
    inputs.scope_serial.list.setCurrentIndex(0)
    until(lambda: dict(estimator.texts)["Can record"].startswith("no: "))
    inputs.scope_serial.setValue("simulated")
    until(lambda: ("Can record", "yes") in estimator.texts)
    model = window.sequencer.tree.model()
    model.setData(model.index(0, 2, model.add_node("Duration").parent()), "[1, 2, 3]")
    until(lambda: dict(estimator.texts)["Duration"].startswith("3 × "))


def test_remembers_itself(make: Any, tmp_path: Path) -> None:
    window = make(sequencer=True, sequencer_inputs=["n_rows"])
    window.resize(1100, 570)
    window.inputs.n_rows.setValue(42)
    window.filename = "other"
    window.store_measurement = False
    window.tabs.setCurrentWidget(window.plot_widget)
    window.plot_widget.columns_y.setCurrentText("Number")
    window.recording_tab.overlay_box.setChecked(False)
    window.sequencer.tree.model().add_node("Rows")
    window.close()

    again = make(sequencer=True, sequencer_inputs=["n_rows"])
    assert again.height() == 570
    assert again.inputs.n_rows.value() == 42
    assert (again.filename, again.store_measurement) == ("other", False)
    assert again.tabs.currentWidget() is again.plot_widget
    assert again.plot_widget.plot_frame.y_axis == "Number"
    assert not again.recording_tab.overlay_box.isChecked()
    assert "Rows" in str(again.sequencer.data._sequences[0])

    again.reset()
    assert again.inputs.n_rows.value() == 3
    assert again.filename == "DATA"
    again.close()
    assert make().inputs.n_rows.value() == 3


def test_a_remembered_folder_that_is_gone_is_not_made_again(make: Any, tmp_path: Path) -> None:
    from picostream_pymeasure.display.experiment.memory import of_file

    folder = tmp_path / "of yesterday"
    folder.mkdir()
    inputs = make().file_input
    remembered = of_file(inputs)
    inputs.directory = str(folder)
    saved = remembered.save()
    inputs.directory = str(tmp_path)
    remembered.restore(saved)
    assert inputs.directory == str(folder)
    inputs.directory = str(tmp_path)
    folder.rmdir()
    remembered.restore(saved)
    assert inputs.directory == str(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "not JSON", '{"inputs": 3}', '{"inputs": {"n_rows": "x", "gone": 1}, "file": []}'],
)
def test_starts_with_settings_of_another_kind(make: Any, tmp_path: Path, text: str) -> None:
    settings = settings_in(tmp_path)
    settings.setValue("state", text)
    assert make(settings=settings).inputs.n_rows.value() == 3


def test_what_does_not_apply_keeps_no_run_from_being_queued(
    program_window: Any, until: Until
) -> None:
    from qtpy.QtTest import QTest

    inputs = program_window.inputs
    inputs.trigger_enabled.setChecked(True)
    for name in ("pre_trigger", "trigger_level"):
        field = getattr(inputs, name).lineEdit()
        field.selectAll()
        QTest.keyClicks(field, "abc")
    until(lambda: not program_window.queue_button.isEnabled())
    inputs.trigger_enabled.setChecked(False)
    until(program_window.queue_button.isEnabled)
    assert not inputs.get_procedure().trigger_enabled
    inputs.trigger_enabled.setChecked(True)
    until(lambda: not program_window.queue_button.isEnabled())


def test_wheel_scrolls_instead_of_changing_inputs(program_window: Any, application: Any) -> None:
    from pymeasure.display.Qt import QtCore, QtGui

    inputs = program_window.inputs
    inputs.setFocus()
    point = QtCore.QPointF(5, 5)
    wheel = QtGui.QWheelEvent(
        point,
        point,
        QtCore.QPoint(0, 0),
        QtCore.QPoint(0, 120),
        QtCore.Qt.NoButton,
        QtCore.Qt.NoModifier,
        QtCore.Qt.NoScrollPhase,
        False,
    )
    for part in (inputs.summary_interval, inputs.resolution, inputs.scope_serial.list):
        before = inputs.values()
        application.sendEvent(part, wheel)
        assert inputs.values() == before


def test_list_of_scopes_is_filled_on_another_thread(application: Any, until: Until) -> None:
    from pymeasure.experiment import Parameter

    from picostream_pymeasure.display.experiment.scopes import ScopeInput
    from picostream_pymeasure.errors import SdkNotFoundError

    asked, answers = [], [["AB1/2", "CD3/4"], SdkNotFoundError("It is missing. Install it.")]

    def find() -> list[str]:
        asked.append(threading.current_thread())
        found = answers[len(asked) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    parameter = Parameter("Scope", default="simulated")
    always = {"first": "First", "simulated": "Simulated"}
    scopes = ScopeInput(parameter, find, always, simulated=("simulated",))
    until(lambda: scopes.list.count() == 4)
    assert threading.main_thread() not in asked
    assert scopes.note.isHidden(), "of no concern to who has chosen the simulated one"
    scopes.setValue("CD3/4")
    assert not scopes.note.isHidden()
    assert scopes.note.text() == "2 connected scopes."
    scopes.refresh_button.click()
    until(lambda: "Install it" in scopes.list.toolTip())
    assert scopes.value() == "CD3/4", "a choice survives a look that finds nothing"
    assert scopes.note.isHidden(), "what can be recorded is told below the inputs"
    assert scopes.parameter.value == "CD3/4"


def test_a_look_that_fails_unexpectedly_is_told_and_can_be_tried_again(
    application: Any, until: Until
) -> None:
    from pymeasure.experiment import Parameter

    from picostream_pymeasure.display.experiment.scopes import ScopeInput

    def find() -> list[str]:
        raise KeyError("driver")

    scopes = ScopeInput(Parameter("Scope", default="first"), find, {"first": "First"})
    until(scopes.refresh_button.isEnabled)
    assert "KeyError" in scopes.list.toolTip()


def test_no_look_is_offered_during_a_run_or_another_look(application: Any, until: Until) -> None:
    from pymeasure.experiment import Parameter

    from picostream_pymeasure.display.experiment.scopes import ScopeInput

    go_on = threading.Event()

    def find() -> list[str]:
        go_on.wait(PATIENCE_S)
        return ["AB1/2"]

    scopes = ScopeInput(Parameter("Scope", default="first"), find, {"first": "First"})
    scopes.hold(True)
    go_on.set()
    until(lambda: scopes.list.count() == 2)
    assert not scopes.refresh_button.isEnabled()
    scopes.hold(False)
    assert scopes.refresh_button.isEnabled()
    go_on.clear()
    scopes.refresh()
    scopes.hold(False)
    assert not scopes.refresh_button.isEnabled()
    go_on.set()
    until(scopes.refresh_button.isEnabled)
