"""Signals end the windows of the documentation as closing them does, in a run as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from picostream_pymeasure.verification import verify
from tests.support.reader_files import noise, write_recording

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "window.md"

#: Sends Ctrl+C once Qt's loop runs, from a thread, so that nothing but the signal wakes Python.
_STRIKE = """
import os, signal, threading, time
from pymeasure.display.Qt import QtCore

def runs():
    try:
        return (app := QtCore.QCoreApplication.instance()) and app.thread().loopLevel()
    except RuntimeError:  # it is being made just now
        return False

def strike():
    while not runs():
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=strike, daemon=True).start()
"""

#: A program in a loop of its own is interrupted as ever.
_BESIDE = """
import signal
from pyqtgraph import mkQApp
from picostream_pymeasure import HDF5LivePlotter

application = mkQApp()
plotter = HDF5LivePlotter("data.hdf5")
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
plotter.close()
"""


#: Queues a run, and is told to end in the middle of it.
_IN_A_RUN = """
import os, signal, sys
from pathlib import Path
from pymeasure.display.Qt import QtCore, QtWidgets
from picostream_pymeasure.main import run

signal.signal(signal.SIGINT, signal.SIG_IGN)
application = QtWidgets.QApplication([])

def queue():
    window = [each for each in application.topLevelWidgets() if hasattr(each, "messages")][0]
    window.inputs.sample_rate.setValue(0.1)
    window.inputs.duration.setValue(3600)
    window.queue()

def strike():
    if any(path.stat().st_size for path in Path().glob("*.hdf5")):
        os.kill(os.getpid(), signal.{signal})
        looking.stop()

looking = QtCore.QTimer()
looking.timeout.connect(strike)
looking.start(50)
QtCore.QTimer.singleShot(0, queue)
run(simulate=True)
print("ended")
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )


BLOCKS = [
    block
    for block in re.findall("^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    if "application.exec()" in block
]


@pytest.mark.parametrize("block", BLOCKS, ids=["window", "plot"])
def test_ctrl_c_ends_a_window(application: object, block: str, tmp_path: Path) -> None:
    done = run(_STRIKE + block + '\nprint("went on")\n', tmp_path)
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr


#: The command line, which has noted Ctrl+C until then.
_COMMAND = """
import sys
from picostream_pymeasure.cli import main

sys.argv = ["picostream", {arguments}]
main()
"""


@pytest.mark.parametrize("arguments", ['"view", "a.hdf5"', '"gui", "--simulate"'])
def test_ctrl_c_ends_a_window_of_the_command_line(
    application: object, arguments: str, tmp_path: Path
) -> None:
    write_recording(tmp_path / "a.hdf5", noise(1000))
    done = run(_STRIKE + _COMMAND.format(arguments=arguments), tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Interrupt" not in done.stderr + done.stdout


def test_ctrl_c_outside_of_the_loop_is_python_s(application: object, tmp_path: Path) -> None:
    done = run(_BESIDE, tmp_path)
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("name", ["SIGTERM", pytest.param("SIGHUP", marks=pytest.mark.long)])
def test_a_run_is_ended_as_ever(application: object, name: str, tmp_path: Path) -> None:
    """Also of a program in the background of a script, which ignores Ctrl+C."""
    done = run(_IN_A_RUN.format(signal=name), tmp_path)
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr
    (path,) = tmp_path.glob("*.hdf5")
    assert verify(path).complete
