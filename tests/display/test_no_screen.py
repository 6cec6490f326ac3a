"""Where no window can be shown, and programs that end without Qt's loop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from picostream_pymeasure.storage import verify
from tests.support.patience import PATIENCE_S
from tests.support.reader_files import noise, write_recording

COMMAND = [sys.executable, "-c", "from picostream_pymeasure.cli import main; main()"]

PLOT = [sys.executable, "-c", "from picostream_pymeasure.cli import plot; plot()"]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")

SCREENS = [
    ({}, "There is no screen"),
    ({"DISPLAY": ":987"}, ""),
    ({"WAYLAND_DISPLAY": "wayland-987"}, ""),
    ({"QT_QPA_PLATFORM": "paper"}, "QT_QPA_PLATFORM=paper"),
]


def run(folder: Path, command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: text for name, text in os.environ.items() if name not in screens}
    return subprocess.run(
        command,
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@linux
@pytest.mark.usefixtures("application")
@pytest.mark.parametrize(
    ("command", "variables", "says"),
    [
        *([[*COMMAND, "gui"], *screen] for screen in (SCREENS[0], SCREENS[3])),
        *(
            pytest.param([*COMMAND, "gui"], *screen, marks=pytest.mark.long)
            for screen in SCREENS[1:3]
        ),
        ([*COMMAND, "view", "data.hdf5"], *SCREENS[0]),
        ([*PLOT, "data.hdf5", "--window", "2", "--decimation", "10", "-n", "400"], *SCREENS[0]),
        ([sys.executable, "-m", "picostream_pymeasure.dfplot", "data.hdf5"], *SCREENS[1]),
        ([sys.executable, "-m", "picostream_pymeasure.main"], *SCREENS[0]),
        ([sys.executable, "-m", "picostream_pymeasure"], *SCREENS[0]),
    ],
)
def test_a_window_without_a_screen_is_refused_in_a_sentence(
    tmp_path: Path, command: list[str], variables: dict[str, str], says: str
) -> None:
    write_recording(tmp_path / "data.hdf5", noise(100))
    done = run(tmp_path, command, **variables)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert says in line


@linux
@pytest.mark.usefixtures("application")
def test_libraries_that_the_screen_needs_are_named_by_their_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from picostream_pymeasure.display import application

    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(application, "_loads", lambda library: "icccm" not in library)
    assert application._reason().endswith("on Debian and Ubuntu install libxcb-icccm4.")


@linux
@pytest.mark.usefixtures("application")
def test_recording_goes_on_without_its_plot_and_says_so(tmp_path: Path) -> None:
    options = ["--simulate", "-s", "1", "--duration", "300", "--plot", "-o", "data.hdf5"]
    process = subprocess.Popen(
        [*COMMAND, *options],
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "paper"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any("The plot cannot be shown; the recording goes on." in line for line in lines)
        process.terminate()
        assert any("Verified:   yes" in line for line in lines)
    assert process.returncode == 0


@linux
@pytest.mark.usefixtures("application")
def test_recording_that_is_over_before_its_plot_fails_says_so(tmp_path: Path) -> None:
    patient = (
        "from picostream_pymeasure.cli import acquire, main\n"
        f"acquire._PLOT_S = {PATIENCE_S}\n"
        "main()"
    )
    options = ["--simulate", "-s", "1", "--samples", "1000", "--plot", "-o", "data.hdf5"]
    done = run(tmp_path, [sys.executable, "-c", patient, *options], QT_QPA_PLATFORM="paper")
    assert done.returncode == 0, done.stderr
    assert "The plot cannot be shown" in done.stdout


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize(
    "last",
    [
        "",
        "run_event_loop(application, lambda: QtCore.QTimer.singleShot(0, plotter.close))",
        pytest.param("del plotter", marks=pytest.mark.long),
        pytest.param("application = None", marks=pytest.mark.long),
        pytest.param("raise SystemExit(0)", marks=pytest.mark.long),
        pytest.param("dead = weakref.proxy(set())", marks=pytest.mark.long),
    ],
)
def test_program_that_ends_while_a_plot_updates(tmp_path: Path, last: str) -> None:
    write_recording(tmp_path / "data.hdf5", noise(200_000))
    program = f"""
import atexit, gc, weakref
from pymeasure.display.Qt import QtCore
from qtpy import sip

def families():
    '''What PyQt, whose end comes next, would destroy together with children.'''
    gc.unfreeze()
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), QtCore.QObject)]
    owned = [thing for thing in found if not sip.isdeleted(thing) and sip.ispyowned(thing)]
    return [thing for thing in owned if thing.children() and thing is not application_then]

atexit.register(lambda: print("families:", families()))
from pyqtgraph import mkQApp
from picostream_pymeasure.dfplot import HDF5LivePlotter
from picostream_pymeasure.display import run_event_loop

application = application_then = mkQApp()
plotter = HDF5LivePlotter(hdf5_path="data.hdf5", update_interval_ms=1)
plotter.start_updates()
plotter.show()
while plotter.frame is None or plotter.frame.facts is None:
    application.processEvents()
{last}
"""
    done = run(tmp_path, [sys.executable, "-c", program], QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == "families: []\n"


WINDOW = """
import atexit, sys, threading
go = threading.Event()
keepers = []

@atexit.register  # before all others, so that it comes last, when Qt's objects are no more
def at_last():
    go.set()
    for keeper in keepers:
        keeper.ended.wait(PATIENCE_S)

from pathlib import Path
from pymeasure.display.Qt import QtCore, QtWidgets
from picostream_pymeasure.display.experiment.window import ExperimentWindow
from picostream_pymeasure.procedures import scope_keeper
from picostream_pymeasure.procedures.live_monitor import LiveMonitor

application = QtWidgets.QApplication(sys.argv)
settings = QtCore.QSettings("settings.ini", QtCore.QSettings.Format.IniFormat)
axes = {"x_axis": "Elapsed Time (s)", "y_axis": "A RMS (V)"}
window = ExperimentWindow(LiveMonitor, settings=settings, **axes)
window.directory, window.filename = str(Path.cwd()), "run"
window.inputs.scope_serial.setText("simulated")
window.show()
"""

RECORDS = """
window.queue()
plotter = window.recording_tab.plotter
while plotter.frame is None or not plotter.frame.facts:
    application.processEvents(QtCore.QEventLoop.WaitForMoreEvents)
"""

OPENS = """
def open_scope(self):
    keepers.extend(scope_keeper.ScopeKeeper._active)
    go.wait()
    raise OSError("It answers after the end.")

LiveMonitor.open_scope = open_scope
scope_keeper._EXIT_TIMEOUT_S = 0.0
window.queue()
while not keepers:
    application.processEvents(QtCore.QEventLoop.WaitForMoreEvents)
"""


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("stage", [RECORDS, OPENS])
def test_program_that_ends_without_a_loop_while_a_window_runs_something(
    tmp_path: Path, stage: str
) -> None:
    program = f"PATIENCE_S = {PATIENCE_S}{WINDOW}{stage}"
    done = run(tmp_path, [sys.executable, "-c", program], QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    recorded = list(tmp_path.glob("*.hdf5"))
    assert len(recorded) == (1 if stage == RECORDS else 0)
    assert [verify(path).errors for path in recorded] == [[]] * len(recorded)
