"""Keeping the computer awake: a helper that lives as long, or calls that a system notes."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from picostream_pymeasure.system.awake import awake_on_windows, kept_awake
from tests.support.patience import PATIENCE_S

CONTINUOUS, SYSTEM, DISPLAY = 0x80000000, 1, 2

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks logind")


class System:
    """``kernel32`` that keeps what the thread asked for."""

    def __init__(self, state: int = CONTINUOUS) -> None:
        self.states = [state]
        self.SetThreadExecutionState = Call(self)


class Call:
    restype: Any = None

    def __init__(self, system: System) -> None:
        self.system = system

    def __call__(self, state: int) -> int:
        self.system.states.append(state)
        return self.system.states[-2]


@pytest.mark.parametrize("before", [CONTINUOUS, CONTINUOUS | DISPLAY])
def test_windows_keeps_it_until_it_is_taken_back(before: int) -> None:
    system = System(before)
    with suppress(ZeroDivisionError), awake_on_windows(system):
        assert system.states[-1] == CONTINUOUS | SYSTEM
        raise ZeroDivisionError
    assert system.states[-1] == before


def test_of_two_the_outer_one_stands() -> None:
    system = System()
    with awake_on_windows(system):
        with awake_on_windows(system):
            pass
        assert system.states[-1] == CONTINUOUS | SYSTEM
    assert system.states[-1] == CONTINUOUS


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a ``systemd-inhibit`` that runs its command was called with."""
    program = tmp_path / "systemd-inhibit"
    text = '#!/bin/sh\necho "$$ $*" > {0}.new; mv {0}.new {0}\nexec cat\n'
    program.write_text(text.format(tmp_path / "notes"))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "notes"


def helper(notes: Path) -> psutil.Process:
    deadline = time.monotonic() + PATIENCE_S
    while not notes.exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return psutil.Process(int(notes.read_text().split()[0]))


@on_linux
def test_linux_is_asked_by_a_helper_that_lives_as_long(notes: Path) -> None:
    with kept_awake():
        process = helper(notes)
        assert process.is_running()
        assert "--what=sleep:idle" in notes.read_text()
    assert not process.is_running()


@on_linux
def test_the_helper_ends_with_a_program_that_is_killed(notes: Path) -> None:
    program = (
        "import time\n"
        "from picostream_pymeasure.system.awake import kept_awake\n"
        "with kept_awake():\n"
        f"    time.sleep({PATIENCE_S})\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        process = helper(notes)
        parent.kill()
        psutil.wait_procs([process], PATIENCE_S)
    assert not process.is_running()


@on_linux
def test_a_system_that_cannot_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with kept_awake():
        pass
