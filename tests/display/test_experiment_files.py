"""Earlier runs: opened, previewed, compared, copied, deleted, with both of their files."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.verification import verify
from tests.support.displays import wait
from tests.support.experiment_windows import (
    Until,
    all_ended,
    answer,
    files_in,
    settings_in,
    statuses,
)


@pytest.fixture
def window(program_window: Any) -> Any:
    """The program's window, with nothing in its list."""
    program_window.inputs.duration.setValue(0.05)
    return program_window


@pytest.fixture(scope="module")
def recorded(application: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DATA_1 and DATA_2 as a window has recorded them, to be copied."""
    from picostream_pymeasure.main import make_window

    folder = tmp_path_factory.mktemp("recorded")
    window = make_window(simulate=True, settings=settings_in(folder))
    window.directory = str(folder / "data")
    window.inputs.duration.setValue(0.05)
    for rate in (1.25, 0.625):  # what the scope makes of them is the same
        window.inputs.sample_rate.setValue(rate)
        window.queue_button.click()
    wait(lambda: all_ended(window))
    assert statuses(window) == ["Complete", "Complete"]
    window.close()
    window.deleteLater()
    return folder / "data"


@pytest.fixture
def folder(window: Any, recorded: Path, tmp_path: Path) -> Path:
    """A folder with DATA_1 and DATA_2, and nothing in the window's list."""
    shutil.copytree(recorded, tmp_path / "data", dirs_exist_ok=True)
    return tmp_path / "data"


@pytest.fixture
def runs(window: Any, folder: Path) -> Path:
    """The same folder, with both in the list."""
    for number in (1, 2):
        window.open_run(folder / f"DATA_{number}.csv")
    assert statuses(window) == ["Complete", "Complete"]
    return folder


def check(window: Any, row: int, checked: bool) -> None:
    from pymeasure.display.Qt import QtCore

    state = QtCore.Qt.Checked if checked else QtCore.Qt.Unchecked
    window.browser.topLevelItem(row).setCheckState(0, state)


def test_opens_what_was_recorded(window: Any, until: Until, folder: Path) -> None:
    window.open_run(folder / "DATA_1.csv")
    window.open_run(folder / "DATA_2.hdf5")
    assert statuses(window) == ["Complete", "Complete"]
    assert not window.messages.text
    tab = window.recording_tab
    assert tab.plotter.hdf5_path == str(folder / "DATA_2.hdf5")
    window.open_run(folder / "DATA_1.csv")
    assert "in the list already" in window.messages.text
    assert len(statuses(window)) == 2


def test_check_boxes_lay_runs_over_each_other(window: Any, runs: Path) -> None:
    tab = window.recording_tab
    first, second = str(runs / "DATA_1.hdf5"), str(runs / "DATA_2.hdf5")
    tab.refresh()
    assert (tab.plotter.hdf5_path, list(tab._overlaid)) == (second, [first])
    check(window, 1, False)
    assert (tab.plotter.hdf5_path, list(tab._overlaid)) == (first, [])
    check(window, 1, True)
    assert (tab.plotter.hdf5_path, list(tab._overlaid)) == (second, [first])
    tab.overlay_box.click()
    assert not tab._overlaid
    window.hide_experiments()
    assert tab.plotter.hdf5_path == ""


def test_the_mark_of_a_run_that_is_not_drawn_is_grey(window: Any, until: Until, runs: Path) -> None:
    from pymeasure.display.Qt import QtWidgets

    def mark() -> tuple[bool, bool]:
        """Whether the mark of the first run looks as if it counts, and its swatch is full."""
        option = QtWidgets.QStyleOptionViewItem()
        option.state = QtWidgets.QStyle.State_Enabled
        index = window.browser.model().index(0, 0)
        window.browser.itemDelegate().initStyleOption(option, index)
        swatch = window.browser.topLevelItem(0).icon(0).pixmap(24, 24).toImage()
        is_full = swatch.pixelColor(12, 12).alpha() == 255
        return bool(option.state & QtWidgets.QStyle.State_Enabled), is_full

    tab = window.recording_tab
    window.tabs.setCurrentWidget(tab)
    until(lambda: mark() == (True, True))
    tab.overlay_box.click()
    until(lambda: mark() == (False, False))
    assert "not drawn" in window.browser.topLevelItem(0).toolTip(0)
    window.tabs.setCurrentIndex(1 - window.tabs.indexOf(tab))
    assert mark() == (True, True), "there it is drawn"
    window.tabs.setCurrentWidget(tab)
    assert mark() == (False, False)
    check(window, 0, False)
    assert mark() == (True, True), "nobody thinks that it is drawn"
    check(window, 0, True)
    tab.overlay_box.click()
    until(lambda: mark() == (True, True))


def test_a_run_can_be_chosen_to_be_shown_in_full(window: Any, runs: Path) -> None:
    tab = window.recording_tab
    tab.run_choice.setCurrentIndex(1)
    tab.run_choice.activated.emit(1)
    assert tab.plotter.hdf5_path == str(runs / "DATA_1.hdf5")
    assert list(tab._overlaid) == [str(runs / "DATA_2.hdf5")]


def test_colours_of_the_list_are_those_of_the_overlays(window: Any, runs: Path) -> None:
    from pymeasure.display.Qt import QtGui

    tab = window.recording_tab
    tab.refresh()
    for curve in window.manager.experiments[0].curve_list:
        if curve:
            curve.wdg.set_color(curve, color=QtGui.QColor("#123456"))
    assert tab._overlaid == {str(runs / "DATA_1.hdf5"): "#123456"}


def test_use_these_parameters(window: Any, runs: Path) -> None:
    window.set_parameters(window.manager.experiments[0].procedure.parameter_objects())
    assert window.inputs.sample_rate.value() == 1.25
    window.inputs.sample_rate.setValue(7)
    assert window.manager.experiments[0].procedure.sample_rate == 1.25
    window.set_parameters({})
    assert "has no parameter" in window.messages.text


def test_deletes_both_files(window: Any, until: Until, runs: Path) -> None:
    answer(until, "Keep")
    window.delete_experiment_data(window.manager.experiments[0])
    assert len(files_in(runs)) == 4
    answer(until, "Delete")
    window.delete_experiment_data([window.manager.experiments[0]])
    assert files_in(runs) == ["DATA_2.csv", "DATA_2.hdf5"]
    assert statuses(window) == ["Complete"]


def test_copies_both_files(window: Any, runs: Path, tmp_path: Path) -> None:
    results = window.manager.experiments[0].results
    window.copy_run(results, tmp_path / "copy.csv")
    assert files_in(tmp_path) == ["copy.csv", "copy.hdf5"]
    assert verify(tmp_path / "copy.hdf5").exit_code == 0
    window.copy_run(results, tmp_path / "missing" / "copy.csv")
    assert "cannot be copied" in window.messages.text
    window.copy_run(results, Path(results.data_filename))
    assert "cannot be copied" in window.messages.text
    assert verify(runs / "DATA_1.hdf5").exit_code == 0, "nothing recorded is lost"


@pytest.mark.parametrize(
    ("existing", "chosen"), [("copy.hdf5", "copy.csv"), ("copy.csv", "copy"), ("copy.hdf5", "copy")]
)
def test_a_copy_replaces_only_what_the_user_was_asked_about(
    window: Any,
    runs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    existing: str,
    chosen: str,
) -> None:
    from pymeasure.display.Qt import QtWidgets

    (tmp_path / existing).write_text("precious")
    choice = (str(tmp_path / chosen), "")
    monkeypatch.setattr(QtWidgets.QFileDialog, "getSaveFileName", lambda *_: choice)
    window.save_experiment_copy(window.manager.experiments[0].data_filename)
    assert existing in window.messages.text
    assert (tmp_path / existing).read_text() == "precious"
    assert files_in(tmp_path) == [existing]


def test_a_run_that_begins_while_its_deletion_is_asked_about_is_kept(
    window: Any, until: Until
) -> None:
    from pymeasure.display.Qt import QtCore

    window.inputs.ends_by.setValue("stop")
    window.queue_button.click()
    window.queue_button.click()
    second = window.manager.experiments[1]
    until(lambda: window.controls.stop_button.isEnabled())
    window.stop()

    def agree_late() -> None:
        until(lambda: statuses(window)[1] in ("Running", "Recording"))
        answer(until, "Delete")

    QtCore.QTimer.singleShot(0, agree_late)
    window.delete_experiment_data(second)
    assert "stop it first" in window.messages.text
    assert Path(second.data_filename).exists()
    until(lambda: window.controls.stop_button.isEnabled())
    window.stop()
    until(lambda: all_ended(window))
    # a stop may come before the first sample
    until(lambda: set(statuses(window)) <= {"Stopped", "No data"})


def test_a_csv_without_its_recording_shows_its_summary(window: Any, folder: Path) -> None:
    (folder / "DATA_1.hdf5").unlink()
    window.open_run(folder / "DATA_1.csv")
    assert statuses(window) == ["Complete"]
    assert "no DATA_1.hdf5 beside it" in window.messages.text


def test_a_recording_without_its_csv_is_told(window: Any, folder: Path) -> None:
    (folder / "DATA_1.csv").unlink()
    window.open_run(folder / "DATA_1.hdf5")
    assert statuses(window) == []
    assert "no DATA_1.csv beside it" in window.messages.text
    tab = window.recording_tab
    tab.refresh()
    assert tab.plotter.hdf5_path == str(folder / "DATA_1.hdf5"), "it can be seen all the same"
    window.open_run(folder / "DATA_2.csv")
    assert tab.plotter.hdf5_path == str(folder / "DATA_2.hdf5")


FOREIGN = {
    "empty.csv": "",
    "table.csv": "a,b\n1,2\n",
    "other.csv": "#Procedure: <nowhere.Other>\n#Parameters:\n#\tRange: 5\n#Data:\nTime,V\n1,2\n",
    "counting.csv": (
        "#Procedure: <experiment_procedures.Counting>\n#Parameters:\n#\tRows: 3\n"
        "#Data:\nNumber,Square\n0,0\n"
    ),
    "binary.csv": "\x00\x01\x02",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_files_of_others_are_told(window: Any, tmp_path: Path, name: str) -> None:
    from picostream_pymeasure.display.experiment.dialog import ExperimentDialog

    path = tmp_path / name
    path.write_text(FOREIGN[name])
    window.open_run(path)
    assert name in window.messages.text
    assert statuses(window) == []
    dialog = ExperimentDialog(window.procedure_class, window.widget_list, window)
    dialog.update_preview(str(path))
    assert name in dialog.note.text()
    dialog.done(0)
    dialog.deleteLater()


@pytest.mark.parametrize("ending", ["raise SystemExit(9)", "import sys; sys.exit()", "1 +"])
def test_a_run_of_a_script_that_ends_when_it_is_imported_is_told(
    window: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    (tmp_path / "exit_mod.py").write_text(ending)
    monkeypatch.syspath_prepend(tmp_path)
    path = folder / "DATA_1.csv"
    _, rest = path.read_text().split("\n", 1)
    path.write_text(f"#Procedure: <exit_mod.Cls>\n{rest}")
    window.open_run(path)
    assert "was written by exit_mod.Cls, which cannot be imported here" in window.messages.text
    assert statuses(window) == []


def test_a_missing_file_is_told(window: Any, tmp_path: Path) -> None:
    for name in ("missing.csv", "missing.hdf5", f"{'n' * 300}.csv", f"{'n' * 300}.hdf5"):
        window.open_run(tmp_path / name)
        assert window.messages.text.endswith(f"{name} does not exist.")


def test_damaged_rows_are_told(window: Any, folder: Path) -> None:
    path = folder / "DATA_1.csv"
    path.write_text(path.read_text() + "1," * 60 + "\n")
    window.open_run(path)
    assert "its rows are damaged" in window.messages.text
    assert statuses(window) == []


def test_dialog_previews_both_files(window: Any, until: Until, folder: Path) -> None:
    from picostream_pymeasure.display.experiment.dialog import ExperimentDialog

    dialog = ExperimentDialog(window.procedure_class, window.widget_list, window)
    dialog.show()
    recording, summary = dialog.preview_widget_list
    dialog.update_preview(str(folder / "DATA_1.csv"))
    assert not dialog.note.text()
    assert recording.plotter.hdf5_path == str(folder / "DATA_1.hdf5")
    assert summary.plot.items
    assert dialog.preview_param.topLevelItemCount() > 10
    metadata = dialog.preview_metadata
    texts = [metadata.topLevelItem(row).text(1) for row in range(metadata.topLevelItemCount())]
    assert any(text.endswith(" Hz") and not text.endswith("Hz Hz") for text in texts)
    (folder / "DATA_2.hdf5").unlink()
    dialog.update_preview(str(folder / "DATA_2.csv"))
    assert "DATA_2.hdf5 is missing" in dialog.note.text()
    dialog.done(0)
    dialog.deleteLater()


def test_deletion_names_both_files_and_keeps_them_by_default(
    window: Any, until: Until, runs: Path
) -> None:
    from pymeasure.display.Qt import QtCore, QtWidgets

    seen = []

    def look() -> None:
        box = QtWidgets.QApplication.activeModalWidget()
        if box is None:
            QtCore.QTimer.singleShot(5, look)
            return
        seen.append((box.defaultButton().text(), box.informativeText()))
        box.defaultButton().click()

    QtCore.QTimer.singleShot(5, look)
    window.delete_experiment_data(window.manager.experiments[0])
    (default, text) = seen[0]
    assert default == "Keep"
    assert "DATA_1.csv (" in text
    assert "DATA_1.hdf5 (" in text
    assert "kB)" in text
    assert len(files_in(runs)) == 4


@pytest.mark.parametrize(("left", "word"), [(None, "No recording"), (0, "Unreadable"), (9000, "")])
def test_a_run_whose_recording_cannot_be_read_is_not_called_complete(
    window: Any, until: Until, folder: Path, left: int | None, word: str
) -> None:
    if left is None:
        (folder / "DATA_1.hdf5").unlink()
    else:
        os.truncate(folder / "DATA_1.hdf5", left)
    window.open_run(folder / "DATA_1.csv")
    until(lambda: statuses(window) != ["Complete"])
    assert word in statuses(window)[0]


def test_a_run_that_left_nothing_is_not_called_finished(
    window: Any, until: Until, runs: Path
) -> None:
    lines = (runs / "DATA_1.csv").read_text().splitlines(keepends=True)
    labels = next(n for n, line in enumerate(lines) if not line.startswith("#"))
    (runs / "DATA_3.csv").write_text("".join(lines[: labels + 1]))
    window.open_run(runs / "DATA_3.csv")
    assert statuses(window) == ["Complete", "Complete", "No data"]
    until(lambda: window.manager.experiments[2].browser_item.progressbar.value() == 0)


def test_export_neither_offers_nor_replaces_the_results_of_a_run(
    window: Any, until: Until, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pymeasure.display.Qt import QtWidgets

    plotter = window.recording_tab.plotter
    until(lambda: plotter.frame and plotter.frame.traces)
    before = (runs / "DATA_2.csv").read_text()
    offered = []

    def choose(parent: Any, title: str, proposed: str, kinds: str) -> tuple[str, str]:
        offered.append(Path(proposed).name)
        return str(runs / "DATA_2.csv"), ""

    monkeypatch.setattr(QtWidgets.QFileDialog, "getSaveFileName", choose)
    plotter.actions_by_name["export"].trigger()
    assert offered == ["DATA_2_part_1.csv"]
    until(lambda: "holds the results of a run and is not replaced" in plotter.status.text())
    plotter.commands.export_view(str(runs / "DATA_1.hdf5"))
    until(lambda: "does not say the format" in plotter.status.text())
    assert (runs / "DATA_2.csv").read_text() == before
    assert verify(runs / "DATA_1.hdf5").exit_code == 0


def test_a_reset_shows_a_run_as_at_first(window: Any, until: Until, runs: Path) -> None:
    plotter = window.recording_tab.plotter
    until(lambda: plotter.frame and plotter.frame.traces)
    scale = plotter.scales.view
    for name in ("density", "taller", "taller", "all", "cursors"):
        plotter.actions_by_name[name].trigger()
    plotter.scales.set_own("A", plotter.scales.view)
    assert not plotter.navigator.is_following
    window.reset()
    assert plotter.navigator.is_following
    assert plotter.scales.view == scale
    assert not plotter.scales.own
    for name in ("density", "cursors"):
        assert not plotter.actions_by_name[name].isChecked()
    assert not plotter.screen_parts.cursors.visible


def test_the_list_can_be_worked_with_after_opening(window: Any, folder: Path) -> None:
    assert window.browser_widget.show_button.isHidden()
    window.open_run(folder / "DATA_1.csv")
    buttons = window.browser_widget
    for button in (buttons.show_button, buttons.hide_button, buttons.clear_button):
        assert button.isVisible()
        assert button.isEnabled()


def test_a_plain_window_deletes_the_recording_with_the_csv(
    application: Any, until: Until, folder: Path
) -> None:
    from pymeasure.display.windows import ManagedWindow
    from pymeasure.experiment import Procedure, Results

    from picostream_pymeasure.display.experiment.recording_tab import RecordingTab
    from picostream_pymeasure.procedures.capture import StreamingCapture

    class Unestimated(StreamingCapture):  # PyMeasure's estimates outlive the inputs they read
        get_estimates = Procedure.get_estimates

    tab = RecordingTab("Recording")
    plain = ManagedWindow(
        Unestimated,
        inputs=("duration",),
        displays=("duration",),
        x_axis=StreamingCapture.DATA_COLUMNS[0],
        y_axis=StreamingCapture.DATA_COLUMNS[1],
        widget_list=(tab,),
    )
    for number in (1, 2):
        results = Results.load(str(folder / f"DATA_{number}.csv"))
        plain.manager.load(plain.new_experiment(results))
    answer(until, "Yes")
    plain.delete_experiment_data(plain.manager.experiments[0])
    until(lambda: files_in(folder) == ["DATA_2.csv", "DATA_2.hdf5"])
    plain.hide_experiments()
    application.processEvents()
    assert files_in(folder) == ["DATA_2.csv", "DATA_2.hdf5"], "hidden is not deleted"
    logging.getLogger().removeHandler(plain.log_widget.handler)
    tab.close()
    plain.close()
    plain.deleteLater()
