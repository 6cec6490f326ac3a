"""The live plot beside a recording, in a process of its own: its death costs nothing."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

#: Ctrl+C in the terminal ends the recording, not the plot.
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


def show_beside(path: Path, window_s: float, n_points: int) -> None:
    """Open the live plot on a file that is about to be recorded; it stays until it is closed."""
    plot = subprocess.Popen(
        [*_program(), str(path), "--plot-window", str(window_s), "--plot-pts", str(n_points)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # whoever reads what is printed would wait for the plot's end
        stderr=None if sys.stderr.isatty() else subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_NEW_GROUP,  # where there are no sessions
    )
    _let_others_go_first(plot.pid)


def _program() -> list[str]:
    """What begins the plot; a standalone program has no modules to run, but is itself one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "view"]
    return [sys.executable, "-m", "picostream_pymeasure.dfplot"]


def _let_others_go_first(process_id: int) -> None:
    """Give a process the processors only when the recording leaves them."""
    import psutil

    lower = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 10
    with contextlib.suppress(psutil.Error, OSError):  # it may be gone, and does no harm as it is
        psutil.Process(process_id).nice(lower)
