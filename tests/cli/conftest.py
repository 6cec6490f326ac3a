"""What the command line changes in its process."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from picostream_pymeasure.cli import _run
from picostream_pymeasure.driver.loading import SIMULATED_SCOPES_VARIABLE
from tests.support.command_line import Command


@pytest.fixture
def handlers_of_before() -> Iterator[None]:
    """Bring back what signals did."""
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    handlers_of_before: None,
) -> Command:
    """Run picostream in this process, in a folder of its own; its code and all that it says."""
    log = logging.getLogger("picostream_pymeasure")
    monkeypatch.setattr(log, "handlers", [])  # a run leaves one that writes to its own stderr
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, scope: str = "paced=no") -> tuple[int, str]:
        monkeypatch.setenv(SIMULATED_SCOPES_VARIABLE, scope)
        monkeypatch.setattr(sys, "argv", ["picostream", *arguments])
        code = _run("picostream")
        shown = capsys.readouterr()
        return code, " ".join((shown.out + shown.err).split())

    return run
