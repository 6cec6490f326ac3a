"""The standalone program: built, started, and recording. Takes minutes: run with --long."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("PyInstaller", reason="pip install pyinstaller")
    from picostream_pymeasure.__pyinstaller.build import build

    return build(Path(__file__).parents[2], tmp_path_factory.mktemp("dist"))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What another computer would have: nothing of this one's Python."""
    inherited = {name: text for name, text in os.environ.items() if "PYTHON" not in name}
    return {**inherited, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}


def without_a_screen(environment: dict[str, str]) -> dict[str, str]:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: text for name, text in environment.items() if name not in screens}


@pytest.fixture
def run(program: Path, environment: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program), *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def test_it_records_and_verifies(run: Run, tmp_path: Path) -> None:
    arguments = ("-s", "5", "--duration", "1")
    done = run("--simulate", *arguments, "-o", "data.hdf5")
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads(run("verify", "--json", "data.hdf5").stdout)
    assert report["gaps"] == 0
    assert report["samples"] > 4_000_000


def test_its_command_line_is_complete(run: Run) -> None:
    assert "picostream" in run("--version").stdout.lower()
    assert "SIM" in run("info", "--simulate").stdout
    assert run("--duration", "-1").returncode == 2


def test_its_window_opens_stays_and_remembers_itself(
    program: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    process = subprocess.Popen([str(program)], cwd=tmp_path, env=environment)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=PATIENCE_S)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=PATIENCE_S) == 0
    assert list(tmp_path.rglob("StreamingCapture.ini"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens of Linux")
def test_without_a_screen_it_says_so(program: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        [str(program)],
        env=without_a_screen(environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: There is no screen")
