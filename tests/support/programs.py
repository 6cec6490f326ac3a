"""Python programs beside a test, which answer a line with a line."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.prepared_program import start_script

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def program(path: str, *arguments: object) -> Iterator[Any]:
    """Run a file with these arguments, and kill it at the end; its errors go to the test's."""
    process = start_script(
        Path(path),
        *map(str, arguments),
        cwd=ROOT,
        env=os.environ,
        streams=(None, 2),
        is_asked=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def tell(process: Any, line: object = "") -> None:
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def ask(process: Any, line: object = "") -> str:
    tell(process, line)
    return process.stdout.readline().strip()
