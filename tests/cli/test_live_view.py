"""The live plot that is started beside a recording."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from picostream_pymeasure.cli import live_view
from tests.support.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def _a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the plot is started with; a program that ends at once runs in its place."""
    started: list[str] = []
    popen = subprocess.Popen

    def start(arguments: list[str], **options: Any) -> Any:
        started.extend(arguments)
        with popen([sys.executable, "-c", ""], **options) as process:
            return process

    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_a_standalone_program_starts_itself(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    live_view.PlotBeside(Path("data.hdf5"), 0.25, 1000).close()
    assert command[:4] == [sys.executable, "view", "--wait", "data.hdf5"]
    assert command[4:] == ["--plot-window=0.25", "--plot-pts=1000"]


def test_a_script_starts_the_module(command: list[str]) -> None:
    live_view.PlotBeside(Path("data.hdf5"), 0.25, 1000).close()
    assert command[1:4] == ["-m", "picostream_pymeasure.dfplot", "data.hdf5"]


def test_a_plot_of_its_own_group_that_cannot_be_started_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags: list[int] = []

    def start(arguments: list[str], **options: Any) -> Any:
        flags.append(options["creationflags"])
        raise OSError(errno.ENOMEM, "no memory")

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(live_view, "_NEW_GROUP", 0x200)  # CREATE_NEW_PROCESS_GROUP
    plot = live_view.PlotBeside(Path("data.hdf5"), 0.25, 1000)
    assert flags == [0x200]
    sentence = "The plot cannot be shown; the recording goes on. Cannot allocate memory."
    assert plot.failure() == sentence
    assert plot.failure() is None
    plot.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")
def test_that_there_is_no_screen_is_told_at_once(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    plot = live_view.PlotBeside(Path("data.hdf5"), 0.25, 1000)
    assert "the recording goes on. There is no screen" in (plot.failure() or "")
    assert not command
    plot.close()


def test_a_plot_that_fails_after_the_recording_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = [sys.executable, "-c", "raise SystemExit('Error: There is no screen.')"]
    monkeypatch.setattr(live_view, "_program", lambda: failing)
    plot = live_view.PlotBeside(Path("data.hdf5"), 0.25, 1000)
    sentence = "The plot cannot be shown; the recording goes on. There is no screen."
    assert plot.failure(PATIENCE_S) == sentence
    assert plot.failure(PATIENCE_S) is None
    plot.close()
