"""The program as it is started."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure import host
from tests.support.experiment_windows import Until, settings_in
from tests.support.patience import PATIENCE_S

#: Starts the window, lets a slot raise, and closes as a user in a terminal does.
_PROGRAM = """
import gc, os, signal, sys
gc.disable()  # as the command line does
from pymeasure.display.Qt import QtCore, QtWidgets
from picostream_pymeasure.main import run

def look():
    window = [each for each in application.topLevelWidgets() if hasattr(each, "messages")][0]
    searches = gc.isenabled(), gc.get_freeze_count() > 1000
    print(window.inputs.scope_serial.value(), "|", searches, window.messages.text)
    os.kill(os.getpid(), signal.SIGINT)

def stumble():
    QtCore.QTimer.singleShot(300, look)
    raise KeyError("stumbled")

application = QtWidgets.QApplication([])
QtCore.QTimer.singleShot(300, stumble)
sys.exit(run(simulate=True))
"""


def run_in(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    # settings are kept below the home folder
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_starts_survives_an_error_ends_and_remembers(application: Any, tmp_path: Path) -> None:
    done = run_in(tmp_path, "-c", _PROGRAM)
    assert done.returncode == 0, done.stderr
    value, _, message = done.stdout.strip().partition(" | ")
    assert value == "simulated"
    assert "stumbled" in message
    assert message.startswith("(False, True)"), "garbage of what is new, in pauses"
    assert list(tmp_path.rglob("StreamingCapture.ini"))


@pytest.mark.parametrize(
    "command", [("picostream_pymeasure.main",), ("picostream_pymeasure", "gui")]
)
def test_help(application: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    done = run_in(tmp_path, "-m", *command, "--help")
    assert done.returncode == 0, done.stderr
    assert "--simulate" in done.stdout


def test_the_simulated_scope_is_chosen_again_by_a_reset_and_at_the_next_start(
    program_window: Any, until: Until, tmp_path: Path
) -> None:
    from picostream_pymeasure.main import FIRST_FOUND, make_window

    chosen = program_window.inputs.scope_serial
    chosen.setValue(FIRST_FOUND)
    program_window.reset()
    reset_to = chosen.value()
    chosen.setValue(FIRST_FOUND)
    program_window.close()  # remembers it
    again = make_window(simulate=True, settings=settings_in(tmp_path))
    until(again.inputs.scope_serial.refresh_button.isEnabled)
    started_with = again.inputs.scope_serial.value()
    again.close()
    assert (reset_to, started_with) == ("simulated", "simulated")


def test_what_was_chosen_for_one_time_is_not_remembered(
    program_window: Any, until: Until, tmp_path: Path
) -> None:
    from picostream_pymeasure.main import FIRST_FOUND, make_window

    assert program_window.inputs.scope_serial.value() == "simulated"
    program_window.inputs.duration.setValue(0.7)
    program_window.close()
    again = make_window(settings=settings_in(tmp_path))
    until(again.inputs.scope_serial.refresh_button.isEnabled)
    assert again.inputs.scope_serial.value() == FIRST_FOUND
    assert again.inputs.duration.value() == 0.7
    again.close()


def test_the_simulated_scope_is_always_in_the_list(
    application: Any, until: Until, tmp_path: Path
) -> None:
    from picostream_pymeasure.main import make_window

    window = make_window(settings=settings_in(tmp_path))
    scopes = window.inputs.scope_serial
    until(functools.partial(scopes.refresh_button.isEnabled))
    assert scopes.list.findData("simulated") >= 0
    scopes.setValue("simulated")
    window.show()
    window.close()
    again = make_window(settings=settings_in(tmp_path))
    assert again.inputs.scope_serial.value() == "simulated"
    until(again.inputs.scope_serial.refresh_button.isEnabled)
    again.close()


def test_refresh_waits_for_the_end_of_a_run(application: Any, until: Until, tmp_path: Path) -> None:
    from picostream_pymeasure.main import make_window

    window = make_window(settings=settings_in(tmp_path))
    button = window.inputs.scope_serial.refresh_button
    until(button.isEnabled)
    window.busy_changed.emit(True)
    assert not button.isEnabled(), "looking for scopes could disturb the stream"
    window.busy_changed.emit(False)
    assert button.isEnabled()
    window.close()


def test_all_windows_of_a_program_have_one_theme(
    application: Any, until: Until, tmp_path: Path
) -> None:
    from picostream_pymeasure.display.painting.theme import DARK, LIGHT, theme_of
    from picostream_pymeasure.main import CAPTURES, STREAMS, Windows

    windows = Windows(simulate=True, settings=settings_in(tmp_path))
    both = [windows.make(STREAMS)]
    both[0].recording_tab.plotter.set_theme("dark")
    both.append(windows.make(CAPTURES))
    for theme in (DARK, LIGHT):
        both[1].recording_tab.plotter.set_theme(theme.name)
        for window in both:
            assert window.recording_tab.plotter.theme is theme
            assert theme_of(window) is theme
    both[0].recording_tab.plotter.set_theme("dark")
    assert theme_of(both[1]) is DARK
    for window in both:
        until(window.inputs.scope_serial.refresh_button.isEnabled)
        window.close()


def test_a_scope_that_another_window_records_with_is_told_before_a_run(
    application: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure import PicoScope5000A
    from picostream_pymeasure.main import CAPTURES, STREAMS, Windows

    monkeypatch.setattr(STREAMS.procedure, "open_scope", lambda _: PicoScope5000A(simulated=True))
    windows = Windows(settings=settings_in(tmp_path))
    streams, captures = windows.make(STREAMS), windows.make(CAPTURES)
    for window in (streams, captures):
        window.directory = str(tmp_path)
        window.inputs.scope_serial.setValue("AB1/2")
        window.show()
    streams.inputs.ends_by.setValue("stop")
    streams.queue()
    until(streams.manager.is_running)

    def verdict() -> str:
        captures.estimator.look()
        return dict(captures.estimator.texts).get("Can record", "")

    until(lambda: verdict() == "no: a run in the other window uses the scope.")
    captures.inputs.scope_serial.setValue("simulated")
    until(lambda: verdict() == "yes")
    streams.stop()
    until(lambda: not streams.manager.is_running())
    for window in (streams, captures):
        until(window.inputs.scope_serial.refresh_button.isEnabled)
        window.close()


def test_scopes_are_looked_for_again_after_a_failure(
    application: Any, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from picostream_pymeasure.errors import PicoStreamError
    from picostream_pymeasure.instrument import found_scopes
    from picostream_pymeasure.main import STREAMS, Windows
    from picostream_pymeasure.simulated import SimulatedScope, load_simulated

    def fail(_: Any) -> Any:
        serials.clear()
        raise PicoStreamError("AB1/2 is open in another program.")

    serials = ["AB1/2"]
    monkeypatch.setattr(
        found_scopes,
        "library_of",
        lambda simulated: load_simulated([SimulatedScope(serial=serial) for serial in serials]),
    )
    monkeypatch.setattr(STREAMS.procedure, "open_scope", fail)
    window = Windows(settings=settings_in(tmp_path)).make(STREAMS)
    window.directory = str(tmp_path)
    window.show()
    until(window.inputs.scope_serial.refresh_button.isEnabled)
    window.inputs.scope_serial.setValue("AB1/2")
    until(lambda: dict(window.estimator.texts).get("Can record") == "yes")
    window.queue()
    until(lambda: "no scope is connected" in dict(window.estimator.texts).get("Can record", ""))
    until(window.inputs.scope_serial.refresh_button.isEnabled)
    window.close()


def test_captures_have_a_window_of_their_own(
    application: Any, until: Until, tmp_path: Path
) -> None:
    from picostream_pymeasure.main import CAPTURES, STREAMS, Windows

    before = application.topLevelWidgets()
    windows = Windows(simulate=True, settings=settings_in(tmp_path))
    window = windows.make(CAPTURES)
    (tmp_path / "data").mkdir()
    window.directory = str(tmp_path / "data")
    window.show()
    until(window.inputs.scope_serial.refresh_button.isEnabled)
    window.inputs.captures.setValue(5)
    window.inputs.sample_rate.setValue(1)
    window.queue()
    windows.show(STREAMS)
    assert "before another window is opened" in window.messages.text
    until(lambda: not window.manager.is_running())
    (experiment,) = window.manager.experiments.queue
    assert experiment.procedure.status == host.FINISHED
    assert len(experiment.results.data) == 5
    view = window.recording_tab.plotter.captures.view
    until(lambda: view.picture is not None and view.picture.captures == 5)
    windows.show(STREAMS)
    windows.show(CAPTURES)  # the one that is there
    new = [each for each in application.topLevelWidgets() if each not in before]
    others = [each for each in new if hasattr(each, "recording_tab")]
    assert len([each for each in others if each.isVisible()]) == 2
    for each in others:
        until(each.inputs.scope_serial.refresh_button.isEnabled)
        each.close()
        each.deleteLater()


#: Closes the window while one of its threads compiles, in the first start for minutes.
_CLOSED_WHILE_IT_COMPILES = """
import os, sys, threading, time
from numba.core import event
from pymeasure.display.Qt import QtCore, QtWidgets
from picostream_pymeasure import main
from picostream_pymeasure.cli.gui import open_window

FUNCTIONS = 1_000_000
compiling = threading.Event()

def compile_much(found, procedure):
    try:
        for compiled in range(FUNCTIONS):
            with event.trigger_event("numba:compile"):
                compiling.set()
                time.sleep(0.001)
    finally:
        os.write(1, f"{compiling.is_set()} {compiled < FUNCTIONS - 1}".encode())

def begin():
    window = [each for each in application.topLevelWidgets() if hasattr(each, "estimator")][0]
    window.estimator.look()
    compiling.wait()
    application.closeAllWindows()

main._obstacle = compile_much
application = QtWidgets.QApplication([])
QtCore.QTimer.singleShot(0, begin)
sys.exit(open_window(True))
"""


def test_a_window_that_is_closed_while_it_compiles(application: Any, tmp_path: Path) -> None:
    done = run_in(tmp_path, "-c", _CLOSED_WHILE_IT_COMPILES)
    assert (done.returncode, done.stdout) == (0, "True True"), done.stderr
