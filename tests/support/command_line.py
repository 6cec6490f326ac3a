"""Runs ``picostream`` as a process."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S
from tests.support.prepared_program import start

COMMAND = [sys.executable, "-c", "from picostream_pymeasure.cli import main; main()"]

#: Runs it in the test's own process: ``code, text = command("info", "a.hdf5", scope="paced=no")``.
Command = Callable[..., tuple[int, str]]


class Cli:
    """Runs ``picostream`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[Any] = []

    def environment(self, scope: str) -> dict[str, str]:
        return {**os.environ, "PICOSTREAM_SIMULATED_SCOPE": scope, "LD_LIBRARY_PATH": ""}

    def start(
        self,
        *arguments: str,
        scope: str = "variant=5444D",
        streams: tuple[int | None, int | None] = (None, None),
    ) -> Any:
        environment = self.environment(scope)
        process = start(*arguments, cwd=self.folder, env=environment, streams=streams)
        self._started.append(process)
        return process

    def end(self) -> None:
        """Leave nothing that records on behind a test that failed."""
        for process in self._started:
            process.kill()

    def run(self, *arguments: str, scope: str = "variant=5444D") -> tuple[int, str]:
        process = self.start(*arguments, scope=scope)
        text, _ = process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in text, text
        return process.returncode, " ".join(text.split())

    def record(self, *arguments: str, scope: str = "variant=5444D") -> tuple[int, str]:
        return self.run("--simulate", "-o", "data.hdf5", *arguments, scope=scope)

    def verify(self, name: str = "data.hdf5") -> dict:
        process = self.start("verify", name, "--json")
        text, _ = process.communicate(timeout=PATIENCE_S)
        report = json.loads(text)
        assert report["exit_code"] == process.returncode
        return report

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())
