"""Does the window stay responsive at full rate, and how fast does it start, stop and abort?

It runs without a screen; painting counts, what a screen adds does not.
``python -m tests.benchmarks.gui FOLDER`` makes pictures of the window instead.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil

from picostream_pymeasure.display.application import windows_first
from picostream_pymeasure.storage import verify

from .block_watch import BlockWatch

#: The program as its command starts it; it ends when it has been painted.
_START = """
import time
from PyQt5 import QtCore, QtWidgets

class Watch(QtCore.QObject):
    def eventFilter(self, watched, event):
        if event.type() == QtCore.QEvent.Paint:
            application.removeEventFilter(self)
            QtCore.QTimer.singleShot(0, self.end)
        return False

    def end(self):
        print(time.time())
        QtWidgets.QApplication.closeAllWindows()

application = QtWidgets.QApplication([])
watch = Watch()
application.installEventFilter(watch)
from picostream_pymeasure.cli.gui import open_window
open_window(True)
"""
_BEAT_MS = 2
_N_RUNS = 10
_N_UNTIL_SETTLED = 40  # the allocator's pools of each thread fill up, which goes on more slowly


def measure(folder: Path, seconds: float) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("PICOSTREAM_SIMULATED_SCOPE", "variant=5444DMSO")
    print(f"start to a window that is shown: {_start_s(folder):.2f} s (median of 5)", flush=True)
    driven = _Driven(folder)
    with windows_first(lambda: driven.is_running):  # as the program has it
        _measure_runs(driven, seconds)
        driven.window.close()


def _measure_runs(driven: _Driven, seconds: float) -> None:
    driven.run_once(0.1)  # compiles, if nothing has before
    for bits, rate_ms, has_port in ((8, "125", False), (12, "62.5", False), (8, "62.5", True)):
        print(_responsiveness(driven, seconds, bits, rate_ms, has_port), flush=True)
    for what in ("stop", "abort"):
        print(f"{what}: run over after {driven.end_s(what):.2f} s", flush=True)
    print(_leftovers(driven), flush=True)


def _start_s(folder: Path) -> float:
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    times_s = []
    for _ in range(5):
        begun_s = time.time()
        command = [sys.executable, "-c", _START]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        times_s.append(float(run.stdout.split()[-1]) - begun_s)
    return float(np.median(times_s))


class _Driven:
    """A window with a simulated scope, driven as a user would."""

    def __init__(self, folder: Path, font_pt: float | None = None) -> None:
        from pymeasure.display.Qt import QtCore, QtWidgets

        from picostream_pymeasure.display.painting.theme import dress
        from picostream_pymeasure.main import make_window

        self._application = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
        dress(self._application, "light")
        if font_pt is not None:
            font = self._application.font()
            font.setPointSizeF(font_pt)
            self._application.setFont(font)

        settings = QtCore.QSettings(str(folder / "driven.ini"), QtCore.QSettings.IniFormat)
        self.window = make_window(True, settings)
        self.window.directory = str(folder)
        self.window.resize(1600, 1000)
        self.window.recording_tab.plotter.actions_by_name["density"].setChecked(True)
        self.window.show()
        self._beat = QtCore.QTimer()
        self._beat.timeout.connect(lambda: self.beats.append(time.perf_counter()))
        self.beats: list[float] = []

    def until(self, condition: Callable[[], Any]) -> None:
        """Run the event loop as a program does, so that it sleeps when there is nothing to do."""
        from pymeasure.display.Qt import QtCore

        loop, timer = QtCore.QEventLoop(), QtCore.QTimer()
        timer.timeout.connect(lambda: condition() and loop.quit())
        timer.start(20)
        loop.exec_()

    @property
    def is_running(self) -> bool:
        return self.window.manager.is_running()

    def run_once(
        self, seconds: float, bits: int = 12, rate_ms: float = 1.0, has_port: bool = False
    ) -> Path:
        inputs = self.window.inputs
        inputs.ends_by.setValue("duration")
        inputs.duration.setValue(seconds)
        inputs.resolution.setValue(bits)
        inputs.sample_rate.setValue(rate_ms)
        inputs.port_0.setValue(has_port)
        self.window.queue_button.click()
        experiment = self.window.manager.running_experiment()
        self.until(lambda: not self.is_running)
        return Path(experiment.data_filename).with_suffix(".hdf5")

    def beats_s(self, action: Callable[[], Any]) -> tuple[Any, Any]:
        """What an action gives, and the times between beats of the event loop meanwhile."""
        self.beats.clear()
        self._beat.start(_BEAT_MS)
        found = action()
        self._beat.stop()
        return found, np.diff(self.beats)

    def wait(self, seconds: float) -> None:
        """Let the window live for a while."""
        started = time.monotonic()
        self.until(lambda: time.monotonic() - started > seconds)

    def end_s(self, how: str) -> float:
        """Time from a click on Stop or Abort at full rate to the end of the run."""
        self.window.inputs.resolution.setValue(8)
        self.window.inputs.sample_rate.setValue(0)
        self.window.inputs.ends_by.setValue("stop")
        self.window.queue_button.click()
        self.wait(3)
        clicked = time.monotonic()
        getattr(self.window, how)()
        self.until(lambda: not self.is_running)
        return time.monotonic() - clicked


def _responsiveness(
    driven: _Driven, seconds: float, bits: int, rate_ms: str, has_port: bool
) -> str:
    watch = BlockWatch(driven.beats)
    watch.start()
    path, beats_s = driven.beats_s(lambda: driven.run_once(seconds, bits, 0.0, has_port))
    place = watch.stop()
    lost = verify(path).lost_samples
    path.unlink()
    return (
        f"{rate_ms} MS/s, {bits} bit, {seconds:g} s, live plot with density"
        f"{' and lanes' if has_port else ''}: event loop blocked at most "
        f"{1e3 * beats_s.max():.0f} ms, 99.9 % of beats within "
        f"{1e3 * np.quantile(beats_s, 0.999):.0f} ms; lost {lost}; longest in {place}"
    )


def _leftovers(driven: _Driven) -> str:
    for _ in range(_N_UNTIL_SETTLED):
        driven.run_once(1.0, 8, 0.0).unlink()
    before = _threads_and_memory_mb()
    for _ in range(_N_RUNS):
        driven.run_once(1.0, 8, 0.0).unlink()
    after = _threads_and_memory_mb()
    return (
        f"{_N_RUNS} runs of 1 s at full rate, after {_N_UNTIL_SETTLED}: "
        f"{after[0] - before[0]:+d} threads, {after[1] - before[1]:+.0f} MB"
    )


def _threads_and_memory_mb() -> tuple[int, float]:
    gc.collect()
    return threading.active_count(), psutil.Process().memory_info().rss / 1e6


def make_pictures(pictures: Path) -> None:
    """Take the pictures that the README and the pages show: ``window_running`` and ``viewer``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("PICOSTREAM_SIMULATED_SCOPE", "fifo_s=2,B=square")
    pictures.mkdir(parents=True, exist_ok=True)
    pictures = pictures.absolute()
    with TemporaryDirectory() as folder:
        os.chdir(folder)  # so that the pictures name no folder of this machine
        driven = _Driven(Path("data"), font_pt=9.0)
        window, plotter = driven.window, driven.window.recording_tab.plotter
        window.resize(1400, 860)
        plotter.actions_by_name["density"].setChecked(False)
        for name, value in {"channel_b": True, "range_a": 2, "range_b": 2}.items():
            getattr(window.inputs, name).setValue(value)
        for _ in range(2):
            recording = driven.run_once(1.5, 12, 5.0)
        window.recording_tab.overlay_box.setChecked(False)
        window.inputs.duration.setValue(8)
        window.queue_button.click()
        window.queue_button.click()
        driven.wait(3)
        plotter.actions_by_name["auto"].trigger()
        driven.until(lambda: plotter.display_window_seconds < 0.1)
        driven.wait(1)
        window.grab().save(str(pictures / "window_running.png"))
        window.stop()
        driven.until(lambda: not driven.is_running)
        _picture_of_viewer(driven, recording, pictures / "viewer.png")
        window.close()


def _picture_of_viewer(driven: _Driven, recording: Path, picture: Path) -> None:
    from picostream_pymeasure import HDF5LivePlotter

    viewer = HDF5LivePlotter(str(recording), theme="light")
    viewer.resize(1400, 640)
    viewer.show()
    viewer.start_updates()
    driven.until(lambda: viewer.frame and viewer.frame.traces)
    for name in ("auto", "cursors", "measurements"):
        driven.wait(0.5)
        viewer.actions_by_name[name].trigger()
    driven.wait(1)
    viewer.grab().save(str(picture))
    viewer.close()


if __name__ == "__main__":
    make_pictures(Path(sys.argv[1]))
