"""Makes pictures of the window: ``python -m tests.benchmarks.window_pictures FOLDER``.

Needs no screen. At 1280 x 720, 1366 x 768, 1920 x 1080 and 2560 x 1440 at 200 %, light and dark:
at its start, during a run of two channels and a digital port beside an earlier one, with panels,
cursors and marks, and of a run that has kept the events of a channel.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

#: Width and height of the screen in pixels, and how many of them make one.
SCREENS = ((1280, 720, 1), (1366, 768, 1), (1920, 1080, 1), (2560, 1440, 2))
THEMES = ("light", "dark")

_SCOPE = "variant=5444DMSO,fifo_s=2,B=square"


def main(folder: Path) -> None:
    """Take all of them, each screen in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, height, scale in SCREENS:
        for theme in THEMES:
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": str(scale),
                "PICOSTREAM_SIMULATED_SCOPE": _SCOPE,
            }
            size = (str(width // scale), str(height // scale))
            command = [sys.executable, "-m", __spec__.name, str(folder), *size, theme]
            subprocess.run(command, env=environment, check=True)


class Photographer:
    """Works with a window as a user does, and takes pictures of it.

    :param folder: where they go.
    :param name: what all their names begin with.
    """

    def __init__(self, folder: Path, name: str, size: tuple[int, int], theme: str) -> None:
        from pymeasure.display.Qt import QtCore, QtWidgets

        from picostream_pymeasure.display.painting.theme import dress
        from picostream_pymeasure.main import make_window

        self._folder, self._name = folder, name
        QtCore.QCoreApplication.setAttribute(QtCore.Qt.AA_UseHighDpiPixmaps)  # as the program does
        self._application = QtWidgets.QApplication([])
        font = self._application.font()
        font.setPointSizeF(9.0)
        self._application.setFont(font)
        dress(self._application, theme)
        self._data = TemporaryDirectory()
        settings = QtCore.QSettings(f"{self._data.name}/settings.ini", QtCore.QSettings.IniFormat)
        self.window = make_window(simulate=True, settings=settings)
        os.chdir(self._data.name)  # so that no picture shows where it was made
        self.window.directory = "data"
        self.window.recording_tab.plotter.set_theme(theme)
        self.window.show()
        self.window.resize(*size)
        self.wait(1.0)

    @property
    def plotter(self) -> Any:
        """The live plot."""
        return self.window.recording_tab.plotter

    def wait(self, seconds: float) -> None:
        """Let the window live for a while."""
        end_s = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end_s)

    def until(self, condition: Callable[[], Any]) -> None:
        """Let it live until something holds."""
        from pymeasure.display.Qt import QtCore

        while not condition():
            self._application.processEvents(QtCore.QEventLoop.AllEvents, 10)

    def take(self, what: str) -> None:
        """Save a picture, and say if the window has grown past its screen."""
        self.window.grab().save(str(self._folder / f"{self._name}_{what}.png"))

    def press(self, *names: str) -> None:
        """Do what the buttons with these names do."""
        for name in names:
            self.plotter.actions_by_name[name].trigger()
            self.wait(0.2)

    def close(self) -> None:
        """End what runs, and close."""
        self.window.stop()
        self.until(lambda: not self.window.manager.is_running())
        self.window.close()
        with contextlib.suppress(OSError):
            self._data.cleanup()


def photograph(folder: Path, size: tuple[int, int], theme: str) -> None:
    """Take the pictures of one screen in one theme."""
    scale = int(os.environ.get("QT_SCALE_FACTOR", 1))
    name = f"window_{scale * size[0]}x{scale * size[1]}_{theme}"
    photographer = Photographer(folder, name, size, theme)
    window, inputs = photographer.window, photographer.window.inputs
    photographer.take("start")
    for parameter, value in {
        "sample_rate": 5,
        "range_a": 2,
        "channel_b": True,
        "range_b": 2,
        "duration": 0.5,
    }.items():
        getattr(inputs, parameter).setValue(value)
    window.queue_button.click()
    photographer.until(lambda: not window.manager.is_running())
    inputs.port_0.setValue(True)
    inputs.ends_by.setValue("stop")
    window.queue_button.click()
    plotter = photographer.plotter
    photographer.until(lambda: window.controls.stop_button.isEnabled())
    running = window.manager.running_experiment().procedure.recording_path
    photographer.until(lambda: plotter.hdf5_path == running and plotter.frame.traces)
    photographer.wait(1.0)
    window.mark("light on")
    photographer.take("run")
    photographer.press("auto")
    photographer.until(lambda: plotter.screen_parts.plot.trigger_lines.level.isVisible())
    photographer.wait(1.0)
    photographer.take("auto")
    photographer.press("cursors", "measurements")
    photographer.wait(1.0)
    photographer.take("measurements")
    photographer.press("spectrum")
    photographer.wait(2.0)
    photographer.take("panels")
    photographer.press("cursors", "spectrum", "measurements")
    plotter.actions_by_name["trigger"].setChecked(False)
    window.stop()
    photographer.until(lambda: not window.manager.is_running())
    window.recording_tab.overlay_box.setChecked(False)
    for parameter, value in {
        "sample_rate": 1,
        "channel_a": False,
        "channel_b": False,
        "channel_d": True,
        "range_d": 2,
        "port_0": False,
        "ends_by": "duration",
        "duration": 2,
        "keep": "D:falling:5sigma",
    }.items():
        getattr(inputs, parameter).setValue(value)
    window.queue_button.click()
    kept = window.manager.running_experiment().procedure.recording_path
    photographer.until(lambda: not window.manager.is_running())
    photographer.until(lambda: plotter.hdf5_path == kept and plotter.frame.traces)
    photographer.press("all", "events", "fit")
    photographer.wait(1.0)
    photographer.take("events")
    photographer.close()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        photograph(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3])), sys.argv[4])
    else:
        main(Path(sys.argv[1]))
