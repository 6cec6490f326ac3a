"""What programs that derive from PicoStream's plotter rely on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.crashed_files import crashed, some_blocks
from tests.support.displays import QtCore, QtGui, QtWidgets, wait
from tests.support.reader_files import noise, write_recording

pytestmark = pytest.mark.usefixtures("application")


def make(path: Path, **members: Any) -> Any:
    from picostream_pymeasure.display.live_plotter import HDF5LivePlotter

    kind = type("Derived", (HDF5LivePlotter,), members)
    plotter = kind(str(path), update_interval_ms=10, display_window_seconds=1e-4)
    plotter.start_updates()
    plotter.show()
    return plotter


def test_what_is_overridden_is_called(tmp_path: Path) -> None:
    from picostream_pymeasure.display.live_plotter import HDF5LivePlotter

    looks, windows = [], []

    def update_from_file(self: Any) -> None:
        looks.append(self)
        HDF5LivePlotter.update_from_file(self)

    counts = noise(20_000)
    path = write_recording(tmp_path / "data.hdf5", counts)
    plotter = make(
        path,
        update_from_file=update_from_file,
        update_display=lambda self, data_window: windows.append(data_window),
    )
    wait(lambda: len(looks) > 1 and windows)
    assert windows[-1].dtype == np.int16
    np.testing.assert_array_equal(windows[-1], counts[-len(windows[-1]) :])
    assert len(windows[-1]) == pytest.approx(1e-4 / 16e-9, abs=10)
    plotter.close()


def test_the_names_of_picostream(tmp_path: Path) -> None:
    plotter = make(write_recording(tmp_path / "data.hdf5", noise(1000)))
    assert plotter.timer.isActive()
    plotter.plot_widget.setTitle("a title")
    plotter.stop_updates()
    assert not plotter.timer.isActive()
    plotter.close()


def test_q_closes_a_window_and_no_tab(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "data.hdf5", noise(1000))
    key = (QtCore.QEvent.Type.KeyPress, QtCore.Qt.Key.Key_Q, QtCore.Qt.KeyboardModifier.NoModifier)
    plotter = make(path)
    QtWidgets.QApplication.sendEvent(plotter.plot, QtGui.QKeyEvent(*key))
    assert not plotter.isVisible()
    parent = QtWidgets.QWidget()
    plotter = make(path)
    plotter.setParent(parent)
    parent.show()
    plotter.show()
    QtWidgets.QApplication.sendEvent(plotter, QtGui.QKeyEvent(*key))
    assert plotter.isVisible()
    plotter.close()
    parent.close()


def test_a_file_whose_recorder_was_killed_is_looked_at_rarely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data.hdf5"
    crashed(path, some_blocks)
    plotter = make(path)
    wait(lambda: plotter.frame.facts is not None and plotter.timer.interval() == 10)
    later_s = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later_s)
    wait(lambda: plotter.timer.interval() == 500)
    plotter.close()


def test_a_file_that_is_finished_or_gone_is_looked_at_rarely(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "data.hdf5", noise(1000))
    plotter = make(path)
    wait(lambda: plotter.frame.facts is not None)
    assert plotter.timer.interval() == 500
    path.unlink()
    wait(lambda: plotter.frame.facts is None)
    assert plotter.timer.interval() == 500
    plotter.update_interval_ms = 2000
    assert plotter.timer.interval() == 2000
    plotter.close()
