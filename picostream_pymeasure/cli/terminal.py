"""How the commands print: plain texts, whatever is in them, with a colour now and then."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text


def make_console(*, stderr: bool = False) -> Console:
    """Make a console that takes texts literally: a file's name may look like markup."""
    console = Console(highlight=False, markup=False, emoji=False, stderr=stderr)
    if not console.width:  # with COLUMNS=0, as some programs set it, nothing would be printed
        console.width = 80
    return console


def is_animated(console: Console) -> bool:
    """Whether a line can be drawn anew; a dumb terminal can only go on, as a pipe does."""
    return console.is_terminal and not console.is_dumb_terminal


def print_line(console: Console, label: str, text: str, style: str = "", rest: str = "") -> None:
    """Print a text behind its label; the style colours the text, not the rest."""
    label = f"{label + ':':<12}" if label else f"{'':<12}"
    console.print(Text.assemble(label, (text, style), rest), soft_wrap=True)
