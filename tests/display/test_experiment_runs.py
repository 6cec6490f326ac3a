"""Runs in the window: queued, stopped, aborted, failed, closed in the middle."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import host
from picostream_pymeasure.display.experiment import manager
from picostream_pymeasure.system import compiling
from picostream_pymeasure.verification import verify
from tests.support.experiment_windows import (
    Until,
    all_ended,
    answer,
    files_in,
    rehearse,
    statuses,
)


def queue_long_run(window: Any, until: Until) -> None:
    window.inputs.ends_by.setValue("stop")
    window.queue_button.click()
    recording = Path(window.manager.running_experiment().procedure.recording_path)
    until(lambda: window.controls.stop_button.isEnabled() and recording.exists())


def test_queued_runs_follow_each_other_and_are_shown(
    window: Any, until: Until, tmp_path: Path
) -> None:
    window.queue_button.click()
    window.queue_button.click()
    assert statuses(window) == ["Queued", "Queued"]
    until(lambda: all_ended(window))
    assert statuses(window) == ["Complete", "Complete"]
    folder = tmp_path / "data"
    assert files_in(folder) == ["DATA_1.csv", "DATA_1.hdf5", "DATA_2.csv", "DATA_2.hdf5"]
    assert verify(folder / "DATA_1.hdf5").exit_code == 0
    assert verify(folder / "DATA_2.hdf5").exit_code == 0
    until(lambda: window.recording_tab.plotter.hdf5_path == str(folder / "DATA_2.hdf5"))


def test_a_drive_that_is_slow_to_answer_is_not_asked_with_each_picture(
    window: Any, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        window.queue_button.click()
    until(lambda: all_ended(window))
    queue_long_run(window, until)
    asked: list[str] = []
    pictures: list[str] = []
    plotter, stat = window.recording_tab.plotter, os.stat

    def told(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if threading.current_thread() is threading.main_thread() and pictures:
            asked.append(str(path))
        return stat(path, *args, **options)

    until(lambda: window.controls.mark_button.isVisibleTo(window))
    monkeypatch.setattr(os, "stat", told)
    plotter.updated.connect(lambda *_: pictures.append(plotter.hdf5_path))
    until(lambda: len(pictures) > 20)
    window.recording_tab.refresh()
    window.controls.refresh()
    window.estimator.look()
    assert [path for path in asked if path.startswith(window.directory)] == []


def test_the_computer_stays_awake_while_runs_are_left(
    window: Any, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    @contextmanager
    def kept_awake() -> Iterator[None]:
        events.append("awake")
        yield
        events.append(f"may sleep, running: {window.manager.is_running()}")

    monkeypatch.setattr(manager, "kept_awake", kept_awake)
    window.queue_button.click()
    window.queue_button.click()
    until(lambda: all_ended(window))
    assert events == ["awake", "may sleep, running: False"], "once for all of them"
    window.queue_button.click()
    until(lambda: all_ended(window))
    assert events[2:] == events[:2]


def test_stop_is_a_normal_end_and_the_queue_goes_on(
    window: Any, until: Until, tmp_path: Path
) -> None:
    queue_long_run(window, until)
    window.inputs.ends_by.setValue("duration")
    window.queue_button.click()
    window.controls.stop_button.click()
    assert not window.controls.stop_button.isEnabled()
    until(lambda: all_ended(window))
    until(lambda: statuses(window) == ["Stopped", "Complete"])
    assert verify(tmp_path / "data" / "DATA_1.hdf5").exit_code == 0


def test_abort_holds_the_queue_until_resume(window: Any, until: Until, tmp_path: Path) -> None:
    queue_long_run(window, until)
    window.inputs.ends_by.setValue("duration")
    window.queue_button.click()
    window.abort_button.click()
    until(lambda: window.abort_button.text() == "Resume")
    assert statuses(window) == ["Aborted", "Queued"]
    assert window.browser.topLevelItem(1).progressbar.text() == "0 %", "as all others are written"
    assert verify(tmp_path / "data" / "DATA_1.hdf5").samples > 0, "what was recorded is kept"
    window.abort_button.click()
    until(lambda: all_ended(window))
    assert statuses(window) == ["Aborted", "Complete"]


def test_abort_of_the_only_run_holds_nothing(window: Any, until: Until) -> None:
    queue_long_run(window, until)
    window.abort_button.click()
    until(lambda: all_ended(window))
    window.inputs.ends_by.setValue("duration")
    window.queue_button.click()
    until(lambda: all_ended(window))
    assert statuses(window) == ["Aborted", "Complete"]


def test_a_run_that_fails_says_why_and_the_queue_goes_on(
    window: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearse(monkeypatch, "unplug_at=5e4")
    queue_long_run(window, until)
    until(lambda: "DATA_1.csv failed: " in window.messages.text)
    assert statuses(window) == ["Failed"]
    assert "does not answer" in window.messages.text
    assert "Traceback" not in window.log_widget.view.toPlainText()
    assert verify(tmp_path / "data" / "DATA_1.hdf5").samples > 0, "what was recorded is kept"
    monkeypatch.undo()
    window.inputs.ends_by.setValue("duration")
    window.queue_button.click()
    assert not window.messages.text
    until(lambda: all_ended(window))
    assert statuses(window) == ["Failed", "Complete"]


def test_no_scope_is_told(window: Any, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    window.inputs.scope_serial.setValue("XY12/345")
    window.queue_button.click()
    until(lambda: window.messages.text)
    assert statuses(window) == ["Failed"]
    assert "PicoSDK" in window.messages.text or "XY12/345" in window.messages.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_folder_that_vanishes_fails_the_run_and_the_queue_goes_on(
    window: Any, until: Until, tmp_path: Path
) -> None:
    queue_long_run(window, until)
    window.inputs.ends_by.setValue("duration")
    window.directory = str(tmp_path / "gone")
    window.queue_button.click()
    shutil.rmtree(tmp_path / "gone")
    window.directory = str(tmp_path / "data")
    window.queue_button.click()
    window.controls.stop_button.click()
    until(lambda: all_ended(window))
    until(lambda: statuses(window) == ["Stopped", "Failed", "Complete"])


def test_contradictory_parameters_are_told_before_anything_is_touched(
    window: Any, tmp_path: Path
) -> None:
    window.inputs.resolution.setValue(16)
    window.inputs.channel_b.setValue(True)
    window.queue_button.click()
    assert "16" in window.messages.text
    assert statuses(window) == []
    assert files_in(tmp_path / "data") == []


def test_an_unwritable_folder_is_told(window: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    window.directory = str(tmp_path / "file" / "folder")
    window.queue_button.click()
    assert str(tmp_path / "file") in window.messages.text
    assert statuses(window) == []


def test_a_folder_that_can_have_no_such_name_is_told(window: Any) -> None:
    window.directory = "a\0b"
    window.queue_button.click()
    assert window.messages.text == "The name of a file has no zero bytes."
    assert statuses(window) == []


def test_a_run_the_disk_cannot_hold_is_told(window: Any, tmp_path: Path) -> None:
    window.inputs.duration.setValue(1e8)
    window.queue_button.click()
    assert "GB" in window.messages.text
    assert files_in(tmp_path / "data") == []


def test_a_run_that_never_recorded_is_not_waited_for(window: Any, until: Until) -> None:
    window.inputs.scope_serial.setValue("XY12/345")
    window.queue_button.click()
    until(lambda: statuses(window) == ["Failed"])
    until(lambda: "no recording to show" in window.recording_tab.plotter.frame.message)


def test_results_that_are_removed_while_a_run_goes_on_are_told(
    window: Any, until: Until, tmp_path: Path
) -> None:
    queue_long_run(window, until)
    (tmp_path / "data" / "DATA_1.csv").unlink()
    window.stop()
    until(lambda: all_ended(window))
    assert "DATA_1.csv was removed while its run went on" in window.messages.text
    assert files_in(tmp_path / "data") == ["DATA_1.hdf5"]


def test_closing_in_the_middle_asks_and_waits(window: Any, until: Until, tmp_path: Path) -> None:
    queue_long_run(window, until)
    answer(until, "No")
    assert not window.close()
    assert window.isVisible()
    assert window.manager.is_running()
    answer(until, "Yes")
    assert not window.close(), "it waits for the run"
    until(lambda: not window.isVisible())
    assert not window.manager.is_running()
    assert verify(tmp_path / "data" / "DATA_1.hdf5").exit_code == 0


def asked(until: Until, button: str, meanwhile: Any = None) -> list[str]:
    """What the question says that is about to be asked; presses a button of it."""
    from pymeasure.display.Qt import QtCore, QtWidgets

    texts: list[str] = []

    def press() -> None:
        box = QtWidgets.QApplication.activeModalWidget()
        if box is None:
            QtCore.QTimer.singleShot(5, press)
            return
        texts.append(box.text())
        assert box.defaultButton().text().replace("&", "") in ("No", "Keep")
        if meanwhile is not None:
            meanwhile()
        {each.text().replace("&", ""): each for each in box.buttons()}[button].click()

    QtCore.QTimer.singleShot(5, press)
    return texts


def test_closing_tells_of_queued_runs_and_leaves_nothing_of_them(
    window: Any, until: Until, tmp_path: Path
) -> None:
    queue_long_run(window, until)
    for _ in range(3):
        window.queue_button.click()
    texts = asked(until, "No")
    assert not window.close()
    assert "A run is under way. 3 queued runs will not be made." in texts[0]
    window.abort()
    until(lambda: not window.manager.is_running())
    texts = asked(until, "No")
    assert not window.close()
    assert texts == ["3 queued runs will not be made. Close the window?"]
    assert window.isVisible()
    asked(until, "Yes")
    assert window.close()
    assert files_in(tmp_path / "data") == ["DATA_1.csv", "DATA_1.hdf5"]


def test_a_run_that_has_run_while_it_was_to_be_deleted_is_kept(
    window: Any, until: Until, tmp_path: Path
) -> None:
    window.queue_button.click()
    window.queue_button.click()
    second = window.manager.experiments[1]
    asked(until, "Delete", lambda: until(lambda: all_ended(window)))
    window.delete_experiment_data(second)
    assert "DATA_2.csv has run meanwhile, and is kept" in window.messages.text
    assert "DATA_2.hdf5" in files_in(tmp_path / "data")
    assert statuses(window) == ["Complete", "Complete"]


def test_a_run_that_runs_by_now_stays_in_the_list(window: Any, until: Until) -> None:
    queue_long_run(window, until)
    window.queue_button.click()
    second = window.manager.experiments[1]

    def begin() -> None:
        window.stop()
        until(lambda: window.manager.running_experiment() is second)

    asked(until, "Yes", begin)
    window.remove_experiment(second)
    assert "DATA_2.csv runs now; stop it first." in window.messages.text
    assert second in window.manager.experiments.queue
    window.abort()
    until(lambda: all_ended(window))


def test_a_run_whose_thread_has_not_said_so_yet_is_under_way(window: Any, until: Until) -> None:
    queue_long_run(window, until)
    (running,) = window.manager.experiments.queue
    running.procedure.status = host.QUEUED
    window.manager.remove(running)
    assert "DATA_1.csv runs now; stop it first." in window.messages.text
    assert Path(running.data_filename).exists()
    assert not window.manager.waiting
    running.procedure.status = host.RUNNING
    window.abort()
    until(lambda: all_ended(window))


def test_the_end_of_the_application_keeps_the_data(
    window: Any, until: Until, tmp_path: Path
) -> None:
    queue_long_run(window, until)
    window.quit()
    assert verify(tmp_path / "data" / "DATA_1.hdf5").exit_code == 0
    until(lambda: not window.manager.is_running())


def test_many_runs_leave_no_thread(window: Any, until: Until) -> None:
    window.inputs.duration.setValue(0.01)
    window.queue_button.click()
    until(lambda: all_ended(window) and window.estimator.texts)
    before = threading.active_count()
    for _ in range(5):
        window.queue_button.click()
    until(lambda: all_ended(window))
    assert statuses(window) == ["Complete"] * 6
    until(lambda: threading.active_count() == before)


def test_log_handler_is_gone_with_the_window(window: Any) -> None:
    assert window.log_widget.handler in logging.getLogger().handlers
    window.close()
    assert window.log_widget.handler not in logging.getLogger().handlers


def test_that_code_is_compiled_marks_no_page(window: Any, until: Until) -> None:
    told: list[str] = []
    window.log_widget.handler.connect(told.append)
    compiling.log.warning(compiling.SENTENCE)
    logging.getLogger("picostream_pymeasure").warning("The scope's power changed.")
    until(lambda: told)
    assert len(told) == 1
    assert "power changed" in told[0]


def test_clearing_the_list_after_an_abort_releases_the_queue(
    window: Any, until: Until, tmp_path: Path
) -> None:
    queue_long_run(window, until)
    window.inputs.ends_by.setValue("duration")
    window.queue_button.click()
    window.abort_button.click()
    until(lambda: window.abort_button.text() == "Resume")
    assert (tmp_path / "data" / "DATA_2.csv").exists()
    window.browser_widget.clear_button.click()
    names = {path.name for path in (tmp_path / "data").iterdir()}
    assert names == {"DATA_1.csv", "DATA_1.hdf5"}, "of the run that never began nothing stays"
    assert window.abort_button.text() == "Abort"
    window.queue_button.click()
    until(lambda: statuses(window) == ["Complete"])
