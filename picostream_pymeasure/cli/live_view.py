"""The live plot beside a recording, in a process of its own: its death costs nothing."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from ..display import require_screen
from ..errors import PicoStreamError
from ..system.patience import reason

#: Ctrl+C in the terminal ends the recording, not the plot.
_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


class PlotBeside:
    """The live plot of a file that is about to be recorded; it stays until it is closed."""

    def __init__(self, path: Path, window_s: float, n_points: int) -> None:
        # a file, as nobody may read a pipe that stays open as long as the plot
        self._begin_s = time.monotonic()
        self._said: IO[bytes] = io.BytesIO()
        self._process: subprocess.Popen[bytes] | None = None
        self._refusal = ""
        try:
            require_screen()
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 - see close
            self._process = subprocess.Popen(
                [*_program(), str(path), f"--plot-window={window_s}", f"--plot-pts={n_points}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,
                creationflags=_NEW_GROUP,  # where there are no sessions
            )
        except PicoStreamError as error:
            self._refusal = str(error)
        except OSError as error:  # as where memory is short, or no folder takes files
            self._refusal = f"{reason(error)}."
        else:
            _let_others_go_first(self._process.pid)

    def close(self) -> None:
        """Listen no more; the plot goes on."""
        self._said.close()

    def failure(self, patience_s: float = 0.0) -> str | None:
        """Why the plot could not be shown, told once; None while there is nothing to tell.

        :param patience_s: wait for that until it has been there for so long.
        """
        if self._refusal:
            refusal, self._refusal = self._refusal, ""
            return _told(refusal)
        if self._process is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(self._begin_s + patience_s - time.monotonic(), 0.0))
        if not self._process.returncode:
            return None
        self._process = None
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return _told(lines[-1].removeprefix("Error: ") if lines else "It ended at once.")


def _told(why: str) -> str:
    return f"The plot cannot be shown; the recording goes on. {why}"


def _program() -> list[str]:
    """What begins the plot; a standalone program has no modules to run, but is itself one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "view", "--wait"]
    return [sys.executable, "-m", "picostream_pymeasure.dfplot"]


def _let_others_go_first(process_id: int) -> None:
    """Give a process the processors only when the recording leaves them."""
    import psutil

    lower = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else 10
    with contextlib.suppress(psutil.Error, OSError):  # it may be gone, and does no harm as it is
        psutil.Process(process_id).nice(lower)
