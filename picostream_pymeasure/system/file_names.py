"""Names that Windows takes for devices or streams, or changes: the file would not be there."""

from __future__ import annotations

import sys
from pathlib import PurePath

_DEVICES = {
    *("con", "prn", "aux", "nul", "conin$", "conout$"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"),
}
_FORBIDDEN = set('<>:"|?*') | {chr(code) for code in range(32)}


def fault_on_windows(name: str) -> str | None:
    """Say what keeps a file from having this name there, or None.

    :param name: without its folder.
    """
    if found := sorted(_FORBIDDEN.intersection(name)):
        return f"has a {found[0]!r}, which names on Windows cannot have"
    if name.endswith((".", " ")):
        return "ends with a dot or a blank, which Windows leaves out"
    if name.partition(".")[0].rstrip().lower() in _DEVICES:
        return "is the name of a device on Windows"
    return None


def fault_of(path: PurePath) -> str | None:
    """Say what keeps a file from having this name on this system, or None."""
    return fault_on_windows(path.name) if sys.platform == "win32" else None
