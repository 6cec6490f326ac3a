"""Feeders that start at once, are killed, or meet a disk that fails."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .plan import Settings
from .recorders import ROOT


@dataclass
class Server:
    """Feeds each recording in a process of its own."""

    process: subprocess.Popen[str]
    answers: Path

    def run(self, path: Path, settings: Settings, fail: str = "") -> list[str]:
        """What a recording said until it ended."""
        return self._run(path, settings, fail, None)

    def kill_after(self, seconds: float, path: Path, settings: Settings) -> list[str]:
        """What a recording said before it was killed."""
        return self._run(path, settings, "", seconds)

    def _run(self, path: Path, settings: Settings, fail: str, seconds: float | None) -> list[str]:
        self.answers.unlink(missing_ok=True)
        self._ask(str(path), settings.dumps(), str(self.answers), fail)
        process = int(self._answer())
        if seconds is not None:
            time.sleep(seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        assert self._answer() == "ended"
        return self.answers.read_text().splitlines() if self.answers.exists() else []

    def _ask(self, *words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextlib.contextmanager
def feeding(env: dict[str, str] | None = None) -> Iterator[Server]:
    """A server, with these variables in its environment."""
    command = [sys.executable, "-m", f"{__package__}.feeder", "--serve"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env
        ) as process,
    ):
        yield Server(process, Path(folder, "answers"))
        assert process.stdin is not None
        process.stdin.close()


def acknowledged(said: list[str]) -> int:
    """Samples that it had said are with the recorder, -1 before it was open."""
    numbers = [int(line) for line in said if line.isdigit()]
    return numbers[-1] if numbers else 0 if "open" in said else -1
