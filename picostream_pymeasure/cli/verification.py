"""Verifying a file with a progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from ..storage import Report


def verify_with_progress(console: Console, path: Path) -> Report:
    """Verify a recording and show how far it is."""
    from ..storage import verify

    columns = (
        TextColumn("Verifying"),
        BarColumn(),
        TextColumn("{task.percentage:.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as progress:
        task = progress.add_task("verify", total=None)
        return verify(
            path, progress=lambda done, total: progress.update(task, completed=done, total=total)
        )
