"""Makes pictures of the window: ``python -m tests.benchmarks.window_pictures FOLDER``.

With ``documentation`` behind the folder only those of the README and the site.

Needs no screen. At 1280 x 660, 1280 x 720, 1366 x 768, 1920 x 1080 and 2560 x 1440 at 200 %, light
and dark: at its start, without a scope and as small as it gets then, during a run of two channels
and a digital port beside an earlier one, with panels, cursors and marks, during one of everything
that a scope has, waiting for a trigger, of an aborted run, of one that lost samples, of one that
has kept the events of a channel, and after a change to the other theme.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.event_loop import live, wait

#: Width and height of the screen in pixels, and how many of them make one.
SCREENS = ((1280, 660, 1), (1280, 720, 1), (1366, 768, 1), (1920, 1080, 1), (2560, 1440, 2))
THEMES = ("light", "dark")

_SCOPE = "variant=5444DMSO,fifo_s=2,B=square"
_LOSES = f"{_SCOPE},overrun_at=3e5:100000"
_VARIABLE = "PICOSTREAM_SIMULATED_SCOPE"

#: Qt's quality of a file that is as small as can be.
_SMALLEST = 0


def main(folder: Path) -> None:
    """Take all of them, each screen in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, height, scale in SCREENS:
        for theme in THEMES:
            environment = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": str(scale),
                _VARIABLE: _SCOPE,
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
        self._data = TemporaryDirectory()
        settings = QtCore.QSettings(f"{self._data.name}/settings.ini", QtCore.QSettings.IniFormat)
        self.window = make_window(simulate=True, settings=settings)
        os.chdir(self._data.name)  # so that no picture shows where it was made
        self.window.directory = "data"
        self.plotter.themed.connect(functools.partial(dress, self._application))
        self.plotter.set_theme(theme)
        self.window.show()
        self.window.resize(*size)
        live(1.0)

    @property
    def plotter(self) -> Any:
        """The live plot."""
        return self.window.recording_tab.plotter

    def take(self, what: str) -> None:
        """Save a picture, and say if the window has grown past its screen."""
        self.window.grab().save(str(self._folder / f"{self._name}_{what}.png"), "PNG", _SMALLEST)

    def press(self, *names: str) -> None:
        """Do what the buttons with these names do."""
        for name in names:
            self.plotter.actions_by_name[name].trigger()
            live(0.2)

    def enter(self, **values: Any) -> None:
        """Fill the inputs with these names."""
        for name, value in values.items():
            getattr(self.window.inputs, name).setValue(value)

    def begin(self) -> None:
        """Queue a run, and wait until it is shown."""
        wait(self.window.queue_button.isEnabled)
        self.window.queue_button.click()
        wait(self.window.controls.stop_button.isEnabled)
        running = self.window.manager.running_experiment().procedure.recording_path
        wait(lambda: self.plotter.hdf5_path == running and self.plotter.frame.facts)

    def finish(self) -> None:
        """Wait for the end of a run, and until it is shown."""
        wait(lambda: not self.window.manager.is_running())
        wait(lambda: self.plotter.frame.facts and self.plotter.frame.facts.is_finished)
        live(1.0)

    def close(self) -> None:
        """End what runs, and close."""
        self.window.stop()
        wait(lambda: not self.window.manager.is_running())
        self.window.close()
        with contextlib.suppress(OSError):
            self._data.cleanup()


def photograph(folder: Path, size: tuple[int, int], theme: str) -> None:
    """Take the pictures of one screen in one theme."""
    scale = int(os.environ.get("QT_SCALE_FACTOR", 1))
    name = f"window_{scale * size[0]}x{scale * size[1]}_{theme}"
    photographer = Photographer(folder, name, size, theme)
    wait(lambda: photographer.window.estimator.texts)
    photographer.take("start")
    _without_scope(photographer, size)
    _running(photographer)
    _everything(photographer)
    _ended_early(photographer)
    _kept(photographer)
    photographer.plotter.set_theme(THEMES[theme == THEMES[0]])
    live(0.5)
    photographer.take("switched")
    photographer.close()


def _without_scope(photographer: Photographer, size: tuple[int, int]) -> None:
    """Where nothing can be recorded, and as small as it gets then."""
    photographer.enter(scope_serial="first found")
    photographer.press("cursors")
    wait(lambda: not photographer.window.queue_button.isEnabled())
    live(1.5)
    photographer.take("no_scope")
    photographer.window.resize(1, 1)
    live(0.5)
    photographer.take("smallest")
    photographer.window.resize(*size)
    photographer.press("cursors")
    photographer.enter(scope_serial="simulated")


def _running(photographer: Photographer) -> None:
    window, plotter = photographer.window, photographer.plotter
    photographer.enter(
        sample_rate=5, range_a=2, channel_b=True, range_b=2, ends_by="duration", duration=0.5
    )
    photographer.begin()
    photographer.finish()
    photographer.enter(port_0=True, ends_by="stop")
    photographer.begin()
    live(1.0)
    window.mark("light on")
    photographer.take("run")
    photographer.press("auto")
    wait(plotter.screen_parts.plot.trigger_lines.level.isVisible)
    live(1.0)
    photographer.take("auto")
    photographer.press("cursors", "measurements")
    live(1.0)
    photographer.take("measurements")
    photographer.press("spectrum")
    live(2.0)
    photographer.take("panels")
    photographer.press("cursors", "spectrum", "measurements")
    plotter.actions_by_name["trigger"].setChecked(False)
    window.stop()
    photographer.finish()


def _everything(photographer: Photographer) -> None:
    """Four channels with scales of their own, a difference and a port, and panels."""
    from picostream_pymeasure.display.painting.vertical_scales import Scale

    plotter = photographer.plotter
    photographer.enter(channel_c=True, range_c=2, channel_d=True, range_d=2)
    photographer.begin()
    plotter.set_differences([("A", "B")])
    plotter.display_window_seconds = 0.01
    live(1.0)
    for place, name in enumerate("ABCD"):
        plotter.scales.set_own(name, Scale.of_divisions(1.0, 3 - 2 * place))
    plotter.screen_parts.apply_scales()
    photographer.press("measurements", "spectrum")
    live(2.0)
    photographer.take("everything")
    photographer.press("spectrum", "measurements")
    for name in "ABCD":
        plotter.scales.set_own(name, None)
    plotter.set_differences([])
    photographer.window.stop()
    photographer.finish()


def _ended_early(photographer: Photographer) -> None:
    """Waiting for a trigger, aborted meanwhile, and a run with a loss."""
    window = photographer.window
    photographer.enter(channel_c=False, channel_d=False, port_0=False)
    photographer.enter(trigger_enabled=True, trigger_source="A", trigger_level=1.5)
    photographer.begin()
    live(1.0)
    photographer.take("awaited")
    window.abort_button.click()
    photographer.finish()
    photographer.take("aborted")
    photographer.enter(trigger_enabled=False, ends_by="duration", duration=1, sample_rate=1)
    os.environ[_VARIABLE] = _LOSES
    photographer.begin()
    photographer.finish()
    photographer.press("all")
    live(0.5)
    photographer.take("loss")
    os.environ[_VARIABLE] = _SCOPE


def _kept(photographer: Photographer) -> None:
    photographer.window.recording_tab.overlay_box.setChecked(False)
    photographer.enter(channel_a=False, channel_b=False, channel_d=True, range_d=2, duration=2)
    photographer.enter(keep="D:falling:5sigma")
    photographer.begin()
    photographer.finish()
    photographer.press("all", "events", "fit")
    live(1.0)
    photographer.take("events")


def document(folder: Path) -> None:
    """Take the pictures of the documentation: a run in the window, the viewer, and events."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ[_VARIABLE] = _SCOPE
    photographer = Photographer(folder, "window", (1400, 860), "light")
    window = photographer.window
    photographer.enter(sample_rate=5, range_a=2, channel_b=True, range_b=2)
    photographer.enter(scale_b="1 nA/mV", ends_by="duration", duration=1.5)
    photographer.begin()
    photographer.finish()
    window.recording_tab.overlay_box.setChecked(False)
    finished = photographer.plotter.hdf5_path
    photographer.enter(duration=8)
    photographer.begin()
    window.queue_button.click()
    _show_edge(photographer.plotter)
    wait(lambda: (facts := photographer.plotter.frame.facts) and facts.end_s > 4)
    photographer.take("running")
    window.abort_button.click()
    wait(lambda: not window.manager.is_running())
    window.clear_experiments()  # what waited in the queue as well
    photographer.enter(channel_a=False, channel_b=False, channel_d=True, range_d=2)
    photographer.enter(sample_rate=1, duration=0.4)
    photographer.begin()
    photographer.finish()
    with _viewer(finished, (1400, 640), folder / "viewer.png") as viewer:
        _show_edge(viewer)
        for name in ("cursors", "measurements"):
            viewer.actions_by_name[name].trigger()
    with _viewer(photographer.plotter.hdf5_path, (1000, 700), folder / "events.png") as viewer:
        for name in ("all", "events"):
            viewer.actions_by_name[name].trigger()
        viewer.screen_parts.analysis.events.rule_typed.emit("D:falling:5sigma")
        live(1.0)
        viewer.actions_by_name["fit"].trigger()
    photographer.close()


@contextlib.contextmanager
def _viewer(recording: str, size: tuple[int, int], picture: Path) -> Iterator[Any]:
    """A viewer that is taken a picture of at the end."""
    from picostream_pymeasure import HDF5LivePlotter

    viewer = HDF5LivePlotter(recording, theme="light")
    viewer.resize(*size)
    viewer.show()
    viewer.start_updates()
    wait(lambda: viewer.frame.traces)
    yield viewer
    live(2.0)
    viewer.grab().save(str(picture), "PNG", _SMALLEST)
    viewer.close()


def _show_edge(plotter: Any) -> None:
    """Hold the picture at an edge of the square, as Auto does where there are samples."""
    wait(lambda: (facts := plotter.frame.facts) and plotter.frame.traces and facts.end_s > 0.2)
    plotter.actions_by_name["auto"].trigger()
    wait(plotter.screen_parts.plot.trigger_lines.level.isVisible)
    live(1.0)


if __name__ == "__main__":
    folder = Path(sys.argv[1]).absolute()
    if sys.argv[2:] == ["documentation"]:
        document(folder)
    elif len(sys.argv) > 2:
        photograph(folder, (int(sys.argv[2]), int(sys.argv[3])), sys.argv[4])
    else:
        main(folder)
