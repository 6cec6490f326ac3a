"""The bar that shows how far a file has been read."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


def make_bar(console: Console, label: str) -> Progress:
    """Make a bar behind a word, which vanishes at the end; there is none without a terminal."""
    columns = (
        TextColumn(label),
        BarColumn(),
        TextColumn("{task.percentage:.0f}%"),
        TimeRemainingColumn(),
    )
    is_hidden = not console.is_terminal
    return Progress(
        *columns, console=console, transient=True, refresh_per_second=4, disable=is_hidden
    )
