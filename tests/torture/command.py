"""The command ``picostream``, run as users run it, on the simulated scope."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..support.patience import PATIENCE_S

_COMMAND = [sys.executable, "-c", "from picostream_pymeasure.cli import main; main()"]


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    code: int
    text: str


class Picostream:
    """Runs in a folder; nothing that it says may be a traceback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *arguments: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        scope = {"PICOSTREAM_SIMULATED_SCOPE": "variant=5444D,fifo_s=5,A=counter"}
        return subprocess.Popen(
            [*_COMMAND, *arguments],
            cwd=self.folder,
            env={**os.environ, **scope, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self, process: subprocess.Popen[str]) -> Ended:
        with process:
            try:
                text, _ = process.communicate(timeout=PATIENCE_S)
            finally:
                process.kill()
        assert "Traceback" not in text, text
        return Ended(process.returncode, " ".join(text.split()))

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        return self.end(self.start(*arguments, env=env))
