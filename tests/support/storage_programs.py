"""Recorders and readers as programs beside a test; they answer a line with a line.

Other than those of :mod:`programs` they must end well, or be killed by the test itself.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support import storage_stream
from tests.support.programs import ROOT


@contextlib.contextmanager
def program(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run one with these arguments of the interpreter, in the project's folder."""
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        with process:
            yield process
            process.stdin.close()
            assert process.wait() in (0, -signal.SIGKILL), process.stderr.read()
    finally:
        process.kill()


def recorder(
    path: Path, channels: str = "A", *, limit_bytes: object = ""
) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    """Record the computable stream, a block for each line."""
    return program("-m", storage_stream.__name__, path, channels, limit_bytes)
