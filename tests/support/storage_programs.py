"""Recorders as programs beside a test; they answer a line with a line."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support import storage_stream
from tests.support.programs import program


@contextlib.contextmanager
def recorder(path: Path, channels: str = "A") -> Iterator[Any]:
    """Record the computable stream, a block for each line.

    It must end well, or be killed by the test itself.
    """
    with program(storage_stream.__file__, path, channels) as process:
        yield process
        process.stdin.close()
        assert process.wait() in (0, -signal.SIGKILL)
