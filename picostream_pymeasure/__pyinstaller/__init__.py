"""How PyInstaller puts this package into a standalone program."""

from __future__ import annotations

from pathlib import Path


def get_hook_dirs() -> list[str]:
    """Tell PyInstaller where the hooks are (entry point ``pyinstaller40``)."""
    return [str(Path(__file__).parent)]
