"""Ctrl+C ends the windows of the documentation as closing them does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "window.md"

#: Sends Ctrl+C once Qt's loop runs, from a thread, so that nothing but the signal wakes Python.
_STRIKE = """
import os, signal, threading, time
from pymeasure.display.Qt import QtCore

def strike():
    while not ((app := QtCore.QCoreApplication.instance()) and app.thread().loopLevel()):
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


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
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


def test_ctrl_c_outside_of_the_loop_is_python_s(application: object, tmp_path: Path) -> None:
    done = run(_BESIDE, tmp_path)
    assert (done.returncode, done.stdout) == (0, "interrupted\n"), done.stderr
