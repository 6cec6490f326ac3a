"""The command ``picostream``, run as users run it, on the simulated scope."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..support.patience import PATIENCE_S
from ..support.prepared_program import start


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    code: int
    text: str


class Picostream:
    """Runs in a folder; nothing that it says may be a traceback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(
        self,
        *arguments: str,
        env: dict[str, str] | None = None,
        before: tuple[str, Any] | None = None,
    ) -> Any:
        scope = {"PICOSTREAM_SIMULATED_SCOPE": "variant=5444D,fifo_s=5,A=counter"}
        environment = {**os.environ, **scope, **(env or {})}
        return start(*arguments, cwd=self.folder, env=environment, before=before)

    def end(self, process: Any) -> Ended:
        with process:
            try:
                text, _ = process.communicate(timeout=PATIENCE_S)
            finally:
                process.kill()
        assert "Traceback" not in text, text
        return Ended(process.returncode, " ".join(text.split()))

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> Ended:
        return self.end(self.start(*arguments, env=env))
