"""The live plot beside a recording, in a process of its own: its death costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def show_beside(path: Path, window_s: float, n_points: int) -> None:
    """Open the live plot on a file that is about to be recorded; it stays until it is closed."""
    command = [sys.executable, "-m", "picostream_pymeasure.dfplot", str(path)]
    subprocess.Popen(
        [*command, "--plot-window", str(window_s), "--plot-pts", str(n_points)],
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C in the terminal ends the recording, not the plot
    )
