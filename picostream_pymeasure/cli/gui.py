"""The windows, started from the command line."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from .. import dfplot
from .looking import look_at


def open_window(simulate: bool) -> int:
    """Open the window of experiments and return the exit code when it is closed.

    :raises PicoStreamError: Qt cannot be loaded on this system, or there is no screen.
    """
    _hurry()
    dfplot.load_windows()
    from ..main import run

    return run(simulate)


def open_plot(path: Path, wait: bool, **options: Any) -> int:
    """Open the live plot of a recording and return the exit code when it is closed.

    :param wait: the file need not be there yet.
    :param options: as of ``dfplot.show``.
    :raises PicoStreamError: there is no such file, it is no recording, Qt cannot be loaded on this
        system, or there is no screen.
    """
    if not wait:
        look_at(path)
    _hurry()
    return dfplot.show(str(path), **options)


def _hurry() -> None:
    """Search no modules for garbage until the windows live: a fifth of the start would do so."""
    gc.disable()
