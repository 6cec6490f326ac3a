"""Verifying a file with a progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from .interrupt import Interrupt
from .preparing import telling_that_it_compiles
from .progress_bar import make_bar

if TYPE_CHECKING:
    from ..storage import Report


class _InterruptedError(Exception):
    """The user does not want to wait for the end."""


@telling_that_it_compiles()
def verify_with_progress(
    console: Console, path: Path, interrupt: Interrupt | None = None
) -> Report | None:
    """Verify a recording and show how far it is; None when the user interrupts it."""
    from ..verification import verify

    with make_bar(console, "Verifying") as progress:
        task = progress.add_task("verify", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)
            if interrupt is not None and interrupt.came:
                raise _InterruptedError

        try:
            return verify(path, progress=show)
        except _InterruptedError:
            return None
